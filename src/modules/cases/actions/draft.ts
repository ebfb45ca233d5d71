import { sql } from 'kysely';
import { yearOf } from '../../../kernel/day.ts';
import { Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import type { CaseDraft } from '../contract.ts';
import {
  addEvent,
  type CaseKey,
  callerSide,
  insertCase,
  lockCase,
  moveCase,
  type StoredCase,
  subjectOf,
} from '../store.ts';

/** What a new case begins with; `applicantKind` is only given by the customer's own page. */
export type CreateCase = {
  readonly guarantorId: number;
  readonly bankId?: number | undefined;
  readonly draft?: CaseDraft;
  readonly applicantKind?: 'customer';
};

/**
 * Opens a case as a draft. A bank opens it for itself at a guarantor it has an agreement with; a client manager for the own guarantor.
 * Refused (403) for anybody else.
 */
export async function createCase(
  tx: Tx,
  context: Context,
  command: CreateCase,
): Promise<{ id: bigint; number: string }> {
  const { guarantorId } = command;
  const side = await callerSide(tx);
  const isBank = side.bankId !== 0;
  if (!isBank && !side.seesAll && !side.guarantors.includes(guarantorId))
    throw new Refused({ code: 'not-your-guarantor', field: 'guarantorId', message: '只能为本机构录入申请' }, 403);
  if (isBank && !(await hasAgreement(tx, guarantorId, side.bankId)))
    throw new Refused(
      { code: 'no-agreement', field: 'guarantorId', message: '本行与该担保机构没有合作协议，请先签订' },
      403,
    );
  const made = await insertCase(tx, {
    guarantorId,
    applicantKind: isBank ? 'bank' : (command.applicantKind ?? 'client-manager'),
    userId: context.actor.userId,
    bankId: isBank ? side.bankId : (command.bankId ?? null),
    draft: command.draft ?? {},
    year: yearOf(context.clock.today()),
    at: context.clock.now(),
  });
  await addEvent(tx, context, { guarantorId, id: made.id }, 'create', { to: 'draft' });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'cases.create',
    subject: subjectOf({ guarantorId, id: made.id }),
    detail: { number: made.number },
  });
  return made;
}

const hasAgreement = async (tx: Tx, guarantorId: number, bankId: number): Promise<boolean> =>
  (await tx
    .selectFrom('agreements.agreement')
    .select('id')
    .where('guarantor_id', '=', guarantorId)
    .where('bank_id', '=', bankId)
    .limit(1)
    .executeTakeFirst()) !== undefined;

/**
 * Keeps a draft as typed; nothing is judged. `checkVersion` is asked with the version under lock and refuses (412) what somebody else
 * changed meanwhile. Answers the new version. No history line and no audit entry: autosave is no event.
 */
export async function saveDraft(
  tx: Tx,
  command: CaseKey & { bankId?: number | undefined; draft: CaseDraft; checkVersion: (version: number) => void },
): Promise<{ version: number }> {
  const found = await lockCase(tx, command, 'save');
  await requireOwnSide(tx, found);
  command.checkVersion(found.version);
  const bankId = found.applicantKind === 'bank' ? found.bankId : (command.bankId ?? null);
  await sql`update cases.case set draft = ${JSON.stringify(command.draft)}::jsonb, bank_id = ${bankId}, version = version + 1
             where guarantor_id = ${command.guarantorId} and id = ${command.id}`.execute(tx);
  return { version: found.version + 1 };
}

/** The side that began a case types it: a bank its own, the guarantor the rest. Refused (403) otherwise. */
export async function requireOwnSide(tx: Tx, found: Pick<StoredCase, 'applicantKind' | 'bankId'>): Promise<void> {
  const { bankId, seesAll } = await callerSide(tx);
  if (seesAll) return;
  const isBank = bankId !== 0;
  if (isBank === (found.applicantKind === 'bank') && (!isBank || bankId === found.bankId)) return;
  throw new Refused(
    {
      code: 'not-your-draft',
      message: isBank ? '这项申请由担保机构录入，银行不能修改' : '这项申请由银行录入，请退回银行补正',
    },
    403,
  );
}

/** 撤回：the side that applied, or the guarantor's people, take a case back; what was reserved for it is given back by the caller. */
export async function markWithdrawn(
  tx: Tx,
  context: Context,
  command: CaseKey & { reason: string },
): Promise<StoredCase> {
  const found = await lockCase(tx, command, 'withdraw');
  if ((await callerSide(tx)).bankId !== 0) await requireOwnSide(tx, found);
  await moveCase(tx, context, found, 'withdraw', {}, command.reason);
  return found;
}
