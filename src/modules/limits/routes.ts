import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { yuan } from '../../kernel/money.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { listTargets } from './admin-store.ts';
import { bankLineRoutes } from './bank-line-routes.ts';
import { setTarget } from './bank-lines.ts';
import * as contract from './contract.ts';
import { listEndpoint, tag } from './list-endpoint.ts';
import { proposalRoutes } from './proposal-routes.ts';
import { reservationRoutes } from './reservation-routes.ts';
import { headroom } from './reserve.ts';
import { headroomWire, targetWire } from './wire-row.ts';
import { yearlyLineRoutes } from './yearly-line-routes.ts';

/** /api/limits/…: headroom, reservations, bank lines, yearly lines with their formula, county targets, what waits for a second person. */
export function limitRoutes(app: FastifyInstance, deps: Deps): void {
  headroomRoute(app, deps);
  reservationRoutes(app, deps);
  bankLineRoutes(app, deps);
  yearlyLineRoutes(app, deps);
  targetRoutes(app, deps);
  proposalRoutes(app, deps);
}

function headroomRoute(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/headroom',
    tag,
    summary: '额度仪表：全部限额的已用、预留、本笔之后、余量、怎样可解',
    permission: 'limits.read',
    query: contract.headroomQuery,
    answer: contract.headroomAnswer,
    handle: ({ read, query: { customerId, guaranteed, amount, on = deps.clock.today(), ...rest } }) =>
      read(async (tx) => {
        const lines = await headroom(tx, {
          ...rest,
          on,
          amount: yuan(amount),
          ...(customerId === undefined ? {} : { customerId: BigInt(customerId) }),
          ...(guaranteed === undefined ? {} : { guaranteed: yuan(guaranteed) }),
        });
        return { on, lines: lines.map(headroomWire) };
      }),
  });
}

function targetRoutes(app: FastifyInstance, deps: Deps): void {
  listEndpoint(app, deps, {
    url: '/api/limits/targets',
    title: '县域政策目标',
    query: contract.guarantorLineQuery,
    answer: contract.targetPage,
    columns: [
      ['year', '年度', 'integer'],
      ['guarantorName', '担保机构', 'text'],
      ['countyName', '县（区）', 'text'],
      ['amount', '目标新增', 'money'],
      ['done', '已新增', 'money'],
      ['document', '依据', 'text'],
    ],
    fetch: listTargets,
    wire: targetWire,
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/targets',
    tag,
    summary: '下达县域政策目标',
    permission: 'limits.write',
    body: contract.newTarget,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, body, context }) => write((tx) => setTarget(tx, context, body)),
  });
}
