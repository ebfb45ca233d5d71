import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  type RouteComponent,
  redirect,
} from '@tanstack/react-router';
import { lazy } from 'react';
import { ApiProblem } from './api.ts';
import { ExplainProvider } from './fields/how-computed.tsx';
import { ErrorPage } from './shell/error-page.tsx';
import { AppLayout } from './shell/layout.tsx';
import { mayOpen, type PageRoute } from './shell/page-route.ts';
import { meQuery } from './shell/session.ts';
import { PageSkeleton } from './shell/states.tsx';

const fragments = import.meta.glob<{ routes: readonly PageRoute[] }>('./pages/*/routes.ts', { eager: true });
/** Every page of every folder. */
export const pages: readonly PageRoute[] = Object.values(fragments).flatMap((each) => each.routes);

/** Assembles the router from the page fragments. Signed-in pages share one layout, which loads who is signed in. */
export function makeRouter(queryClient: QueryClient) {
  const root = createRootRoute({ component: Root, errorComponent: ErrorPage });
  const signedIn = createRoute({
    getParentRoute: () => root,
    id: 'signed-in',
    component: () => <AppLayout pages={pages} />,
    pendingComponent: PageSkeleton,
    beforeLoad: async ({ location }) => {
      try {
        await queryClient.ensureQueryData(meQuery);
      } catch (problem) {
        if (!(problem instanceof ApiProblem) || problem.status !== 401) throw problem;
        throw redirect({ to: '/sign-in' as string, search: { from: location.href } as never });
      }
    },
  });
  const toRoute = (page: PageRoute, parent: typeof root | typeof signedIn) =>
    createRoute({
      getParentRoute: () => parent as typeof root,
      path: page.path,
      component: lazy(page.page) as RouteComponent,
      // Fetched here so that pointing at a link fetches the page already.
      loader: async () => {
        await page.page();
      },
      beforeLoad: () => {
        const permissions = queryClient.getQueryData(meQuery.queryKey)?.permissions ?? [];
        if (!page.open && !mayOpen(page, permissions)) throw new ApiProblem(403, {});
      },
      pendingComponent: PageSkeleton,
      errorComponent: ErrorPage,
      onEnter: () => {
        document.title = `${page.title} · 融担一体化平台`;
      },
    });
  const open = pages.filter((page) => page.open).map((page) => toRoute(page, root));
  const closed = pages.filter((page) => !page.open).map((page) => toRoute(page, signedIn));
  const missing = lazy(() => import('./pages/not-found/page.tsx')) as RouteComponent;
  return createRouter({
    routeTree: root.addChildren([...open, signedIn.addChildren(closed)]),
    defaultNotFoundComponent: missing,
    defaultPendingMs: 150,
    defaultPreload: 'intent',
    scrollRestoration: true,
  });
}

const Root = () => (
  <ExplainProvider>
    <Outlet />
  </ExplainProvider>
);
