import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { startApproval } from '../approvals/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type ChangeKind, changeKinds, type Party } from './contract/titles.ts';
import type { CounterKind } from './contract/watch.ts';
import { type EffectLine, effectsOf } from './effects.ts';
import { guaranteeFor, type Held } from './guarantee.ts';
import { checkChange, isRenewal, movesDueDay } from './rules/change.ts';
import { type ConsentNeed, checkConsents, consentItemHead, consentsNeeded, type Given } from './rules/consent.ts';
import { type Standing, standingOf } from './standing.ts';

/** The new guarantee of a renewal. `counters`: what goes on securing it; all that stand where nothing is said. */
export type Renewal = {
  readonly contractNo: string;
  readonly loanContractNo?: string | undefined;
  readonly principal: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly feeRate?: string | undefined;
  readonly counters?: readonly bigint[] | undefined;
};
/** What a change of counter-guarantees takes away and adds. */
export type CounterExchange = {
  readonly release: readonly bigint[];
  readonly add?: NewCounter | undefined;
};
type NewCounter = {
  readonly kind: CounterKind;
  readonly title: string;
  readonly ownerName: string;
  readonly contractNo: string;
  readonly certificateNo?: string | undefined;
};
export type AskChange = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: ChangeKind;
  readonly reason: string;
  /** From which day a change of content is true; today where nothing is said. */
  readonly effectiveOn?: Day | undefined;
  readonly after?: string | undefined;
  readonly dueOn?: Day | undefined;
  readonly amount?: Fen | undefined;
  readonly branchId?: number | undefined;
  readonly counters?: CounterExchange | undefined;
  readonly renewal?: Renewal | undefined;
};
/** Before and after, who must consent by which clause, what it does, what to look out for; computed without writing. */
export type Foreseen = {
  readonly before: string;
  readonly after: string;
  readonly needs: readonly ConsentNeed[];
  readonly effect: readonly EffectLine[];
  readonly warnings: readonly string[];
};

/**
 * What a change would mean: refused with every fault of the request and every limit it would breach. A renewal is tested with what it
 * adds to the loan it replaces, so that nothing counts twice.
 */
export async function foreseeChange(tx: Tx, context: Context, asked: AskChange): Promise<Foreseen> {
  const held = await guaranteeFor(tx, asked.guarantorId, asked.guaranteeId);
  const today = context.clock.today();
  const standing = await standingOf(tx, held, asked, today);
  const { before, after } = textsOf(asked, held, standing);
  const { status, outstanding, dueOn, startsOn } = held;
  const refusals = checkChange({
    ...asked,
    ...{ status, outstanding, dueOn, startsOn, today, before, after, newDueOn: asked.dueOn },
    ...{ effectiveOn: asked.effectiveOn ?? today, lastTrueFrom: standing.newest?.trueFrom ?? null },
  });
  if (refusals.length > 0) throw new Refused(refusals);
  return {
    ...{ before, after },
    needs: consentsNeeded(asked.kind, standing.counters.length > 0),
    effect: await effectsOf(tx, context, asked, held),
    warnings: asked.renewal ? warningsOf(standing, asked.renewal) : [],
  };
}

/** What of the counter-guarantees that go along is out of date or left behind. */
function warningsOf({ counters }: Standing, { counters: chosen }: Renewal): string[] {
  const along = counters.filter((each) => chosen?.includes(each.id) ?? true);
  const left = counters.filter((each) => !along.includes(each));
  return [
    ...along.flatMap((each) => each.alerts.map((alert) => `${each.title}：${alert}，续贷前请更新`)),
    ...left.map((each) => `${each.title}：不随续贷，原保函解除时一并解除`),
  ];
}

function textsOf(asked: AskChange, held: Held, standing: Standing): { before: string; after: string } {
  const { renewal, kind } = asked;
  if (renewal)
    return {
      before: `${held.contractNo}，在保 ${formatYuan(held.outstanding)} 元，到期 ${held.dueOn}`,
      after: `${renewal.contractNo}，${formatYuan(renewal.principal)} 元，${renewal.startsOn} 至 ${renewal.endsOn}`,
    };
  if (movesDueDay(kind)) return { before: `到期日 ${held.dueOn}`, after: `到期日 ${asked.dueOn ?? '—'}` };
  if (kind === 'reduction')
    return { before: `${formatYuan(held.outstanding)} 元`, after: `${formatYuan(asked.amount ?? fen(0n))} 元` };
  if (kind === 'name') return { before: held.customerName, after: asked.after ?? '' };
  if (kind === 'branch')
    return { before: standing.branchName ?? '（未登记网点）', after: standing.newBranchName ?? '' };
  if (kind === 'counter') return countersText(standing, asked.counters);
  return { before: standing.newest?.value ?? '（台账未记，见合同）', after: asked.after ?? '' };
}

function countersText({ counters }: Standing, exchange: CounterExchange | undefined) {
  const titled = (titles: readonly string[]) => titles.join('、') || '（无反担保）';
  const before = titled(counters.map((each) => each.title));
  if (!exchange || (exchange.release.length === 0 && !exchange.add)) return { before, after: '' };
  const left = counters.filter((each) => !exchange.release.includes(each.id)).map((each) => each.title);
  return { before, after: titled(exchange.add ? [...left, exchange.add.title] : left) };
}

/** Enters a request for a change. Locks the guarantee; one open request of a kind. Refused as `foreseeChange` says. */
export async function askChange(tx: Tx, context: Context, command: AskChange): Promise<{ id: bigint }> {
  const held = await guaranteeFor(tx, command.guarantorId, command.guaranteeId, true);
  const foreseen = await foreseeChange(tx, context, command);
  const effectiveOn = command.renewal?.startsOn ?? command.effectiveOn ?? context.clock.today();
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.change (guarantor_id, guarantee_id, bank_id, kind, before, after, reason, terms, effect, effective_on, asked_by)
    values (${held.guarantorId}, ${held.id}, ${held.bankId}, ${command.kind}, ${foreseen.before}, ${foreseen.after}, ${command.reason},
      ${termsOf(command)}::jsonb, ${JSON.stringify(foreseen.effect)}::jsonb, ${effectiveOn}::date, ${context.actor.userId})
        on conflict do nothing
    returning id`.execute(tx);
  const made = rows[0];
  if (!made)
    throw new Refused(
      { code: 'change-open', field: 'kind', message: `已有一项${changeKinds[command.kind]}在办，请先办完或撤回` },
      409,
    );
  await auditChange(tx, context, 'ask-change', held.guarantorId, made.id, { kind: command.kind, effectiveOn });
  return made;
}

/** What carrying it out will need: amounts as decimal 元, numbers as text. */
const termsOf = ({ dueOn, amount, branchId, counters, renewal }: AskChange): string =>
  JSON.stringify(
    {
      ...{ dueOn, branchId, counters },
      amount: amount === undefined ? undefined : formatYuan(amount),
      renewal: renewal && { ...renewal, principal: formatYuan(renewal.principal) },
    },
    (_, value) => (typeof value === 'bigint' ? value.toString() : value),
  );

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

/** Hands a change in for approval once everybody who must consent has, and the papers that say so are on file. Locks it. */
export async function submitChange(
  tx: Tx,
  context: Context,
  key: { guarantorId: number; id: bigint },
): Promise<{ instanceId: bigint }> {
  const change = await changeById(tx, key.guarantorId, key.id, true);
  if (!['draft', 'returned'].includes(change.status))
    throw new Refused({ code: 'not-draft', message: '这项变更已提交或办结' }, 409);
  const held = await guaranteeFor(tx, key.guarantorId, change.guaranteeId);
  const subject = `change:${key.guarantorId}/${key.id}`;
  const refusals = await consentRefusals(tx, change, held, subject);
  if (refusals.length > 0) throw new Refused(refusals);
  await setStatus(tx, key, 'approving');
  return startApproval(tx, context, {
    ...{ guarantorId: key.guarantorId, chain: 'change', subject },
    title: `${held.customerName}　${held.contractNo}　${changeKinds[change.kind]}`,
    href: `/aftercare/guarantees/${key.guarantorId}/${held.id}?tab=changes`,
    amount: held.outstanding,
    facts: { 变更种类: changeKinds[change.kind], 变更前: change.before, 变更后: change.after },
  });
}

async function consentRefusals(tx: Tx, change: ChangeRecord, held: Held, subject: string) {
  const { guarantorId } = held;
  const { rows } = await sql<{ counters: number; given: Given[] }>`
    select (select count(*)::integer from aftercare.counter_guarantee c
             where c.guarantor_id = ${guarantorId} and c.guarantee_id = ${held.id} and c.released_on is null) as counters,
           (select coalesce(jsonb_agg(jsonb_build_object('party', s.party, 'files', (
                select count(*) from attachments.attachment a
                 where a.guarantor_id = ${guarantorId} and a.subject = ${subject} and a.item_code = ${consentItemHead}::text || s.party
                   and a.removed_at is null))), '[]')
              from aftercare.consent s where s.guarantor_id = ${guarantorId} and s.change_id = ${change.id}) as given`.execute(
    tx,
  );
  const { counters, given } = rows[0]!;
  return checkConsents(change.kind, consentsNeeded(change.kind, counters > 0), given);
}

export type ChangeRecord = {
  readonly id: bigint;
  readonly guaranteeId: bigint;
  readonly bankId: number;
  readonly kind: ChangeKind;
  readonly before: string;
  readonly after: string;
  readonly status: string;
  readonly effectiveOn: Day;
  readonly terms: Terms;
};
/** As kept: amounts decimal 元, ids as text. */
type Terms = {
  readonly dueOn?: Day;
  readonly amount?: string;
  readonly branchId?: number;
  readonly counters?: { readonly release: readonly string[]; readonly add?: NewCounter };
  readonly renewal?: Omit<Renewal, 'principal' | 'counters'> & { principal: string; counters?: readonly string[] };
};

/** A change; refused (404) when there is none the caller may see. */
export async function changeById(tx: Tx, guarantorId: number, id: bigint, lock = false): Promise<ChangeRecord> {
  const { rows } = await sql<ChangeRecord>`
    select id, guarantee_id as "guaranteeId", bank_id as "bankId", kind, before, after, status, effective_on as "effectiveOn", terms
      from aftercare.change where guarantor_id = ${guarantorId} and id = ${id} ${lock ? sql`for update` : sql``}`.execute(
    tx,
  );
  if (!rows[0]) throw new Refused({ code: 'change-unknown', message: '没有这项变更，或不在您的权限范围内' }, 404);
  return rows[0];
}

/** Brings a change to another state; `doneOn` is also the day it is true from, unless that was asked for. */
export const setStatus = (
  tx: Tx,
  key: { guarantorId: number; id: bigint },
  status: string,
  days: { decidedOn?: Day; doneOn?: Day; effectiveOn?: Day; successorId?: bigint } = {},
) =>
  sql`
    update aftercare.change
       set status = ${status}, decided_on = coalesce(${days.decidedOn ?? null}::date, decided_on), done_on = ${days.doneOn ?? null}::date,
           effective_on = coalesce(${days.effectiveOn ?? null}::date, effective_on), successor_id = ${days.successorId ?? null}::bigint
     where guarantor_id = ${key.guarantorId} and id = ${key.id}`.execute(tx);

/** Drops a request that has not been handed in; one that came back is withdrawn where it is approved. */
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

/** Waits for its day after it is approved: the bank's report, or somebody who carries it out. Everything else is done when approved. */
export const waitsForItsDay = (kind: ChangeKind): boolean => kind === 'extension' || isRenewal(kind);
