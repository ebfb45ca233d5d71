import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';

export type AmendGuarantee = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  /** An earlier due day; a later one is an extension and goes through `recordMovement`. */
  readonly dueOn?: Day | undefined;
  /** Another branch of the same bank. */
  readonly branchId?: number | undefined;
  readonly cause: string;
};

/**
 * Changes what a contract in force says of its due day or of the bank's branch; whoever asks keeps the history. Locks the guarantee.
 * Refused with every rule that fails; then nothing is written.
 */
export async function amendGuarantee(tx: Tx, context: Context, command: AmendGuarantee): Promise<void> {
  const { guarantorId, guaranteeId, dueOn, branchId } = command;
  type Row = { status: string; startsOn: Day; dueOn: Day; branchId: number | null; isOwnBranch: boolean };
  const { rows } = await sql<Row>`
    select g.status, g.starts_on as "startsOn", g.due_on as "dueOn", g.branch_id as "branchId",
           exists (select from banks.branch b where b.id = ${branchId ?? null}::integer and b.bank_id = g.bank_id) as "isOwnBranch"
      from guarantees.guarantee g where g.guarantor_id = ${guarantorId} and g.id = ${guaranteeId} for update of g`.execute(
    tx,
  );
  const before = rows[0];
  if (!before) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  if (before.status !== 'in-force')
    throw new Refused({ code: 'not-in-force', message: '保函已不在保，合同内容不再变更' });
  if (dueOn !== undefined && (dueOn >= before.dueOn || dueOn < before.startsOn))
    throw new Refused({
      code: 'due-day-not-earlier',
      field: 'dueOn',
      message: `缩短后的到期日须在起始日 ${before.startsOn} 与现到期日 ${before.dueOn} 之间；延长请办理展期`,
    });
  if (branchId !== undefined && !before.isOwnBranch)
    throw new Refused({ code: 'branch-of-another-bank', field: 'branchId', message: '网点须是同一银行的分支机构' });
  await sql`
    update guarantees.guarantee set due_on = ${dueOn ?? before.dueOn}::date, branch_id = ${branchId ?? before.branchId}
     where guarantor_id = ${guarantorId} and id = ${guaranteeId}`.execute(tx);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'guarantees.amend',
    subject: `guarantee:${guarantorId}/${guaranteeId}`,
    detail: {
      cause: command.cause,
      ...(dueOn ? { dueOn: { from: before.dueOn, to: dueOn } } : {}),
      ...(branchId ? { branchId: { from: before.branchId, to: branchId } } : {}),
    },
  });
}
