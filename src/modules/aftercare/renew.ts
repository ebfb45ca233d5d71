import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { proposeChange, proposeFiling } from '../filings/index.ts';
import { issueGuarantee, recordMovement } from '../guarantees/index.ts';
import { linkSuccessor } from './chain.ts';
import { auditChange, type ChangeRecord, setStatus } from './changes.ts';
import { changeKinds, type RenewalKind } from './contract/titles.ts';
import { releaseCounters } from './counters.ts';
import { addedByRenewal, testLimits } from './effects.ts';
import { guaranteeFor, type Held } from './guarantee.ts';

type Command = { readonly guarantorId: number; readonly id: bigint; readonly kind: RenewalKind; readonly on: Day };
type Planned = NonNullable<ChangeRecord['terms']['renewal']>;

/** Carries an approved renewal out: the old guarantee goes, the new one comes, counter-guarantees go along, the chain grows, filings follow. */
export async function renew(
  tx: Tx,
  context: Context,
  command: Command,
  change: ChangeRecord,
): Promise<{ successorId: bigint }> {
  const { guarantorId, id, kind, on } = command;
  const planned = change.terms.renewal;
  if (!planned) throw new RangeError(`变更 ${id} 没有新保函的要素`);
  if (on !== planned.startsOn)
    throw new Refused({
      code: 'other-start',
      field: 'on',
      message: `新保函自 ${planned.startsOn} 起，原保函须同日解除；日期有变请撤回重报`,
    });
  const held = await guaranteeFor(tx, guarantorId, change.guaranteeId, true);
  const principal = yuan(planned.principal);
  await testLimits(tx, context, held, await addedByRenewal(tx, held, { principal, startsOn: on }));
  const successorId = await replace(tx, context, command, held, planned);
  await linkSuccessor(tx, { guarantorId, followsId: held.id, guaranteeId: successorId, kind, on });
  await carryCounters(tx, context, held, { successorId, planned, kind, on });
  await proposeFiling(tx, context, { guarantorId, guaranteeId: successorId });
  await proposeChange(tx, context, { guarantorId, guaranteeId: held.id, kind: 'release', occurredOn: on });
  await setStatus(tx, command, 'done', { doneOn: context.clock.today(), effectiveOn: on, successorId });
  await auditChange(tx, context, 'carry-out-change', guarantorId, id, { on, successor: String(successorId) });
  return { successorId };
}

/** Releases the old guarantee and issues and disburses the new one, the old one first: limits on one customer see only what will stand. */
async function replace(tx: Tx, context: Context, command: Command, held: Held, planned: Planned): Promise<bigint> {
  const { guarantorId, on } = command;
  const principal = yuan(planned.principal);
  const why = { cause: changeKinds[command.kind], reference: `变更${command.id}` };
  if (held.outstanding > 0n)
    await recordMovement(tx, context, {
      ...{ guarantorId, guaranteeId: held.id, kind: 'release', amount: held.outstanding, occurredOn: on, ...why },
    });
  const { customerId, bankId, productCode, county, tags, primaryTag } = held;
  const { contractNo, loanContractNo, feeRate, endsOn } = planned;
  const { id } = await issueGuarantee(tx, context, {
    ...{ guarantorId, contractNo, loanContractNo, customerId, bankId, branchId: held.branchId ?? undefined },
    ...{ productCode, county, industryCode: held.industryCode ?? undefined, principal, feeRate },
    ...{ startsOn: on, endsOn, tags, primaryTag, source: 'form' },
  });
  await recordMovement(tx, context, {
    ...{ guarantorId, guaranteeId: id, kind: 'disburse', amount: principal, occurredOn: on, ...why },
  });
  return id;
}

/**
 * Lets the chosen counter-guarantees secure the new guarantee: each is entered anew with its newest valuation, registration and insurance
 * and the one it continues. All of the old guarantee's are released: its debt is gone.
 */
async function carryCounters(
  tx: Tx,
  context: Context,
  held: Held,
  { successorId, planned, kind, on }: { successorId: bigint; planned: Planned; kind: RenewalKind; on: Day },
): Promise<void> {
  const { guarantorId } = held;
  const chosen = planned.counters ? JSON.stringify(planned.counters) : null;
  const { rows: carried } = await sql<{ id: bigint; continuesId: bigint }>`
    insert into aftercare.counter_guarantee (guarantor_id, guarantee_id, kind, title, owner_name, contract_no, certificate_no, signed_on,
      recorded_by, continues_id)
    select guarantor_id, ${successorId}, kind, title, owner_name, contract_no, certificate_no, ${on}::date, ${context.actor.userId}, id
      from aftercare.counter_guarantee
     where guarantor_id = ${guarantorId} and guarantee_id = ${held.id} and released_on is null
       and (${chosen}::jsonb is null or ${chosen}::jsonb ? id::text)
    returning id, continues_id as "continuesId"`.execute(tx);
  await sql`
    insert into aftercare.counter_fact (guarantor_id, counter_id, seq, kind, amount, on_day, expires_on, reference, recorded_by)
    select ${guarantorId}, f.counter_id, row_number() over (partition by f.counter_id order by f.kind), f.kind, f.amount, f.on_day,
           f.expires_on, f.reference, ${context.actor.userId}
      from (select distinct on (n.id, o.kind) n.id as counter_id, o.kind, o.amount, o.on_day, o.expires_on, o.reference
              from aftercare.counter_guarantee n
              join aftercare.counter_fact o on o.guarantor_id = n.guarantor_id and o.counter_id = n.continues_id
             where n.guarantor_id = ${guarantorId} and n.guarantee_id = ${successorId}
             order by n.id, o.kind, o.on_day desc, o.seq desc) f`.execute(tx);
  const along = carried.map((each) => each.continuesId);
  const title = changeKinds[kind];
  await releaseCounters(tx, context, {
    ...{ guarantorId, ids: along, on, cause: `随${title}转为担保 ${planned.contractNo}` },
  });
  const { rows: left } = await sql<{ id: bigint }>`
    select id from aftercare.counter_guarantee
     where guarantor_id = ${guarantorId} and guarantee_id = ${held.id} and released_on is null`.execute(tx);
  const ids = left.map((each) => each.id);
  await releaseCounters(tx, context, { guarantorId, ids, on, cause: `原保函${title}解除，未转入新保函` });
}
