import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { CounterKind } from './contract/watch.ts';
import { guaranteeFor } from './guarantee.ts';

export type AddCounter = {
  readonly guarantorId: number;
  readonly guaranteeId: bigint;
  readonly kind: CounterKind;
  readonly title: string;
  readonly ownerName: string;
  readonly contractNo: string;
  readonly certificateNo?: string | undefined;
  readonly signedOn: Day;
};

/** Enters a counter-guarantee of a guarantee. Refused (409) when the same is there: contract number and thing. */
export async function addCounter(tx: Tx, context: Context, command: AddCounter): Promise<{ id: bigint }> {
  await guaranteeFor(tx, command.guarantorId, command.guaranteeId);
  const { rows } = await sql<{ id: bigint }>`
    insert into aftercare.counter_guarantee (guarantor_id, guarantee_id, kind, title, owner_name, contract_no, certificate_no, signed_on, recorded_by)
    values (${command.guarantorId}, ${command.guaranteeId}, ${command.kind}, ${command.title}, ${command.ownerName}, ${command.contractNo},
      ${command.certificateNo ?? null}, ${command.signedOn}, ${context.actor.userId})
        on conflict (guarantor_id, guarantee_id, contract_no, title) do nothing
    returning id`.execute(tx);
  const made = rows[0];
  if (!made)
    throw new Refused(
      { code: 'counter-exists', field: 'contractNo', message: '这项反担保已经登记，请核对合同号与名称' },
      409,
    );
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'aftercare.add-counter',
    subject: `counter:${command.guarantorId}/${made.id}`,
    detail: { kind: command.kind, of: `guarantee:${command.guarantorId}/${command.guaranteeId}` },
  });
  return made;
}

export type AddFact = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly kind: 'valuation' | 'registration' | 'insurance';
  readonly amount?: Fen | undefined;
  readonly onDay: Day;
  readonly expiresOn?: Day | undefined;
  readonly reference: string;
};

/** Enters a valuation, registration or insurance; the earlier ones stay. Locks the counter-guarantee. */
export async function addCounterFact(tx: Tx, context: Context, command: AddFact): Promise<void> {
  const { guarantorId, id } = command;
  const today = context.clock.today();
  await lockOpen(tx, guarantorId, id);
  if ((command.kind === 'registration') !== (command.amount === undefined))
    throw new Refused({
      code: 'amount-wrong',
      field: 'amount',
      message: command.kind === 'registration' ? '登记不填金额' : '请填写评估价值或保险金额',
    });
  if (command.onDay > today)
    throw new Refused({ code: 'in-the-future', field: 'onDay', message: `日期 ${command.onDay} 晚于今天 ${today}` });
  if (command.kind !== 'valuation' && !command.expiresOn)
    throw new Refused({ code: 'expiry-missing', field: 'expiresOn', message: '请填写登记或保险的到期日' });
  if (command.expiresOn && command.expiresOn < command.onDay)
    throw new Refused({ code: 'expires-before', field: 'expiresOn', message: '到期日早于登记日' });
  await sql`
    insert into aftercare.counter_fact (guarantor_id, counter_id, seq, kind, amount, on_day, expires_on, reference, recorded_by)
    select ${guarantorId}, ${id}, coalesce(max(seq), 0) + 1, ${command.kind}, ${command.amount ?? null}, ${command.onDay}, ${command.expiresOn ?? null},
           ${command.reference}, ${context.actor.userId}
      from aftercare.counter_fact where guarantor_id = ${guarantorId} and counter_id = ${id}`.execute(tx);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: `aftercare.add-${command.kind}`,
    subject: `counter:${guarantorId}/${id}`,
    detail: { on: command.onDay, expiresOn: command.expiresOn ?? null },
  });
}

/** Releases a counter-guarantee while its guarantee may still stand (an exchange of security). With its cause. */
export async function releaseCounter(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; id: bigint; on: Day; cause: string },
): Promise<void> {
  await lockOpen(tx, command.guarantorId, command.id);
  await releaseCounters(tx, context, { ...command, ids: [command.id] });
}

/** Releases several at once; those released already are left alone. Answers how many. */
export async function releaseCounters(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; ids: readonly bigint[]; on: Day; cause: string },
): Promise<number> {
  if (command.ids.length === 0) return 0;
  const { rows } = await sql<{ id: bigint }>`
    update aftercare.counter_guarantee set released_on = ${command.on}, release_cause = ${command.cause}
     where guarantor_id = ${command.guarantorId} and released_on is null
       and id in (select x::bigint from jsonb_array_elements_text(${JSON.stringify(command.ids.map(String))}::jsonb) as t(x))
    returning id`.execute(tx);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'aftercare.release-counters',
    subject: `counters:${command.guarantorId}`,
    detail: { ids: rows.map((row) => String(row.id)), on: command.on, cause: command.cause },
  });
  return rows.length;
}

async function lockOpen(tx: Tx, guarantorId: number, id: bigint): Promise<void> {
  const { rows } = await sql<{ releasedOn: Day | null }>`
    select released_on as "releasedOn" from aftercare.counter_guarantee where guarantor_id = ${guarantorId} and id = ${id} for update`.execute(
    tx,
  );
  if (!rows[0]) throw new Refused({ code: 'counter-unknown', message: '没有这项反担保，或不在您的权限范围内' }, 404);
  if (rows[0].releasedOn)
    throw new Refused({ code: 'counter-released', message: `这项反担保已于 ${rows[0].releasedOn} 解除` }, 409);
}
