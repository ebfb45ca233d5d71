import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { createSubscription, redeliver, setSubscriptionStatus } from './actions.ts';
import * as contract from './contract.ts';
import { deliveryColumns, deliveryWords, subscriptionColumns, subscriptionWords } from './sheet-columns.ts';
import { listDeliveries, listSubscriptions } from './store.ts';

const tag = '回调通知';
const permission = 'webhooks.manage';
const key = z.object({ id: idWire });
const done = z.object({ ok: z.literal(true) });

/** /api/webhooks. */
export function webhookRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/webhooks',
    tag,
    summary: '回调订阅列表',
    permission,
    query: contract.subscriptionQuery,
    answer: contract.subscriptionPage,
    handle: (input) =>
      answerList(input, {
        title: '回调订阅',
        columns: subscriptionColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listSubscriptions(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...subscriptionWords(row) })) };
        },
        wire: (row) => ({ ...row, id: String(row.id), recordedAt: row.recordedAt.toISOString() }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/webhooks',
    tag,
    summary: '新增回调订阅；签名密钥只显示这一次',
    permission,
    body: contract.newSubscription,
    answer: contract.createdSubscription,
    // Not through `write`: a secret must not be stored with the answers to repeated requests.
    handle: async ({ body, context }) => {
      const { id, secret } = await deps.db.transaction(context.actor, (tx) => createSubscription(tx, context, body));
      return { id: String(id), secret };
    },
  });
  for (const status of ['active', 'disabled'] as const)
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/webhooks/:id/${status === 'active' ? 'enable' : 'disable'}`,
      tag,
      summary: status === 'active' ? '启用回调订阅' : '停用回调订阅',
      permission,
      status: 200,
      params: key,
      answer: done,
      handle: async ({ write, context, params }) => {
        await write((tx) => setSubscriptionStatus(tx, context, { id: BigInt(params.id), status }));
        return { ok: true as const };
      },
    });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/webhooks/:id/deliveries',
    tag,
    summary: '投递记录，新的在前',
    permission,
    params: key,
    query: contract.deliveryQuery,
    answer: contract.deliveryPage,
    handle: (input) =>
      answerList(input, {
        title: '回调投递记录',
        columns: deliveryColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const filter = { subscriptionId: BigInt(input.params.id), status: input.query.status };
          const page = await listDeliveries(tx, filter, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...deliveryWords(row) })) };
        },
        wire: (row) => ({
          ...row,
          id: String(row.id),
          nextAt: row.status === 'waiting' ? row.nextAt.toISOString() : null,
          deliveredAt: row.deliveredAt?.toISOString() ?? null,
          occurredAt: row.occurredAt.toISOString(),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/webhooks/deliveries/:id/redeliver',
    tag,
    summary: '重新投递一条通知',
    permission,
    status: 200,
    params: key,
    answer: done,
    handle: async ({ write, context, params }) => {
      await write((tx) => redeliver(tx, context, BigInt(params.id)));
      return { ok: true as const };
    },
  });
}
