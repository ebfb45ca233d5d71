import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { systemActor } from '../../platform/db.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList, cursorOf, keysOf } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { paymentColumns } from './columns.ts';
import * as contract from './contract.ts';
import { printLetter, verifyLetter } from './letters.ts';
import { recordPayment } from './payments.ts';
import { aidRows, paymentRows } from './store/reads.ts';
import { paymentOf, paymentWords } from './wire-row.ts';

const tag = '补偿补贴';
const key = z.object({ id: idWire });
const ok = z.object({ ok: z.boolean() });

/** Letters, payments with their evidence, aid per loan. */
export function moneyRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/letters/:id.pdf',
    tag,
    summary: '预拨、清算通知书（PDF）',
    permission: 'subsidies.read',
    params: key,
    answer: z.any(),
    file: 'application/pdf',
    handle: async ({ read, params, reply, request }) => {
      const origin = `${request.protocol}://${request.host}`;
      const { name, content } = await read((tx) => printLetter(tx, BigInt(params.id), origin));
      return sendFile(reply, name, 'application/pdf', content);
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/letters/verify',
    tag,
    summary: '凭编号和核验码查验文书（任何人）',
    permission: 'public',
    query: z.object({ number: z.string().max(80), code: z.string().max(40) }),
    answer: contract.letterCheck,
    rateLimit: { max: 30, timeWindow: '1 minute' },
    handle: async ({ query }) => {
      const found = await deps.db.read(systemActor, (tx) => verifyLetter(tx, query.number, query.code));
      if (!found)
        throw new Refused({ code: 'letter-not-found', message: '没有编号与核验码都相符的文书，请核对后再试' }, 404);
      return { ...found, amount: formatYuan(found.amount) };
    },
  });
  paymentRoutes(app, deps);
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/aid/:guarantorId/:guaranteeId',
    tag,
    summary: '一笔业务受补助的全部记录（防重复补助）',
    permission: 'subsidies.read',
    params: z.object({ guarantorId: z.coerce.number().int(), guaranteeId: idWire }),
    answer: contract.aidLedger,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const rows = await aidRows(tx, params.guarantorId, params.guaranteeId);
        // Later settlements of a year state it anew in full: only the last one of each year counts.
        const settled = rows.filter((each) => each.kind === 'settle');
        const last = new Map(settled.map((each) => [each.forYear, each.runId]));
        const total = settled
          .filter((each) => last.get(each.forYear) === each.runId)
          .reduce((sum, each) => sum + each.amount, 0n);
        const money = (amount: bigint) => formatYuan(amount as Fen);
        return {
          rows: rows.map((each) => ({
            ...each,
            runId: String(each.runId),
            amount: money(each.amount),
            overlapCut: money(each.overlapCut),
          })),
          total: money(total),
        };
      }),
  });
}

function paymentRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/payments',
    tag,
    summary: '拨付与收回：指标文 → 拨付 → 到账',
    permission: 'subsidies.read',
    query: contract.paymentQuery,
    answer: contract.paymentPage,
    handle: (input) =>
      answerList(input, {
        title: '补偿补贴拨付',
        columns: paymentColumns,
        footer: ['单位：元'],
        fetch: async (tx, after, limit) => {
          const rows = await paymentRows(tx, input.query, BigInt(keysOf(after, 1)?.[0] ?? 0), limit);
          const marked = rows.map((row) => ({ ...row, ...paymentWords(row) }));
          return { rows: marked, next: rows.length === limit ? cursorOf(rows.at(-1)!.id) : null };
        },
        wire: paymentOf,
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/payments/:id/evidence',
    tag,
    summary: '登记指标文、拨付、到账或撤销；重复登记不重复记账',
    permission: 'subsidies.compute',
    params: key,
    body: contract.paymentEvidence,
    answer: ok,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await recordPayment(tx, context, BigInt(params.id), body);
        return { ok: true };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/payments/:id/receipts',
    tag,
    summary: '担保机构确认到账',
    permission: 'book.write',
    params: key,
    body: contract.receipt,
    answer: ok,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await recordPayment(tx, context, BigInt(params.id), { ...body, kind: 'received' });
        return { ok: true };
      }),
  });
}
