import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { api } from '../api.ts';

/** Who is signed in, as GET /api/me tells. `today` is the server's day: pages never ask the browser's clock. */
export type Me = {
  readonly user: { readonly id: string; readonly name: string; readonly account: string };
  readonly institution: {
    readonly id: string;
    readonly name: string;
    readonly kind: string;
    readonly level: string;
    readonly regionCode: string;
  };
  readonly roles: readonly { readonly code: string; readonly title: string }[];
  readonly permissions: readonly string[];
  readonly scope: Readonly<Record<string, unknown>>;
  readonly demo: boolean;
  readonly today: string;
};

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/api/me', {}, signal),
  staleTime: 5 * 60_000,
});

/** The signed-in person. Only below the signed-in layout, which has loaded it already. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

/** May the signed-in person do this? For hiding buttons only: the server decides. */
export const useMay = (permission: string): boolean => useMe().permissions.includes(permission);
