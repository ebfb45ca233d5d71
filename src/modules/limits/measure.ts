import { sql } from 'kysely';
import { day } from '../../kernel/day.ts';
import { type Fen, plus } from '../../kernel/money.ts';
import { percent, quotient, showPercent } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import { countedNetAssets, leverageMultiple } from '../../law/leverage.ts';
import type { Tx } from '../../platform/db.ts';
import { filingRateOf } from '../filings/index.ts';
import { liabilityLines } from '../guarantees/index.ts';
import type { IndicatorFact, LineFacts } from './rules.ts';

/** What people enter: the 备案率 in place of what was measured, with a reason; the others because the system does not know them. */
export type EnteredIndicators = {
  readonly filingRate: string | null;
  readonly filingRateReason: string | null;
  readonly returnRate: string | null;
  readonly grade: string | null;
};

/**
 * The facts behind the line of `year`: measured over the year before from the book, at its last day where a balance is meant; entered where
 * the system does not measure. An indicator without a denominator is not known (null), never 0.
 */
export async function measureYear(
  tx: Tx,
  guarantorId: number,
  year: number,
  entered: EnteredIndicators,
): Promise<LineFacts> {
  const [from, to] = [day(`${year - 1}-01-01`), day(`${year - 1}-12-31`)];
  const { rows } = await sql<{
    volume: Fen;
    filed: Fen;
    shared: Fen;
    nonSharing: Fen;
    support: Fen;
    paid: Fen;
    released: Fen;
    target: Fen;
    targetDone: Fen;
  }>`
    with started as (
      select e.principal, e.tags, e.county, v.bank_share, v.province_share
        from guarantees.guarantee e
        join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
       where e.guarantor_id = ${guarantorId} and e.starts_on between ${from} and ${to} and e.status <> 'pending'),
    aim as (
      select distinct on (county) county, amount from limits.policy_target
       where guarantor_id = ${guarantorId} and year = ${year - 1} order by county, version desc),
    done as (
      select a.county, a.amount, least(a.amount, coalesce((select sum(s.principal) from started s where s.county = a.county), 0)) as reached from aim a),
    moved as (
      select coalesce(sum(-m.delta) filter (where m.kind = 5 or r.kind = 5), 0) as paid, coalesce(sum(-m.delta), 0) as released
        from guarantees.movement m
        left join guarantees.movement r on r.guarantor_id = m.guarantor_id and r.guarantee_id = m.guarantee_id and r.seq = m.reverses_seq
       where m.guarantor_id = ${guarantorId} and m.occurred_on between ${from} and ${to} and (m.kind in (2, 4, 5) or r.kind in (2, 4, 5)))
    select coalesce(sum(principal), 0)::bigint as volume,
           coalesce(sum(principal) filter (where province_share > 0), 0)::bigint as filed,
           coalesce(sum(principal) filter (where bank_share >= 0.2), 0)::bigint as shared,
           coalesce(sum(principal) filter (where province_share > 0 and bank_share < 0.2), 0)::bigint as "nonSharing",
           coalesce(sum(principal) filter (where tags & 3 <> 0), 0)::bigint as support,
           (select paid::bigint from moved) as paid, (select released::bigint from moved) as released,
           (select coalesce(sum(amount), 0)::bigint from done) as target, (select coalesce(sum(reached), 0)::bigint from done) as "targetDone"
      from started`.execute(tx);
  const found = rows[0] as (typeof rows)[number];
  const source = `台账 ${from} 至 ${to}`;
  return {
    lastVolume: found.filed,
    lastNonSharing: found.nonSharing,
    indicators: {
      leverage: { value: await leverageAt(tx, guarantorId, to), source: `台账与净资产 ${to}` },
      'filing-rate': filingRateFact(await filingRateOf(tx, guarantorId, year - 1), entered),
      'sharing-share': { value: quotient(found.shared, found.volume), source: `${source}：银行分担不低于20%的业务` },
      'support-share': { value: quotient(found.support, found.volume), source: `${source}：支小、支农` },
      'claim-ratio': { value: quotient(found.paid, found.released), source: `${source}：代偿 ÷ 解除` },
      'return-rate': { value: entered.returnRate === null ? null : percent(entered.returnRate), source: '填报' },
      'target-share': { value: quotient(found.targetDone, found.target), source: `${source}：各县完成额，超额不抵` },
      grade: { value: entered.grade, source: '填报' },
    },
  };
}

/**
 * 业务备案率 of a year as the filings have it, by amount, from the first month in which the guarantor filed anything. What is typed
 * replaces it, and then says what it replaced and why; refused without a reason.
 */
function filingRateFact(
  measured: Awaited<ReturnType<typeof filingRateOf>>,
  { filingRate, filingRateReason }: EnteredIndicators,
): IndicatorFact {
  if (filingRate === null)
    return measured
      ? {
          value: measured.rate,
          source: `再担保备案 ${measured.from} 至 ${measured.to}：${measured.text}；${measured.unverified}`,
        }
      : { value: null, source: '上年没有备案记录' };
  if (!measured) return { value: percent(filingRate), source: '填报（系统内上年没有备案记录）' };
  if (!filingRateReason)
    throw new Refused({
      code: 'override-needs-reason',
      field: 'filingRateReason',
      message: `备案数据算得备案率 ${showPercent(measured.rate)}，改用填报的数须写明理由`,
    });
  return {
    value: percent(filingRate),
    source: `填报，替代备案数据算得的 ${showPercent(measured.rate)}：${filingRateReason}`,
  };
}

async function leverageAt(tx: Tx, guarantorId: number, on: ReturnType<typeof day>) {
  const capital = await tx
    .selectFrom('institutions.capital_fact')
    .select(['net_assets', 'stakes_in_guarantors'])
    .where('guarantor_id', '=', guarantorId)
    .where('as_of_on', '<=', on)
    .orderBy('as_of_on', 'desc')
    .orderBy('recorded_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (!capital) return null;
  const lines = await liabilityLines(tx, { guarantorId, asOf: on });
  const { counted } = countedNetAssets(
    { netAssets: capital.net_assets, stakesInGuarantors: capital.stakes_in_guarantors },
    on,
  );
  return leverageMultiple(plus(...lines.map((each) => each.liability)), counted);
}
