import type { FastifyInstance } from 'fastify';
import type { Deps } from '../../platform/http.ts';
import { moneyRoutes } from './money-routes.ts';
import { runRoutes } from './run-routes.ts';
import { schemeRoutes } from './scheme-routes.ts';

/** /api/subsidies/*. */
export function subsidyRoutes(app: FastifyInstance, deps: Deps): void {
  schemeRoutes(app, deps);
  runRoutes(app, deps);
  moneyRoutes(app, deps);
}
