import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { yuan } from '../../../kernel/money.ts';
import { quarter, quarterSpan } from '../../../kernel/month.ts';
import { canonicalJson, verificationCode } from '../../../platform/crypto/index.ts';
import { systemActor } from '../../../platform/db.ts';
import { openSigner } from '../../../platform/signers.ts';
import type { TestDatabase } from '../../../platform/testing/index.ts';
import { contentHashOf } from '../../feedback/content.ts';
import { hashRows } from '../../feedback/rows-hash.ts';
import { certificateNumber, nilFigures } from '../../feedback/rules.ts';
import { certificateById } from '../../feedback/store.ts';
import { layGround } from '../../feedback/testing/book.ts';

/** The key of certificates of this test process lives in a folder of its own. */
export const useOwnKeys = (): void => {
  process.env.DATA_DIR = mkdtempSync(join(tmpdir(), 'rongdan-subsidies-'));
};

export const people = {
  province1: 201,
  province2: 202,
  city1: 203,
  city2: 204,
  county1: 206,
  guarantor1: 207,
} as const;

/** The province of feedback's tests, and people who decide and read subsidies. */
export async function layPeople(test: TestDatabase): Promise<void> {
  await layGround(test);
  await test.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (14, 'F0', '山西省财政厅', '省厅', 'finance-bureau', 1, 140000);
    insert into identity.user_account (id, account, name, person_key, institution_id) values
      (201, 'u201', '省厅甲', 'q1', 14), (202, 'u202', '省厅乙', 'q2', 14), (203, 'u203', '太原甲', 'q3', 11),
      (204, 'u204', '太原乙', 'q4', 11), (205, 'u205', '太原甲又', 'q3', 11), (206, 'u206', '小店甲', 'q6', 12),
      (207, 'u207', '太原担保财务', 'q7', 1);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values
      (201, 'r12-province', 'q1', 0), (202, 'r12-province', 'q2', 0), (203, 'r10-finance-bureau', 'q3', 0),
      (204, 'r10-finance-bureau', 'q4', 0), (205, 'r10-finance-bureau', 'q3', 0), (206, 'r10-finance-bureau', 'q6', 0),
      (207, 'r05-finance-officer', 'q7', 0)`);
}

/** One loan of a certificate; what is not given is zero or ordinary. Amounts in 元. */
export type Loan = {
  readonly guarantorId?: number;
  readonly guaranteeId: number;
  readonly household?: string;
  readonly sizeClass?: string;
  readonly primaryTag?: number;
  readonly outstanding?: string;
  readonly householdOutstanding?: string;
  readonly feeRate?: string;
  readonly claim?: string;
  readonly newAmount?: string;
  readonly balanceDays?: string;
};

/** A final county certificate as sealing would have made it, written as the owner; a second of the same place restates the first. */
export async function finalCertificate(
  test: TestDatabase,
  of: string,
  county: number,
  loans: readonly Loan[],
): Promise<bigint> {
  const { rows: earlier } = await test.owner.query<{ id: bigint; number: string; version: number }>(
    'select id, number, version from feedback.certificate where quarter = $1 and region_code = $2 order by version desc limit 1',
    [of, county],
  );
  const before = earlier[0];
  const { rows: made } = await test.owner.query<{ id: bigint }>(
    `select nextval(pg_get_serial_sequence('feedback.certificate', 'id')) as id`,
  );
  const id = BigInt(made[0]!.id);
  const client = await test.owner.connect();
  try {
    await client.query('begin');
    for (const loan of loans) await client.query(insertRow, rowOf(id, county, loan));
    if (before) await client.query(`update feedback.certificate set status = 'superseded' where id = $1`, [before.id]);
    await client.query(insertHead, headOf(id, of, county, before, loans));
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    client.release();
  }
  await seal(test, id);
  return id;
}

const insertRow = `
  insert into feedback.certificate_row (guarantor_id, certificate_id, guarantee_id, contract_no, county, bank_id, product_code,
    customer_id, identity_hash, size_class, tags, primary_tag, principal, guaranteed, fee_rate, starts_on, ends_on, outstanding,
    outstanding_actual, household_outstanding, new_amount, new_actual, fee_income, claim_amount, claim_cash, recovery_amount,
    released_amount, year_claim_amount, year_released_amount, balance_days)
  values ($1, $2, $3, $4, $5, 9, 'loan', 1, $6, $7, $8, $8, 100000000, 80000000, $9, '2025-01-01', '2027-06-30', $10, $10, $11,
    $12, $12, 0, $13, $13, 0, 0, 0, 0, $14)`;

const rowOf = (id: bigint, county: number, loan: Loan) => [
  loan.guarantorId ?? 1,
  id,
  loan.guaranteeId,
  `HT-${loan.guaranteeId}`,
  county,
  loan.household ?? `h${loan.guaranteeId}`,
  loan.sizeClass ?? '小型',
  loan.primaryTag ?? 1,
  loan.feeRate ?? '0.008',
  yuan(loan.outstanding ?? '1000000'),
  yuan(loan.householdOutstanding ?? loan.outstanding ?? '1000000'),
  yuan(loan.newAmount ?? '0'),
  yuan(loan.claim ?? '0'),
  loan.balanceDays ?? '0',
];

const insertHead = `
  insert into feedback.certificate (id, number, quarter, region_code, region_level, region_name, version, restates_id, cause, as_of_on,
    known_at, sources, figures, rows_count, rows_hash, content_hash, issuer, signature, public_key, verification_code, status,
    objection_until, sealed_by, sealed_at)
  values ($1, $2, $3, $4, 3, '县', $5, $6, $7, $8, now(), '[]', $9, $10, '', $11, '山西再担保', '', '', $11, 'final', $8, 0, now())`;

const headOf = (
  id: bigint,
  of: string,
  county: number,
  before: { id: bigint; version: number } | undefined,
  loans: readonly Loan[],
) => {
  const version = (before?.version ?? 0) + 1;
  const span = quarterSpan(quarter(of));
  const number = certificateNumber(of, county, version);
  return [
    id,
    number,
    of,
    county,
    version,
    before?.id ?? null,
    before ? '更正' : null,
    span.to,
    canonicalJson(nilFigures),
    loans.length,
    `pending-${id}`,
  ];
};

/** Hashes and signs what was written, the way issuing does. */
async function seal(test: TestDatabase, id: bigint): Promise<void> {
  await test.db.transaction(systemActor, async (tx) => {
    const rowsHash = (await hashRows(tx, [id])).get(id)!.hash;
    await test.owner.query('update feedback.certificate set rows_hash = $2 where id = $1', [id, rowsHash]);
    const stored = (await certificateById(tx, id))!;
    const contentHash = contentHashOf({ ...stored, rowsHash });
    const signer = await openSigner('feedback');
    await test.owner.query(
      'update feedback.certificate set content_hash = $2, signature = $3, public_key = $4, verification_code = $5 where id = $1',
      [id, contentHash, signer.sign(contentHash), signer.publicKey, `${verificationCode(contentHash)}${id}`],
    );
  });
}

/** Four final quarters of a year in one county, all alike unless told otherwise. */
export async function finalYear(
  test: TestDatabase,
  year: number,
  county: number,
  loansOf: (quarterNo: number) => readonly Loan[],
): Promise<bigint[]> {
  const ids: bigint[] = [];
  for (const no of [1, 2, 3, 4]) ids.push(await finalCertificate(test, `${year}-Q${no}`, county, loansOf(no)));
  return ids;
}
