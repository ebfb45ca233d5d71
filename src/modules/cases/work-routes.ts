import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { type Context, type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import { askApproval } from './actions/approval.ts';
import { concludeDiligence, recordFindings, recordVisit } from './actions/diligence.ts';
import { issueFeeNotice } from './actions/fee-notice.ts';
import { planFee, receiveFee } from './actions/fees.ts';
import { issuePaper, startPapers } from './actions/papers.ts';
import { backToDiligence, checkCounter, offerCounter, removeCounter, reviewCase, scoreCase } from './actions/review.ts';
import { assignManagers, refuseCase, sendBack } from './actions/submit.ts';
import * as contract from './contract.ts';
import type { CaseKey } from './store.ts';

const tag = '担保项目';
const key = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
const counterKey = key.extend({ seq: z.coerce.number().int() });
const done = z.object({ ok: z.literal(true) });

/** What the guarantor's people do to a case. */
export function workRoutes(app: FastifyInstance, deps: Deps): void {
  /** A verb that answers nothing but that it was done. */
  const verb = <B extends z.ZodType>(
    path: string,
    summary: string,
    body: B,
    act: (tx: Tx, context: Context, command: CaseKey & z.output<B>) => Promise<unknown>,
    permission = 'cases.write',
  ) =>
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/cases/:guarantorId/:id/${path}`,
      tag,
      summary,
      permission,
      params: key,
      body,
      status: 200,
      answer: done,
      handle: ({ write, params, body: given, context }) =>
        write(async (tx) => {
          const { guarantorId, id } = params;
          await act(tx, context, { ...(given as z.output<B> & object), guarantorId, id: BigInt(id) } as never);
          return { ok: true as const };
        }),
    });
  verb('assign', '受理并指定A角、B角', contract.assignment, assignManagers);
  verb('reassign', '更换A角、B角', contract.assignment, (tx, context, command) =>
    assignManagers(tx, context, { ...command, isChange: true }),
  );
  verb('send-back', '退回补正', contract.reasonGiven, sendBack);
  verb('refuse', '不予担保', contract.reasonGiven, refuseCase);
  verb('findings', '记录尽调清单', contract.checklistChange, recordFindings);
  verb('visits', '记录走访', contract.newVisit, recordVisit);
  verb('conclusions', '出具尽调结论', contract.newConclusion, concludeDiligence);
  verb('back-to-diligence', '退回尽调', contract.reasonGiven, backToDiligence);
  verb('reviews', '出具风险意见', contract.newReview, reviewCase);
  verb('scores', '评分', contract.newScore, scoreCase);
  verb(
    'counter-guarantees',
    '登记反担保',
    contract.caseApplication.shape.counterGuarantees.unwrap().element,
    (tx, context, { guarantorId, id, ...offered }) => offerCounter(tx, context, { guarantorId, id, offered }),
  );
  verb('ask-approval', '提交审批（预留额度）', z.object({}), askApproval);
  verb('papers/start', '开始签约', contract.contractNumbers, startPapers);
  counterRoutes(app, deps);
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/papers',
    tag,
    summary: '制作文书',
    permission: 'documents.issue',
    params: key,
    body: contract.papersAsked,
    answer: z.object({ documentId: idWire, number: z.string() }),
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const command = { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) };
        const { documentId, number } = await issuePaper(tx, context, command);
        return { documentId: String(documentId), number };
      }),
  });
  feeRoutes(app, deps);
}

function feeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/fee-notices',
    tag,
    summary: '出具缴费通知（所选各期尚未缴纳的部分）',
    permission: 'documents.issue',
    params: key,
    body: contract.feeNoticeAsked,
    answer: z.object({ documentId: idWire, number: z.string() }),
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const command = { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) };
        const { documentId, number } = await issueFeeNotice(tx, context, command);
        return { documentId: String(documentId), number };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/fee-plan',
    tag,
    summary: '确定收费计划（ACT/365，算头不算尾）',
    permission: 'cases.write',
    params: key,
    body: contract.feeAsked,
    answer: z.object({ total: z.string() }),
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const command = { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) };
        return { total: formatYuan((await planFee(tx, context, command)).total) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/receipts',
    tag,
    summary: '登记收费',
    permission: 'book.write',
    params: key,
    body: contract.newReceipt,
    answer: z.object({ seq: z.number().int(), isRepeat: z.boolean() }),
    handle: ({ write, params, body, context }) =>
      write((tx) => receiveFee(tx, context, { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) })),
  });
}

function counterRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/counter-guarantees/:seq/legal-check',
    tag,
    summary: '审查反担保',
    permission: 'cases.write',
    params: counterKey,
    body: contract.legalCheck,
    status: 200,
    answer: done,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await checkCounter(tx, context, { ...body, ...params, id: BigInt(params.id) });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/:guarantorId/:id/counter-guarantees/:seq/remove',
    tag,
    summary: '移除反担保',
    permission: 'cases.write',
    params: counterKey,
    body: contract.reasonGiven,
    status: 200,
    answer: done,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await removeCounter(tx, context, { ...body, ...params, id: BigInt(params.id) });
        return { ok: true as const };
      }),
  });
}
