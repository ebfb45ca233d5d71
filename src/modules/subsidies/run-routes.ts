import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { checkIfMatch, type Deps, endpoint, etagOf } from '../../platform/http.ts';
import { answerList, cursorOf, keysOf } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { approveRun, returnRun, submitRun, voidRun } from './actions.ts';
import { breakdownColumns, deltaColumns, entitlementColumns, lineColumns, runColumns } from './columns.ts';
import { computeSubsidies } from './compute.ts';
import * as contract from './contract.ts';
import { explainAmount, explainEntitlement } from './explain.ts';
import { placeholderReason } from './placeholder.ts';
import { breakdownOf, type LineRow, linesOfRun, totalsOf } from './store/lines.ts';
import { deltaRows, entitlementRows, type RunListRow, runParts, runRows } from './store/reads.ts';
import { amountsOf, deltaOf, entitlementOf, eventOf, lineOf, runOf } from './wire-row.ts';

const tag = '补偿补贴';
const key = z.object({ id: idWire });
const footer = ['单位：元　依据：已定稿的季度反馈凭证（指引第十五条）', `标“占位”者：${placeholderReason}`];
const ok = z.object({ ok: z.boolean() });
const pageFrom = <Row extends object>(rows: Row[], limit: number, keysOfRow: (row: Row) => string) => ({
  rows: rows.map(withTitles),
  next: rows.length === limit ? keysOfRow(rows.at(-1)!) : null,
});

/** What workbooks show besides the row's own columns: the placeholder mark and the titles of codes. */
function withTitles<Row extends object>(row: Row): Row {
  const { placeholder, kind, status, payer } = row as Partial<RunListRow & LineRow>;
  return {
    ...row,
    mark: placeholder ? contract.placeholderMark : '',
    ...(kind ? { kindTitle: contract.runKindTitles[kind] } : {}),
    ...(status ? { statusTitle: contract.runStatusTitles[status] } : {}),
    ...(payer ? { payerTitle: contract.payerTitles[payer] } : {}),
  };
}

/** Runs: computing and simulating, lists, breakdowns, loans, decisions, 怎么算的. */
export function runRoutes(app: FastifyInstance, deps: Deps): void {
  computeRoutes(app, deps);
  listRoutes(app, deps);
  explainRoutes(app, deps);
  const decide = (
    verb: string,
    summary: string,
    permission: string,
    body: z.ZodType<{ note: string }>,
    act: typeof submitRun,
  ) =>
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/subsidies/runs/:id/${verb}`,
      tag,
      summary,
      permission,
      params: key,
      body,
      answer: ok,
      status: 200,
      handle: ({ write, body: given, params, context, request }) =>
        write(async (tx) => {
          const run = await requireRun(tx, BigInt(params.id));
          checkIfMatch(request, run.version);
          await act(tx, context, run.id, (given as { note: string }).note);
          return { ok: true };
        }),
    });
  decide('submit', '提交核定', 'subsidies.compute', contract.note as never, submitRun);
  decide('return', '退回（须写理由）', 'subsidies.approve', contract.reason as never, returnRun);
  decide('void', '作废草稿（须写理由）', 'subsidies.compute', contract.reason as never, voidRun);
  decide(
    'approve',
    '核定：由另一人办理；编号发文、记账、生成拨付',
    'subsidies.approve',
    contract.note as never,
    async (...all) => {
      await approveRun(...all);
    },
  );
}

function computeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/runs',
    tag,
    summary: '测算预拨或清算；dryRun=true 为试算，不落库',
    permission: 'subsidies.compute',
    body: contract.computeRun,
    answer: contract.computed,
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const { id, existing } = await computeSubsidies(tx, context, body);
        const run = await requireRun(tx, id);
        const breakdown = async (by: 'county' | 'scheme') =>
          (await breakdownOf(tx, id, by)).map((each) => ({ ...each, ...amountsOf(each) }));
        return {
          ...{ id: String(id), existing, inputHash: run.inputHash, resultHash: run.resultHash },
          ...{ placeholder: run.placeholder, rowCount: run.rowCount, eligibleCount: run.eligibleCount },
          totals: amountsOf(await totalsOf(tx, id)),
          byCounty: await breakdown('county'),
          byScheme: await breakdown('scheme'),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id',
    tag,
    summary: '批次详情：依据的凭证与办法、合计、经过、文书',
    permission: 'subsidies.read',
    params: key,
    answer: contract.runDetail,
    handle: ({ read, params, caller, reply }) =>
      read(async (tx) => {
        const run = await requireRun(tx, BigInt(params.id));
        const parts = await runParts(tx, run.id);
        reply.header('etag', etagOf(run.version));
        const isOther = caller.userId !== run.computedById && caller.userId !== run.submittedById;
        return {
          ...runOf(run),
          ...{ inputHash: run.inputHash, resultHash: run.resultHash, parameters: run.parameters, version: run.version },
          totals: amountsOf(await totalsOf(tx, run.id)),
          schemes: parts.schemes,
          certificates: parts.certificates,
          events: parts.events.map(eventOf),
          letters: parts.letters.map((each) => ({ ...each, amount: formatYuan(each.amount as Fen) })),
          mayApprove: run.status === 'submitted' && isOther && caller.permissions.has('subsidies.approve'),
        };
      }),
  });
}

function listRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs',
    tag,
    summary: '预拨与清算批次',
    permission: 'subsidies.read',
    query: contract.runQuery,
    answer: contract.runPage,
    handle: (input) =>
      answerList(input, {
        title: '补偿补贴批次',
        columns: runColumns,
        footer,
        fetch: async (tx, after, limit) => {
          const before = keysOf(after, 1)?.[0];
          const rows = await runRows(tx, input.query, before === undefined ? undefined : BigInt(before), limit);
          return pageFrom(rows, limit, (row) => cursorOf(row.id));
        },
        wire: runOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/lines',
    tag,
    summary: '账户：机构 × 县区 × 办法 × 承担方',
    permission: 'subsidies.read',
    params: key,
    query: contract.lineQuery,
    answer: contract.linePage,
    handle: (input) =>
      answerList(input, {
        title: '补偿补贴账户',
        columns: lineColumns,
        footer,
        fetch: async (tx, after, limit) => {
          const rows = await linesOfRun(
            tx,
            BigInt(input.params.id),
            input.query,
            Number(keysOf(after, 1)?.[0] ?? 0),
            limit,
          );
          return pageFrom(rows, limit, (row) => cursorOf(row.seq));
        },
        wire: lineOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/entitlements',
    tag,
    summary: '逐笔应补（含不补及其原因）',
    permission: 'subsidies.read',
    params: key,
    query: contract.entitlementQuery,
    answer: contract.entitlementPage,
    handle: async (input) => {
      const page = await answerList(input, {
        title: '补偿补贴逐笔明细',
        columns: entitlementColumns,
        footer,
        fetch: async (tx, after, limit) => {
          const rows = await entitlementRows(
            tx,
            BigInt(input.params.id),
            input.query,
            Number(keysOf(after, 1)?.[0] ?? 0),
            limit,
          );
          return pageFrom(rows, limit, (row) => cursorOf(row.seq));
        },
        wire: entitlementOf,
      });
      const here = `/subsidies/${input.params.id}?tab=loans&eligible=true`;
      if (input.query.format !== 'json') return page;
      const rows = page.rows.map((row) => ({ ...row, url: `${here}&seq=${row.seq}` }));
      return { ...page, rows, columns: [...shownColumns] };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/deltas',
    tag,
    summary: '以前年度更正，逐笔',
    permission: 'subsidies.read',
    params: key,
    query: contract.pageOnly,
    answer: contract.deltaPage,
    handle: (input) =>
      answerList(input, {
        title: '以前年度更正明细',
        columns: deltaColumns,
        footer,
        fetch: async (tx, after, limit) => {
          const rows = await deltaRows(tx, BigInt(input.params.id), keysOf(after, 5) ?? [], limit);
          return pageFrom(rows, limit, (row) =>
            cursorOf(row.forYear, row.guarantorId, row.guaranteeId, row.county, row.schemeId),
          );
        },
        wire: deltaOf,
      }),
  });
}

function explainRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/breakdown',
    tag,
    summary: '按县区、机构、办法或承担方汇总',
    permission: 'subsidies.read',
    params: key,
    query: contract.breakdownQuery,
    answer: contract.breakdown,
    handle: async (input) => {
      const { read, params, query } = input;
      const rows = await read((tx) => breakdownOf(tx, BigInt(params.id), query.by));
      const totals = await read((tx) => totalsOf(tx, BigInt(params.id)));
      if (query.format === 'xlsx') {
        const heading = contract.breakdownTitles[query.by];
        const total = { ...totals, title: '合计', loans: null, placeholder: false };
        return answerList(
          { ...input, query: { limit: 1, format: 'xlsx' as const } },
          {
            title: `补偿补贴汇总（按${heading}）`,
            columns: breakdownColumns(heading),
            footer,
            fetch: async () => ({
              rows: [...rows, total].map((row) => ({ ...row, mark: row.placeholder ? contract.placeholderMark : '' })),
              next: null,
            }),
            wire: (row) => row as never,
          },
        ) as never;
      }
      return {
        by: query.by,
        rows: rows.map((each) => ({ ...each, ...amountsOf(each) })),
        totals: amountsOf(totals),
      };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/explain',
    tag,
    summary: '怎么算的：任一金额的公式、条款、输入、版本、凭证与逐笔',
    permission: 'subsidies.read',
    params: key,
    query: contract.explainQuery,
    answer: contract.lineExplain,
    handle: ({ read, params, query: { field, ...filter } }) =>
      read((tx) => explainAmount(tx, BigInt(params.id), field, filter)),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/runs/:id/entitlements/:seq/explain',
    tag,
    summary: '怎么算的：一笔的逐步计算，或为什么这笔不补',
    permission: 'subsidies.read',
    params: key.extend({ seq: z.coerce.number().int() }),
    answer: contract.entitlementExplain,
    handle: ({ read, params }) => read((tx) => explainEntitlement(tx, BigInt(params.id), params.seq)),
  });
}

async function requireRun(tx: Tx, id: bigint) {
  const [run] = await runRows(tx, { id }, undefined, 1);
  if (!run) throw new Refused({ code: 'run-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  return run;
}

/** What 怎么算的 shows of each loan behind a figure. */
const shownColumns = [
  { key: 'contractNo', title: '合同号' },
  { key: 'countyName', title: '县区' },
  { key: 'quarter', title: '季度' },
  { key: 'scheme', title: '办法' },
  { key: 'amount', title: '应补', unit: '元' },
] as const;
