import type { FastifyInstance } from 'fastify';
import { formatYuan } from '../../kernel/money.ts';
import { type Month, monthOf } from '../../kernel/month.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, countColumn, textColumn, writeCsv } from '../../platform/sheets/index.ts';
import * as contract from './contract.ts';
import { monthBefore, timeLeft } from './deadline.ts';
import { everyLedgerRow } from './export.ts';
import { ledgerColumns, ledgerRow } from './ledger.ts';
import { explainRate, listMissing, ratesOf, usualSpan } from './rates.ts';
import { type FilingListRow, listBatches, listFilings, standingOf } from './store.ts';
import { filingDetailOf, wireOf } from './view.ts';
import { writingRoutes } from './writing-routes.ts';

const tag = '再担保备案';
const base = '/api/filings';
const permission = 'filings.read';

/** /api/filings. */
export function filingRoutes(app: FastifyInstance, deps: Deps): void {
  listRoutes(app, deps);
  rateRoutes(app, deps);
  writingRoutes(app, deps);
}

function listRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '备案台账（导出为国担基金备案台账格式）',
    permission,
    query: contract.filingQuery,
    answer: contract.filingPage,
    handle: (input) =>
      answerList(input, {
        title: '再担保备案台账',
        columns: ledgerColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}　口径：备案申报时的台账数据`],
        fetch: async (tx, after, limit) => {
          const page = await listFilings(tx, input.query, after, limit);
          return input.query.format === 'json'
            ? page
            : { ...page, rows: page.rows.map((row) => ledgerRow(row, input.caller.seesIdentity)) as never };
        },
        wire: (row: FilingListRow) => wireOf(row),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/ledger.csv`,
    tag,
    summary: '备案台账（CSV）',
    permission,
    query: contract.ledgerQuery,
    answer: contract.filingPage,
    file: 'text/csv',
    handle: async ({ query, caller, context, reply }) => {
      const out = everyLedgerRow(deps.db, context.actor, query, caller.seesIdentity, (rows, sink) =>
        writeCsv(sink, { columns: ledgerColumns, rows }),
      );
      return sendFile(reply, '再担保备案台账.csv', 'text/csv; charset=utf-8', out) as never;
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/overview`,
    tag,
    summary: '本月备案：可申报、未通过、已驳回与期限',
    permission,
    query: contract.overviewQuery,
    answer: contract.overview,
    handle: async ({ read, query }) => {
      const today = deps.clock.today();
      const month = monthBefore(today);
      const { due, remaining, unverified } = timeLeft(month, today);
      const standing = await read((tx) => standingOf(tx, month, query.guarantorId));
      return { month, dueOn: due, dueUnverified: unverified, remainingWorkingDays: remaining, ...standing };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/batches`,
    tag,
    summary: '申报批次',
    permission,
    query: contract.batchQuery,
    answer: contract.batchPage,
    handle: (input) =>
      answerList(input, {
        title: '备案申报批次',
        columns: batchColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}`],
        fetch: (tx, after, limit) => listBatches(tx, input.query, after, limit),
        wire: (row) => ({
          ...row,
          id: String(row.id),
          guaranteed: formatYuan(row.guaranteed),
          submittedAt: row.submittedAt.toISOString(),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:guarantorId/:id`,
    tag,
    summary: '备案详情：字段与台账对照、校验、经过',
    permission,
    params: contract.filingKey,
    answer: contract.filingDetail,
    handle: ({ read, params, caller }) =>
      read((tx) => filingDetailOf(tx, params.guarantorId, BigInt(params.id), caller.seesIdentity)),
  });
}

function rateRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/rates`,
    tag,
    summary: '备案率：机构 × 月',
    permission,
    query: contract.rateQuery,
    answer: contract.rateAnswer,
    handle: ({ read, query }) =>
      read(async (tx) => {
        const today = deps.clock.today();
        const usual = await usualSpan(tx, (query.to ?? monthOf(today)) as Month);
        const from = (query.from ?? usual.from) as Month;
        return ratesOf(tx, { from, to: usual.to, guarantorId: query.guarantorId }, today);
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/rates/explain`,
    tag,
    summary: '备案率怎么算的',
    permission,
    query: contract.rateExplainQuery,
    answer: contract.explained,
    handle: ({ read, query }) =>
      read((tx) => explainRate(tx, { ...query, from: query.from as Month, to: query.to as Month }, deps.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/missing`,
    tag,
    summary: '应备案而未备案的保函',
    permission,
    query: contract.missingQuery,
    answer: contract.missingPage,
    handle: (input) =>
      answerList(input, {
        title: '应备案未备案清单',
        columns: missingColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}　口径：首次放款在期间内、协议约定再担保分险`],
        fetch: (tx, after, limit) => listMissing(tx, input.query, after, limit),
        wire: (row) => ({ ...row, guaranteeId: String(row.guaranteeId), guaranteed: formatYuan(row.guaranteed) }),
      }),
  });
}

const batchColumns: readonly Column[] = [
  textColumn('number', '批次号', 28),
  textColumn('guarantorName', '担保机构'),
  textColumn('month', '所属月', 10),
  { key: 'dueOn', title: '申报期限', type: 'day' },
  textColumn('submittedBy', '申报人', 12),
  countColumn('rows', '申报笔数'),
  countColumn('waiting', '待审核'),
  countColumn('confirmed', '已备案'),
  countColumn('denied', '已驳回'),
  countColumn('held', '未通过校验留下'),
  { key: 'guaranteed', title: '担保金额', type: 'money' },
];
const missingColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('contractNo', '保证合同号', 26),
  textColumn('borrowerName', '借款人', 26),
  { key: 'occurredOn', title: '首次放款日', type: 'day' },
  { key: 'guaranteed', title: '担保金额', type: 'money' },
  textColumn('state', '备案状态', 12),
];
