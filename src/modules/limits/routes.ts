import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { allocationsOf, listBankLines, listGuarantorLines, listReservations, listTargets } from './admin-store.ts';
import { setBankLine, setTarget } from './bank-lines.ts';
import * as contract from './contract.ts';
import { headroom, releaseReservation } from './reserve.ts';
import {
  bankLineWire,
  guarantorLineWire,
  headroomWire,
  reservationStates,
  reservationWire,
  targetWire,
} from './wire-row.ts';
import { decideLine, proposeLine } from './yearly-lines.ts';

const tag = '额度';

/** /api/limits/…: headroom, reservations, bank lines, yearly lines, county targets. */
export function limitRoutes(app: FastifyInstance, deps: Deps): void {
  const foot = () => [`单位：元；数据截至 ${deps.clock.today()}；已用为最近一次盘点`];
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/headroom',
    tag,
    summary: '额度仪表：全部限额的已用、预留、本笔之后、余量、怎样可解',
    permission: 'limits.read',
    query: contract.headroomQuery,
    answer: contract.headroomAnswer,
    handle: ({ read, query }) =>
      read(async (tx) => {
        const on = query.on ?? deps.clock.today();
        const { customerId, guaranteed, ...rest } = query;
        const lines = await headroom(tx, {
          ...rest,
          on,
          amount: yuan(query.amount),
          ...(customerId === undefined ? {} : { customerId: BigInt(customerId) }),
          ...(guaranteed === undefined ? {} : { guaranteed: yuan(guaranteed) }),
        });
        return { on, lines: lines.map(headroomWire) };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/reservations',
    tag,
    summary: '额度预留',
    permission: 'limits.read',
    query: contract.reservationQuery,
    answer: contract.reservationPage,
    handle: (input) =>
      answerList(input, {
        title: '额度预留',
        columns: [
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'subject', title: '业务编号', type: 'text' },
          { key: 'customerName', title: '客户', type: 'text' },
          { key: 'bankName', title: '银行', type: 'text' },
          { key: 'productName', title: '产品', type: 'text' },
          { key: 'amount', title: '主债权金额', type: 'money' },
          { key: 'until', title: '预留至', type: 'day' },
          { key: 'stateTitle', title: '状态', type: 'text' },
        ],
        footer: foot(),
        fetch: async (tx, after, limit) => {
          const page = await listReservations(tx, { ...input.query, on: deps.clock.today() }, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, stateTitle: reservationStates[row.state] })) };
        },
        wire: reservationWire,
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/reservations/release',
    tag,
    summary: '释放额度预留',
    permission: 'cases.write',
    body: contract.reservationEnd,
    answer: z.object({ ok: z.boolean() }),
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        await releaseReservation(tx, context, body);
        return { ok: true };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/bank-lines',
    tag,
    summary: '银行统一授信额度',
    permission: 'limits.read',
    query: contract.bankLineQuery,
    answer: contract.bankLinePage,
    handle: (input) =>
      answerList(input, {
        title: '银行统一授信额度',
        columns: [
          { key: 'bankName', title: '银行', type: 'text' },
          { key: 'from', title: '起', type: 'day' },
          { key: 'to', title: '止', type: 'day' },
          { key: 'amount', title: '授信额度', type: 'money' },
          { key: 'allocated', title: '已分配', type: 'money' },
          { key: 'used', title: '已用', type: 'money' },
          { key: 'reserved', title: '预留', type: 'money' },
          { key: 'document', title: '依据文件', type: 'text' },
        ],
        footer: foot(),
        fetch: (tx, after, limit) => listBankLines(tx, { on: deps.clock.today() }, after, limit),
        wire: bankLineWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/bank-lines/:bankId',
    tag,
    summary: '一家银行的统一授信额度与分配',
    permission: 'limits.read',
    params: z.object({ bankId: z.coerce.number().int() }),
    answer: contract.bankLineDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const on = deps.clock.today();
        const row = (await listBankLines(tx, { bankId: params.bankId, on }, undefined, 1)).rows[0];
        if (!row) throw new Refused({ code: 'line-unknown', message: '该银行没有核定统一授信额度' }, 404);
        const allocations = await allocationsOf(tx, row.bankId, row.version, on);
        return {
          ...bankLineWire(row),
          versions: row.version,
          allocations: allocations.map((each) => ({
            ...each,
            amount: formatYuan(each.amount),
            used: formatYuan(each.used),
            reserved: formatYuan(each.reserved),
          })),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/bank-lines',
    tag,
    summary: '核定银行统一授信额度与分配（新版本，整表替换）',
    permission: 'limits.write',
    body: contract.newBankLine,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, body, context }) => write((tx) => setBankLine(tx, context, body)),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/guarantor-lines',
    tag,
    summary: '担保机构年度额度',
    permission: 'limits.read',
    query: contract.guarantorLineQuery,
    answer: contract.guarantorLinePage,
    handle: (input) =>
      answerList(input, {
        title: '担保机构年度额度',
        columns: [
          { key: 'year', title: '年度', type: 'integer' },
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'amount', title: '额度', type: 'money' },
          { key: 'coefficient', title: '系数', type: 'text' },
          { key: 'used', title: '已用', type: 'money' },
          { key: 'reserved', title: '预留', type: 'money' },
          { key: 'document', title: '依据', type: 'text' },
        ],
        footer: foot(),
        fetch: (tx, after, limit) => listGuarantorLines(tx, { ...input.query, on: deps.clock.today() }, after, limit),
        wire: guarantorLineWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/guarantor-lines/:id',
    tag,
    summary: '一份年度额度：每个数怎么来的',
    permission: 'limits.read',
    params: z.object({ id: idWire }),
    answer: contract.guarantorLineDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const filter = { id: BigInt(params.id), on: deps.clock.today() };
        const row = (await listGuarantorLines(tx, filter, undefined, 1)).rows[0];
        if (!row) throw new Refused({ code: 'line-unknown', message: '没有这份额度测算，或不在您的权限范围内' }, 404);
        const { working, formula, decidedOn, decision } = row;
        return { ...guarantorLineWire(row), working, formula, decidedOn, decision };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/limits/guarantor-lines',
    tag,
    summary: '测算年度额度（dryRun=true 只试算）',
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
    url: '/api/limits/guarantor-lines/:id/decision',
    tag,
    summary: '核定年度额度（没有审批流程在办时；测算人不得自己核定）',
    permission: 'limits.write',
    params: z.object({ id: idWire }),
    body: contract.lineDecision,
    answer: z.object({ ok: z.boolean() }),
    handle: ({ write, body, params, context }) =>
      write(async (tx) => {
        await decideLine(tx, context, { ...body, id: BigInt(params.id) });
        return { ok: true };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/limits/targets',
    tag,
    summary: '县域政策目标',
    permission: 'limits.read',
    query: contract.guarantorLineQuery,
    answer: contract.targetPage,
    handle: (input) =>
      answerList(input, {
        title: '县域政策目标',
        columns: [
          { key: 'year', title: '年度', type: 'integer' },
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'countyName', title: '县（区）', type: 'text' },
          { key: 'amount', title: '目标新增', type: 'money' },
          { key: 'done', title: '已新增', type: 'money' },
          { key: 'document', title: '依据', type: 'text' },
        ],
        footer: foot(),
        fetch: (tx, after, limit) => listTargets(tx, input.query, after, limit),
        wire: targetWire,
      }),
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
