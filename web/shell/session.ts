import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import type { z } from 'zod';
import type { meWire } from '../../src/modules/identity/contract.ts';
import { api } from '../api.ts';

/** Who is signed in. `today` is the server's day: pages never ask the browser's clock. */
export type Me = z.infer<typeof meWire>;

/** The question who is signed in; the layout asks it before any page shows. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/api/me', {}, signal),
  staleTime: 5 * 60_000,
});

/** The signed-in person. Only below the signed-in layout, which has loaded it already. */
export const useMe = (): Me => useSuspenseQuery(meQuery).data;

/** May the signed-in person do this? For hiding buttons only: the server decides. */
export const useMay = (permission: string): boolean => useMe().permissions.includes(permission);
