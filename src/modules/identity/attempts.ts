import type { Db } from '../../platform/db.ts';
import { limits } from './limits.ts';

/** Who tries to sign in from where, in memory: what an address may still try after its failures. */
export type AttemptGuard = {
  /**
   * May this address try this account now? Counts the attempt until it succeeds. An account that has signed in from the address before
   * may always be tried (its own lock still holds), so that a guesser behind the address does not lock the office out.
   */
  enter(address: string, account: string, now: Date): boolean;
  /** The attempt was right: takes it off the count and remembers the account at the address. */
  succeeded(address: string, account: string, now: Date): void;
};

type Known = { failures: number; since: number; readonly accounts: Map<string, number> };

const windowMs = limits.addressWindowMinutes * 60_000;
const knownMs = limits.knownAtAddressMinutes * 60_000;

/** A guard that remembers nothing yet. */
export function attemptGuard(): AttemptGuard {
  const addresses = new Map<string, Known>();
  const at = (address: string, now: number): Known => {
    const key = networkOf(address);
    const found = addresses.get(key) ?? { failures: 0, since: now, accounts: new Map() };
    if (now - found.since >= windowMs || now < found.since) Object.assign(found, { failures: 0, since: now });
    addresses.delete(key);
    addresses.set(key, found);
    // The one not heard of for longest is forgotten first.
    if (addresses.size > limits.addressesRemembered) addresses.delete(addresses.keys().next().value ?? key);
    return found;
  };
  return {
    enter: (address, account, now) => {
      const known = at(address, now.getTime());
      const last = known.accounts.get(account);
      if (last !== undefined && now.getTime() - last < knownMs) return true;
      if (known.failures >= limits.failuresOfAddress) return false;
      known.failures += 1;
      return true;
    },
    succeeded: (address, account, now) => {
      const known = at(address, now.getTime());
      if (!known.accounts.has(account)) known.failures = Math.max(0, known.failures - 1);
      if (known.accounts.size >= limits.accountsPerAddress) known.accounts.clear();
      known.accounts.set(account, now.getTime());
    },
  };
}

/** An IPv6 customer has a whole /64 to send from: it counts as one address. */
function networkOf(address: string): string {
  if (!address.includes(':') || address.includes('.')) return address;
  const [head = '', tail = ''] = address.split('::');
  const groups = head.split(':').filter(Boolean);
  const missing = 8 - groups.length - tail.split(':').filter(Boolean).length;
  const full = [...groups, ...Array<string>(Math.max(0, missing)).fill('0'), ...tail.split(':').filter(Boolean)];
  return full.slice(0, 4).join(':');
}

const guards = new WeakMap<Db, AttemptGuard>();

/** The guard of this process for the database. */
export function guardOf(db: Db): AttemptGuard {
  const found = guards.get(db) ?? attemptGuard();
  guards.set(db, found);
  return found;
}
