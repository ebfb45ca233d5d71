import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { eligibility, type ProductVersion } from '../products/index.ts';
import type { FilingKind, Problem } from './contract.ts';
import { type Content, checkRecord, type FilingFacts, fenOf } from './rules.ts';

/** Which records: by id, or those that wait with a guarantor until a day. */
export type Selection = {
  readonly guarantorId?: number | undefined;
  readonly ids?: readonly bigint[] | undefined;
  readonly batchId?: bigint | undefined;
  readonly until?: Day | undefined;
  readonly statuses: readonly string[];
};

type Row = FilingFacts & { readonly guarantorId: number; readonly id: bigint; readonly businessNo: string };
/** A record with what was found about it, ready to be hashed and counted. */
export type Checked = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly kind: FilingKind;
  readonly businessNo: string;
  readonly content: Content;
  readonly problems: readonly Problem[];
  readonly blocked: boolean;
};

/** The condition of a selection over `r`. */
export const selected = (selection: Selection) => sql`
  r.status = any (${[...selection.statuses]}::text[])
  and (${selection.guarantorId ?? null}::integer is null or r.guarantor_id = ${selection.guarantorId ?? null})
  and (${selection.ids ? selection.ids.map(String) : null}::bigint[] is null or r.id = any (${selection.ids ? selection.ids.map(String) : null}::bigint[]))
  and (${selection.batchId ?? null}::bigint is null or r.batch_id = ${selection.batchId ?? null})
  and (${selection.until ?? null}::date is null or r.occurred_on <= ${selection.until ?? null}::date)`;

/**
 * Checks every selected record against book, customer file and product, and keeps what was found: the facts in one query, the rules
 * in memory, the findings in one statement. Ordered by business number.
 */
export async function checkFilings(tx: Tx, context: Context, selection: Selection): Promise<Checked[]> {
  const { rows } = await sql<Row>`
    with chosen as materialized (select r.* from filings.record r where ${selected(selection)})
    select r.guarantor_id as "guarantorId", r.id, r.business_no as "businessNo", r.kind, r.occurred_on as "occurredOn", r.content,
           r.supplement, r.detail, b.content as book, f.status as initial,
           case when r.kind = 'new' and r.loan_contract_no <> '' then
             (select count(*) from filings.record o
               where o.loan_contract_no = r.loan_contract_no and o.kind = 'new' and o.status <> 'withdrawn'
                 and (o.guarantor_id, o.id) <> (r.guarantor_id, r.id))::integer
           else 0 end as "sameLoan"
      from chosen r
     cross join lateral (select k.content from filings.book k where k.guarantor_id = r.guarantor_id and k.guarantee_id = r.guarantee_id offset 0) b
      left join filings.record f on f.guarantor_id = r.guarantor_id and f.id = r.initial_id
     order by r.business_no`.execute(tx);
  const products = await productsOf(tx, rows);
  const today = context.clock.today();
  const checked = rows.map((row): Checked => {
    const problems = [...checkRecord(row, today), ...(row.kind === 'new' ? productProblems(row, products) : [])];
    const { guarantorId, id, kind, businessNo, content } = row;
    return {
      guarantorId,
      id,
      kind,
      businessNo,
      content,
      problems,
      blocked: problems.some((each) => each.severity === 'block'),
    };
  });
  await keepFindings(tx, context, checked);
  return checked;
}

const keepFindings = (tx: Tx, context: Context, checked: readonly Checked[]) =>
  checked.length === 0
    ? undefined
    : sql`
    update filings.record r set problems = x.problems, blocked = x.blocked, checked_at = ${context.clock.now()}
      from jsonb_to_recordset(${JSON.stringify(
        checked.map((each) => ({
          g: each.guarantorId,
          i: String(each.id),
          problems: each.problems,
          blocked: each.blocked,
        })),
      )}::jsonb) as x (g integer, i bigint, problems jsonb, blocked boolean)
     where r.guarantor_id = x.g and r.id = x.i
       and (r.problems is distinct from x.problems or r.blocked is distinct from x.blocked or r.checked_at is null)`.execute(
        tx,
      );

type Versions = ReadonlyMap<string, readonly ProductVersion[]>;

async function productsOf(tx: Tx, rows: readonly Row[]): Promise<Versions> {
  const codes = [...new Set(rows.map((row) => String(row.content.productCode ?? '')))];
  if (codes.length === 0) return new Map();
  const found = await sql<ProductVersion>`
    select v.product_code as code, p.name, p.class, v.version, v.from_on as "from", v.to_on as "to", v.terms, v.document, v.unverified
      from products.version v
      join agreements.product p on p.code = v.product_code
     where v.product_code = any (${codes}::text[])
     order by v.version desc
     limit 1000`.execute(tx);
  return Map.groupBy(found.rows, (each) => each.code);
}

/** 产品条件: asked of the version in force on the start day. Only a cap, term or fee that rests on a read text keeps a record back. */
function productProblems({ content }: Row, products: Versions): Problem[] {
  const startsOn = String(content.startsOn ?? '');
  const version = products
    .get(String(content.productCode ?? ''))
    ?.find((each) => each.from <= startsOn && (each.to === null || each.to >= startsOn));
  if (!version) return [];
  const facts = {
    customerKind: String(content.borrowerKind) as 'enterprise',
    sizeClass: String(content.sizeClass) as '小型',
    tags: Number(content.tags ?? 0),
    tier: null,
    industryCode: String(content.industryCode ?? ''),
    county: Number(content.county ?? 0),
    amount: formatYuan(fenOf(content, 'principal')),
    termMonths: Math.max(1, Number(content.termMonths ?? 1)),
    feeRate: String(content.feeRate ?? '0'),
    balance: '0',
    committed: '0',
    flags: [],
  };
  return eligibility(facts, version.terms)
    .filter((finding) => !finding.passes)
    .map((finding) => ({
      code: `product-${finding.code.replaceAll(/[^a-z-]/g, '').replace(/-+$/, '')}`,
      field: finding.code.startsWith('cap') ? 'principal' : finding.code === 'term' ? 'termMonths' : 'productCode',
      severity:
        /^(cap|term|fee)/.test(finding.code) && finding.unverified === null ? ('block' as const) : ('warn' as const),
      message: `产品「${version.name}」第 ${version.version} 版：${finding.title}——${finding.message}`,
      remedy: `${finding.wouldPass ?? '请人工复核'}（${finding.clause}）`,
    }));
}
