import { sql } from 'kysely';
import type { Article } from '../../../kernel/article.ts';
import type { Day } from '../../../kernel/day.ts';
import { type Fen, formatYuan } from '../../../kernel/money.ts';
import { formatDecimal, type Ratio } from '../../../kernel/ratio.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Condition, NewScheme, NewVersion, Payer, SchemeKind } from '../contract.ts';
import { checkVersion, type Scheme } from '../rules/scheme.ts';

/** A version as stored, with its scheme. */
export type VersionRow = {
  readonly id: number;
  readonly schemeId: number;
  readonly code: string;
  readonly title: string;
  readonly kind: SchemeKind;
  readonly purpose: string;
  readonly from: Day;
  readonly to: Day | null;
  readonly formula: string;
  readonly constants: { name: string; value: string }[];
  readonly conditions: Condition[];
  readonly loanCap: Fen | null;
  readonly guarantorCap: Fen | null;
  readonly provinceShare: string;
  readonly cityShare: string;
  readonly countyShare: string;
  readonly remainderTo: Payer;
  readonly overlap: 'refuse' | 'offset';
  readonly priority: number;
  readonly placeholder: boolean;
  readonly article: Article;
  readonly document: string;
  readonly contentHash: string;
};
/** One region's adoption of a scheme. */
export type AdoptionRow = {
  readonly schemeId: number;
  readonly regionCode: number;
  readonly regionName: string;
  readonly from: Day;
  readonly document: string;
  readonly adoptedBy: string;
};

/** Every version of every scheme, by scheme and day; of the named schemes only where given. */
export async function versionRows(tx: Tx, schemeIds?: readonly number[]): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select v.id, s.id as "schemeId", s.code, s.title, s.kind, s.purpose, v.from_on as "from", v.to_on as "to", v.formula,
           v.constants, v.conditions, v.loan_cap as "loanCap", v.guarantor_cap as "guarantorCap",
           v.province_share as "provinceShare", v.city_share as "cityShare", v.county_share as "countyShare",
           v.remainder_to as "remainderTo", v.overlap, v.priority, v.is_placeholder as placeholder, v.article, v.document,
           v.content_hash as "contentHash"
      from subsidies.scheme_version v
      join subsidies.scheme s on s.id = v.scheme_id
     where ${schemeIds ?? null}::integer[] is null or s.id = any (${schemeIds ?? null}::integer[])
     order by s.id, v.from_on
     limit 2000`.execute(tx);
  return rows;
}

/** Versions by id, whichever scheme. */
export async function versionsById(tx: Tx, ids: readonly number[]): Promise<Map<number, Scheme>> {
  const rows = (await versionRows(tx)).filter((each) => ids.includes(each.id));
  return new Map(rows.map((each) => [each.id, schemeOf(each)]));
}

/** The version as it was entered. */
export const enteredOf = (row: VersionRow): NewVersion => ({
  from: row.from,
  to: row.to,
  formula: row.formula,
  constants: row.constants,
  conditions: row.conditions,
  loanCap: row.loanCap === null ? null : formatYuan(row.loanCap),
  guarantorCap: row.guarantorCap === null ? null : formatYuan(row.guarantorCap),
  shares: { province: plain(row.provinceShare), city: plain(row.cityShare), county: plain(row.countyShare) },
  remainderTo: row.remainderTo,
  overlap: row.overlap,
  priority: row.priority,
  placeholder: row.placeholder,
  article: row.article,
  document: row.document,
});

/** The version checked and ready to run. Throws where a stored version does not check: it was altered. */
export function schemeOf(row: VersionRow): Scheme {
  const found = checkVersion(enteredOf(row));
  if ('refusals' in found)
    throw new Error(`办法 ${row.code} 的版本 ${row.id} 与录入时不符：${found.refusals[0]?.message}`);
  const { schemeId, id: versionId, code, title, kind, purpose, from, to, article, document, contentHash } = row;
  const about = { schemeId, versionId, code, title, kind, purpose, from, to, article, document, contentHash };
  return { ...found.checked, ...about };
}

/** Adoptions of all regions. Who adopted is '—' where the caller may not see that account: the adoption itself is for everyone. */
export async function adoptionRows(tx: Tx): Promise<AdoptionRow[]> {
  const { rows } = await sql<AdoptionRow>`
    select a.scheme_id as "schemeId", a.region_code as "regionCode", r.name as "regionName", a.from_on as "from",
           a.document, coalesce(u.name, '—') as "adoptedBy"
      from subsidies.adoption a
      join institutions.region r on r.code = a.region_code
      left join identity.user_account u on u.id = a.adopted_by
     order by a.region_code, a.scheme_id
     limit 5000`.execute(tx);
  return rows;
}

/** Adds the scheme; undefined when its code or title is taken. */
export async function insertScheme(
  tx: Tx,
  scheme: Pick<NewScheme, 'code' | 'title' | 'kind' | 'purpose'>,
  userId: number,
): Promise<number | undefined> {
  const { rows } = await sql<{ id: number }>`
    insert into subsidies.scheme (code, title, kind, purpose, created_by)
    values (${scheme.code}, ${scheme.title}, ${scheme.kind}, ${scheme.purpose}, ${userId})
    on conflict do nothing
    returning id`.execute(tx);
  return rows[0]?.id;
}

/** Adds a version; undefined when the scheme has one from that day. */
export async function insertVersion(
  tx: Tx,
  schemeId: number,
  version: NewVersion,
  amounts: { loanCap: Fen | null; guarantorCap: Fen | null; shares: readonly Ratio[] },
  contentHash: string,
  userId: number,
): Promise<number | undefined> {
  const [province, city, county] = amounts.shares.map((each) => formatDecimal(each, 10));
  const { rows } = await sql<{ id: number }>`
    insert into subsidies.scheme_version (scheme_id, from_on, to_on, formula, constants, conditions, loan_cap, guarantor_cap,
           province_share, city_share, county_share, remainder_to, overlap, priority, is_placeholder, article, document,
           content_hash, created_by)
    values (${schemeId}, ${version.from}, ${version.to}, ${version.formula}, ${JSON.stringify(version.constants)}::jsonb,
           ${JSON.stringify(version.conditions)}::jsonb, ${amounts.loanCap}, ${amounts.guarantorCap}, ${province}, ${city},
           ${county}, ${version.remainderTo}, ${version.overlap}, ${version.priority}, ${version.placeholder},
           ${JSON.stringify(version.article)}::jsonb, ${version.document}, ${contentHash}, ${userId})
    on conflict do nothing
    returning id`.execute(tx);
  return rows[0]?.id;
}

/** Adds an adoption; false when the region already has the scheme. */
export async function insertAdoption(
  tx: Tx,
  adoption: { regionCode: number; schemeId: number; from: Day; document: string },
  userId: number,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into subsidies.adoption (region_code, scheme_id, from_on, document, adopted_by)
    values (${adoption.regionCode}, ${adoption.schemeId}, ${adoption.from}, ${adoption.document}, ${userId})
    on conflict do nothing`.execute(tx);
  return Boolean(numAffectedRows);
}

/** numeric(12,10) as a plain decimal: '0.4000000000' is '0.4'. */
const plain = (share: string): string => share.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
