import { type Fen, fen, formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import { proposeChange } from '../filings/index.ts';
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

/** One proposal to take a guarantee of a batch out again. */
export type ExclusionCommand = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly sampleId?: bigint | undefined;
  readonly cause: string;
  readonly clause: string;
};

/** What taking a guarantee out would do as it stands now. Refused (404) for what did not come by batch. */
export async function previewExclusion(
  tx: Tx,
  { guarantorId, guaranteeId }: Pick<ExclusionCommand, 'guarantorId' | 'guaranteeId'>,
): Promise<ExclusionEffect> {
  return effectOf(await factsOf(tx, guarantorId, guaranteeId));
}

async function factsOf(tx: Tx, guarantorId: number, guaranteeId: bigint) {
  const facts = await exclusionFacts(tx, guarantorId, guaranteeId);
  if (facts) return facts;
  const message = '没有这笔批量业务，或不在您的权限范围内；逐笔承保的业务不由此剔除';
  throw new Refused({ code: 'not-of-a-batch', message }, 404);
}

/**
 * Proposes to take a guarantee of a batch out again after the audit and hands it in for approval (chain batch-exclusion); nothing happens to
 * the guarantee until it is approved. Refused (409) while one stands for it.
 */
export async function proposeExclusion(
  tx: Tx,
  context: Context,
  command: ExclusionCommand,
): Promise<{ id: bigint; effect: ExclusionEffect }> {
  const { guarantorId, guaranteeId, cause, clause } = command;
  const facts = await factsOf(tx, guarantorId, guaranteeId);
  const effect = effectOf(facts);
  const { batchId, bankId, contractNo } = facts;
  const id = await insertExclusion(
    tx,
    { ...command, batchId, bankId, sampleId: command.sampleId ?? null, effect },
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
  await startApproval(tx, context, {
    guarantorId,
    chain: 'batch-exclusion',
    subject: `batch-exclusion:${guarantorId}/${id}`,
    title: `剔除批量业务 ${contractNo}`,
    href: `/batches/exclusions/${guarantorId}/${id}`,
    amount: facts.principal,
    facts: {
      剔除原因: cause,
      所违反的条款: clause,
      解除在保余额: `${effect.release} 元`,
      退还担保费: `${effect.refund} 元`,
      银行应返还已代偿: `${effect.owedBack} 元`,
    },
  });
  return { id, effect };
}

/**
 * What the approval of an exclusion brings about: approved records 解保 of what is outstanding and 退费 of the fees with the cause, as they
 * stand on the day of the decision; rejected and withdrawn close the proposal; returned leaves it to its proposer. Locks proposal and guarantee.
 */
export const exclusionDecided: OutcomeHandler = async (tx, context, { guarantorId, subject, outcome, reason }) => {
  if (outcome === 'returned') return;
  const id = BigInt(subject.slice(subject.indexOf('/') + 1));
  const proposed = await lockExclusion(tx, guarantorId, id);
  if (!proposed) throw new Error(`剔除 ${guarantorId}/${id} 不见了`);
  if (proposed.status !== 'proposed')
    throw new Refused({ code: 'already-decided', message: '这项剔除已有决定，请刷新查看' }, 409);
  const { guaranteeId, cause } = proposed;
  const effect = effectOf(await factsOf(tx, guarantorId, guaranteeId));
  if (outcome === 'approved') await takeOut(tx, context, { guarantorId, guaranteeId, cause }, effect);
  await decideExclusionRow(
    tx,
    { guarantorId, id, status: outcome, reason: reason ?? null, effect },
    outcome === 'withdrawn' ? null : context.actor.userId,
    context.clock.now(),
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: actions[outcome],
    subject: `batch-exclusion:${guarantorId}/${id}`,
    detail: { guaranteeId: String(guaranteeId), ...effect },
  });
};

const actions = {
  approved: 'batches.exclude',
  rejected: 'batches.reject-exclusion',
  withdrawn: 'batches.withdraw-exclusion',
} as const;

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
  if (release > 0n) await proposeChange(tx, context, { guarantorId, guaranteeId, kind: 'release', occurredOn });
  if (refund > 0n)
    await recordMovement(tx, context, { guarantorId, guaranteeId, kind: 'refund', amount: refund, occurredOn, cause });
}
