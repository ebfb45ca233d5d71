import type { Day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import { formatDecimal, percent } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { BatchWire, DrawnLine, ExclusionLine, MeterRow, RowLine, SampleWire } from './contract.ts';
import { claimRoom, isTripped } from './rules/meter.ts';
import { strataText } from './rules/strata.ts';
import { type BatchRow, batchById, partsOf, reasonCounts, type VerdictRow } from './store.ts';
import type { ExclusionRow } from './store-exclusions.ts';
import { type CohortRow, cohortsOf } from './store-room.ts';
import type { DrawnRow, SampleRow } from './store-samples.ts';

/** A batch as it crosses the wire; where its file lies on disk stays inside. */
export function batchToWire(
  row: BatchRow,
  rules: BatchWire['rules'] = [],
  meters: BatchWire['meters'] = [],
): BatchWire {
  const { accepted, already, needsCompleting, refused, seconds } = row;
  const rows = accepted + already + needsCompleting + refused;
  const share =
    row.phase === 'done' || row.phase === 'tried'
      ? 1
      : Math.min(1, Number(row.bytesDone) / Math.max(1, Number(row.fileBytes)));
  const {
    bankId,
    bankName,
    batchNo,
    guarantorId,
    guarantorName,
    productCode,
    productName,
    channel,
    fileName,
    fileKind,
  } = row;
  return {
    id: String(row.id),
    ...{ bankId, bankName, batchNo, guarantorId, guarantorName, productCode, productName, channel, fileName, fileKind },
    fileBytes: Number(row.fileBytes),
    contentHash: row.contentHash,
    resendOf: row.resendOf === null ? null : String(row.resendOf),
    phase: row.phase,
    isTrial: row.isTrial,
    failure: row.failure,
    counts: { rows, accepted, already, needsCompleting, refused },
    principal: formatYuan(row.principal),
    progress: { share, rowsPerSecond: seconds > 0 ? Math.round(rows / seconds) : 0, seconds },
    rules,
    meters,
    recordedAt: row.recordedAt.toISOString(),
    recordedBy: row.recordedBy,
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}

/** A batch the caller may see. Refused (404) when it does not exist for the caller. */
export async function batchOf(tx: Tx, id: string): Promise<BatchRow> {
  const batch = await batchById(tx, BigInt(id));
  if (!batch) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  return batch;
}

/** A batch with its rules and meters. */
export async function wholeBatch(tx: Tx, id: string): Promise<BatchWire> {
  const batch = await batchOf(tx, id);
  return batchToWire(batch, await reasonCounts(tx, batch), await partsOf(tx, batch));
}

/** A verdict as it crosses the wire. */
export const verdictToWire = (row: VerdictRow): RowLine => ({
  line: Number(row.line),
  verdict: row.verdict,
  contractNo: row.contractNo,
  customerName: row.customerName,
  principal: row.principal === null ? null : formatYuan(row.principal),
  guarantorId: row.guarantorId,
  guaranteeId: row.guaranteeId === null ? null : String(row.guaranteeId),
  reasons: row.reasons.map((each) => ({ ...each })),
});

/** Cohorts with their cap, what it allows and what is left of it. */
export const metersOf = async (tx: Tx, filter: Parameters<typeof cohortsOf>[1], today: Day): Promise<MeterRow[]> =>
  (await cohortsOf(tx, filter, today)).map(meterToWire);

function meterToWire(row: CohortRow): MeterRow {
  const cap = row.cap === null ? undefined : percent(row.cap);
  const room = cap && claimRoom(row, cap);
  return {
    guarantorId: row.guarantorId,
    guarantorName: row.guarantorName,
    bankId: row.bankId,
    bankName: row.bankName,
    productCode: row.productCode,
    productName: row.productName,
    year: row.year,
    households: row.households,
    volume: formatYuan(row.volume),
    paid: formatYuan(row.paid),
    released: formatYuan(row.released),
    cap: cap ? formatDecimal(cap) : null,
    source: row.capSource ?? '',
    unverified: row.capUnverified,
    ratio: room?.ratio ? formatDecimal(room.ratio) : null,
    limit: room ? formatYuan(room.limit) : null,
    room: room ? formatYuan(room.room) : null,
    excess: room ? formatYuan(room.excess) : null,
    atFullRelease: room ? formatYuan(room.atFullRelease) : null,
    isTripped: cap ? isTripped(row, cap) : false,
  };
}

/** A sample as it crosses the wire. */
export const sampleToWire = ({ id, batchId, recordedAt, ...row }: SampleRow): SampleWire => ({
  ...row,
  id: String(id),
  batchId: String(batchId),
  recordedAt: recordedAt.toISOString(),
  strataText,
});

/** A drawn row as it crosses the wire. */
export const drawnToWire = (row: DrawnRow): DrawnLine => ({
  ...row,
  line: Number(row.line),
  guaranteeId: String(row.guaranteeId),
  principal: formatYuan(row.principal),
  outstanding: formatYuan(row.outstanding),
  auditedAt: row.auditedAt?.toISOString() ?? null,
});

/** An exclusion as it crosses the wire, to whoever asks. */
export const exclusionToWire = (row: ExclusionRow, userId: number): ExclusionLine => {
  const { recordedById, ...shown } = row;
  return {
    ...shown,
    id: String(row.id),
    guaranteeId: String(row.guaranteeId),
    batchId: String(row.batchId),
    isMine: recordedById === userId,
    recordedAt: row.recordedAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
};
