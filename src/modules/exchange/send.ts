import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Actor, type Db, systemActor } from '../../platform/db.ts';
import type { MonitorLink, Outgoing } from './link.ts';
import { envelopeOf, type Manifest } from './manifest.ts';
import {
  beginAttempt,
  endAttempt,
  keepReceipt,
  markUnanswered,
  type PackageRow,
  type PackageStatus,
  packageById,
  partsOf,
} from './store.ts';

/** How often one call tries, and how long it waits before each further try. */
export type Patience = { readonly tries: number; readonly waitMs: number };
export const defaultPatience: Patience = { tries: 3, waitMs: 500 };

/** A package with its bytes, as it leaves; the same bytes every time. */
export function outgoingOf(row: PackageRow, parts: readonly Buffer[]): Outgoing {
  const head = gzipSync(envelopeOf(row.manifest, row.signature, row.publicKey));
  return {
    manifest: JSON.parse(row.manifest) as Manifest,
    publicKey: row.publicKey,
    contentHash: row.contentHash,
    body: [head, ...parts],
  };
}

/**
 * Sends a package and keeps what came back. No transaction is open while the network is waited for: the try is noted first, so that a
 * program killed in between leaves a package marked as sent, and sending again is harmless. An answered package is not sent again.
 * Answers the package's status afterwards.
 */
export async function sendPackage(
  db: Db,
  clock: Clock,
  link: MonitorLink,
  key: { readonly guarantorId: number; readonly id: bigint },
  patience: Patience = defaultPatience,
  actor: Actor = systemActor,
): Promise<PackageStatus> {
  const { row, outgoing } = await db.read(actor, async (tx) => {
    const found = await packageById(tx, key.guarantorId, key.id);
    if (!found) throw new Refused({ code: 'package-unknown', message: '没有这个数据包，或不在您的权限范围内' }, 404);
    return { row: found, outgoing: outgoingOf(found, await partsOf(tx, key.guarantorId, key.id)) };
  });
  if (row.status === 'accepted' || row.status === 'refused') return row.status;
  for (let attempt = 1; attempt <= patience.tries; attempt++) {
    if (attempt > 1) await delay(patience.waitMs * 2 ** (attempt - 2));
    const status = await tryOnce(db, clock, link, row, outgoing, actor);
    if (status) return status;
  }
  await db.transaction(actor, (tx) => markUnanswered(tx, row));
  return 'unanswered';
}

/** One try. Undefined: worth another. */
async function tryOnce(
  db: Db,
  clock: Clock,
  link: MonitorLink,
  row: PackageRow,
  outgoing: Outgoing,
  actor: Actor,
): Promise<PackageStatus | undefined> {
  const number = await db.transaction(actor, (tx) => beginAttempt(tx, row, link.kind, clock.now()));
  const delivery = await link.send(outgoing);
  return db.transaction(actor, async (tx) => {
    const detail = delivery.outcome === 'receipt' ? delivery.receipt.receiptNo : delivery.detail;
    await endAttempt(tx, row, number, { outcome: delivery.outcome, detail, now: clock.now() });
    if (delivery.outcome === 'delivered') return 'sent';
    if (delivery.outcome !== 'receipt') return undefined;
    await keepReceipt(tx, row, delivery.receipt, clock.now());
    return delivery.receipt.verdict;
  });
}

/** Asks for the receipts of packages that were sent and not answered; answers how many came. */
export async function collectReceipts(
  db: Db,
  clock: Clock,
  link: MonitorLink,
  rows: readonly PackageRow[],
): Promise<number> {
  let count = 0;
  for (const row of rows) {
    const receipt = await link.receiptOf(row).catch(() => undefined);
    if (!receipt) continue;
    await db.transaction(systemActor, (tx) => keepReceipt(tx, row, receipt, clock.now()));
    count += 1;
  }
  return count;
}
