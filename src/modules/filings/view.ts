import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { FilingDetail, FilingRow } from './contract.ts';
import { fieldsOf } from './ledger.ts';
import { fenOf, staleFields } from './rules.ts';
import { type FilingListRow, filingById, stepsOf } from './store.ts';

/** What crosses the wire for one row of a list. */
export const wireOf = (row: FilingListRow): FilingRow => ({
  guarantorId: row.guarantorId,
  guarantorName: row.guarantorName,
  id: String(row.id),
  businessNo: row.businessNo,
  guaranteeId: String(row.guaranteeId),
  kind: row.kind,
  status: row.status,
  contractNo: row.contractNo,
  borrowerName: String(row.content.borrowerName ?? ''),
  bankName: String(row.content.bankName ?? ''),
  productName: String(row.content.productName ?? ''),
  principal: formatYuan(fenOf(row.content, 'principal')),
  guaranteed: formatYuan(fenOf(row.content, 'guaranteed')),
  occurredOn: row.occurredOn,
  batchNumber: row.batchNumber,
  problems: row.problems,
  blocked: row.blocked,
  denyReason: row.denyReason,
  certificateNo: row.certificateNo,
  submittedAt: row.submittedAt?.toISOString() ?? null,
  decidedAt: row.decidedAt?.toISOString() ?? null,
});

const stepTitles = { deny: '驳回', correct: '更正', withdraw: '撤下' } as const;

/** One filing in full: its fields beside the book's, its checks and its way so far. Refuses (404) when the caller has no such one. */
export async function filingDetailOf(
  tx: Tx,
  guarantorId: number,
  id: bigint,
  seesIdentity: boolean,
): Promise<FilingDetail> {
  const row = await filingById(tx, guarantorId, id);
  if (!row) throw new Refused({ code: 'filing-unknown', message: '没有这笔备案，或不在您的权限范围内' }, 404);
  const steps = await stepsOf(tx, guarantorId, id);
  const isOut = row.status === 'submitted' || row.status === 'confirmed';
  return {
    ...wireOf(row),
    revision: row.revision,
    initialBusinessNo: row.initialBusinessNo,
    supplement: row.supplement as FilingDetail['supplement'],
    isStale: staleFields(row.content, row.book).length > 0,
    fields: fieldsOf(row, seesIdentity),
    steps: [
      {
        at: row.recordedAt.toISOString(),
        action: 'prepare' as const,
        title: '从台账取数',
        by: null,
        reason: null,
        batchNumber: null,
      },
      ...steps.map((step) => ({ ...step, at: step.at.toISOString(), title: stepTitles[step.action] })),
      ...(isOut && row.submittedAt
        ? [
            {
              at: row.submittedAt.toISOString(),
              action: 'submit' as const,
              title: '申报',
              by: row.submittedBy,
              reason: null,
              batchNumber: row.batchNumber,
            },
          ]
        : []),
      ...(row.status === 'confirmed' && row.decidedAt
        ? [
            {
              at: row.decidedAt.toISOString(),
              action: 'confirm' as const,
              title: '确认备案',
              by: row.decidedBy,
              reason: null,
              batchNumber: row.batchNumber,
            },
          ]
        : []),
    ],
  };
}
