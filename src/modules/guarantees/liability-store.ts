import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { liabilityMeasures, readAsSmallMicro } from '../../law/cbirc-2018-1-liability-balance.ts';
import { smallMicroSizes } from '../../law/guaranteed-kind.ts';
import { liabilityWeightsAt } from '../../law/liability-weights.ts';
import type { Tx } from '../../platform/db.ts';
import type { HeldBalance } from './exposure.ts';
import { balances, type PositionFilter } from './position.ts';

type OfGuarantor = PositionFilter & { readonly guarantorId: number };

/** 在保余额 (实际承担口径) of an outstanding principal: half-up of principal × guaranteed ÷ principal of the contract. */
const borne = sql`case when g.guaranteed = g.principal then m.outstanding
  else round(m.outstanding::numeric * g.guaranteed / g.principal)::bigint end`;

/** What each customer has outstanding by class, and as whom the weights count it: the same answer as `guaranteedKind`. */
function heldByClass(from: ReturnType<typeof sql>, asOf: Day) {
  const readKinds = readAsSmallMicro.isInForce(asOf) ? [...readAsSmallMicro.at(asOf)] : [];
  return sql`
    select c.id as customer_id, c.name, c.group_id, c.kind as customer_kind, c.size_class, p.class,
           case when c.issuer_rating_on <= ${asOf} then c.issuer_rating end as rating,
           case when c.kind = 'farmer' then 'farmer'
                when c.kind = any (${readKinds}::text[])
                  or c.kind = 'enterprise' and c.size_class = any (${[...smallMicroSizes]}::text[]) then 'small-micro'
                else 'other' end as kind,
           sum(m.outstanding)::bigint as contract, sum(${borne})::bigint as borne
      from ${from} m
      join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
      join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
      join agreements.product p on p.code = g.product_code
     group by c.guarantor_id, c.id, p.class`;
}

/** The weights of the day and the parts of the book, each on both bases with the weight that applies (`part`): the head of a statement. */
function weighed(filter: OfGuarantor) {
  const weights = JSON.stringify(
    liabilityWeightsAt(filter.asOf).map((each) => ({
      sort: each.order,
      line: each.line,
      title: each.title,
      rule: each.rule,
      class: each.guaranteeClass,
      for_kind: each.kind,
      ratings: each.ratings,
      most: each.limit === null ? null : String(each.limit),
      weight: each.weightText,
      concentration: each.concentrationWeightText,
      unverified: each.unverified,
    })),
  );
  const applies = sql`w.class = h.class and (w.for_kind is null or w.for_kind = h.kind)
    and (w.ratings is null or upper(trim(h.rating)) = any (w.ratings))`;
  const financing = sql`class not in ('non-financing', 'legacy-fund')`;
  return sql`
    with weight as (
      select * from jsonb_to_recordset(${weights}::jsonb)
        as w(sort integer, line text, title text, rule text, class text, for_kind text, ratings text[], most bigint,
             weight numeric, concentration numeric, unverified text)),
    held as (${heldByClass(balances(filter), filter.asOf)}),
    whole as (
      select h.*, sum(contract) filter (where ${financing}) over (partition by customer_id) as contract_total,
             sum(borne) filter (where ${financing}) over (partition by customer_id) as borne_total
        from held h),
    part as (
      select 'contract' as basis, h.customer_id, h.name, h.group_id, h.customer_kind, h.size_class, h.rating, h.contract as amount, w.*
        from whole h
       cross join lateral (select * from weight w where ${applies} and (w.most is null or h.contract_total <= w.most)
                            order by w.sort limit 1) w
       union all
      select 'borne', h.customer_id, h.name, h.group_id, h.customer_kind, h.size_class, h.rating, h.borne, w.*
        from whole h
       cross join lateral (select * from weight w where ${applies} and (w.most is null or h.borne_total <= w.most)
                            order by w.sort limit 1) w)`;
}

export type LiabilityLineRow = {
  line: string;
  title: string;
  rule: string;
  weight: string;
  unverified: string | null;
  outstanding: Fen;
  liability: Fen;
  outstandingBorne: Fen;
  liabilityBorne: Fen;
  households: number;
  /** Customers in the line that are there by our reading (个体工商户、小微企业主), for want of a size, or for want of a rating. */
  byReading: number;
  unsized: number;
  unrated: number;
};

/**
 * 融资担保责任余额 of one guarantor by line (BAL-1…16), both bases, set-wise with the law's own weights:
 * the 单户 limits are tested on the customer's whole financing balance on the same basis (cliff), each customer-line rounded half-up.
 */
export async function liabilityLines(tx: Tx, filter: OfGuarantor): Promise<LiabilityLineRow[]> {
  const households = (which: ReturnType<typeof sql>) =>
    sql`(count(distinct customer_id) filter (where basis = 'contract' and ${which}))::integer`;
  const { rows } = await sql<LiabilityLineRow>`${weighed(filter)}
    select line, title, rule, weight::text as weight, max(unverified) as unverified,
           coalesce(sum(amount) filter (where basis = 'contract'), 0)::bigint as outstanding,
           coalesce(sum(round(amount * weight)) filter (where basis = 'contract'), 0)::bigint as liability,
           coalesce(sum(amount) filter (where basis = 'borne'), 0)::bigint as "outstandingBorne",
           coalesce(sum(round(amount * weight)) filter (where basis = 'borne'), 0)::bigint as "liabilityBorne",
           ${households(sql`true`)} as households,
           ${households(sql`for_kind = 'small-micro' and customer_kind <> 'enterprise'`)} as "byReading",
           ${households(sql`class = 'loan' and customer_kind = 'enterprise' and size_class = '不可判定'`)} as unsized,
           ${households(sql`class = 'bond' and rating is null`)} as unrated
      from part
     group by sort, line, title, rule, weight
     order by sort`.execute(tx);
  return rows;
}

export type ExposureRow = {
  /** The customer, or the related group. */
  id: bigint;
  name: string;
  customers: number;
  outstanding: Fen;
  exposure: Fen;
  exposureBorne: Fen;
};

/**
 * The customers, or the related groups, for whom a guarantor carries the most 责任余额 by the concentration weights (条16), 合同口径
 * first; the same sums as `exposureParts` part by part. Empty before the weights were in force (2018-04-02).
 */
export async function largestExposures(
  tx: Tx,
  filter: OfGuarantor,
  by: 'customer' | 'group',
  most: number,
): Promise<ExposureRow[]> {
  if (filter.asOf < liabilityMeasures.inForceOn) return [];
  const key = by === 'customer' ? sql`p.customer_id` : sql`p.group_id`;
  const name = by === 'customer' ? sql`max(p.name)` : sql`max(r.name)`;
  const { rows } = await sql<ExposureRow>`${weighed(filter)}
    select ${key} as id, ${name} as name, count(distinct p.customer_id)::integer as customers,
           coalesce(sum(p.amount) filter (where p.basis = 'contract' and p.class not in ('non-financing', 'legacy-fund')), 0)::bigint as outstanding,
           coalesce(sum(round(p.amount * p.concentration)) filter (where p.basis = 'contract'), 0)::bigint as exposure,
           coalesce(sum(round(p.amount * p.concentration)) filter (where p.basis = 'borne'), 0)::bigint as "exposureBorne"
      from part p
      left join customers.related_group r on r.guarantor_id = ${filter.guarantorId} and r.id = p.group_id
     where ${key} is not null
     group by 1
     order by 5 desc, 1
     limit ${most}`.execute(tx);
  return rows;
}

const heldColumns = sql`customer_id as "customerId", name, customer_kind as kind, size_class as "sizeClass",
  class as "guaranteeClass", rating as "issuerRating", contract, borne`;

/** What one customer, or the customers of one group, had outstanding by class on a day: the terms of their exposure. At most 2,000. */
export async function heldBalances(
  tx: Tx,
  filter: OfGuarantor,
  of: { readonly customerId: bigint } | { readonly groupId: bigint },
): Promise<HeldBalance[]> {
  const which = 'customerId' in of ? sql`customer_id = ${of.customerId}` : sql`group_id = ${of.groupId}`;
  const { rows } = await sql<HeldBalance>`
    select ${heldColumns} from (${heldByClass(balances(filter), filter.asOf)}) held
     where ${which} order by customer_id, class limit 2000`.execute(tx);
  return rows;
}

/**
 * What the given customers have outstanding now, by the record. What is promised and not yet disbursed counts with its principal:
 * otherwise two promises under the cap could be disbursed above it.
 */
export async function heldNow(
  tx: Tx,
  guarantorId: number,
  customerIds: readonly bigint[],
  asOf: Day,
): Promise<HeldBalance[]> {
  const record = sql`(
    select e.guarantor_id, e.id as guarantee_id, case when e.status = 'pending' then e.principal else e.outstanding end as outstanding
      from guarantees.guarantee e
     where e.guarantor_id = ${guarantorId} and e.customer_id = any (${[...customerIds]}::bigint[])
       and (e.status = 'pending' or e.outstanding <> 0))`;
  const { rows } = await sql<HeldBalance>`select ${heldColumns} from (${heldByClass(record, asOf)}) held`.execute(tx);
  return rows;
}
