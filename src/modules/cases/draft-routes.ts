import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { checkIfMatch, type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import { withdrawCase } from './actions/approval.ts';
import { disburse } from './actions/disburse.ts';
import { createCase, saveDraft } from './actions/draft.ts';
import { submitCase } from './actions/submit.ts';
import * as contract from './contract.ts';

const tag = '担保项目';
const key = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
const keyOf = (params: { guarantorId: number; id: string }) => ({
  guarantorId: params.guarantorId,
  id: BigInt(params.id),
});
const done = z.object({ ok: z.literal(true) });

/** What the applying side does: draft, submit, take back, give notice of the loan. */
export function draftRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases',
    tag,
    summary: '新建申请草稿',
    permission: 'cases.apply',
    body: contract.newCase,
    answer: z.object({ id: idWire, number: z.string() }),
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const { id, number } = await createCase(tx, context, body);
        return { id: String(id), number };
      }),
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: '/api/cases/:guarantorId/:id/draft',
    tag,
    summary: '保存草稿（自动保存，须带 If-Match）',
    permission: 'cases.apply',
    params: key,
    body: contract.draftChange,
    ifMatch: 'required',
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, params, body, request }) =>
      write((tx) =>
        saveDraft(tx, {
          ...keyOf(params),
          ...body,
          checkVersion: (version) => checkIfMatch(request, version, true),
        }),
      ),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/submit',
    tag,
    summary: '提交申请',
    permission: 'cases.apply',
    params: key,
    status: 200,
    answer: z.object({ number: z.string(), told: z.array(z.string()), elsewhere: z.array(z.string()) }),
    handle: ({ write, params, context }) => write((tx) => submitCase(tx, context, keyOf(params))),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/withdraw',
    tag,
    summary: '撤回申请（释放预留额度）',
    permission: 'cases.apply',
    params: key,
    body: contract.reasonGiven,
    status: 200,
    answer: done,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await withdrawCase(tx, context, { ...keyOf(params), ...body });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/disbursement',
    tag,
    summary: '放款通知：入账在保、使用额度、生成再担保备案（同一放款凭证号只办一次）',
    permission: 'cases.apply',
    params: key,
    body: contract.disbursement,
    status: 200,
    answer: contract.disbursed,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const made = await disburse(tx, context, { ...keyOf(params), ...body });
        return { ...made, guaranteeId: String(made.guaranteeId) };
      }),
  });
}
