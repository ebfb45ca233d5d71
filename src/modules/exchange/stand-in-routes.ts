import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Tx } from '../../platform/db.ts';
import { type Context, type Deps, endpoint } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import * as contract from './contract.ts';
import { openStandIn, type StandIn } from './stand-in.ts';

const tag = '监测系统替身（演示）';
const url = '/api/exchange/stand-in/faults';

/** /api/exchange/stand-in: in a demo, tells the stand-in what to do wrong. `demo.control` is nobody's outside a demo. */
export function standInRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url,
    tag,
    summary: '替身被要求出的错',
    permission: 'demo.control',
    answer: contract.faultList,
    handle: () => withStandIn(listOf),
  });
  endpoint(app, deps, {
    method: 'POST',
    url,
    tag,
    summary: '让替身出错：丢失、重复、滞后、改动记录，吞掉、退回数据包',
    permission: 'demo.control',
    body: contract.faultOrder,
    answer: contract.faultList,
    // The only write that waits for another process inside its transaction: so a repeated request orders nothing twice.
    handle: ({ write, body, context, request }) =>
      withStandIn((standIn) =>
        write(async (tx) => {
          await note(tx, context, 'order-fault', { kind: body.kind, count: body.count });
          if (!isTrial(request)) await standIn.order(body);
          return listOf(standIn);
        }),
      ),
  });
  endpoint(app, deps, {
    method: 'DELETE',
    url,
    tag,
    summary: '撤销替身的全部差错',
    permission: 'demo.control',
    answer: contract.faultList,
    handle: ({ write, context, request }) =>
      withStandIn((standIn) =>
        write(async (tx) => {
          await note(tx, context, 'take-back-faults', {});
          if (!isTrial(request)) await standIn.takeBack();
          return listOf(standIn);
        }),
      ),
  });
}

const listOf = async (standIn: StandIn) => ({ rows: await standIn.faults() });

const isTrial = (request: FastifyRequest): boolean => (request.query as { dryRun?: string }).dryRun === 'true';

const note = (tx: Tx, context: Context, verb: string, detail: Record<string, string | number>) =>
  appendAudit(tx, context, { chain: 0, action: `exchange.${verb}`, subject: 'stand-in', detail });

async function withStandIn<T>(work: (standIn: StandIn) => Promise<T>): Promise<T> {
  const standIn = openStandIn();
  try {
    return await work(standIn);
  } finally {
    await standIn.close();
  }
}
