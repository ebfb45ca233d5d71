import { type Fen, fen, formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { recordMovement } from '../guarantees/index.ts';
import {
  decideExclusionRow,
  type ExclusionEffect,
  exclusionFacts,
  insertExclusion,
  lockExclusion,
} from './store-exclusions.ts';

/**
 * 剔除的后果：What taking a guarantee out again does: what is outstanding is released, fees received and not refunded are refunded, and what
 * was paid on claims is owed back by the bank. A guarantee with nothing outstanding keeps its history and is marked 不在保障范围.
 */
export const effectOf = (facts: {
  outstanding: Fen;
  fees: Fen;
  refunded: Fen;
  claimed: Fen;
  recovered: Fen;
}): ExclusionEffect => ({
  release: formatYuan(facts.outstanding),
  refund: formatYuan(fen(facts.fees - facts.refunded)),
  owedBack: formatYuan(fen(facts.claimed > facts.recovered ? facts.claimed - facts.recovered : 0n)),
});

/** Proposes to take a guarantee of a batch out again after the audit; nothing happens to it until another person decides. */
export async function proposeExclusion(
  tx: Tx,
  context: Context,
  command: {
    guarantorId: number;
    guaranteeId: bigint;
    sampleId?: bigint | undefined;
    cause: string;
    clause: string;
  },
): Promise<{ id: bigint; effect: ExclusionEffect }> {
  const { guarantorId, guaranteeId } = command;
  const facts = await exclusionFacts(tx, guarantorId, guaranteeId);
  if (!facts)
    throw new Refused(
      { code: 'not-of-a-batch', message: '没有这笔批量业务，或不在您的权限范围内；逐笔承保的业务不由此剔除' },
      404,
    );
  const effect = effectOf(facts);
  const id = await insertExclusion(
    tx,
    { ...command, batchId: facts.batchId, bankId: facts.bankId, sampleId: command.sampleId ?? null, effect },
    context.actor.userId,
  );
  if (id === undefined)
    throw new Refused({ code: 'exclusion-open', message: '这笔业务已提出剔除或已剔除，不能重复提出' }, 409);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'batches.propose-exclusion',
    subject: `batch-exclusion:${guarantorId}/${id}`,
    detail: { guaranteeId: String(guaranteeId), ...effect },
  });
  return { id, effect };
}

/**
 * Decides a proposed exclusion; never the person who proposed it. Approving records 解保 of what is outstanding and 退费 of the fees, with
 * the cause, as they stand on the day of deciding. Locks the proposal and the guarantee.
 */
export async function decideExclusion(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: bigint; approve: boolean; reason: string },
): Promise<{ effect: ExclusionEffect }> {
  const { guarantorId, id, approve } = command;
  const proposed = await lockExclusion(tx, guarantorId, id);
  if (!proposed) throw new Refused({ code: 'exclusion-unknown', message: '没有这项剔除，或不在您的权限范围内' }, 404);
  if (proposed.status !== 'proposed')
    throw new Refused({ code: 'already-decided', message: '这项剔除已有决定，请刷新查看' }, 409);
  if (proposed.recordedBy === context.actor.userId)
    throw new Refused({ code: 'two-people', message: '剔除须由提出人以外的另一人复核决定' });
  const facts = await exclusionFacts(tx, guarantorId, proposed.guaranteeId);
  if (!facts) throw new Error(`剔除 ${guarantorId}/${id} 的保函不见了`);
  const effect = effectOf(facts);
  if (approve)
    await takeOut(tx, context, { guarantorId, guaranteeId: proposed.guaranteeId, cause: proposed.cause }, effect);
  const now = context.clock.now();
  await decideExclusionRow(
    tx,
    { guarantorId, id, status: approve ? 'approved' : 'rejected', reason: command.reason },
    context.actor.userId,
    now,
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: approve ? 'batches.exclude' : 'batches.reject-exclusion',
    subject: `batch-exclusion:${guarantorId}/${id}`,
    detail: { guaranteeId: String(proposed.guaranteeId), ...effect },
  });
  return { effect };
}

async function takeOut(
  tx: Tx,
  context: Context,
  of: { guarantorId: number; guaranteeId: bigint; cause: string },
  effect: ExclusionEffect,
): Promise<void> {
  const { guarantorId, guaranteeId } = of;
  const cause = `批量业务事后抽查剔除：${of.cause}`.slice(0, 500);
  const occurredOn = context.clock.today();
  const release = yuan(effect.release);
  const refund = yuan(effect.refund);
  if (release > 0n)
    await recordMovement(tx, context, {
      guarantorId,
      guaranteeId,
      kind: 'release',
      amount: release,
      occurredOn,
      cause,
    });
  if (refund > 0n)
    await recordMovement(tx, context, { guarantorId, guaranteeId, kind: 'refund', amount: refund, occurredOn, cause });
}
