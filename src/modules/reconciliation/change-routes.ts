import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checkIfMatch, type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import { assignTo, commentOn, ownersOf, resolveLike, resolveOne } from './actions/resolve.ts';
import * as contract from './contract.ts';

const tag = '数据核对';
const byId = z.object({ id: idWire });
const done = z.object({ ok: z.literal(true) });

/** What people do about differences: explain, correct, comment, hand over. Two at once: the second is told (If-Match). */
export function changeRoutes(app: FastifyInstance, deps: Deps): void {
  const change = { method: 'POST', tag, permission: 'reconciliation.resolve', params: byId, status: 200 } as const;
  endpoint(app, deps, {
    ...change,
    url: '/api/reconciliation/differences/:id/resolve',
    summary: '处理一条差异：说明、标为已改正、重新打开',
    body: contract.resolveDifference,
    answer: done,
    ifMatch: 'required',
    handle: ({ write, params, body, context, request }) =>
      write(async (tx) => {
        await resolveOne(tx, context, BigInt(params.id), body, (version) => checkIfMatch(request, version, true));
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    ...change,
    url: '/api/reconciliation/runs/:id/differences/resolve',
    summary: '成批处理同类差异',
    body: contract.resolveMany,
    answer: contract.bulkAnswer,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => ({ resolved: await resolveLike(tx, context, BigInt(params.id), body) })),
  });
  endpoint(app, deps, {
    ...change,
    url: '/api/reconciliation/differences/:id/comments',
    summary: '备注',
    body: contract.commentDifference,
    answer: done,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await commentOn(tx, context, BigInt(params.id), body.body);
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    ...change,
    url: '/api/reconciliation/differences/:id/assign',
    summary: '分派经办人',
    body: contract.assignDifference,
    answer: done,
    ifMatch: 'required',
    handle: ({ write, params, body, context, request }) =>
      write(async (tx) => {
        await assignTo(tx, context, BigInt(params.id), body, (version) => checkIfMatch(request, version, true));
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/differences/:id/owners',
    tag,
    summary: '可经办这条差异的人：数据范围相同、有处理权限',
    permission: 'reconciliation.resolve',
    params: byId,
    answer: contract.ownersAnswer,
    handle: ({ read, params }) => read(async (tx) => ({ rows: await ownersOf(tx, BigInt(params.id)) })),
  });
}
