import { addDays, addMonths, type Day, daysBetween } from '../../src/kernel/day.ts';
import { type Fen, fen, smaller } from '../../src/kernel/money.ts';
import { companyName, makeResidentId, makeUscc, personName } from './identities.ts';
import { trades } from './industries.ts';
import type { Random } from './random.ts';

/** A customer of the demo book. */
export type PlannedCustomer = {
  readonly kind: 'enterprise' | 'individual-business' | 'farmer';
  readonly name: string;
  readonly identityKind: 'uscc' | 'resident-id';
  readonly identityNo: string;
  readonly county: number;
  readonly industryCode: string;
  readonly staff: number | null;
  readonly revenueWan: number | null;
  readonly isEmerging: boolean;
};

export type PlannedMovement = {
  readonly kind: 'disburse' | 'repay' | 'extend' | 'claim-paid' | 'recovery' | 'fee' | 'refund' | 'write-off';
  readonly amount: Fen;
  readonly on: Day;
  readonly extendedTo?: Day;
};

/** A guarantee with all that happened to it up to the demo's today. */
export type PlannedGuarantee = {
  readonly customer: PlannedCustomer;
  readonly principal: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly feeRate: string;
  readonly tags: number;
  readonly primaryTag: number;
  readonly movements: readonly PlannedMovement[];
};

const wanFen = 1_000_000n;

/** A customer of the county: farmers, shops and firms in the mix a county guarantor has. */
export function planCustomer(county: { code: number; name: string }, serial: number, random: Random): PlannedCustomer {
  const kind = random.weighted([
    ['farmer', 34],
    ['individual-business', 18],
    ['enterprise', 48],
  ] as const);
  if (kind === 'farmer') {
    const identityNo = makeResidentId(county.code, serial, random);
    const industryCode = random.pick(['0111', '0141', '0313', '0321']);
    return {
      kind,
      name: personName(random),
      identityKind: 'resident-id',
      identityNo,
      county: county.code,
      industryCode,
      staff: null,
      revenueWan: null,
      isEmerging: false,
    };
  }
  const trade = random.pick(trades);
  const head = kind === 'enterprise' ? '91' : '92';
  const name =
    kind === 'enterprise'
      ? companyName(county.name, trade.name, serial, random)
      : `${county.name}${personName(random)}${trade.name}${random.pick(['经营部', '商行', '门市部'])}`;
  return {
    kind,
    name,
    identityKind: 'uscc',
    identityNo: makeUscc(head, county.code, serial),
    county: county.code,
    industryCode: trade.code,
    staff: kind === 'enterprise' ? random.between(...trade.staff) : null,
    revenueWan: kind === 'enterprise' ? random.between(...trade.revenue) : null,
    isEmerging: trade.isEmerging && kind === 'enterprise',
  };
}

/** A guarantee of the customer starting on a day, lived through to `today`. */
export function planGuarantee(customer: PlannedCustomer, startsOn: Day, today: Day, random: Random): PlannedGuarantee {
  const principal = planPrincipal(customer, random);
  const termMonths = random.weighted([
    [6, 8],
    [12, 62],
    [24, 18],
    [36, 12],
  ] as const);
  const endsOn = addMonths(startsOn, termMonths);
  const feeRate = random.weighted([
    ['0.005', 20],
    ['0.008', 45],
    ['0.01', 35],
  ] as const);
  const { tags, primaryTag } = planTags(customer, random);
  const movements = planMovements({ principal, startsOn, endsOn, feeRate, termMonths }, today, random);
  return { customer, principal, startsOn, endsOn, feeRate, tags, primaryTag, movements };
}

function planPrincipal(customer: PlannedCustomer, random: Random): Fen {
  const wan =
    customer.kind === 'farmer'
      ? random.weighted([
          [random.between(5, 30), 60],
          [random.between(30, 100), 30],
          [random.between(100, 200), 10],
        ])
      : customer.kind === 'individual-business'
        ? random.between(10, 100)
        : random.weighted([
            [random.between(50, 200), 45],
            [random.between(200, 500), 43],
            [random.between(500, 1000), 12],
          ]);
  const odd = random.chance(0.06) ? BigInt(random.between(1, 9999)) * 100n : 0n;
  return fen(BigInt(wan) * wanFen + odd);
}

function planTags(customer: PlannedCustomer, random: Random): { tags: number; primaryTag: number } {
  const isAgricultural = customer.kind === 'farmer' || customer.industryCode.startsWith('0');
  let tags = isAgricultural ? 2 : 1;
  if (isAgricultural && customer.kind !== 'farmer') tags |= 1;
  if (customer.isEmerging) tags |= 4;
  if (random.chance(0.07)) tags |= 8;
  const primaryTag = (tags & 8) !== 0 && random.chance(0.6) ? 8 : (tags & 4) !== 0 ? 4 : isAgricultural ? 2 : 1;
  return { tags, primaryTag };
}

type Terms = { principal: Fen; startsOn: Day; endsOn: Day; feeRate: string; termMonths: number };

function planMovements(terms: Terms, today: Day, random: Random): PlannedMovement[] {
  const all: PlannedMovement[] = [
    { kind: 'disburse', amount: terms.principal, on: terms.startsOn },
    { kind: 'fee', amount: feeOf(terms), on: terms.startsOn },
  ];
  let left = terms.principal;
  let dueOn = terms.endsOn;
  const repay = (amount: Fen, on: Day) => {
    const paid = smaller(amount, left);
    if (paid <= 0n) return;
    left = fen(left - paid);
    all.push({ kind: 'repay', amount: paid, on });
  };
  if (terms.termMonths > 6 && random.chance(0.45)) {
    const step = terms.termMonths >= 24 ? 6 : 3;
    const part = fen(terms.principal / BigInt(Math.ceil(terms.termMonths / step) * 2));
    for (let month = step; month < terms.termMonths; month += step) repay(part, addMonths(terms.startsOn, month));
  }
  const fate = random.weighted([
    ['repaid', 84],
    ['early', 7],
    ['extended', 6],
    ['claimed', 3],
  ] as const);
  if (fate === 'early')
    repay(
      left,
      addDays(terms.startsOn, random.between(40, Math.max(41, daysBetween(terms.startsOn, terms.endsOn) - 20))),
    );
  if (fate === 'extended') {
    dueOn = addMonths(terms.endsOn, 6);
    all.push({ kind: 'extend', amount: fen(0n), on: addDays(terms.endsOn, -random.between(1, 10)), extendedTo: dueOn });
  }
  if (fate === 'claimed') all.push(...planClaim(left, dueOn, random));
  else repay(left, addDays(dueOn, random.chance(0.15) ? random.between(1, 12) : 0));
  return all.filter((each) => each.on <= today).sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
}

/** A default: claim paid one to three months after maturity, then recoveries, and a write-off of a few that stay bad. */
function planClaim(amount: Fen, dueOn: Day, random: Random): PlannedMovement[] {
  const claimedOn = addDays(dueOn, random.between(25, 90));
  const all: PlannedMovement[] = [{ kind: 'claim-paid', amount, on: claimedOn }];
  // Recoveries stay well under what was paid (the bank keeps a fifth of the loss), so that no rounding can overshoot.
  let room = fen((amount * 70n) / 100n);
  let on = claimedOn;
  for (let count = random.between(0, 4); count > 0; count -= 1) {
    on = addDays(on, random.between(30, 160));
    const part = fen((room * BigInt(random.between(10, 45))) / 100n);
    if (part <= 0n) break;
    room = fen(room - part);
    all.push({ kind: 'recovery', amount: part, on });
  }
  if (random.chance(0.12)) all.push({ kind: 'write-off', amount: fen((room * 30n) / 100n), on: addDays(on, 200) });
  return all;
}

/** The fee for the whole term, rounded down to the 分. */
function feeOf(terms: Terms): Fen {
  const thousandths = BigInt(Math.round(Number(terms.feeRate) * 100_000));
  return fen((terms.principal * thousandths * BigInt(terms.termMonths)) / (100_000n * 12n));
}
