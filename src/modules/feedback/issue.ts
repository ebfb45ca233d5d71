import { sql } from 'kysely';
import { type Quarter, quarterSpan } from '../../kernel/month.ts';
import { addWorkingDays } from '../../platform/calendar.ts';
import { canonicalJson, type Signer, verificationCode } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type Content, contentHashOf, hashOfParts, parseFigures } from './content.ts';
import { additiveFigures, distinctFigures, fillRows, type Place, type Source } from './fill.ts';
import { hashRows } from './rows-hash.ts';
import { certificateNumber, deltaOf, type Figures, type Line, lines, nilFigures, sumFigures } from './rules.ts';
import type { Certificate } from './store.ts';

/** A county, city or province with its place in the tree. */
export type Region = {
  readonly code: number;
  readonly name: string;
  readonly level: number;
  readonly parent: number | null;
};

/** What to issue: counties to be made anew, and the upper regions to be added up from them and `kept`. */
export type Issue = {
  readonly quarter: Quarter;
  readonly counties: readonly Region[];
  readonly uppers: readonly Region[];
  /** Every region: who lies in whom. */
  readonly tree: readonly Region[];
  readonly sources: readonly Source[];
  /** County certificates in force that stay as they are. */
  readonly kept: readonly Certificate[];
  /** What each region's certificate replaces. */
  readonly replaced: ReadonlyMap<number, Certificate>;
  readonly cause: string | null;
  readonly signer: Signer;
};

export type Issued = {
  id: bigint;
  number: string;
  regionCode: number;
  regionLevel: number;
  rowsHash: string;
  contentHash: string;
};
type Draft = Content & { id: bigint; contentHash: string; restatesId: bigint | null };

/** Every region, counties first by code. */
export async function allRegions(tx: Tx): Promise<Region[]> {
  const { rows } = await sql<Region>`
    select code, name, level, parent_code as parent from institutions.region order by level desc, code`.execute(tx);
  return rows;
}

/**
 * Fills rows, hashes them, adds the levels up, signs and stores. The caller holds the quarter's lock and has superseded
 * what is replaced. Returns what was made (counties first) and the number of rows.
 */
export async function issueCertificates(
  tx: Tx,
  context: Context,
  issue: Issue,
): Promise<{ issued: Issued[]; rows: bigint }> {
  const ids = await newIds(tx, issue.counties.length + issue.uppers.length);
  const places: Place[] = issue.counties.map((each, at) => ({ county: each.code, certificateId: ids[at]! }));
  const others = issue.kept.map((each) => each.id);
  const rows = await fillRows(tx, { quarter: issue.quarter, sources: issue.sources, places, others });
  const head = await headOf(tx, context, issue);
  const counties = await draftCounties(tx, issue, places, head);
  const uppers = await draftUppers(tx, issue, ids.slice(places.length), counties, head);
  const drafts = [...counties, ...uppers.map((each) => each.draft)];
  await insertCertificates(tx, context, issue.signer, drafts, head);
  const pairs = uppers.flatMap(({ draft, parts }) => parts.map((part) => [draft.id, part] as const));
  await sql`insert into feedback.certificate_part (certificate_id, part_id)
    select * from unnest(${pairs.map(([id]) => id)}::bigint[], ${pairs.map(([, part]) => part)}::bigint[])`.execute(tx);
  return { issued: drafts, rows };
}

async function newIds(tx: Tx, count: number): Promise<bigint[]> {
  const { rows } = await sql<{ id: bigint }>`
    select nextval(pg_get_serial_sequence('feedback.certificate', 'id')) as id from generate_series(1, ${count}::integer)`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

type Head = Pick<Content, 'quarter' | 'asOf' | 'sealedAt' | 'issuer' | 'objectionUntil' | 'cause'> & {
  readonly termUnverified: string | null;
  readonly knownAt: string;
  readonly instants: ReadonlyMap<number, { runId: bigint; knownAt: string }>;
};

/** What all certificates of one issue have in common. */
async function headOf(tx: Tx, context: Context, issue: Issue): Promise<Head> {
  const today = context.clock.today();
  const sealedAt = context.clock.now().toISOString().replace('Z', '000Z');
  const { rows: terms } = await sql<{ days: number; unverified: string | null }>`
    select working_days as days, unverified from feedback.objection_term
     where from_on <= ${today}::date order by from_on desc limit 1`.execute(tx);
  const { rows: issuers } = await sql<{ name: string }>`
    select name from institutions.institution where kind = 'reguarantor' and status = 'active' order by level, id limit 1`.execute(
    tx,
  );
  const { rows: runs } = await sql<{ guarantorId: number; runId: bigint; knownAt: string }>`
    select s.guarantor_id as "guarantorId", r.id as "runId",
           to_char(r.known_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "knownAt"
      from unnest(${issue.sources.map((each) => each.guarantorId)}::integer[],
                  ${issue.sources.map((each) => each.runId)}::bigint[]) s(guarantor_id, run_id)
      join reconciliation.run r on r.id = s.run_id`.execute(tx);
  const term = terms[0]!;
  const until = addWorkingDays(today, term.days);
  return {
    quarter: issue.quarter,
    asOf: quarterSpan(issue.quarter).to,
    sealedAt,
    issuer: issuers[0]?.name ?? '省级再担保机构',
    cause: issue.cause,
    objectionUntil: until.value,
    termUnverified: [term.unverified, until.unverified].filter(Boolean).join('；') || null,
    knownAt: latest(runs.map((run) => run.knownAt)) ?? sealedAt,
    instants: new Map(runs.map(({ guarantorId, ...run }) => [guarantorId, run])),
  };
}
const latest = (instants: readonly string[]): string | undefined => [...instants].sort().at(-1);

/** The county certificates: figures from their rows, sources the runs of the guarantors in them. */
async function draftCounties(tx: Tx, issue: Issue, places: readonly Place[], head: Head): Promise<Draft[]> {
  const ids = places.map((each) => each.certificateId);
  const hashes = await hashRows(tx, ids);
  const additive = await additiveFigures(tx, quarterSpan(issue.quarter).to, ids);
  const distinct = await distinctFigures(
    tx,
    ids.map((id) => ({ region: id, certificateId: id })),
  );
  const { rows: present } = await sql<{ id: bigint; guarantors: number[] }>`
    select certificate_id as id, array_agg(distinct guarantor_id order by guarantor_id) as guarantors
      from feedback.certificate_row where certificate_id = any (${ids}::bigint[]) group by 1`.execute(tx);
  const guarantorsOf = new Map(present.map((row) => [row.id, row.guarantors]));
  return issue.counties.map((region, at) => {
    const id = ids[at]!;
    const guarantors = (guarantorsOf.get(id) ?? []).map((guarantorId) => ({
      guarantorId,
      ...head.instants.get(guarantorId)!,
    }));
    const figures = joinFigures(additive.get(id), distinct.get(id));
    return draftOf(issue, head, region, id, {
      figures,
      sources: canonicalJson({ guarantors }),
      knownAt: latest(guarantors.map((each) => each.knownAt)) ?? head.knownAt,
      rowsCount: hashes.get(id)!.count,
      rowsHash: hashes.get(id)!.hash,
    });
  });
}

/** City and province certificates out of county ones, new and kept. */
async function draftUppers(tx: Tx, issue: Issue, ids: readonly bigint[], made: readonly Draft[], head: Head) {
  const counties = [...made, ...issue.kept].sort((a, b) => a.regionCode - b.regionCode);
  const parents = new Map(issue.tree.map((each) => [each.code, each.parent]));
  const isIn = (code: number, region: number): boolean => {
    for (let at: number | null | undefined = code; at; at = parents.get(at)) if (at === region) return true;
    return false;
  };
  const members = issue.uppers.map((region) => counties.filter((each) => isIn(each.regionCode, region.code)));
  const distinct = await distinctFigures(
    tx,
    issue.uppers.flatMap((region, at) =>
      members[at]!.map((each) => ({ region: BigInt(region.code), certificateId: each.id })),
    ),
  );
  return issue.uppers.map((region, at) => {
    const parts = members[at]!;
    const households = distinct.get(BigInt(region.code));
    const draft = draftOf(issue, head, region, ids[at]!, {
      figures: sumFigures(
        parts.map((each) => parseFigures(each.figures)),
        (line, key) => households?.[line][key] ?? 0n,
      ),
      sources: canonicalJson({ parts: parts.map((each) => ({ number: each.number, contentHash: each.contentHash })) }),
      knownAt: latest(parts.map((each) => each.knownAt)) ?? head.knownAt,
      rowsCount: parts.reduce((sum, each) => sum + each.rowsCount, 0n),
      rowsHash: hashOfParts(parts.map((each) => each.contentHash)),
    });
    return { draft, parts: parts.map((each) => each.id) };
  });
}

/** The figures of a region from its additive and distinct halves; zero where there are no rows. */
export function joinFigures(
  additive: Partial<Record<Line, object>> | undefined,
  distinct: Partial<Record<Line, object>> | undefined,
): Figures {
  return Object.fromEntries(
    lines.map((line) => [line, { ...nilFigures[line], ...additive?.[line], ...distinct?.[line] }]),
  ) as Figures;
}

function draftOf(
  issue: Issue,
  head: Head,
  region: Region,
  id: bigint,
  stated: Pick<Content, 'sources' | 'knownAt' | 'rowsCount' | 'rowsHash'> & { figures: Figures },
): Draft {
  const before = issue.replaced.get(region.code);
  const version = (before?.version ?? 0) + 1;
  const { quarter, asOf, sealedAt, issuer, objectionUntil, cause } = head;
  const content: Content = {
    ...{ quarter, asOf, sealedAt, issuer, objectionUntil, cause },
    ...stated,
    number: certificateNumber(quarter, region.code, version),
    regionCode: region.code,
    regionLevel: region.level,
    regionName: region.name,
    version,
    restates: before?.number ?? null,
    figures: canonicalJson(stated.figures),
    delta: before ? canonicalJson(deltaOf(parseFigures(before.figures), stated.figures)) : null,
  };
  return { ...content, id, contentHash: contentHashOf(content), restatesId: before?.id ?? null };
}

async function insertCertificates(tx: Tx, context: Context, signer: Signer, drafts: readonly Draft[], head: Head) {
  const values = drafts.map((each) => ({
    ...each,
    id: String(each.id),
    restatesId: each.restatesId === null ? null : String(each.restatesId),
    rowsCount: String(each.rowsCount),
    signature: signer.sign(each.contentHash),
    code: verificationCode(each.contentHash),
  }));
  await sql`
    insert into feedback.certificate
          (id, number, quarter, region_code, region_level, region_name, version, restates_id, cause, as_of_on, known_at, sources,
           figures, delta, rows_count, rows_hash, content_hash, issuer, signature, public_key, verification_code,
           objection_until, term_unverified, sealed_by, sealed_at)
    select id, number, quarter, "regionCode", "regionLevel", "regionName", version, "restatesId", cause, "asOf", "knownAt",
           sources, figures, delta, "rowsCount", "rowsHash", "contentHash", issuer, signature, ${signer.publicKey}, code,
           "objectionUntil", ${head.termUnverified}, ${context.actor.userId}, "sealedAt"
      from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as d(
           id bigint, number text, quarter text, "regionCode" integer, "regionLevel" smallint, "regionName" text,
           version smallint, "restatesId" bigint, cause text, "asOf" date, "knownAt" timestamptz, sources text, figures text,
           delta text, "rowsCount" bigint, "rowsHash" text, "contentHash" text, issuer text, signature text, code text,
           "objectionUntil" date, "sealedAt" timestamptz)`.execute(tx);
}
