import { sql } from 'kysely';
import { type Fen, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { approvalOf, type OutcomeHandler, startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import { setBankLine } from './bank-lines.ts';
import { newBankLine, newFormula } from './contract.ts';
import { addFormula } from './formulas.ts';

/** What somebody proposes and somebody else puts in force; `content` as it came over the wire. */
export type Proposed = { readonly kind: 'bank-line' | 'formula'; readonly content: unknown };

/**
 * 两人办理：Proposes a bank's line or a formula and hands it in for approval by chain 'line'; nothing is in force until somebody else agrees.
 * Carried out once and taken back first, so that whatever would refuse it later is told now.
 */
export async function propose(tx: Tx, context: Context, proposed: Proposed): Promise<{ id: bigint }> {
  await sql`savepoint tried`.execute(tx);
  await carryOut(tx, context, proposed);
  await sql`rollback to savepoint tried`.execute(tx);
  const { title } = await describe(tx, proposed);
  const { rows } = await sql<{ id: bigint }>`
    insert into limits.proposal (kind, title, content, recorded_by)
    values (${proposed.kind}, ${title}, ${JSON.stringify(proposed.content)}::jsonb, ${context.actor.userId}) returning id`.execute(
    tx,
  );
  const { id } = rows[0] as { id: bigint };
  await appendAudit(tx, context, {
    chain: 0,
    action: 'limits.propose',
    subject: `limit-proposal:${id}`,
    detail: { kind: proposed.kind },
  });
  await submitProposal(tx, context, id);
  return { id };
}

/** Hands a proposal in for approval; in again when it was returned to who proposed it. Refused (409) where it is under way or decided. */
export async function submitProposal(tx: Tx, context: Context, id: bigint): Promise<void> {
  const { title, amount } = await describe(tx, await lockedProposal(tx, id));
  const lead = await leadOf(tx);
  await startApproval(tx, context, {
    guarantorId: lead,
    chain: 'line',
    subject: proposalSubject(lead, id),
    title,
    href: `/limits/proposals/${id}`,
    ...(amount === undefined ? {} : { amount }),
  });
}

const proposalSubject = (lead: number, id: bigint): string => `limit:${lead}/${id}`;

/** Where the approval of a proposal stands; undefined when the caller may not see it. */
export async function approvalOfProposal(tx: Tx, id: bigint): ReturnType<typeof approvalOf> {
  const lead = await leadOf(tx);
  return approvalOf(tx, lead, proposalSubject(lead, id));
}

async function lockedProposal(tx: Tx, id: bigint): Promise<Proposed> {
  const { rows } = await sql<Proposed & { status: string }>`
    select kind, content, status from limits.proposal where id = ${id} for update`.execute(tx);
  const found = rows[0];
  if (!found) throw new Refused({ code: 'proposal-unknown', message: '没有这份拟定，或不在您的权限范围内' }, 404);
  if (found.status !== 'proposed') throw new Refused({ code: 'wrong-state', message: '该拟定已经办结' }, 409);
  return found;
}

/** What follows when the approval of a proposal ends: carried out as it stands by now, or left aside. A throw takes the decision back. */
export const proposalDecided: OutcomeHandler = async (tx, context, event) => {
  if (event.outcome === 'returned') return;
  const id = BigInt(event.subject.split('/')[1] ?? '0');
  const found = await lockedProposal(tx, id);
  const status = { approved: 'approved', rejected: 'refused', withdrawn: 'withdrawn' } as const;
  await sql`update limits.proposal set status = ${status[event.outcome]}, decided_by = ${context.actor.userId},
           decided_on = ${event.decidedOn}, decision = ${event.reason ?? null}
     where id = ${id}`.execute(tx);
  if (event.outcome === 'approved') await carryOut(tx, context, found);
};

async function carryOut(tx: Tx, context: Context, { kind, content }: Proposed): Promise<void> {
  if (kind === 'bank-line') await setBankLine(tx, context, newBankLine.parse(content));
  else await addFormula(tx, context, newFormula.parse(content));
}

async function describe(tx: Tx, { kind, content }: Proposed): Promise<{ title: string; amount?: Fen }> {
  if (kind === 'formula') return { title: `年度额度公式，自 ${newFormula.parse(content).from} 起` };
  const { bankId, amount, from } = newBankLine.parse(content);
  const { short_name: name } = await tx
    .selectFrom('institutions.institution')
    .select('short_name')
    .where('id', '=', bankId)
    .executeTakeFirstOrThrow();
  return { title: `${name}统一授信与分配，自 ${from} 起`, amount: yuan(amount) };
}

/** The re-guarantor's id, at whose desk province-wide limits are decided; refused when none is registered. */
export async function leadOf(tx: Tx): Promise<number> {
  const lead = await tx
    .selectFrom('institutions.institution')
    .select('id')
    .where('kind', '=', 'reguarantor')
    .where('status', '=', 'active')
    .orderBy('id')
    .executeTakeFirst();
  if (!lead) throw new Refused({ code: 'no-reguarantor', message: '尚未登记省级再担保机构，无人核定额度' });
  return lead.id;
}
