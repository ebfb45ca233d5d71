import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { type Deps, endpoint, etagOf, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { holdersFor } from '../identity/index.ts';
import { previewRefund } from './actions/fees.ts';
import { checkDraft } from './check.ts';
import { caseDetail } from './contract/detail.ts';
import * as contract from './contract.ts';
import { detailOf } from './detail.ts';
import { draftRoutes } from './draft-routes.ts';
import { type CaseListRow, countCases, listCases } from './list-store.ts';
import { memoNow, memoPaper } from './memo.ts';
import { callerSide, caseById, unknownCase } from './store.ts';
import { workRoutes } from './work-routes.ts';

const tag = '担保项目';
export const caseKey = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

/** /api/cases. */
export function caseRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases',
    tag,
    summary: '担保项目列表',
    permission: 'cases.read',
    query: contract.caseQuery,
    answer: contract.casePage,
    handle: (input) =>
      answerList(input, {
        title: '担保项目',
        columns: listColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元`],
        fetch: async (tx, after, limit) => {
          const page = await listCases(tx, input.query, input.caller.userId, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: rowWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/counts',
    tag,
    summary: '各状态的项目数',
    permission: 'cases.read',
    query: contract.caseQuery,
    answer: contract.caseCounts,
    handle: ({ read, query, caller }) =>
      read(async (tx) => ({ rows: await countCases(tx, query, caller.userId, contract.caseState.options) })),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/guarantors',
    tag,
    summary: '可以向其提交申请的担保机构',
    permission: 'cases.apply',
    answer: z.object({ rows: z.array(z.object({ id: z.string(), name: z.string() })) }),
    handle: ({ read }) =>
      read(async (tx) => {
        const side = await callerSide(tx);
        const rows = await tx
          .selectFrom('institutions.institution as i')
          .select(['i.id', 'i.name'])
          .where('i.kind', '=', 'guarantor')
          .where('i.status', '=', 'active')
          .$if(side.bankId !== 0, (query) =>
            query.where('i.id', 'in', (from) =>
              from
                .selectFrom('agreements.agreement as a')
                .select('a.guarantor_id')
                .where('a.bank_id', '=', side.bankId),
            ),
          )
          .$if(side.bankId === 0, (query) =>
            query.where('i.id', 'in', side.guarantors.length > 0 ? side.guarantors : [0]),
          )
          .orderBy('i.name')
          .limit(500)
          .execute();
        return { rows: rows.map((row) => ({ id: String(row.id), name: row.name })) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/cases/check',
    tag,
    summary: '填表即查：证件、划型、重复、准入条件、额度、尚缺内容（不落库）',
    permission: 'cases.apply',
    body: contract.checkAsked,
    status: 200,
    answer: contract.caseCheck,
    handle: ({ read, body }) => read((tx) => checkDraft(tx, body, deps.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/:guarantorId/:id',
    tag,
    summary: '项目详情（带 ETag）',
    permission: 'cases.read',
    params: caseKey,
    answer: caseDetail,
    handle: async ({ read, params, caller, reply }) => {
      const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
      const found = await read((tx) => detailOf(tx, key, caller, deps.clock.today()));
      reply.header('etag', etagOf(found.version));
      return found;
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/:guarantorId/:id/managers',
    tag,
    summary: '可担任A角、B角的人',
    permission: 'cases.write',
    params: caseKey,
    answer: z.object({ rows: z.array(z.object({ id: z.number().int(), name: z.string() })) }),
    handle: ({ read, params }) =>
      read(async (tx) => {
        const holders = await holdersFor(tx, 'credit-info.query', params.guarantorId);
        const applying = new Set((await holdersFor(tx, 'cases.apply', params.guarantorId)).map((each) => each.id));
        return { rows: holders.filter((each) => applying.has(each.id)).map(({ id, name }) => ({ id, name })) };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/:guarantorId/:id/memo.pdf',
    tag,
    summary: '评审报告（PDF）',
    permission: 'cases.read',
    params: caseKey,
    answer: z.any(),
    file: 'application/pdf',
    handle: async ({ read, params, reply }) => {
      const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
      const { found, memo } = await read(async (tx) => {
        const one = await caseById(tx, key);
        if (!one || (await callerSide(tx)).bankId !== 0) throw unknownCase();
        return { found: one, memo: one.memo ?? (await memoNow(tx, one, deps.clock.today())) };
      });
      if (memo.length === 0) throw new Refused({ code: 'no-memo', message: '申请提交以后才有评审报告' }, 404);
      const content = await memoPaper(found, memo, deps.clock.now());
      return sendFile(reply, `评审报告-${found.number}.pdf`, 'application/pdf', content);
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/cases/:guarantorId/:id/refund',
    tag,
    summary: '提前解除（全部或部分）的退费试算',
    permission: 'cases.read',
    params: caseKey,
    query: contract.refundAsked,
    answer: contract.refundPreview,
    handle: ({ read, params, query }) =>
      read(async (tx) => {
        const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
        const amount = query.amount === undefined ? undefined : yuan(query.amount);
        const found = await previewRefund(tx, key, query.releasedOn, amount);
        return {
          ...found,
          received: formatYuan(found.received),
          earned: formatYuan(found.earned),
          unexpired: formatYuan(found.unexpired),
          refund: formatYuan(found.refund),
          owed: formatYuan(found.owed),
        };
      }),
  });
  draftRoutes(app, deps);
  workRoutes(app, deps);
}

const rowWire = (row: CaseListRow) => ({
  ...row,
  id: String(row.id),
  stateAt: row.stateAt.toISOString(),
  amount: row.amount === null ? null : formatYuan(row.amount),
});
const wordsOf = (row: CaseListRow) => ({
  stateTitle: contract.stateTitles[row.state],
  applicantTitle: contract.applicantTitles[row.applicantKind],
  stateText: textOfInstant(row.stateAt),
});
const listColumns = [
  { key: 'number', title: '项目编号', type: 'text' },
  { key: 'customerName', title: '客户名称', type: 'text', width: 36 },
  { key: 'amount', title: '金额', type: 'money', whenNull: '—' },
  { key: 'termMonths', title: '期限（月）', type: 'integer', whenNull: '—' },
  { key: 'stateTitle', title: '状态', type: 'text' },
  { key: 'stateText', title: '状态时间', type: 'text', width: 20 },
  { key: 'applicantTitle', title: '来源', type: 'text' },
  { key: 'bankName', title: '合作银行', type: 'text', whenNull: '—' },
  { key: 'productName', title: '产品', type: 'text', whenNull: '—' },
  { key: 'countyName', title: '业务所在县', type: 'text', whenNull: '—' },
  { key: 'managerA', title: 'A角', type: 'text', whenNull: '—' },
  { key: 'managerB', title: 'B角', type: 'text', whenNull: '—' },
  { key: 'submittedOn', title: '提交日', type: 'day', whenNull: '—' },
  { key: 'guarantorName', title: '担保机构', type: 'text' },
] as const;
