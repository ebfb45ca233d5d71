import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { GuaranteeClass } from '../../law/liability-weights.ts';
import type { Tx } from '../../platform/db.ts';
import type { ProductVersion } from '../products/index.ts';

/** Every guarantor with its code, whatever its state. */
export async function guarantorRows(tx: Tx) {
  const { rows } = await sql<{ id: number; code: string; status: string }>`
    select id, code, status from institutions.institution where kind = 'guarantor' order by id limit 10000`.execute(tx);
  return rows;
}

/** Every county. */
export async function countyRows(tx: Tx) {
  const { rows } = await sql<{ code: number; name: string }>`
    select code, name from institutions.region where level = 3 order by code limit 5000`.execute(tx);
  return rows;
}

export type AgreementRow = {
  guarantorId: number;
  agreementId: number;
  version: number;
  from: Day;
  to: Day | null;
  bankShare: string;
  guarantorShare: string;
  provinceShare: string;
  fundShare: string;
  otherShare: string;
  claimRatioCap: string | null;
  document: string;
};

/** The agreements of a bank on a product with every guarantor, newest version first. */
export async function agreementRows(tx: Tx, bankId: number, productCode: string): Promise<AgreementRow[]> {
  const { rows } = await sql<AgreementRow>`
    select a.guarantor_id as "guarantorId", a.id as "agreementId", v.version, v.from_on as "from", v.to_on as "to",
           v.bank_share::text as "bankShare", v.guarantor_share::text as "guarantorShare", v.province_share::text as "provinceShare",
           v.fund_share::text as "fundShare", v.other_share::text as "otherShare", v.claim_ratio_cap::text as "claimRatioCap", v.document
      from agreements.agreement a
      join agreements.version v on v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
     where a.bank_id = ${bankId} and a.product_code = ${productCode}
     order by v.from_on desc, v.version desc
     limit 100000`.execute(tx);
  return rows;
}

/** A product with all its versions, oldest first. Throws when there is no such product: a batch cannot name one. */
export async function productRow(tx: Tx, code: string) {
  const { rows } = await sql<{ name: string; class: GuaranteeClass }>`
    select name, class from agreements.product where code = ${code}`.execute(tx);
  const product = rows[0];
  if (!product) throw new Error(`没有产品 ${code}`);
  const versions = await sql<ProductVersion>`
    select v.product_code as code, p.name, p.class, v.version, v.from_on as "from", v.to_on as "to", v.terms, v.document, v.unverified
      from products.version v
      join agreements.product p on p.code = v.product_code
     where v.product_code = ${code}
     order by v.version
     limit 500`.execute(tx);
  return { ...product, versions: versions.rows };
}
