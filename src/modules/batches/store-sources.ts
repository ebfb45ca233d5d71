import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { SourceBody } from './contract.ts';

/** A bank's SFTP server as it is set up from a day on; the private key lies in the environment variable `keyEnv`. */
export type SftpSource = Omit<SourceBody, 'guarantorCode' | 'profileCode'> & {
  bankId: number;
  bankCode: string;
  bankName: string;
  version: number;
  guarantorCode: string | null;
  profileCode: string | null;
  recordedBy: string;
  recordedAt: Date;
};

const columns = sql`
  s.bank_id as "bankId", i.code as "bankCode", i.short_name as "bankName", s.version, s.from_on as "fromOn", s.is_active as "isActive", s.host, s.port,
  s.username, s.key_env as "keyEnv", s.host_key_sha256 as "hostKeySha256", s.inbox, s.outbox, s.done, s.product_code as "productCode",
  s.guarantor_code as "guarantorCode", s.profile_code as "profileCode", s.stable_seconds as "stableSeconds",
  batches.who(s.recorded_by) as "recordedBy", s.recorded_at as "recordedAt"`;

/** The sources in force on a day and switched on; of one bank where it is named. */
export async function sourcesOn(tx: Tx, on: Day, bankId?: number): Promise<SftpSource[]> {
  const { rows } = await sql<SftpSource>`
    select * from (
      select distinct on (s.bank_id) ${columns}
        from batches.source s
        join institutions.institution i on i.id = s.bank_id
       where s.from_on <= ${on} and (${bankId ?? null}::integer is null or s.bank_id = ${bankId ?? null})
       order by s.bank_id, s.from_on desc, s.version desc) x
     where x."isActive" order by x."bankCode" limit 500`.execute(tx);
  return rows;
}

/** Every version of every bank's source, newest first. */
export async function sourceVersions(tx: Tx): Promise<SftpSource[]> {
  const { rows } = await sql<SftpSource>`
    select ${columns}
      from batches.source s
      join institutions.institution i on i.id = s.bank_id
     order by i.code, s.version desc limit 2000`.execute(tx);
  return rows;
}

/** Is there what a source speaks of? */
export async function partiesOfSource(tx: Tx, bankId: number, { productCode, guarantorCode }: SourceBody) {
  const { rows } = await sql<{ bankCode: string | null; hasProduct: boolean; hasGuarantor: boolean }>`
    select (select code from institutions.institution where kind = 'bank' and id = ${bankId}) as "bankCode",
           exists (select from agreements.product where code = ${productCode}) as "hasProduct",
           ${guarantorCode ?? null}::text is null
             or exists (select from institutions.institution where kind = 'guarantor' and code = ${guarantorCode ?? null}) as "hasGuarantor"`.execute(
    tx,
  );
  return rows[0]!;
}

/** The newest version's number; 0 where the bank has none. Locks the bank's sources until commit. */
export async function lockSource(tx: Tx, bankId: number): Promise<number> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`batch-source:${bankId}`}, 20))`.execute(tx);
  const { rows } = await sql<{ version: number }>`
    select coalesce(max(version), 0) as version from batches.source where bank_id = ${bankId}`.execute(tx);
  return rows[0]!.version;
}

/** Adds the next version of a bank's source. */
export async function insertSource(tx: Tx, bankId: number, made: SourceBody, userId: number): Promise<number> {
  const version = (await lockSource(tx, bankId)) + 1;
  await sql`
    insert into batches.source (bank_id, version, from_on, is_active, host, port, username, key_env, host_key_sha256, inbox, outbox, done,
      product_code, guarantor_code, profile_code, stable_seconds, recorded_by)
    values (${bankId}, ${version}, ${made.fromOn}, ${made.isActive}, ${made.host}, ${made.port}, ${made.username}, ${made.keyEnv},
      ${made.hostKeySha256}, ${made.inbox}, ${made.outbox}, ${made.done}, ${made.productCode}, ${made.guarantorCode ?? null},
      ${made.profileCode ?? null}, ${made.stableSeconds}, ${userId})`.execute(tx);
  return version;
}
