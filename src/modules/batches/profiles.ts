import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { type BatchProfile, batchProfile, templateProfile } from './contract/profile.ts';

export type ProfileRow = {
  bankId: number;
  code: string;
  version: number;
  title: string;
  hash: string;
  body: BatchProfile;
};

/** The newest version of each profile of a bank. */
export async function profilesOf(tx: Tx, bankId: number): Promise<ProfileRow[]> {
  const { rows } = await sql<ProfileRow>`
    select distinct on (code) bank_id as "bankId", code, version, title, hash, body
      from batches.profile where bank_id = ${bankId} order by code, version desc limit 200`.execute(tx);
  return rows;
}

/** The newest version of one; refused when the bank has none of this code. */
export async function profileByCode(tx: Tx, bankId: number, code: string): Promise<ProfileRow> {
  const found = (await profilesOf(tx, bankId)).find((each) => each.code === code);
  if (!found)
    throw new Refused({
      code: 'profile-unknown',
      field: 'profileCode',
      message: `没有映射“${code}”，请先保存映射，或照标准模板（template）报送`,
    });
  return { ...found, body: batchProfile.parse(found.body) };
}

/** Saves a bank's profile as its next version, unless its newest says the same. The template's own code cannot be taken. */
export async function saveProfile(
  tx: Tx,
  context: Context,
  bankId: number,
  profile: BatchProfile,
): Promise<ProfileRow> {
  if (profile.code === templateProfile.code)
    throw new Refused({ code: 'profile-code-taken', field: 'code', message: 'template 是标准模板的代号，请另取代号' });
  await sql`select pg_advisory_xact_lock(hashtextextended(${`batch-profile:${bankId}:${profile.code}`}, 20))`.execute(
    tx,
  );
  const hash = hashOf(profile);
  await sql`
    insert into batches.profile (bank_id, code, version, title, body, hash, recorded_by)
    select ${bankId}, ${profile.code}, coalesce(max(version), 0) + 1, ${profile.title}, ${JSON.stringify(profile)}::jsonb, ${hash},
           ${context.actor.userId}
      from batches.profile
     where bank_id = ${bankId} and code = ${profile.code}
    having coalesce((array_agg(hash order by version desc))[1], '') <> ${hash}`.execute(tx);
  const saved = await profileByCode(tx, bankId, profile.code);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'batches.save-profile',
    subject: `batch-profile:${bankId}/${profile.code}`,
    detail: { version: saved.version, hash },
  });
  return saved;
}
