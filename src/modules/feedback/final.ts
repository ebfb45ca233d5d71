import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { type Quarter, quarter } from '../../kernel/month.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { openSigner } from '../../platform/signers.ts';
import { isHashValid, isSignatureValid, parseFigures } from './content.ts';
import { hashRows } from './rows-hash.ts';
import type { Figures } from './rules.ts';
import { certificateById, countyPartsOf } from './store.ts';

declare const finalBrand: unique symbol;
/**
 * A certificate that is final and proved unaltered: the only figures compensation and subsidy are computed on (条15).
 * Only `loadFinalCertificate` makes one. Amounts in 分.
 */
export type FinalCertificate = {
  readonly [finalBrand]: true;
  readonly id: bigint;
  readonly number: string;
  readonly quarter: Quarter;
  readonly regionCode: number;
  readonly regionName: string;
  /** 1 省 2 市 3 县. */
  readonly regionLevel: number;
  readonly version: number;
  /** The certificate it restates; null for a first version. */
  readonly restatesId: bigint | null;
  readonly asOf: Day;
  readonly contentHash: string;
  readonly figures: Figures;
  /** The county certificates whose rows are its rows; itself for a county. */
  readonly countyIds: readonly bigint[];
};

/** One loan of a final certificate. Amounts in 分; flows are the quarter's unless named year…; feeRate a plain decimal. */
export type CertificateRow = {
  readonly certificateId: bigint;
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly contractNo: string;
  readonly county: number;
  readonly bankId: number;
  readonly productCode: string;
  readonly customerId: bigint;
  readonly identityHash: string;
  readonly sizeClass: string;
  readonly tags: number;
  readonly primaryTag: number;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly outstanding: Fen;
  readonly outstandingActual: Fen;
  readonly householdOutstanding: Fen;
  readonly newAmount: Fen;
  readonly newActual: Fen;
  readonly feeIncome: Fen;
  readonly claimAmount: Fen;
  readonly claimCash: Fen;
  readonly recoveryAmount: Fen;
  readonly releasedAmount: Fen;
  readonly yearClaimAmount: Fen;
  readonly yearReleasedAmount: Fen;
  /** 分·天, digits. */
  readonly balanceDays: string;
};

/**
 * The certificate, proved: final, content hash and signature right, every row as sealed (its rows are read once to prove it).
 * Refuses (404) an unknown one, (422) one that is not final or does not prove. `trustedKeys` defaults to this installation's.
 */
export async function loadFinalCertificate(
  tx: Tx,
  id: bigint,
  trustedKeys?: readonly string[],
): Promise<FinalCertificate> {
  const found = await certificateById(tx, id);
  if (!found) throw new Refused({ code: 'certificate-unknown', message: '没有这份凭证，或不在您的权限范围内' }, 404);
  if (found.status !== 'final') {
    const standing = found.status === 'published' ? '尚未定稿' : '已被更正凭证取代';
    throw new Refused({
      code: 'certificate-not-final',
      message: `凭证 ${found.number} ${standing}，补偿补贴只能依据已定稿的凭证计算（指引第十五条）`,
    });
  }
  const keys = trustedKeys ?? [(await openSigner('feedback')).publicKey];
  const counties = await countyPartsOf(tx, found);
  const rows = await hashRows(
    tx,
    counties.map((each) => each.id),
  );
  const isSound =
    isHashValid(found) &&
    isSignatureValid(found, keys) &&
    counties.every((each) => isHashValid(each) && rows.get(each.id)?.hash === each.rowsHash);
  if (!isSound) {
    throw new Refused({
      code: 'certificate-altered',
      message: `凭证 ${found.number} 与封存时不符，不能使用；请运行校验找出被改动之处`,
    });
  }
  return {
    id: found.id,
    number: found.number,
    quarter: quarter(found.quarter),
    regionCode: found.regionCode,
    regionName: found.regionName,
    regionLevel: found.regionLevel,
    version: found.version,
    restatesId: found.restatesId,
    asOf: found.asOf as Day,
    contentHash: found.contentHash,
    figures: parseFigures(found.figures),
    countyIds: counties.map((each) => each.id),
  } as unknown as FinalCertificate;
}

/** The rows of final certificates as a sub-select with the columns of feedback.certificate_row: for set-based work. */
export const certificateRowsTable = (certificate: FinalCertificate) =>
  sql`(select * from feedback.certificate_row where certificate_id = any (${certificate.countyIds}::bigint[]))`;

const batch = 5000;

/** Every loan of the certificate in order of guarantor and guarantee, read in batches by keyset. */
export async function* certificateRows(tx: Tx, certificate: FinalCertificate): AsyncGenerator<CertificateRow> {
  let after: readonly [number, bigint, bigint] = [0, 0n, 0n];
  for (;;) {
    const { rows } = await sql<CertificateRow>`
      select certificate_id as "certificateId", guarantor_id as "guarantorId", guarantee_id as "guaranteeId",
             contract_no as "contractNo", county, bank_id as "bankId", product_code as "productCode",
             customer_id as "customerId", identity_hash as "identityHash", size_class as "sizeClass", tags,
             primary_tag as "primaryTag", principal, guaranteed, fee_rate as "feeRate", starts_on as "startsOn",
             ends_on as "endsOn", outstanding, outstanding_actual as "outstandingActual",
             household_outstanding as "householdOutstanding", new_amount as "newAmount", new_actual as "newActual",
             fee_income as "feeIncome", claim_amount as "claimAmount", claim_cash as "claimCash",
             recovery_amount as "recoveryAmount", released_amount as "releasedAmount",
             year_claim_amount as "yearClaimAmount", year_released_amount as "yearReleasedAmount",
             balance_days as "balanceDays"
        from feedback.certificate_row
       where certificate_id = any (${certificate.countyIds}::bigint[])
         and (guarantor_id, certificate_id, guarantee_id) > (${after[0]}::integer, ${after[1]}::bigint, ${after[2]}::bigint)
       order by guarantor_id, certificate_id, guarantee_id
       limit ${batch}`.execute(tx);
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batch) return;
    after = [last.guarantorId, last.certificateId, last.guaranteeId];
  }
}
