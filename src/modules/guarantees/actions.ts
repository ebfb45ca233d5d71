import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus, negate, plus } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { countedNetAssets } from '../../law/leverage.ts';
import { singleCustomerCap } from '../../law/state-council-order-683.ts';
import { post } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { versionInForce } from '../agreements/index.ts';
import { appendAudit } from '../audit/index.ts';
import { checkConcentration } from './exposure.ts';
import { kindOfCode, type MovementKind, movementKinds } from './movement-kinds.ts';
import { claimCash, reversalOf, transfersOf } from './posting.ts';
import { checkIssue, checkMovement, statusAfter } from './rules.ts';
import { insertGuarantee, insertMovement, lockExposure, lockGuarantee, type NewGuarantee } from './store.ts';

/**
 * What is asked for: the record less what the action finds out. `guaranteed` defaults to the principal less the bank's share by
 * the agreement in force, `feeRate` to the agreement's.
 */
export type IssueCommand = Omit<NewGuarantee, 'guaranteed' | 'source' | 'sizeClass' | 'version'> & {
  readonly guaranteed?: Fen | undefined;
  readonly source: 'form' | 'import' | 'demo';
};

/**
 * Enters a guarantee into the book; its balance stays nil until it is disbursed.
 * Pins the agreement version in force on the start day. Locks the customer (条例第十六条 is asked under that lock).
 * Refuses with every rule that fails: form, agreement, concentration, a contract number already used.
 */
export async function issueGuarantee(tx: Tx, context: Context, command: IssueCommand): Promise<{ id: bigint }> {
  const { guarantorId } = command;
  const exposure = await lockExposure(tx, command, command.startsOn);
  if (!exposure)
    throw new Refused({ code: 'customer-unknown', field: 'customerId', message: '没有这个客户，请先建立客户档案' });
  const version = await versionInForce(tx, { ...command, on: command.startsOn });
  if (!version) {
    const message = `${command.startsOn} 没有与该银行就此产品生效的合作协议，请先登记协议`;
    throw new Refused({ code: 'agreement-not-in-force', field: 'bankId', message });
  }
  const guaranteed = command.guaranteed ?? minus(command.principal, bankShareOf(command.principal, version.bankShare));
  const refusals = [...checkIssue({ ...command, guaranteed })];
  refusals.push(...concentrationRefusals(exposure, { ...command, guaranteed }));
  if (refusals.length > 0) throw new Refused(refusals);
  const inserted = await insertGuarantee(tx, {
    ...command,
    guaranteed,
    version,
    sizeClass: exposure.customer.sizeClass,
  });
  if (!inserted) {
    throw new Refused(
      {
        code: 'contract-exists',
        field: 'contractNo',
        message: `合同号 ${command.contractNo} 已在账，请核对是否重复登记`,
      },
      409,
    );
  }
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'guarantees.issue',
    subject: `guarantee:${guarantorId}/${inserted.id}`,
    detail: {
      contractNo: command.contractNo,
      principal: formatYuan(command.principal),
      guaranteed: formatYuan(guaranteed),
      startsOn: command.startsOn,
    },
  });
  return { id: inserted.id };
}

/** 条16, asked of the 责任余额. Before 2017-10-01 there was no cap to ask about: an old book comes in as it was. */
function concentrationRefusals(
  { customer, capital, held }: NonNullable<Awaited<ReturnType<typeof lockExposure>>>,
  made: { customerId: bigint; principal: Fen; guaranteed: Fen; startsOn: Day },
): Refusal[] {
  if (!capital || !singleCustomerCap.isInForce(made.startsOn)) return [];
  const { counted } = countedNetAssets(
    { netAssets: capital.net_assets, stakesInGuarantors: capital.stakes_in_guarantors },
    made.startsOn,
  );
  const guaranteeClass = customer.guaranteeClass ?? 'loan';
  const added = { ...customer, ...made, guaranteeClass, contract: made.principal, borne: made.guaranteed };
  return checkConcentration(held, added, counted, made.startsOn);
}

const bankShareOf = (principal: Fen, share: string): Fen => {
  const [whole = '0', fraction = ''] = share.split('.');
  const scale = 10n ** BigInt(fraction.length);
  return fen((principal * BigInt(whole + fraction) * 2n + scale) / (scale * 2n));
};

export type MovementCommand = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: Exclude<MovementKind, 'reverse-up' | 'reverse-down' | 'reverse-neutral'>;
  readonly amount: Fen;
  readonly occurredOn: Day;
  readonly extendedToOn?: Day | undefined;
  readonly cause?: string | undefined;
  readonly reference?: string | undefined;
};

/** Enters a movement and posts it. Locks the guarantee. Refuses with every rule that fails; then nothing is written. */
export async function recordMovement(
  tx: Tx,
  context: Context,
  command: MovementCommand,
): Promise<{ seq: number; outstanding: Fen }> {
  const { guarantorId, guaranteeId, kind } = command;
  const locked = await lockGuarantee(tx, guarantorId, guaranteeId);
  if (!locked) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  const refusals = checkMovement(locked.state, command, context.clock.today());
  if (refusals.length > 0) throw new Refused(refusals);
  const seq = locked.lastSeq + 1;
  const cash = cashOf(command, locked.posting);
  const change = movementKinds[kind].balance;
  const outstanding =
    change === 0
      ? locked.state.outstanding
      : plus(locked.state.outstanding, change > 0 ? command.amount : negate(command.amount));
  const status = statusAfter(kind, locked.state.status, outstanding);
  const dueOn = command.extendedToOn ?? locked.state.dueOn;
  await insertMovement(tx, { ...command, seq, cash }, { status, outstanding, dueOn });
  await post(tx, transfersOf({ ...command, seq, cash }, locked.posting));
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: `guarantees.${kind}`,
    subject: `guarantee:${guarantorId}/${guaranteeId}`,
    detail: {
      seq,
      amount: formatYuan(command.amount),
      occurredOn: command.occurredOn,
      outstanding: formatYuan(outstanding),
    },
  });
  return { seq, outstanding };
}

const cashOf = (command: MovementCommand, facts: { principal: Fen; guaranteed: Fen }): Fen => {
  if (command.kind === 'claim-paid') return claimCash(command.amount, facts);
  return ['recovery', 'fee', 'refund', 'write-off'].includes(command.kind) ? command.amount : fen(0n);
};

/**
 * Reverses a movement entered by mistake: a new movement and mirrored transfers, linked to the old one, with its cause.
 * The mirror is true from the day of the mistake and known from now, so a closed quarter shows it only by restatement.
 * Nothing is edited. Refused when it is itself a reversal or was reversed before, or the balance would go below zero.
 */
export async function reverseMovement(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; guaranteeId: bigint; seq: number; cause: string },
): Promise<{ seq: number; outstanding: Fen }> {
  const { guarantorId, guaranteeId } = command;
  const locked = await lockGuarantee(tx, guarantorId, guaranteeId);
  if (!locked) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  const rows = await tx
    .selectFrom('guarantees.movement')
    .select(['seq', 'kind', 'amount', 'cash', 'delta', 'occurred_on', 'reverses_seq'])
    .where('guarantor_id', '=', guarantorId)
    .where('guarantee_id', '=', guaranteeId)
    .where((where) => where.or([where('seq', '=', command.seq), where('reverses_seq', '=', command.seq)]))
    .execute();
  const original = rows.find((row) => row.seq === command.seq);
  if (!original || original.reverses_seq !== null)
    throw new Refused({ code: 'not-reversible', message: `第 ${command.seq} 笔变动不存在或本身是冲正` });
  if (rows.length > 1)
    throw new Refused({ code: 'already-reversed', message: `第 ${command.seq} 笔变动已冲正，不能重复冲正` }, 409);
  const outstanding = minus(locked.state.outstanding, fen(original.delta ?? 0n));
  if (outstanding < 0n)
    throw new Refused({ code: 'balance-below-zero', message: '冲正后在保余额将小于零，请先冲正其后的变动' });
  const seq = locked.lastSeq + 1;
  const delta = original.delta ?? 0n;
  const kind: MovementKind = delta === 0n ? 'reverse-neutral' : delta < 0n ? 'reverse-up' : 'reverse-down';
  const originalKind = kindOfCode(original.kind);
  const transfers = transfersOf(
    {
      seq: original.seq,
      kind: originalKind,
      amount: original.amount,
      cash: original.cash ?? fen(0n),
      occurredOn: original.occurred_on,
    },
    locked.posting,
  );
  const status = outstanding > 0n ? 'in-force' : locked.state.status;
  await insertMovement(
    tx,
    {
      guarantorId,
      guaranteeId,
      seq,
      kind,
      amount: original.amount,
      cash: original.cash ?? fen(0n),
      occurredOn: original.occurred_on,
      reversesSeq: original.seq,
      cause: command.cause,
    },
    { status, outstanding, dueOn: locked.state.dueOn },
  );
  await post(tx, reversalOf(transfers, locked.posting, seq, original.occurred_on));
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'guarantees.reverse',
    subject: `guarantee:${guarantorId}/${guaranteeId}`,
    detail: { seq, reverses: original.seq, amount: formatYuan(original.amount), cause: command.cause },
  });
  return { seq, outstanding };
}
