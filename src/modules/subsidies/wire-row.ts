import { type Fen, formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import {
  kindTitles,
  payerTitles,
  paymentKindTitles,
  placeholderMark,
  runKindTitles,
  runStatusTitles,
} from './contract.ts';
import { runEventTitles } from './events.ts';
import type { Amounts, LineRow } from './store/lines.ts';
import type { DeltaListRow, EntitlementRow, PaymentListRow, RunListRow } from './store/reads.ts';
import { adoptionRows, enteredOf, versionRows } from './store/schemes.ts';

const money = (amount: bigint): string => formatYuan(amount as Fen);

/** Amounts of an account as they cross the wire. */
export const amountsOf = (row: Amounts) => ({
  entitled: money(row.entitled),
  settledBefore: money(row.settledBefore),
  restatement: money(row.restatement),
  carriedIn: money(row.carriedIn),
  prepaid: money(row.prepaid),
  net: money(row.net),
  payable: money(row.payable),
  clawBack: money(row.clawBack),
  shortfall: money(row.shortfall),
  credit: money(row.credit),
});

/** A run of a list as it crosses the wire. */
export const runOf = ({
  parameters: _,
  inputHash: _i,
  resultHash: _r,
  computedById: _c,
  submittedById: _s,
  version: _v,
  ...row
}: RunListRow) => ({
  ...row,
  id: String(row.id),
  kindTitle: runKindTitles[row.kind],
  statusTitle: runStatusTitles[row.status],
  total: money(row.total),
  payable: money(row.payable),
  computedBy: row.computedBy ?? '—',
  computedAt: row.computedAt.toISOString(),
});

export const lineOf = (row: LineRow) => ({ ...row, payerTitle: payerTitles[row.payer], ...amountsOf(row) });

/** An entitlement as it crosses the wire. */
export const entitlementOf = ({
  inputs: _,
  certificateHash: _h,
  failed: _f,
  versionId: _v,
  schemeId: _s,
  ...row
}: EntitlementRow) => ({
  ...row,
  certificateId: String(row.certificateId),
  guaranteeId: String(row.guaranteeId),
  computed: money(row.computed),
  capCut: money(row.capCut),
  overlapCut: money(row.overlapCut),
  amount: money(row.amount),
  province: money(row.province),
  city: money(row.city),
  local: money(row.local),
});

/** A payment with its evidence as it crosses the wire. */
export const paymentOf = ({ runKind, year, ...row }: PaymentListRow) => ({
  ...row,
  id: String(row.id),
  runId: String(row.runId),
  runTitle: `${year}年${runKindTitles[runKind]}`,
  payerTitle: payerTitles[row.payer],
  amount: money(row.amount),
  state: row.events.length === 0 ? '待下达' : `已${paymentKindTitles[row.events.at(-1)!.kind]}`,
  events: row.events.map((each) => ({ ...each, title: paymentKindTitles[each.kind] })),
});

/** A payment in words, for its workbook. */
export const paymentWords = (row: PaymentListRow) => ({
  runTitle: `${row.year}年${runKindTitles[row.runKind]}`,
  payerTitle: payerTitles[row.payer],
  mark: row.placeholder ? placeholderMark : '',
  directionTitle: row.direction === 'pay' ? '拨付' : '收回',
  state: row.events.length === 0 ? '待下达' : `已${paymentKindTitles[row.events.at(-1)!.kind]}`,
  evidence: row.events.map((each) => `${paymentKindTitles[each.kind]} ${each.reference}（${each.on}）`).join('；'),
});

/** A restated loan as it crosses the wire. */
export const deltaOf = ({ schemeId: _, ...row }: DeltaListRow) => ({
  ...row,
  guaranteeId: String(row.guaranteeId),
  before: money(row.before),
  after: money(row.after),
  delta: money(row.after - row.before),
});

/** What happened to a run as it crosses the wire. */
export const eventOf = (row: { kind: string; note: string; user: string | null; at: Date }) => ({
  kind: row.kind,
  title: runEventTitles[row.kind as 'computed'],
  note: row.note,
  user: row.user ?? '—',
  at: row.at.toISOString(),
});

/** Every scheme with its versions and adoptions. */
export async function schemesWire(tx: Tx, today: string) {
  const adoptions = await adoptionRows(tx);
  const groups = Map.groupBy(await versionRows(tx), (each) => each.schemeId);
  return [...groups.values()].map((versions) => {
    const { schemeId: id, code, title, kind, purpose } = versions[0]!;
    const inForce = versions.findLast((each) => each.from <= today && (each.to === null || today <= each.to));
    return {
      ...{ id, code, title, kind, kindTitle: kindTitles[kind], purpose },
      placeholder: versions.some((each) => each.placeholder),
      versions: versions.map((each) => ({
        ...enteredOf(each),
        id: each.id,
        inForce: each === inForce,
        contentHash: each.contentHash,
      })),
      adoptions: adoptions
        .filter((each) => each.schemeId === id)
        .map(({ regionCode, regionName, from, document, adoptedBy }) => ({
          regionCode,
          regionName,
          from,
          document,
          adoptedBy,
        })),
    };
  });
}
