import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import { groupUsageOf, listGuarantorLines } from './admin-store.ts';
import * as contract from './contract.ts';
import { formulasOf } from './formulas.ts';
import { listEndpoint, tag } from './list-endpoint.ts';
import { propose } from './proposals.ts';
import { recordOwnership } from './state-owned.ts';
import { approvalWire, guarantorLineWire } from './wire-row.ts';
import { approvalOfLine, decideLine, proposeLine, submitLine } from './yearly-lines.ts';

const url = '/api/limits/guarantor-lines';
const ok = z.object({ ok: z.boolean() });

/** 年度额度 with its formula, and the register of state-owned customers that its groups ask for. */
export function yearlyLineRoutes(app: FastifyInstance, deps: Deps): void {
  lineRoutes(app, deps);
  formulaRoutes(app, deps);
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/state-owned',
    tag,
    summary: '登记客户是否国有及国有控股（分配组的国企子限额用）',
    permission: 'customers.write',
    body: contract.newStateOwned,
    answer: ok,
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        await recordOwnership(tx, context, { ...body, customerId: BigInt(body.customerId) });
        return { ok: true };
      }),
  });
}

function lineRoutes(app: FastifyInstance, deps: Deps): void {
  listEndpoint(app, deps, {
    url,
    title: '担保机构年度额度',
    query: contract.guarantorLineQuery,
    answer: contract.guarantorLinePage,
    columns: [
      ['year', '年度', 'integer'],
      ['guarantorName', '担保机构', 'text'],
      ['amount', '额度', 'money'],
      ['coefficient', '系数', 'text'],
      ['used', '已用', 'money'],
      ['reserved', '预留', 'money'],
      ['document', '依据', 'text'],
    ],
    fetch: (tx, query, after, limit) => listGuarantorLines(tx, { ...query, on: deps.clock.today() }, after, limit),
    wire: guarantorLineWire,
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${url}/:id`,
    tag,
    summary: '一份年度额度：每个数怎么来的，各分配组用了多少',
    permission: 'limits.read',
    params: z.object({ id: idWire }),
    answer: contract.guarantorLineDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const on = deps.clock.today();
        const [row] = (await listGuarantorLines(tx, { id: BigInt(params.id), on }, undefined, 1)).rows;
        if (!row) throw new Refused({ code: 'line-unknown', message: '没有这份额度测算，或不在您的权限范围内' }, 404);
        const { working, formula, decidedOn, decision } = row;
        const groups = (await groupUsageOf(tx, row, on)).map((each) => ({
          code: each.code,
          used: formatYuan(each.used),
          reserved: formatYuan(each.reserved),
        }));
        const approval = approvalWire(await approvalOfLine(tx, row.id));
        return { ...guarantorLineWire(row), approval, working, formula, groups, decidedOn, decision };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url,
    tag,
    summary: '测算年度额度并提交审定（dryRun=true 只试算）',
    permission: 'limits.write',
    body: contract.newGuarantorLine,
    answer: z.object({ id: idWire, amount: z.string() }),
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const { id, amount } = await proposeLine(tx, context, body);
        return { id: String(id), amount };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${url}/:id/submission`,
    tag,
    summary: '退回后重新提交审定',
    permission: 'limits.write',
    params: z.object({ id: idWire }),
    answer: ok,
    handle: ({ write, params, context }) =>
      write(async (tx) => {
        await submitLine(tx, context, BigInt(params.id));
        return { ok: true };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${url}/:id/decision`,
    tag,
    summary: '核定年度额度（没有审批流程在办时；测算人不得自己核定）',
    permission: 'limits.write',
    params: z.object({ id: idWire }),
    body: contract.lineDecision,
    answer: ok,
    handle: ({ write, body, params, context }) =>
      write(async (tx) => {
        await decideLine(tx, context, { ...body, id: BigInt(params.id) });
        return { ok: true };
      }),
  });
}

function formulaRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/formulas',
    tag,
    summary: '年度额度公式的各版',
    permission: 'limits.read',
    answer: contract.formulaList,
    handle: ({ read }) => read(async (tx) => ({ rows: await formulasOf(tx) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/formulas',
    tag,
    summary: '拟定年度额度公式，提交另一人审定后自生效日起用',
    permission: 'limits.write',
    body: contract.newFormula,
    answer: contract.proposed,
    handle: ({ write, body, context }) =>
      write(async (tx) => ({ id: String((await propose(tx, context, { kind: 'formula', content: body })).id) })),
  });
}
