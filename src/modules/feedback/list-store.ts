import { sql } from 'kysely';
import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { percent, type Ratio } from '../../kernel/ratio.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { certificateQuery, loanQuery, objectionQuery } from './contract.ts';
import { changedRows } from './restate.ts';
import { type Line, type MetricKey, tagOf } from './rules.ts';
import { type Certificate, countyPartsOf } from './store.ts';

export type ListedCertificate = {
  id: bigint;
  number: string;
  quarter: string;
  regionCode: number;
  regionName: string;
  regionLevel: number;
  version: number;
  status: 'published' | 'final' | 'superseded';
  asOf: Day;
  sealedAt: Date;
  objectionUntil: Day;
  openObjections: number;
  figures: string;
};

/** Certificates the caller may see, newest quarter first, then by region code and newest version. */
export async function listCertificates(
  tx: Tx,
  query: Pick<z.output<typeof certificateQuery>, 'quarter' | 'region' | 'level' | 'status' | 'all'>,
  after: string | undefined,
  limit: number,
): Promise<Page<ListedCertificate>> {
  const keys = keysOf(after, 3);
  const past = keys
    ? sql`and (c.quarter < ${keys[0]} or (c.quarter = ${keys[0]} and (c.region_code, -c.version) > (${keys[1]}::integer, -${keys[2]}::integer)))`
    : sql``;
  const inRegion =
    query.region === undefined
      ? sql``
      : sql`and ${query.region}::integer in (c.region_code, r.parent_code, (select p.parent_code from institutions.region p where p.code = r.parent_code))`;
  const standing = query.status
    ? sql`and c.status = ${query.status}`
    : query.all === 'true'
      ? sql``
      : sql`and c.status <> 'superseded'`;
  const { rows } = await sql<ListedCertificate>`
    select c.id, c.number, c.quarter, c.region_code as "regionCode", c.region_name as "regionName",
           c.region_level as "regionLevel", c.version, c.status, c.as_of_on as "asOf", c.sealed_at as "sealedAt",
           c.objection_until as "objectionUntil", c.figures,
           (select count(*) from feedback.objection o where o.certificate_id = c.id and o.status = 'open')::integer as "openObjections"
      from feedback.certificate c
      join institutions.region r on r.code = c.region_code
     where true ${query.quarter ? sql`and c.quarter = ${query.quarter}` : sql``} ${inRegion} ${standing} ${past}
           ${query.level === undefined ? sql`` : sql`and c.region_level = ${query.level}`}
     order by c.quarter desc, c.region_code, c.version desc
     limit ${limit + 1}`.execute(tx);
  return pageOf(rows, limit, (row) => cursorOf(row.quarter, row.regionCode, row.version));
}

export type ListedLoan = {
  certificateId: bigint;
  guarantorId: number;
  guarantorName: string;
  guaranteeId: bigint;
  contractNo: string;
  county: number;
  countyName: string;
  bankName: string;
  productName: string;
  sizeClass: string;
  tags: number;
  primaryTag: number;
  household: string;
  principal: Fen;
  guaranteed: Fen;
  feeRate: Ratio;
  startsOn: Day;
  endsOn: Day;
  outstanding: Fen;
  outstandingActual: Fen;
  newAmount: Fen;
  newActual: Fen;
  feeIncome: Fen;
  claimAmount: Fen;
  claimCash: Fen;
  recoveryAmount: Fen;
  releasedAmount: Fen;
  objectionId: bigint | null;
};
type LoanFilter = Pick<z.output<typeof loanQuery>, 'line' | 'metric' | 'guarantorId' | 'county' | 'contractNo'>;

/** The loans behind a certificate (a city's and the province's: of its counties), by guarantor and guarantee. */
export async function listLoans(
  tx: Tx,
  certificate: Certificate,
  filter: LoanFilter,
  after: string | undefined,
  limit: number,
): Promise<Page<ListedLoan>> {
  const keys = keysOf(after, 3);
  const past = keys
    ? sql`and (x.guarantor_id, x.certificate_id, x.guarantee_id) > (${keys[0]}::integer, ${keys[1]}::bigint, ${keys[2]}::bigint)`
    : sql``;
  const { rows } = await sql<Omit<ListedLoan, 'feeRate'> & { feeRate: string }>`
    select x.certificate_id as "certificateId", x.guarantor_id as "guarantorId", i.name as "guarantorName",
           x.guarantee_id as "guaranteeId", x.contract_no as "contractNo", x.county, r.name as "countyName",
           b.name as "bankName", p.name as "productName", x.size_class as "sizeClass", x.tags, x.primary_tag as "primaryTag",
           left(x.identity_hash, 12) as household, x.principal, x.guaranteed, x.fee_rate as "feeRate",
           x.starts_on as "startsOn", x.ends_on as "endsOn", x.outstanding, x.outstanding_actual as "outstandingActual",
           x.new_amount as "newAmount", x.new_actual as "newActual", x.fee_income as "feeIncome",
           x.claim_amount as "claimAmount", x.claim_cash as "claimCash", x.recovery_amount as "recoveryAmount",
           x.released_amount as "releasedAmount",
           (select max(o.id) from feedback.objection o where o.certificate_id = x.certificate_id
               and o.guarantor_id = x.guarantor_id and o.guarantee_id = x.guarantee_id) as "objectionId"
      from (select * from feedback.certificate_row x ${await rowsWhere(tx, certificate, filter)} ${past}
             order by x.guarantor_id, x.certificate_id, x.guarantee_id limit ${limit + 1}) x
      join institutions.institution i on i.id = x.guarantor_id
      join institutions.institution b on b.id = x.bank_id
      join institutions.region r on r.code = x.county
      join agreements.product p on p.code = x.product_code
     order by x.guarantor_id, x.certificate_id, x.guarantee_id`.execute(tx);
  const loans = rows.map((row) => ({ ...row, feeRate: percent(row.feeRate) }));
  return pageOf(loans, limit, (row) => cursorOf(row.guarantorId, row.certificateId, row.guaranteeId));
}

/** How many loans `listLoans` would list. */
export async function countLoans(tx: Tx, certificate: Certificate, filter: LoanFilter): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from feedback.certificate_row x ${await rowsWhere(tx, certificate, filter)}`.execute(
    tx,
  );
  return rows[0]!.count;
}

async function rowsWhere(tx: Tx, certificate: Certificate, filter: LoanFilter) {
  const ids = (await countyPartsOf(tx, certificate)).map((each) => each.id);
  // A guarantor sees its own rows of a county whose certificate it does not see.
  return sql`where x.certificate_id = any (${ids}::bigint[]) ${inLine(filter.line)} ${inMetric(filter.metric)}
    ${filter.guarantorId === undefined ? sql`` : sql`and x.guarantor_id = ${filter.guarantorId}`}
    ${filter.county === undefined ? sql`` : sql`and x.county = ${filter.county}`}
    ${filter.contractNo ? sql`and starts_with(x.contract_no, ${filter.contractNo})` : sql``}`;
}

function inLine(line: Line | undefined) {
  const tag = line && tagOf(line);
  if (!tag) return sql``;
  return tag.primary ? sql`and x.primary_tag = ${tag.tag}` : sql`and x.tags & ${tag.tag} <> 0`;
}

const basis: Readonly<Record<string, ReturnType<typeof sql>>> = {
  balance: sql`and x.outstanding > 0`,
  focus: sql`and x.outstanding > 0 and x.tags & 3 <> 0`,
  fresh: sql`and x.new_amount <> 0`,
  claim: sql`and x.claim_amount <> 0`,
  claimCash: sql`and x.claim_cash <> 0`,
  recovery: sql`and x.recovery_amount <> 0`,
  fee: sql`and x.fee_income <> 0`,
  released: sql`and x.released_amount <> 0`,
  yearClaim: sql`and x.year_claim_amount <> 0`,
  yearReleased: sql`and x.year_released_amount <> 0`,
  days: sql`and x.balance_days <> 0`,
};
const basisOf: Readonly<Record<MetricKey, string>> = {
  ...{ guaranteeCount: 'balance', households: 'balance', outstanding: 'balance', outstandingActual: 'balance' },
  ...{ newCount: 'fresh', newHouseholds: 'fresh', newAmount: 'fresh', newActual: 'fresh' },
  ...{
    claimCount: 'claim',
    claimAmount: 'claim',
    claimCash: 'claimCash',
    recoveryAmount: 'recovery',
    feeIncome: 'fee',
  },
  ...{
    releasedAmount: 'released',
    yearClaimAmount: 'yearClaim',
    yearReleasedAmount: 'yearReleased',
    balanceDays: 'days',
  },
  ...{ focusOutstanding: 'focus', focusSmallOutstanding: 'focus', smallShare: 'focus' },
  ...{ feeTermAmount: 'fresh', feeWeighted: 'fresh', averageFeeRate: 'fresh', claimRatio: 'yearReleased' },
};
const inMetric = (metric: MetricKey | undefined) => (metric ? basis[basisOf[metric]]! : sql``);

export type ListedObjection = {
  id: bigint;
  certificateId: bigint;
  certificateNumber: string;
  regionCode: number;
  regionName: string;
  contractNo: string | null;
  guarantorId: number | null;
  guaranteeId: bigint | null;
  line: Line | null;
  metric: MetricKey | null;
  reason: string;
  evidence: string | null;
  status: 'open' | 'rejected' | 'upheld';
  answer: string | null;
  raisedBy: string;
  raisedAt: Date;
  answeredBy: string | null;
  answeredAt: Date | null;
  settledById: bigint | null;
  settledByNumber: string | null;
};

/** Objections the caller may see, newest first. */
export async function listObjections(
  tx: Tx,
  query: Pick<z.output<typeof objectionQuery>, 'certificateId' | 'status'>,
  after: string | undefined,
  limit: number,
): Promise<Page<ListedObjection>> {
  const keys = keysOf(after, 1);
  const { rows } = await sql<ListedObjection>`
    select o.id, o.certificate_id as "certificateId", c.number as "certificateNumber", o.region_code as "regionCode",
           c.region_name as "regionName", x.contract_no as "contractNo", o.guarantor_id as "guarantorId",
           o.guarantee_id as "guaranteeId", o.line, o.metric, o.reason, o.evidence, o.status, o.answer,
           feedback.who(o.raised_by) as "raisedBy", o.raised_at as "raisedAt", feedback.who(o.answered_by) as "answeredBy", o.answered_at as "answeredAt",
           o.settled_by_id as "settledById", feedback.number_of(o.settled_by_id) as "settledByNumber"
      from feedback.objection o
      join feedback.certificate c on c.id = o.certificate_id
      left join feedback.certificate_row x on x.guarantor_id = o.guarantor_id and x.certificate_id = o.certificate_id
                                          and x.guarantee_id = o.guarantee_id
     where true ${keys ? sql`and o.id < ${keys[0]}::bigint` : sql``}
           ${query.certificateId ? sql`and o.certificate_id = ${query.certificateId}::bigint` : sql``}
           ${query.status ? sql`and o.status = ${query.status}` : sql``}
     order by o.id desc
     limit ${limit + 1}`.execute(tx);
  return pageOf(rows, limit, (row) => cursorOf(row.id));
}

export type ChangedLoan = {
  guarantorId: number;
  guarantorName: string;
  guaranteeId: bigint;
  contractNo: string;
  before: Record<string, string | number> | null;
  after: Record<string, string | number> | null;
  countyBefore: string | null;
  countyAfter: string | null;
};

/** The loans that differ between two versions of a county's certificate, by guarantor and guarantee. */
export async function listChanges(
  tx: Tx,
  versions: { before: bigint; after: bigint },
  after: string | undefined,
  limit: number,
): Promise<Page<ChangedLoan>> {
  const keys = keysOf(after, 2);
  const past = keys ? sql`where (d."guarantorId", d."guaranteeId") > (${keys[0]}::integer, ${keys[1]}::bigint)` : sql``;
  const { rows } = await sql<ChangedLoan>`
    select d.*, i.name as "guarantorName", cb.name as "countyBefore", ca.name as "countyAfter"
      from (select coalesce(a.guarantor_id, b.guarantor_id) as "guarantorId",
                   coalesce(a.guarantee_id, b.guarantee_id) as "guaranteeId",
                   coalesce(a.contract_no, b.contract_no) as "contractNo",
                   to_jsonb(b) as before, to_jsonb(a) as after ${changedRows(versions.before, versions.after)}) d
      join institutions.institution i on i.id = d."guarantorId"
      left join institutions.region cb on cb.code = (d.before ->> 'county')::integer
      left join institutions.region ca on ca.code = (d.after ->> 'county')::integer
      ${past}
     order by d."guarantorId", d."guaranteeId"
     limit ${limit + 1}`.execute(tx);
  return pageOf(rows, limit, (row) => cursorOf(row.guarantorId, row.guaranteeId));
}

function pageOf<Row>(rows: Row[], limit: number, cursor: (row: Row) => string): Page<Row> {
  const shown = rows.slice(0, limit);
  return { rows: shown, next: rows.length > limit ? cursor(shown.at(-1)!) : null };
}
