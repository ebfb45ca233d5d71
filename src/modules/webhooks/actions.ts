import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { institutionOf } from '../institutions/index.ts';
import { addressPolicy } from './addresses.ts';
import type { EventKind } from './contract.ts';
import { urlRefusal } from './rules.ts';

export type NewSubscription = {
  readonly institutionId: number;
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly EventKind[];
};

/** Subscribes a receiver to events of one institution. The secret is answered once and never shown again. Refuses a bad address. */
export async function createSubscription(
  tx: Tx,
  context: Context,
  command: NewSubscription,
  policy = addressPolicy(),
): Promise<{ id: bigint; secret: string }> {
  const refusal = urlRefusal(command.url, policy.allowsHttp);
  if (refusal) throw new Refused(refusal);
  if (!(await institutionOf(tx, command.institutionId)))
    throw new Refused({ code: 'institution-unknown', field: 'institutionId', message: '没有这家机构' });
  const secret = randomBytes(32).toString('base64url');
  const { rows } = await sql<{ id: bigint }>`
    insert into webhooks.subscription (institution_id, name, url, kinds, created_by, recorded_at)
    values (${command.institutionId}, ${command.name}, ${command.url}, ${[...new Set(command.kinds)]}, ${context.actor.userId}, ${context.clock.now()})
    returning id`.execute(tx);
  const id = rows[0]!.id;
  await sql`insert into webhooks.secret (subscription_id, secret) values (${id}, ${secret})`.execute(tx);
  await audit(tx, context, 'webhooks.create', id, { institutionId: command.institutionId, kinds: [...command.kinds] });
  return { id, secret };
}

/** Switches a subscription on or off. On again, what still waits is tried again. Refuses (404) an unknown one. */
export async function setSubscriptionStatus(
  tx: Tx,
  context: Context,
  command: { id: bigint; status: 'active' | 'disabled' },
): Promise<void> {
  const reason = command.status === 'disabled' ? '由管理员停用' : null;
  const { rows } = await sql<{ id: bigint }>`
    update webhooks.subscription set status = ${command.status}, disabled_reason = ${reason}, failures = 0
     where id = ${command.id} returning id`.execute(tx);
  if (rows.length === 0) throw new Refused({ code: 'subscription-unknown', message: '没有这个回调订阅' }, 404);
  await audit(tx, context, command.status === 'active' ? 'webhooks.enable' : 'webhooks.disable', command.id);
}

/** Has a delivery tried again from the start, whatever became of it, within a minute. Refuses (404) an unknown one. */
export async function redeliver(tx: Tx, context: Context, deliveryId: bigint): Promise<void> {
  const { rows } = await sql<{ subscription_id: bigint }>`
    update webhooks.delivery set status = 'waiting', next_at = ${context.clock.now()}, delivered_at = null
     where id = ${deliveryId} returning subscription_id`.execute(tx);
  const subscription = rows[0]?.subscription_id;
  if (subscription === undefined) throw new Refused({ code: 'delivery-unknown', message: '没有这条通知' }, 404);
  await audit(tx, context, 'webhooks.redeliver', subscription, { delivery: String(deliveryId) });
}

const audit = (tx: Tx, context: Context, action: string, id: bigint, detail: object = {}) =>
  appendAudit(tx, context, { chain: 0, action, subject: `webhook:${id}`, detail });
