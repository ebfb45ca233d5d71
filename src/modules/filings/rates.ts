import { sql } from 'kysely';
import { addMonths, type Day, day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { firstDayOfMonth, lastDayOfMonth, type Month, monthOf } from '../../kernel/month.ts';
import { formatDecimal, quotient, type Ratio } from '../../kernel/ratio.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { Explain } from '../../wire/wire.ts';
import { type FilingStatus, type RateAnswer, statusTitles } from './contract.ts';
import { dueOn } from './deadline.ts';
import { rateUnverified } from './rules.ts';

/** Whole months, both included, of one guarantor or all that the caller sees. */
export type Span = { readonly from: Month; readonly to: Month; readonly guarantorId?: number | undefined };

type Cell = {
  guarantorId: number;
  name: string;
  month: string;
  eligible: number;
  filed: number;
  submitted: number;
  denied: number;
  eligibleAmount: Fen;
  filedAmount: Fen;
};
type Figures = Omit<Cell, 'guarantorId' | 'name' | 'month'>;

const basis = '应备案＝当月首次放款且协议约定省级再担保或国担基金分险的保函；已备案＝其中新增备案已确认的';

/** What should be filed, each with the state of its first filing: looked up by key, for a join would be planned as if there were one row. */
const owedWithState = (from: Day, to: Day) => sql`
  select n.*, (select r.status from filings.record r
                where r.guarantor_id = n.guarantor_id and r.guarantee_id = n.guarantee_id and r.kind = 'new') as state
    from filings.eligible_new(${from}, ${to}) n offset 0`;

/** Σ by guarantor and month: what should be filed, from the book; and how far it has come. */
async function cellsOf(tx: Tx, { from, to, guarantorId }: Span): Promise<Cell[]> {
  const { rows } = await sql<Cell>`
    select e.guarantor_id as "guarantorId", i.short_name as name, to_char(e.occurred_on, 'YYYY-MM') as month, count(*)::integer as eligible,
           count(*) filter (where e.state = 'confirmed')::integer as filed, count(*) filter (where e.state = 'submitted')::integer as submitted,
           count(*) filter (where e.state = 'denied')::integer as denied, sum(e.guaranteed)::bigint as "eligibleAmount",
           coalesce(sum(e.guaranteed) filter (where e.state = 'confirmed'), 0)::bigint as "filedAmount"
      from (${owedWithState(firstDayOfMonth(from), lastDayOfMonth(to))}) e
      join institutions.institution i on i.id = e.guarantor_id
     where ${guarantorId ?? null}::integer is null or e.guarantor_id = ${guarantorId ?? null}
     group by 1, 2, 3
     order by 1, 3
     limit 50000`.execute(tx);
  return rows;
}

/** 备案率 by guarantor and month; sums are divided anew at every level, never averaged. */
export async function ratesOf(tx: Tx, span: Span, today: Day): Promise<RateAnswer> {
  const cells = await cellsOf(tx, span);
  const months = monthsOf(span);
  return {
    asOf: today,
    basis,
    unverified: rateUnverified,
    months: months.map((month) => ({
      month,
      dueOn: dueOn(month),
      ...wireOf(sumOf(cells.filter((cell) => cell.month === month))),
    })),
    guarantors: [...Map.groupBy(cells, (cell) => cell.guarantorId)].map(([guarantorId, own]) => ({
      guarantorId,
      name: own[0]!.name,
      ...wireOf(sumOf(own)),
      cells: own.map((cell) => ({ month: cell.month, ...wireOf(cell) })),
    })),
    total: wireOf(sumOf(cells)),
  };
}

/**
 * 备案率 of a guarantor over a year by amount, from the first month of the year in which it filed anything (before that it was not yet in
 * the system). Undefined when it filed nothing in the year, or had nothing to file.
 */
export async function filingRateOf(
  tx: Tx,
  guarantorId: number,
  year: number,
): Promise<{ rate: Ratio; from: Month; to: Month; text: string; unverified: string } | undefined> {
  const to = `${year}-12` as Month;
  const all = await cellsOf(tx, { from: `${year}-01` as Month, to, guarantorId });
  const first = all.find((cell) => cell.filed + cell.submitted + cell.denied > 0);
  if (!first) return undefined;
  const { filedAmount, eligibleAmount } = sumOf(all.filter((cell) => cell.month >= first.month));
  const rate = quotient(filedAmount, eligibleAmount);
  if (!rate) return undefined;
  const text = `已备案 ${formatYuan(filedAmount)} ÷ 应备案 ${formatYuan(eligibleAmount)} 元`;
  return { rate, from: first.month as Month, to, text, unverified: rateUnverified };
}

const nil: Figures = {
  eligible: 0,
  filed: 0,
  submitted: 0,
  denied: 0,
  eligibleAmount: 0n as Fen,
  filedAmount: 0n as Fen,
};

const sumOf = (cells: readonly Figures[]): Figures =>
  cells.reduce<Figures>(
    (sum, cell) => ({
      eligible: sum.eligible + cell.eligible,
      filed: sum.filed + cell.filed,
      submitted: sum.submitted + cell.submitted,
      denied: sum.denied + cell.denied,
      eligibleAmount: (sum.eligibleAmount + cell.eligibleAmount) as Fen,
      filedAmount: (sum.filedAmount + cell.filedAmount) as Fen,
    }),
    nil,
  );

function wireOf({ eligible, filed, submitted, denied, eligibleAmount, filedAmount }: Figures) {
  const [rate, amountRate] = [quotient(BigInt(filed), BigInt(eligible)), quotient(filedAmount, eligibleAmount)];
  return {
    eligible,
    filed,
    submitted,
    denied,
    eligibleAmount: formatYuan(eligibleAmount),
    filedAmount: formatYuan(filedAmount),
    rate: rate && formatDecimal(rate),
    amountRate: amountRate && formatDecimal(amountRate),
  };
}

/** The months a page shows unless told otherwise: up to twelve, ending with `to`, not before anything was filed. */
export async function usualSpan(tx: Tx, to: Month): Promise<{ from: Month; to: Month }> {
  const { rows } = await sql<{
    first: Day | null;
  }>`select min(occurred_on) as first from filings.record where kind = 'new'`.execute(tx);
  const yearBack = monthOf(addMonths(firstDayOfMonth(to), -11));
  const first = rows[0]?.first ? monthOf(rows[0].first) : yearBack;
  return { from: first > yearBack && first <= to ? first : yearBack, to };
}

/** Every month of the span, oldest first. */
export function monthsOf({ from, to }: Pick<Span, 'from' | 'to'>): Month[] {
  const months: Month[] = [];
  for (let at = from; at <= to && months.length < 120; ) {
    months.push(at);
    const [year, month] = [Number(at.slice(0, 4)), Number(at.slice(5, 7))];
    at = (month === 12 ? `${year + 1}-01` : `${year}-${String(month + 1).padStart(2, '0')}`) as Month;
  }
  return months;
}

/** 怎么算的 of one 备案率, with the way to the guarantees that are missing. */
export async function explainRate(
  tx: Tx,
  span: Span & { readonly by: 'count' | 'amount' },
  today: Day,
): Promise<Explain> {
  const cells = await cellsOf(tx, span);
  const sum = wireOf(sumOf(cells));
  const isCount = span.by === 'count';
  const who = span.guarantorId === undefined ? '全部机构' : (cells[0]?.name ?? '本机构');
  const query = new URLSearchParams({
    from: firstDayOfMonth(span.from),
    to: lastDayOfMonth(span.to),
    ...(span.guarantorId === undefined ? {} : { guarantorId: String(span.guarantorId) }),
  });
  const open = String(sum.eligible - sum.filed);
  return {
    title: `${who} ${span.from === span.to ? span.from : `${span.from} 至 ${span.to}`} 备案率（按${isCount ? '笔数' : '担保金额'}）`,
    value: isCount ? sum.rate : sum.amountRate,
    unit: '比例',
    formula: isCount ? '备案率 ＝ 已备案笔数 ÷ 应备案新增笔数' : '备案率 ＝ 已备案担保金额 ÷ 应备案新增担保金额',
    articles: [],
    unverified: rateUnverified,
    asOf: today,
    basis,
    inputs: isCount
      ? [
          { name: '已备案笔数', value: String(sum.filed), unit: '笔', source: '新增备案，状态为已备案' },
          { name: '应备案新增笔数', value: String(sum.eligible), unit: '笔', source: '保函台账放款流水与合作协议' },
          { name: '其中：待审核', value: String(sum.submitted), unit: '笔' },
          { name: '其中：已驳回', value: String(sum.denied), unit: '笔' },
          { name: '未备案合计', value: open, unit: '笔' },
        ]
      : [
          { name: '已备案担保金额', value: sum.filedAmount, unit: '元', source: '新增备案，状态为已备案' },
          { name: '应备案新增担保金额', value: sum.eligibleAmount, unit: '元', source: '保函台账放款流水与合作协议' },
        ],
    rows: { url: `/filings/missing?${query}`, count: sum.eligible - sum.filed },
  };
}

export type MissingListRow = {
  guarantorId: number;
  guarantorName: string;
  guaranteeId: bigint;
  contractNo: string;
  borrowerName: string;
  occurredOn: Day;
  guaranteed: Fen;
  state: string;
};

/** Guarantees that count in the denominator and not in the numerator, and how far each has come; by guarantor and id. */
export async function listMissing(
  tx: Tx,
  filter: { from: Day; to: Day; guarantorId?: number | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<MissingListRow>> {
  const [guarantor, guarantee] = keysOf(after, 2) ?? [];
  const { rows } = await sql<Omit<MissingListRow, 'state'> & { status: FilingStatus | null }>`
    select e.guarantor_id as "guarantorId", i.short_name as "guarantorName", e.guarantee_id as "guaranteeId", g.contract_no as "contractNo",
           c.name as "borrowerName", e.occurred_on as "occurredOn", e.guaranteed, e.state as status
      from (${owedWithState(day(filter.from), day(filter.to))}) e
      join institutions.institution i on i.id = e.guarantor_id
      join guarantees.guarantee g on g.guarantor_id = e.guarantor_id and g.id = e.guarantee_id
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
     where e.state is distinct from 'confirmed'
       and (${filter.guarantorId ?? null}::integer is null or e.guarantor_id = ${filter.guarantorId ?? null})
       and (${guarantor ?? null}::integer is null or (e.guarantor_id, e.guarantee_id) > (${guarantor ?? null}::integer, ${guarantee ?? null}::bigint))
     order by e.guarantor_id, e.guarantee_id
     limit ${limit + 1}`.execute(tx);
  const page = rows
    .slice(0, limit)
    .map(({ status, ...row }) => ({ ...row, state: status ? statusTitles[status] : '尚未取数' }));
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.guarantorId, last.guaranteeId) : null };
}
