import { allocate } from '../../../kernel/allocate.ts';
import { type Fen, larger, share, smaller, zeroFen } from '../../../kernel/money.ts';
import { type Ratio, ratio } from '../../../kernel/ratio.ts';
import type { Payer } from '../contract.ts';

/** Whose account a line is. */
export type Key = {
  readonly guarantorId: number;
  readonly county: number;
  readonly schemeId: number;
  readonly payer: Payer;
};
/** What the loans of one year give one account, and what approved runs before recognised for it. In 分. */
export type YearLine = Key & {
  readonly forYear: number;
  readonly loans: number;
  readonly computed: bigint;
  readonly capCut: bigint;
  readonly entitled: bigint;
  readonly before: bigint;
};
/** The account of one run; net = payable − clawBack + shortfall − credit. In 分. */
export type Line = Key & {
  readonly payerRegion: number;
  readonly loans: number;
  readonly entitled: bigint;
  readonly settledBefore: bigint;
  readonly restatement: bigint;
  readonly carriedIn: bigint;
  readonly prepaid: bigint;
  readonly net: bigint;
  readonly payable: bigint;
  readonly clawBack: bigint;
  readonly shortfall: bigint;
  readonly credit: bigint;
};
export type Budget = { readonly payer: Payer; readonly regionCode: number; readonly amount: Fen };
/** What payments and earlier settlements left on an account: shortfalls less credits, and prepayments not yet set off. */
export type Standing = Key & { readonly carriedIn: bigint; readonly prepaid: bigint };

export const keyOf = (key: Key): string => `${key.guarantorId}/${key.county}/${key.schemeId}/${key.payer}`;
/** The order of every listing and hash: guarantor, county, scheme, payer. */
export const compareKeys = (a: Key, b: Key): number =>
  a.guarantorId - b.guarantorId || a.county - b.county || a.schemeId - b.schemeId || order[a.payer] - order[b.payer];
const order: Readonly<Record<Payer, number>> = { province: 0, city: 1, county: 2 };

/**
 * Shares a ceiling among amounts in proportion, to the 分. What rounding leaves goes to the largest amount (the first of
 * equals), and where that is full or empty to the next: no part is negative or above its amount, and the parts sum to the
 * ceiling. Amounts that fit are returned as they are; a negative one (rounding of a reversal) is never changed.
 */
export function prorate(ceiling: bigint, amounts: readonly bigint[]): bigint[] {
  const total = amounts.reduce((sum, each) => sum + each, 0n);
  if (total <= ceiling) return [...amounts];
  if (amounts.some((each) => each < 0n)) {
    const below = amounts.reduce((sum, each) => (each < 0n ? sum + each : sum), 0n);
    const above = prorate(
      ceiling - below,
      amounts.map((each) => (each < 0n ? 0n : each)),
    );
    return amounts.map((each, index) => (each < 0n ? each : above[index]!));
  }
  if (ceiling <= 0n) return amounts.map(() => 0n);
  const bySize = amounts
    .map((_, index) => index)
    .sort((a, b) => (amounts[a]! === amounts[b]! ? a - b : amounts[a]! > amounts[b]! ? -1 : 1));
  const portions = amounts.map((each, index) => ({ party: String(index), ratio: ratio(each, total) }));
  const given = allocate(ceiling as Fen, portions, String(bySize[0]));
  const parts = amounts.map((_, index) => given.get(String(index)) as bigint);
  let rest = 0n;
  for (const index of bySize) {
    const wanted = parts[index]! + rest;
    const part = larger(zeroFen, smaller(wanted as Fen, amounts[index] as Fen));
    rest = wanted - part;
    parts[index] = part;
  }
  return parts;
}

/** Applies the yearly cap per guarantor and scheme: what exceeds it is cut in proportion and stated. */
export function capGuarantors(
  lines: readonly Omit<YearLine, 'capCut' | 'entitled'>[],
  capOf: (schemeId: number) => bigint | null,
): YearLine[] {
  const groups = Map.groupBy(lines, (each) => `${each.forYear}/${each.guarantorId}/${each.schemeId}`);
  return [...groups.values()].flatMap((group) => {
    const cap = capOf(group[0]!.schemeId);
    const kept =
      cap === null
        ? group.map((each) => each.computed)
        : prorate(
            cap,
            group.map((each) => each.computed),
          );
    return group.map((each, index) => ({ ...each, capCut: each.computed - kept[index]!, entitled: kept[index]! }));
  });
}

/** Prepayment: the estimate × the ratio, half-up to the 分 per account, within the budgets. What a budget cuts is stated. */
export function prepayLines(
  years: readonly YearLine[],
  prepayRatio: Ratio,
  regionOf: (key: Key) => number,
  budgets: readonly Budget[],
): Line[] {
  const lines = [...years].sort(compareKeys).map((each) => {
    const net = share((each.entitled < 0n ? 0n : each.entitled) as Fen, prepayRatio, 'half-up');
    const { guarantorId, county, schemeId, payer, loans, entitled } = each;
    const key = { guarantorId, county, schemeId, payer };
    return { ...key, ...zeros, loans, entitled, payerRegion: regionOf(key), net, payable: net };
  });
  return withinBudgets(lines, budgets);
}

/**
 * Settlement: entitlement of the year − what was settled of it ± restatements of earlier years + carried in − prepaid.
 * What is owed is paid within the budgets and the rest carried as shortfall; what was overpaid is clawed back or kept as
 * credit. Accounts that only have a standing (nothing entitled any more) are settled too.
 */
export function settleLines(
  year: number,
  years: readonly YearLine[],
  standings: readonly Standing[],
  regionOf: (key: Key) => number,
  budgets: readonly Budget[],
  overpaid: 'claw-back' | 'carry-over',
): Line[] {
  const standingOf = new Map(standings.map((each) => [keyOf(each), each]));
  const groups = Map.groupBy<string, Key>([...years, ...standings], keyOf);
  const yearsOf = Map.groupBy(years, keyOf);
  const lines = [...groups].map(([name, [first]]) => {
    const { guarantorId, county, schemeId, payer } = first!;
    const key = { guarantorId, county, schemeId, payer };
    const own = yearsOf.get(name) ?? [];
    const main = own.find((each) => each.forYear === year);
    const { carriedIn = 0n, prepaid = 0n } = standingOf.get(name) ?? {};
    const restatement = own
      .filter((each) => each.forYear !== year)
      .reduce((sum, each) => sum + each.entitled - each.before, 0n);
    const entitled = main?.entitled ?? 0n;
    const settledBefore = main?.before ?? 0n;
    const net = entitled - settledBefore + restatement + carriedIn - prepaid;
    const over = net < 0n ? -net : 0n;
    return {
      ...key,
      payerRegion: regionOf(key),
      loans: main?.loans ?? 0,
      entitled,
      settledBefore,
      restatement,
      carriedIn,
      prepaid,
      net,
      payable: net > 0n ? net : 0n,
      clawBack: overpaid === 'claw-back' ? over : 0n,
      shortfall: 0n,
      credit: overpaid === 'carry-over' ? over : 0n,
    };
  });
  return withinBudgets(lines.sort(compareKeys), budgets);
}

const zeros = {
  settledBefore: 0n,
  restatement: 0n,
  carriedIn: 0n,
  prepaid: 0n,
  clawBack: 0n,
  shortfall: 0n,
  credit: 0n,
};

function withinBudgets(lines: readonly Line[], budgets: readonly Budget[]): Line[] {
  const parts = new Map<Line, bigint>();
  for (const { payer, regionCode, amount } of budgets) {
    const own = lines.filter((each) => each.payer === payer && each.payerRegion === regionCode);
    const kept = prorate(
      amount,
      own.map((each) => each.payable),
    );
    own.forEach((line, index) => {
      parts.set(line, kept[index]!);
    });
  }
  return lines.map((line) => {
    const payable = parts.get(line) ?? line.payable;
    return { ...line, payable, shortfall: line.shortfall + line.payable - payable };
  });
}
