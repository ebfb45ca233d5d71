import { readdirSync, readFileSync } from 'node:fs';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { type ImportProfile, importProfile } from './contract.ts';
import { newestProfiles } from './store.ts';

const folder = new URL('../../../profiles/', import.meta.url);

/** A profile as it is used, with the hash that tells versions apart. */
export type UsedProfile = {
  readonly guarantorId: number | null;
  readonly version: number;
  readonly hash: string;
  readonly profile: ImportProfile;
  readonly recordedAt: Date | null;
};

let shipped: UsedProfile[] | undefined;

/** The profiles that come with the program. */
export function shippedProfiles(): readonly UsedProfile[] {
  shipped ??= readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const profile = importProfile.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
      return { guarantorId: null, version: 1, hash: hashOf(profile), profile, recordedAt: null };
    });
  return shipped;
}

/** Profiles an institution can use: its own, and the shipped ones it has not replaced by one of the same code. */
export async function usableProfiles(tx: Tx, guarantorId: number): Promise<UsedProfile[]> {
  const own = (await newestProfiles(tx, guarantorId)).map(
    ({ version, hash, body, recordedAt }): UsedProfile => ({
      guarantorId,
      version,
      hash,
      profile: importProfile.parse(body),
      recordedAt,
    }),
  );
  const replaced = new Set(own.map(({ profile }) => profile.code));
  return [...own, ...shippedProfiles().filter(({ profile }) => !replaced.has(profile.code))];
}

/** The profile under a code. Refused when there is none. */
export async function profileByCode(tx: Tx, guarantorId: number, code: string): Promise<UsedProfile> {
  const found = (await usableProfiles(tx, guarantorId)).find(({ profile }) => profile.code === code);
  if (!found)
    throw new Refused(
      { code: 'profile-unknown', message: `没有导入映射“${code}”，请先建立`, field: 'profileCode' },
      404,
    );
  return found;
}

/** Reads a profile that somebody wrote. Refused with every fault and where it is. */
export function parseProfile(text: string): ImportProfile {
  let body: unknown;
  try {
    body = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new Refused({ code: 'profile-not-json', message: '映射文件不是 JSON，请核对括号与逗号' });
  }
  const parsed = importProfile.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.map((issue) => ({
      code: 'profile-invalid',
      message: `映射 ${issue.path.join('.') || '整体'}：${issue.message}`,
      field: issue.path.join('.'),
    })),
  );
}
