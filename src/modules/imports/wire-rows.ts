import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { BatchWire } from './contract.ts';
import type { UsedProfile } from './profiles.ts';
import { type BatchRow, batchById, type FileRow, reasonCounts } from './store.ts';

/** A batch as it crosses the wire. */
export function batchToWire(row: BatchRow, reasons: BatchWire['reasons']): BatchWire {
  const { accepted, already, needsCompleting, refused, movements, seconds } = row;
  const rows = accepted + already + needsCompleting + refused;
  const isDone = row.phase === 'checked' || row.phase === 'committed';
  return {
    id: String(row.id),
    guarantorId: row.guarantorId,
    guarantorName: row.guarantorName,
    fileName: row.fileName,
    fileHash: row.fileHash,
    fileBytes: Number(row.fileBytes),
    fileKind: row.fileKind,
    profileCode: row.profileCode,
    profileTitle: row.profile.title,
    target: row.profile.target,
    phase: row.phase,
    failure: row.failure,
    counts: { rows, accepted, already, needsCompleting, refused, movements },
    progress: {
      share: isDone ? 1 : Math.min(1, Number(row.bytesDone) / Math.max(1, Number(row.fileBytes))),
      rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : 0,
      seconds,
    },
    reasons,
    recordedAt: row.recordedAt.toISOString(),
    recordedBy: row.recordedBy,
  };
}

/** A batch with the rules that hold rows back. Refused (404) when it does not exist for the caller. */
export async function batchWithReasons(tx: Tx, guarantorId: number, id: bigint): Promise<BatchWire> {
  const row = await batchById(tx, guarantorId, id);
  if (!row) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  return batchToWire(row, row.passNo === null ? [] : await reasonCounts(tx, guarantorId, id, row.passNo));
}

/** A file as it crosses the wire; where it lies on disk stays inside. */
export const fileToWire = ({ id, name, bytes, hash, kind, encoding, delimiter, sheets }: FileRow) => ({
  id: String(id),
  name,
  bytes: Number(bytes),
  hash,
  kind,
  encoding,
  delimiter,
  sheets,
});

/** A profile as it crosses the wire. */
export const profileToWire = ({ guarantorId, version, hash, profile, recordedAt }: UsedProfile) => ({
  guarantorId,
  code: profile.code,
  version,
  title: profile.title,
  target: profile.target,
  hash,
  profile,
  recordedAt: recordedAt?.toISOString() ?? null,
});
