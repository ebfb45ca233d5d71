import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { formatYuan, plus } from '../kernel/money.ts';
import { type Deps, endpoint } from '../platform/http.ts';
import { answerList } from '../platform/list.ts';
import {
  type accountRow,
  transferPage,
  transferQuery,
  type transferRow,
  trialBalanceAnswer,
  trialBalanceQuery,
} from '../wire/ledger.ts';
import { type AccountBalance, trialBalance } from './balances.ts';
import { listTransfers, type TransferListRow } from './list.ts';

const tag = '总账';
const stateTitles: Readonly<Record<number, string>> = { 1: '已入账', 2: '待定', 3: '待定已转入账', 4: '已作废' };
const states = { 1: 'posted', 2: 'pending', 3: 'posted-pending', 4: 'voided' } as const;

/** /api/ledger: the trial balance of what the caller may see, and the transfers behind each account. Reads only. */
export function ledgerRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/ledger/trial-balance',
    tag,
    summary: '试算平衡表',
    permission: 'ledger.read',
    query: trialBalanceQuery,
    answer: trialBalanceAnswer,
    handle: async ({ read, query }) => {
      const asOf = query.asOf ?? deps.clock.today();
      const rows = await read((tx) => trialBalance(tx, asOf, query.guarantorId));
      const debit = plus(...rows.map((row) => row.debit));
      const credit = plus(...rows.map((row) => row.credit));
      return {
        asOf,
        rows: rows.map(wireAccount),
        debit: formatYuan(debit),
        credit: formatYuan(credit),
        isBalanced: debit === credit,
      };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/ledger/transfers',
    tag,
    summary: '记账明细：按科目或保函',
    permission: 'ledger.read',
    query: transferQuery,
    answer: transferPage,
    handle: (input) =>
      answerList(input, {
        title: '记账明细',
        columns: [
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'key', title: '凭证号', type: 'text' },
          { key: 'leg', title: '分录', type: 'integer' },
          { key: 'stateTitle', title: '状态', type: 'text' },
          { key: 'effectiveOn', title: '记账日', type: 'day' },
          { key: 'debitTitle', title: '借方科目', type: 'text' },
          { key: 'creditTitle', title: '贷方科目', type: 'text' },
          { key: 'amount', title: '金额', type: 'money' },
        ],
        footer: [`数据截至 ${deps.clock.today()}　口径：总账，含待定与作废`],
        fetch: async (tx, after, limit) => {
          const page = await listTransfers(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, stateTitle: stateTitles[row.stateCode] })) };
        },
        wire: wireTransfer,
      }),
  });
}

const wireAccount = (row: AccountBalance): z.input<typeof accountRow> => ({
  ...row,
  kind: row.kind as z.input<typeof accountRow>['kind'],
  normal: row.normal as z.input<typeof accountRow>['normal'],
  debit: formatYuan(row.debit),
  credit: formatYuan(row.credit),
  balance: formatYuan(row.balance),
});

const wireTransfer = (row: TransferListRow): z.input<typeof transferRow> => ({
  ...row,
  state: states[row.stateCode as keyof typeof states],
  amount: formatYuan(row.amount),
  recordedAt: row.recordedAt.toISOString(),
  guaranteeId: row.guaranteeId === null ? null : String(row.guaranteeId),
});
