import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, larger, minus, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type HeadroomLine, headroom } from '../limits/index.ts';
import { type ChangeKind, changeKinds, contentKinds, type Party } from './contract/change.ts';
import { guaranteeFor, type Held } from './guarantee.ts';
import { checkChange, checkConsents, consentsNeeded, isRenewal, movesDueDay } from './rules/change.ts';

/** The new guarantee of a renewal. */
export type Renewal = {
  readonly contractNo: string;
  readonly loanContractNo?: string | undefined;
  readonly principal: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly feeRate?: string | undefined;
};
export type AskChange = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: ChangeKind;
  readonly reason: string;
  readonly after?: string | undefined;
  readonly dueOn?: Day | undefined;
  readonly amount?: Fen | undefined;
  readonly renewal?: Renewal | undefined;
};
/** One line of what a change does: to the share, to a limit. Amounts in 元. */
export type EffectLine = {
  readonly title: string;
  readonly before: string;
  readonly after: string;
  readonly note: string;
};
/** Before and after, who must consent, what it does; computed without writing. */
export type Foreseen = {
  readonly before: string;
  readonly after: string;
  readonly needs: readonly Party[];
  readonly effect: readonly EffectLine[];
};

/**
 * What a change would mean: refused with every fault of the request and every limit it would breach. A renewal is tested with what it
 * adds to the loan it replaces, so that nothing counts twice; a change that adds nothing shows the limits as they stand.
 */
export async function foreseeChange(tx: Tx, context: Context, command: AskChange): Promise<Foreseen> {
  const held = await guaranteeFor(tx, command.guarantorId, command.guaranteeId);
  const refusals = checkChange({ ...command, ...factsOf(held), newDueOn: command.dueOn });
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ counters: number; before: string | null }>`
    select (select count(*)::integer from aftercare.counter_guarantee c
             where c.guarantor_id = ${held.guarantorId} and c.guarantee_id = ${held.id} and c.released_on is null) as counters,
           (select h.after from aftercare.change h where h.guarantor_id = ${held.guarantorId} and h.guarantee_id = ${held.id}
               and h.kind = ${command.kind} and h.status = 'done' order by h.id desc limit 1) as before`.execute(tx);
  const { counters, before } = rows[0]!;
  const lines = await testLimits(tx, context, held, addedBy(command, held));
  return {
    ...textsOf(command, held, before),
    needs: consentsNeeded(command.kind, counters > 0),
    effect: [shareLine(command, held), ...lines.map(effectLine)],
  };
}

const factsOf = (held: Held) => ({
  status: held.status,
  outstanding: held.outstanding,
  dueOn: held.dueOn,
  startsOn: held.startsOn,
});

/** What the change adds to the debt that is guaranteed now; never below nil. */
const addedBy = (command: AskChange, held: Held): Fen =>
  command.renewal ? larger(fen(0n), minus(command.renewal.principal, held.outstanding)) : fen(0n);

/** Asks every limit for what is added; refused with each that is breached by it. */
export async function testLimits(tx: Tx, context: Context, held: Held, added: Fen): Promise<HeadroomLine[]> {
  const lines = await headroom(tx, {
    ...{ guarantorId: held.guarantorId, customerId: held.customerId, bankId: held.bankId },
    ...{ productCode: held.productCode, county: held.county, amount: added, on: context.clock.today() },
  });
  const breached = added > 0n ? lines.filter((line) => line.isBreached && line.binds) : [];
  if (breached.length > 0)
    throw new Refused(
      breached.map((line) => ({
        code: line.code,
        field: 'renewal.principal',
        message: `超过${line.title}：${line.cure}`,
        ...(line.article ? { article: line.article } : {}),
        ...(line.unverified ? { unverified: line.unverified } : {}),
        figures: {
          上限: line.limit === null ? '—' : formatYuan(line.limit),
          已用: formatYuan(line.used),
          本次增加: formatYuan(added),
          办理之后: formatYuan(line.after),
        },
      })),
    );
  return lines;
}

const effectLine = (line: HeadroomLine): EffectLine => ({
  title: line.title,
  before: formatYuan(line.used),
  after: formatYuan(line.after),
  note:
    line.limit === null
      ? (line.note ?? '未设上限')
      : `上限 ${formatYuan(line.limit)}${line.isBreached ? '，已超' : ''}`,
});

function shareLine(command: AskChange, held: Held): EffectLine {
  const borne = (principal: Fen) =>
    formatYuan(fen((principal * held.guaranteed * 2n + held.principal) / (held.principal * 2n)));
  const after = command.renewal?.principal ?? command.amount ?? held.outstanding;
  const note = command.renewal ? '新保函按起始日生效的协议分担' : '分担比例不变';
  return { title: '在保余额（实际承担口径）', before: borne(held.outstanding), after: borne(after), note };
}

function textsOf(command: AskChange, held: Held, earlier: string | null): { before: string; after: string } {
  const { renewal, kind } = command;
  if (renewal)
    return {
      before: `${held.contractNo}，在保 ${formatYuan(held.outstanding)} 元，到期 ${held.dueOn}`,
      after: `${renewal.contractNo}，${formatYuan(renewal.principal)} 元，${renewal.startsOn} 至 ${renewal.endsOn}`,
    };
  if (movesDueDay(kind)) return { before: `到期日 ${held.dueOn}`, after: `到期日 ${command.dueOn}` };
  if (kind === 'reduction')
    return { before: `${formatYuan(held.outstanding)} 元`, after: `${formatYuan(command.amount ?? fen(0n))} 元` };
  const known = kind === 'name' ? held.customerName : '（台账未记，见合同）';
  return { before: earlier ?? known, after: command.after ?? '' };
}

/** Enters a request for a change. Locks the guarantee; one open request of a kind. Refused as `foreseeChange` says. */
export async function askChange(tx: Tx, context: Context, command: AskChange): Promise<{ id: bigint }> {
  const held = await guaranteeFor(tx, command.guarantorId, command.guaranteeId, true);
  const foreseen = await foreseeChange(tx, context, command);
  const terms = {
    ...(command.dueOn ? { dueOn: command.dueOn } : {}),
    ...(command.amount === undefined ? {} : { amount: formatYuan(command.amount) }),
    ...(command.renewal ? { renewal: { ...command.renewal, principal: formatYuan(command.renewal.principal) } } : {}),
  };
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.change (guarantor_id, guarantee_id, bank_id, kind, before, after, reason, terms, effect, asked_by)
    values (${held.guarantorId}, ${held.id}, ${held.bankId}, ${command.kind}, ${foreseen.before}, ${foreseen.after}, ${command.reason},
      ${JSON.stringify(terms)}::jsonb, ${JSON.stringify(foreseen.effect)}::jsonb, ${context.actor.userId})
        on conflict do nothing
    returning id`.execute(tx);
  const made = rows[0];
  if (!made)
    throw new Refused(
      { code: 'change-open', field: 'kind', message: `已有一项${changeKinds[command.kind]}在办，请先办完或撤回` },
      409,
    );
  await auditChange(tx, context, 'ask-change', held.guarantorId, made.id, { kind: command.kind });
  return made;
}

/** Notes a written consent. By the bank for itself, or by the guarantor from the paper. The same party twice is refused (409). */
export async function recordConsent(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: bigint; party: Party; consentedOn: Day; document: string },
): Promise<void> {
  const change = await changeById(tx, command.guarantorId, command.id);
  if (!['draft', 'returned'].includes(change.status))
    throw new Refused({ code: 'not-consenting', message: '这项变更已提交或办结，不再登记同意' }, 409);
  if (command.consentedOn > context.clock.today())
    throw new Refused({ code: 'in-the-future', field: 'consentedOn', message: '同意日期晚于今天' });
  const { numAffectedRows } = await sql`
    insert into aftercare.consent (guarantor_id, change_id, party, consented_on, document, recorded_by)
    values (${command.guarantorId}, ${command.id}, ${command.party}, ${command.consentedOn}, ${command.document}, ${context.actor.userId})
        on conflict do nothing`.execute(tx);
  if (Number(numAffectedRows) === 0)
    throw new Refused({ code: 'consented', field: 'party', message: '该方的同意已经登记' }, 409);
  await auditChange(tx, context, 'consent', command.guarantorId, command.id, { party: command.party });
}

/** Hands a change in for approval once everybody who must consent has. Locks it. */
export async function submitChange(
  tx: Tx,
  context: Context,
  key: { guarantorId: number; id: bigint },
): Promise<{ instanceId: bigint }> {
  const change = await changeById(tx, key.guarantorId, key.id, true);
  if (!['draft', 'returned'].includes(change.status))
    throw new Refused({ code: 'not-draft', message: '这项变更已提交或办结' }, 409);
  const held = await guaranteeFor(tx, key.guarantorId, change.guaranteeId);
  const { rows } = await sql<{ counters: number; given: Party[] }>`
    select (select count(*)::integer from aftercare.counter_guarantee c
             where c.guarantor_id = ${held.guarantorId} and c.guarantee_id = ${held.id} and c.released_on is null) as counters,
           (select coalesce(array_agg(s.party), '{}') from aftercare.consent s
             where s.guarantor_id = ${key.guarantorId} and s.change_id = ${key.id}) as given`.execute(tx);
  const { counters, given } = rows[0]!;
  const refusals = checkConsents(consentsNeeded(change.kind, counters > 0), given);
  if (refusals.length > 0) throw new Refused(refusals);
  await setStatus(tx, key, 'approving');
  return startApproval(tx, context, {
    guarantorId: key.guarantorId,
    chain: 'change',
    subject: `change:${key.guarantorId}/${key.id}`,
    title: `${held.customerName}　${held.contractNo}　${changeKinds[change.kind]}`,
    href: `/aftercare/guarantees/${key.guarantorId}/${held.id}?tab=changes`,
    amount: held.outstanding,
    facts: { 变更种类: changeKinds[change.kind] },
  });
}

export type ChangeRecord = {
  readonly id: bigint;
  readonly guaranteeId: bigint;
  readonly bankId: number;
  readonly kind: ChangeKind;
  readonly before: string;
  readonly after: string;
  readonly status: string;
  readonly terms: { dueOn?: Day; amount?: string; renewal?: Omit<Renewal, 'principal'> & { principal: string } };
};

/** A change; refused (404) when there is none the caller may see. */
export async function changeById(tx: Tx, guarantorId: number, id: bigint, lock = false): Promise<ChangeRecord> {
  const { rows } = await sql<ChangeRecord>`
    select id, guarantee_id as "guaranteeId", bank_id as "bankId", kind, before, after, status, terms
      from aftercare.change where guarantor_id = ${guarantorId} and id = ${id} ${lock ? sql`for update` : sql``}`.execute(
    tx,
  );
  if (!rows[0]) throw new Refused({ code: 'change-unknown', message: '没有这项变更，或不在您的权限范围内' }, 404);
  return rows[0];
}

/** Brings a change to another state. */
export const setStatus = (
  tx: Tx,
  key: { guarantorId: number; id: bigint },
  status: string,
  days: { decidedOn?: Day | undefined; doneOn?: Day | undefined; successorId?: bigint | undefined } = {},
) =>
  sql`
    update aftercare.change
       set status = ${status}, decided_on = coalesce(${days.decidedOn ?? null}::date, decided_on), done_on = ${days.doneOn ?? null}::date,
           successor_id = ${days.successorId ?? null}::bigint
     where guarantor_id = ${key.guarantorId} and id = ${key.id}`.execute(tx);

/** Drops a request that has not been handed in, or came back. */
export async function dropChange(tx: Tx, context: Context, key: { guarantorId: number; id: bigint }): Promise<void> {
  const change = await changeById(tx, key.guarantorId, key.id, true);
  if (change.status !== 'draft') throw new Refused({ code: 'not-draft', message: '已提交的变更请在审批中撤回' }, 409);
  await setStatus(tx, key, 'withdrawn');
  await auditChange(tx, context, 'drop-change', key.guarantorId, key.id, {});
}

/** Adds to the audit log what was done to a change. */
export const auditChange = (tx: Tx, context: Context, verb: string, guarantorId: number, id: bigint, detail: object) =>
  appendAudit(tx, context, {
    chain: guarantorId,
    action: `aftercare.${verb}`,
    subject: `change:${guarantorId}/${id}`,
    detail,
  });

/** The kinds that need nothing of the loan itself to be carried out: they are done when approved. */
export const isContentOnly = (kind: ChangeKind): boolean =>
  kind in contentKinds && kind !== 'reduction' && !isRenewal(kind);

/** An amount kept in terms. */
export const amountOf = (text: string | undefined): Fen | undefined => (text === undefined ? undefined : yuan(text));
