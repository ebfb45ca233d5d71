import type { ComponentType } from 'react';

/** One page. A folder `web/pages/<module>/` exports `routes: PageRoute[]` from its `routes.ts`, and is found by itself. */
export type PageRoute = {
  /** TanStack Router path, e.g. '/guarantees/$guaranteeId'. */
  readonly path: string;
  /** Chinese title: the browser tab. */
  readonly title: string;
  /** Loads the page when it is first opened; the file exports the component as default. */
  readonly page: () => Promise<{ default: ComponentType }>;
  /** Any of these permissions opens it; leave out for everyone who is signed in. */
  readonly permission?: string | readonly string[];
  /** Needs no sign-in and shows without menu. */
  readonly open?: true;
};

/** May a person with these permissions open the page? */
export function mayOpen(route: Pick<PageRoute, 'permission'>, permissions: readonly string[]): boolean {
  if (route.permission === undefined) return true;
  const wanted = typeof route.permission === 'string' ? [route.permission] : route.permission;
  return wanted.some((each) => permissions.includes(each));
}
