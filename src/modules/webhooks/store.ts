import { sql } from 'kysely';
import { minutesAfter } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { cursorOf, keysOf, type Page } from '../../platform/list.ts';
import type { EventKind } from './contract.ts';
import { failuresBeforeDisabled, retryAfterSeconds } from './rules.ts';

/** A delivery that waits, with what posting it needs. */
export type DueDelivery = {
  id: bigint;
  subscriptionId: bigint;
  url: string;
  secret: string;
  attempts: number;
  kind: EventKind;
  subject: string;
  detail: Record<string, unknown>;
  occurredAt: Date;
};

/** The delivery if it still waits and its subscription is active, as the program alone may read it (it carries the secret). */
export async function dueDelivery(tx: Tx, id: bigint): Promise<DueDelivery | undefined> {
  const { rows } = await sql<DueDelivery>`
    select d.id, d.subscription_id as "subscriptionId", s.url, k.secret, d.attempts, e.kind, e.subject, e.detail,
           e.occurred_at as "occurredAt"
      from webhooks.delivery d
      join webhooks.subscription s on s.id = d.subscription_id and s.status = 'active'
      join webhooks.secret k on k.subscription_id = s.id
      join webhooks.event e on e.id = d.event_id
     where d.id = ${id} and d.status = 'waiting'`.execute(tx);
  return rows[0];
}

export type Tried = {
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly statusCode: number | null;
  readonly detail: string | null;
  readonly wasTaken: boolean;
};

/** Keeps a try and what follows from it. Answers the seconds until the next try, null when there is none. */
export async function recordAttempt(tx: Tx, due: DueDelivery, tried: Tried): Promise<number | null> {
  const { rows } = await sql<{ attempts: number }>`
    update webhooks.delivery set attempts = attempts + 1 where id = ${due.id} and status = 'waiting' returning attempts`.execute(
    tx,
  );
  const number = rows[0]?.attempts;
  if (number === undefined) return null;
  await sql`insert into webhooks.attempt (delivery_id, number, started_at, ended_at, status_code, detail)
            values (${due.id}, ${number}, ${tried.startedAt}, ${tried.endedAt}, ${tried.statusCode}, ${tried.detail})`.execute(
    tx,
  );
  const wait = tried.wasTaken ? null : retryAfterSeconds(number);
  const status = tried.wasTaken ? 'delivered' : wait === null ? 'failed' : 'waiting';
  await sql`update webhooks.delivery
               set status = ${status}, delivered_at = ${tried.wasTaken ? tried.endedAt : null},
                   next_at = ${minutesAfter(tried.endedAt, (wait ?? 0) / 60)}
             where id = ${due.id}`.execute(tx);
  if (status === 'waiting') return wait;
  await sql`
    update webhooks.subscription
       set failures = case when ${tried.wasTaken} then 0 else failures + 1 end,
           status = case when not ${tried.wasTaken} and failures + 1 >= ${failuresBeforeDisabled} then 'disabled' else status end,
           disabled_reason = case when not ${tried.wasTaken} and failures + 1 >= ${failuresBeforeDisabled}
             then ${`连续 ${failuresBeforeDisabled} 条通知多次重试仍未送达，已自动停用`} else disabled_reason end
     where id = ${due.subscriptionId}`.execute(tx);
  return null;
}

export type SubscriptionRow = {
  id: bigint;
  institution: { id: number; name: string };
  name: string;
  url: string;
  kinds: EventKind[];
  status: 'active' | 'disabled';
  disabledReason: string | null;
  failures: number;
  waiting: number;
  recordedAt: Date;
};

/** The subscriptions the caller may see, newest first. */
export async function listSubscriptions(
  tx: Tx,
  filter: { status?: string | undefined } = {},
  after?: string,
  limit = 50,
): Promise<Page<SubscriptionRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<SubscriptionRow>`
    select s.id, jsonb_build_object('id', i.id, 'name', i.name) as institution, s.name, s.url, s.kinds, s.status,
           s.disabled_reason as "disabledReason", s.failures, s.recorded_at as "recordedAt",
           (select count(*)::integer from webhooks.delivery d where d.subscription_id = s.id and d.status = 'waiting') as waiting
      from webhooks.subscription s
      join institutions.institution i on i.id = s.institution_id
     where (${filter.status ?? null}::text is null or s.status = ${filter.status ?? null})
       and (${before ?? null}::bigint is null or s.id < ${before ?? null}::bigint)
     order by s.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}

export type DeliveryRow = {
  id: bigint;
  kind: EventKind;
  subject: string;
  status: 'waiting' | 'delivered' | 'failed';
  attempts: number;
  nextAt: Date;
  deliveredAt: Date | null;
  lastStatusCode: number | null;
  lastDetail: string | null;
  occurredAt: Date;
};

/** Deliveries of one subscription, newest first, each with its last try. */
export async function listDeliveries(
  tx: Tx,
  filter: { subscriptionId: bigint; status?: string | undefined },
  after: string | undefined,
  limit: number,
): Promise<Page<DeliveryRow>> {
  const [before] = keysOf(after, 1) ?? [];
  const { rows } = await sql<DeliveryRow>`
    select d.id, e.kind, e.subject, d.status, d.attempts, d.next_at as "nextAt", d.delivered_at as "deliveredAt",
           a.status_code as "lastStatusCode", a.detail as "lastDetail", e.occurred_at as "occurredAt"
      from webhooks.delivery d
      join webhooks.event e on e.id = d.event_id
      left join webhooks.attempt a on a.delivery_id = d.id and a.number = d.attempts
     where d.subscription_id = ${filter.subscriptionId}
       and (${filter.status ?? null}::text is null or d.status = ${filter.status ?? null})
       and (${before ?? null}::bigint is null or d.id < ${before ?? null}::bigint)
     order by d.id desc
     limit ${limit + 1}`.execute(tx);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page, next: rows.length > limit && last ? cursorOf(last.id) : null };
}
