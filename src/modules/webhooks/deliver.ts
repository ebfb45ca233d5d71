import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { Clock } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import { type AddressPolicy, addressPolicy, guardedLookup } from './addresses.ts';
import { isTaken, urlRefusal } from './rules.ts';
import { headerNames, signatureOf } from './sign.ts';
import { type DueDelivery, dueDelivery, recordAttempt } from './store.ts';

export type Outcome = { readonly statusCode: number | null; readonly detail: string | null };
const timeoutMs = 10_000;

/**
 * One try of one delivery: posts it, keeps what came of it, says when to try again. Does nothing when the delivery is no longer
 * waiting, so asking twice is harmless; the receiver may still see one twice when the answer is lost, with the same delivery id.
 * Answers the seconds to wait before the next try, or null when there is none.
 */
export async function deliver(
  db: Db,
  clock: Clock,
  deliveryId: bigint,
  policy: AddressPolicy = addressPolicy(),
): Promise<number | null> {
  const due = await db.read(systemActor, (tx) => dueDelivery(tx, deliveryId));
  if (!due) return null;
  const startedAt = clock.now();
  const outcome = await post(due, startedAt, policy);
  const wasTaken = outcome.statusCode !== null && isTaken(outcome.statusCode);
  return db.transaction(systemActor, (tx) =>
    recordAttempt(tx, due, { startedAt, endedAt: clock.now(), wasTaken, ...outcome }),
  );
}

async function post(due: DueDelivery, at: Date, policy: AddressPolicy): Promise<Outcome> {
  const host = new URL(due.url).hostname.replace(/^\[|\]$/g, '');
  const refusal = urlRefusal(due.url, policy.allowsHttp);
  if (refusal) return { statusCode: null, detail: refusal.message };
  // A literal address is connected to without asking the resolver.
  if (isIP(host) !== 0 && !policy.mayReach(host)) return { statusCode: null, detail: '接收地址在内部网络，已拒绝' };
  const body = JSON.stringify({
    id: String(due.id),
    event: due.kind,
    occurredAt: due.occurredAt.toISOString(),
    subject: due.subject,
    data: due.detail,
  });
  const timestamp = String(Math.trunc(at.getTime() / 1000));
  const dispatcher = new Agent({
    connect: { lookup: guardedLookup(policy), timeout: timeoutMs },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  try {
    const answer = await request(due.url, {
      method: 'POST',
      dispatcher,
      body,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'rongdan-webhooks',
        [headerNames.event]: due.kind,
        [headerNames.delivery]: String(due.id),
        [headerNames.timestamp]: timestamp,
        [headerNames.signature]: signatureOf(due.secret, timestamp, body),
      },
    });
    // What the receiver answers is of no use, and could be endless.
    await answer.body.dump({ limit: 64 * 1024 });
    return { statusCode: answer.statusCode, detail: null };
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return { statusCode: null, detail: (code ? `${code}：${message}` : message).slice(0, 300) };
  } finally {
    await dispatcher.destroy();
  }
}
