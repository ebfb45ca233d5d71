import { moneyFields } from '../contract.ts';
import { addDeltas, type Compared, noDeltas } from './compare.ts';

/** Counts and sums of one institution and county; sums in 分, in the order of moneyFields. */
export type Slice = {
  readonly guarantorId: number;
  readonly county: number;
  readonly oursCount: number;
  readonly theirsCount: number;
  readonly matched: number;
  readonly different: number;
  readonly onlyOurs: number;
  readonly onlyTheirs: number;
  readonly duplicateKey: number;
  readonly nullKey: number;
  readonly oursSums: readonly bigint[];
  readonly theirsSums: readonly bigint[];
  readonly tolerated: readonly bigint[];
};

type Counter = { -readonly [K in keyof Slice]: Slice[K] } & { deltas: readonly bigint[] };

type CounterName = 'different' | 'onlyOurs' | 'onlyTheirs' | 'duplicateKey' | 'nullKey';
const counterOf: Record<string, CounterName> = {
  different: 'different',
  'only-ours': 'onlyOurs',
  'only-theirs': 'onlyTheirs',
  'duplicate-key': 'duplicateKey',
  'null-key': 'nullKey',
};

/** Counts and sums by institution and county, gathered while the differing records pass. */
export class Slices {
  readonly #byPlace = new Map<string, Counter>();

  /** Begins with our side of one place. */
  start(total: { guarantorId: number; county: number; count: number; sums: bigint[] }): void {
    const slice = this.#of(total.guarantorId, total.county);
    slice.oursCount = total.count;
    slice.oursSums = total.sums;
  }

  /** Counts one pair by its place and kind, with what it was found to be. */
  add(row: { guarantor_id: number; county: number; kind: string }, compared: Compared): void {
    const slice = this.#of(row.guarantor_id, row.county);
    if (compared.found.length > 0) slice[counterOf[row.kind]!]++;
    for (const each of compared.found) slice.deltas = addDeltas(slice.deltas, each.deltas);
    slice.tolerated = addDeltas(slice.tolerated, compared.tolerated);
  }

  /** The finished slices; what the other side has follows from ours and the differences. */
  finish(): Slice[] {
    return [...this.#byPlace.values()].map(({ deltas, ...slice }) => {
      const matched = slice.oursCount - slice.different - slice.onlyOurs;
      const theirsCount = matched + slice.different + slice.onlyTheirs + slice.duplicateKey + slice.nullKey;
      const theirsSums = slice.oursSums.map((ours, at) => ours - deltas[at]! - slice.tolerated[at]!);
      return { ...slice, matched, theirsCount, theirsSums };
    });
  }

  #of(guarantorId: number, county: number): Counter {
    const place = `${guarantorId}/${county}`;
    const known = this.#byPlace.get(place);
    if (known) return known;
    const counts = {
      oursCount: 0,
      theirsCount: 0,
      matched: 0,
      different: 0,
      onlyOurs: 0,
      onlyTheirs: 0,
      duplicateKey: 0,
      nullKey: 0,
    };
    const sums = { oursSums: noDeltas, theirsSums: noDeltas, tolerated: noDeltas, deltas: noDeltas };
    const slice: Counter = { guarantorId, county, ...counts, ...sums };
    this.#byPlace.set(place, slice);
    return slice;
  }
}

/** Ours less every difference must be exactly what their lines add up to, institution by institution; else the match is wrong. */
export function assertTotals(
  slices: readonly Slice[],
  theirs: readonly { guarantorId: number; count: number; sums: bigint[] }[],
): void {
  const derived = new Map<number, bigint[]>();
  for (const slice of slices) {
    const before = derived.get(slice.guarantorId) ?? [0n, ...noDeltas];
    const added = [BigInt(slice.theirsCount), ...slice.theirsSums];
    derived.set(
      slice.guarantorId,
      before.map((each, at) => each + added[at]!),
    );
  }
  const counted = new Map(theirs.map((each) => [each.guarantorId, [BigInt(each.count), ...each.sums]]));
  for (const id of new Set([...derived.keys(), ...counted.keys()])) {
    const [a, b] = [derived.get(id), counted.get(id)].map((each) => String(each ?? [0n, ...moneyFields.map(() => 0n)]));
    if (a !== b) throw new Error(`核对结果不自洽（机构 ${id}）：${a} ≠ ${b}`);
  }
}
