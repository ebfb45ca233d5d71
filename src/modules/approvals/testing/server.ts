import type { FastifyInstance } from 'fastify';
import type { Clock } from '../../../platform/clock.ts';
import { createServer } from '../../../platform/server.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { roles } from '../../identity/index.ts';
import type { Outcomes } from '../actions.ts';
import { approvalRoutesWith } from '../routes.ts';
import { people } from './people.ts';

const roleCodes: Readonly<Record<number, string>> = {
  [people.manager]: 'r01-client-manager',
  [people.manager2]: 'r01-client-manager',
  [people.risk]: 'r02-risk',
  ...Object.fromEntries(people.committee.map((id) => [id, 'r03-committee'])),
  [people.assets]: 'r04-assets',
  [people.finance]: 'r05-finance-officer',
  [people.stranger]: 'r03-committee',
  [people.reguarantee]: 'r07-reguarantee',
  [people.admin]: 'r17-system-admin',
};

/** The doors of approvals alone; `x-user` says who calls, with the permissions of his role. */
export async function approvalServer(test: TestDatabase, clock: Clock, outcomes: Outcomes): Promise<FastifyInstance> {
  const app = await createServer({
    authenticate: async (request) => {
      const userId = Number(request.headers['x-user'] ?? 0);
      const permissions = new Set(roles.find((role) => role.code === roleCodes[userId])?.permissions);
      return userId ? { userId, permissions, seesIdentity: true, viaCookie: false } : null;
    },
    version: '0',
    rateLimitPerMinute: 0,
  });
  approvalRoutesWith(outcomes)(app, { db: test.db, clock });
  return app;
}
