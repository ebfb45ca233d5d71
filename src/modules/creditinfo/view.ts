import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf, verify } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { openSecretBox } from '../../platform/signers.ts';
import { placeOf } from './actions.ts';
import type { QueryDetail, QueryRow } from './contract.ts';
import { platformSettings, reportShape, signedText } from './link.ts';
import { maskCode, maskName } from './rules.ts';
import { askedAbout, type QueryListRow, queryById } from './store.ts';

/** What crosses the wire for one question. */
export const wireOf = (row: QueryListRow, today: Day): QueryRow => ({
  guarantorId: row.guarantorId,
  id: String(row.id),
  customerId: String(row.customerId),
  customerName: row.customerName,
  purpose: row.purpose,
  platform: row.platform,
  platformName: row.platformName,
  subject: row.subject,
  status: row.status,
  attempts: row.attempts,
  failure: row.failure,
  askedBy: row.askedBy,
  askedAt: row.askedAt.toISOString(),
  answeredAt: row.answeredAt?.toISOString() ?? null,
  expiresOn: row.expiresOn,
  isExpired: row.expiresOn !== null && row.expiresOn < today,
  reportHash: row.reportHash,
});

/** One question with its report, masked; an expired report is not shown any more. Refuses (404) what is not the caller's. */
export async function queryDetailOf(tx: Tx, guarantorId: number, id: bigint, today: Day): Promise<QueryDetail> {
  const row = await queryById(tx, guarantorId, id);
  if (!row) throw new Refused({ code: 'credit-query-unknown', message: '没有这次查询，或不在您的权限范围内' }, 404);
  const wire = wireOf(row, today);
  if (!row.reportSealed || wire.isExpired) return { ...wire, sections: [], isSignatureValid: null };
  const raw: unknown = JSON.parse((await openSecretBox()).open(row.reportSealed, placeOf(row)));
  const about = await askedAbout(tx, guarantorId, row.customerId);
  const publicKey = platformSettings()?.publicKey;
  const isSignatureValid =
    publicKey === undefined
      ? null
      : hashOf(raw) === row.reportHash &&
        verify(
          signedText(`${about?.institution}-${row.queryKey}`, row.reportHash ?? ''),
          row.signature ?? '',
          publicKey,
        );
  const { sections } = reportShape.parse(raw);
  return {
    ...wire,
    isSignatureValid,
    sections: sections.map(({ title, lines }) => ({
      title,
      lines: lines.map(({ name, value, kind }) => ({
        name,
        value: kind === 'name' ? maskName(value) : kind === 'code' ? maskCode(value) : value,
        tone: kind === 'good' || kind === 'bad' ? kind : ('plain' as const),
      })),
    })),
  };
}
