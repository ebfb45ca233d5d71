import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';

export type VersionRow = {
  version: number;
  from: Day;
  to: Day | null;
  bankShare: string;
  guarantorShare: string;
  provinceShare: string;
  fundShare: string;
  otherShare: string;
  feeRate: string;
  claimRatioCap: string | null;
  document: string;
};
export type PinnedVersion = VersionRow & { readonly agreementId: number };

const versionColumns = sql`v.version, v.from_on as "from", v.to_on as "to", v.bank_share::text as "bankShare", v.guarantor_share::text as "guarantorShare",
  v.province_share::text as "provinceShare", v.fund_share::text as "fundShare", v.other_share::text as "otherShare",
  v.fee_rate::text as "feeRate", v.claim_ratio_cap::text as "claimRatioCap", v.document`;

/** The version of the agreement between guarantor and bank on a product that is in force on a day; undefined when there is none. */
export async function versionInForce(
  tx: Tx,
  key: { guarantorId: number; bankId: number; productCode: string; on: Day },
): Promise<PinnedVersion | undefined> {
  const { rows } = await sql<PinnedVersion>`
    select a.id as "agreementId", ${versionColumns}
      from agreements.agreement a
      join agreements.version v on v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
     where a.guarantor_id = ${key.guarantorId} and a.bank_id = ${key.bankId} and a.product_code = ${key.productCode}
       and v.from_on <= ${key.on} and (v.to_on is null or v.to_on >= ${key.on})
     order by v.version desc
     limit 1`.execute(tx);
  return rows[0];
}

/** All versions of one agreement, oldest first. */
export async function versionsOf(tx: Tx, guarantorId: number, agreementId: number): Promise<VersionRow[]> {
  const { rows } = await sql<VersionRow>`
    select ${versionColumns} from agreements.version v
     where v.guarantor_id = ${guarantorId} and v.agreement_id = ${agreementId} order by v.version limit 500`.execute(
    tx,
  );
  return rows;
}

/** Closes the open version the day before the next begins. */
export const closeOpenVersion = (tx: Tx, guarantorId: number, agreementId: number, nextFrom: Day) =>
  tx
    .updateTable('agreements.version')
    .set({ to_on: addDays(nextFrom, -1) })
    .where('guarantor_id', '=', guarantorId)
    .where('agreement_id', '=', agreementId)
    .where('to_on', 'is', null)
    .where('from_on', '<', nextFrom)
    .execute();

export type AgreementListRow = {
  guarantorId: number;
  guarantorName: string;
  id: number;
  contractNo: string;
  bankId: number;
  bankName: string;
  productCode: string;
  productName: string;
  current: VersionRow | null;
};

/** Agreements the caller may see, by guarantor and id, each with the version in force on `on`. */
export async function listAgreements(
  tx: Tx,
  filter: { guarantorId?: number | undefined; bankId?: number | undefined; id?: number | undefined; on: Day },
  after: string | undefined,
  limit: number,
): Promise<Page<AgreementListRow>> {
  const [afterGuarantor, afterId] = keysOf(after, 2) ?? ['0', '0'];
  const { rows } = await sql<AgreementListRow>`
    select a.guarantor_id as "guarantorId", g.short_name as "guarantorName", a.id, a.contract_no as "contractNo",
           a.bank_id as "bankId", b.short_name as "bankName", a.product_code as "productCode", p.name as "productName",
           (select to_jsonb(x) from (
              select ${versionColumns} from agreements.version v
               where v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
                 and v.from_on <= ${filter.on} and (v.to_on is null or v.to_on >= ${filter.on})
               order by v.version desc limit 1) x) as current
      from agreements.agreement a
      join institutions.institution g on g.id = a.guarantor_id
      join institutions.institution b on b.id = a.bank_id
      join agreements.product p on p.code = a.product_code
     where (a.guarantor_id, a.id) > (${afterGuarantor}::integer, ${afterId}::integer)
       and (${filter.guarantorId ?? null}::integer is null or a.guarantor_id = ${filter.guarantorId ?? null})
       and (${filter.bankId ?? null}::integer is null or a.bank_id = ${filter.bankId ?? null})
       and (${filter.id ?? null}::integer is null or a.id = ${filter.id ?? null})
     order by a.guarantor_id, a.id
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.guarantorId, last.id) : null };
}
