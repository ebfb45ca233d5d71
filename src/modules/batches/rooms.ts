import { cite } from '../../kernel/article.ts';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, larger, plus, share, zeroFen } from '../../kernel/money.ts';
import { countedNetAssets, leverageCap } from '../../law/leverage.ts';
import { showRatio } from '../../law/parameter.ts';
import { article15, ordinaryLeverageCap } from '../../law/state-council-order-683.ts';
import type { Tx } from '../../platform/db.ts';
import { type BookBase, freshBase } from '../limits/index.ts';
import { type Bound, boundOf, type GuarantorRoom } from './rules/limits.ts';
import type { Meter } from './rules/meter.ts';
import {
  bankLineOf,
  capitalOf,
  cohortsOf,
  issuedSince,
  type LineRow,
  promisedBy,
  yearlyLinesOf,
} from './store-room.ts';

type Of = { readonly batchId: bigint; readonly bankId: number; readonly productCode: string };
type Moved = { leverage: Fen; bankLine: Fen; yearly: Fen };
type Known = {
  readonly base: BookBase;
  readonly cohorts: ReadonlyMap<number, Meter>;
  readonly versions: ReadonlyMap<string, Meter>;
  /** What accepted rows of this run have used up. */
  own: Moved;
};
function versionKey(agreementId: number, version: number): string {
  return `${agreementId}|${version}`;
}

/**
 * The bounds of every guarantor a run meets. A guarantor's whole book is reckoned once a run; what others enter and reserve is asked for
 * anew with every chunk, under the guarantor's lock.
 */
export class Rooms {
  readonly #of: Of;
  readonly #today: Day;
  readonly #known = new Map<number, Known>();
  #outside = new Map<number, Moved>();

  constructor(of: Of, today: Day) {
    this.#of = of;
    this.#today = today;
  }

  /** The rooms as they stand now. The caller holds the guarantors' locks. */
  async load(tx: Tx, guarantorIds: readonly number[]): Promise<Map<number, GuarantorRoom>> {
    await this.#meet(tx, guarantorIds);
    const { bankId, productCode, batchId } = this.#of;
    const today = this.#today;
    const bases = guarantorIds.map((guarantorId) => {
      const { since, counted } = this.#known.get(guarantorId)!.base;
      return { guarantorId, since, counted };
    });
    const issued = await issuedSince(tx, bases, batchId, today);
    const promised = await promisedBy(tx, guarantorIds, today);
    const line = await bankLineOf(tx, bankId, guarantorIds, today);
    const capital = new Map((await capitalOf(tx, guarantorIds, today)).map((row) => [row.guarantorId, row]));
    const yearly = new Map((await yearlyLinesOf(tx, guarantorIds, today)).map((row) => [row.guarantorId, row]));
    const rooms = new Map<number, GuarantorRoom>();
    this.#outside = new Map();
    for (const id of guarantorIds) {
      const known = this.#known.get(id)!;
      const covers = coveredBy(line, id, productCode);
      const own = (each: { guarantorId: number }) => each.guarantorId === id;
      const outside = outsideOf(known.base, issued.filter(own), promised.filter(own), bankId, covers);
      this.#outside.set(id, outside);
      const assets = capital.get(id);
      const counted =
        assets && countedNetAssets({ netAssets: assets.netAssets, stakesInGuarantors: assets.stakes }, today);
      const used = (name: keyof Moved): Fen => plus(outside[name], known.own[name]);
      const yearLine = yearly.get(id);
      rooms.set(id, {
        guarantorId: id,
        counted: counted ? { amount: counted.counted, unverified: counted.unverified } : null,
        leverage: counted ? leverageBound(known.base, counted, used('leverage'), today) : null,
        bankLine: line ? bankBound(line, id, productCode, used('bankLine')) : null,
        yearly: yearLine ? yearlyBound(yearLine, used('yearly')) : null,
        cohorts: known.cohorts,
        versions: known.versions,
        versionKey,
      });
    }
    return rooms;
  }

  /** Keeps what a chunk used up, once it is committed. */
  keep(rooms: ReadonlyMap<number, GuarantorRoom>): void {
    for (const [id, room] of rooms) {
      const known = this.#known.get(id)!;
      const outside = this.#outside.get(id)!;
      const grown = (bound: Bound | null, name: keyof Moved): Fen =>
        bound ? fen(bound.used - outside[name]) : known.own[name];
      known.own = {
        leverage: grown(room.leverage, 'leverage'),
        bankLine: grown(room.bankLine, 'bankLine'),
        yearly: grown(room.yearly, 'yearly'),
      };
    }
  }

  /** Guarantors met so far. */
  get guarantorIds(): number[] {
    return [...this.#known.keys()];
  }

  async #meet(tx: Tx, guarantorIds: readonly number[]): Promise<void> {
    const fresh = guarantorIds.filter((id) => !this.#known.has(id));
    if (fresh.length === 0) return;
    const { bankId, productCode } = this.#of;
    const cohorts = await cohortsOf(tx, { guarantorIds: fresh, bankId, productCode }, this.#today);
    for (const id of fresh) {
      const base = await freshBase(tx, id, this.#today);
      const versions = base.claims.map(({ agreementId, version, paid, released }): [string, Meter] => [
        versionKey(agreementId, version),
        { volume: zeroFen, paid: fen(BigInt(paid)), released: fen(BigInt(released)) },
      ]);
      const own = { leverage: zeroFen, bankLine: zeroFen, yearly: zeroFen };
      const years = cohorts.filter((row) => row.guarantorId === id).map((row): [number, Meter] => [row.year, row]);
      this.#known.set(id, { base, cohorts: new Map(years), versions: new Map(versions), own });
    }
  }
}

type Issued = Awaited<ReturnType<typeof issuedSince>>;
type Promised = Awaited<ReturnType<typeof promisedBy>>;

/** What is used up apart from this run's rows: the book, what was entered since, what is reserved. */
function outsideOf(
  base: BookBase,
  issued: Issued,
  promised: Promised,
  bankId: number,
  covers: (productCode: string) => boolean,
): Moved {
  const isOnLine = (each: { bankId: number; productCode: string }) =>
    each.bankId === bankId && covers(each.productCode);
  const money = (text: string): Fen => fen(BigInt(text));
  return {
    // As in limits: what was entered since counts in full, the heavier reading.
    leverage: plus(
      money(base.liability),
      ...issued.map(({ principal }) => principal),
      ...promised.map(({ liability }) => liability),
    ),
    bankLine: plus(
      ...base.lines.filter(isOnLine).map(({ outstanding }) => money(outstanding)),
      ...issued.filter(isOnLine).map(({ principal }) => principal),
      ...promised.filter(isOnLine).map(({ amount }) => amount),
    ),
    yearly: plus(
      ...base.lines.map(({ reguaranteed }) => money(reguaranteed)),
      ...issued.map(({ yearly }) => yearly),
      ...promised.map(({ amount }) => amount),
    ),
  };
}

/** Which products use up the allocation that this product uses: its own where it has one, else the general one. */
function coveredBy(line: LineRow | undefined, guarantorId: number, productCode: string): (code: string) => boolean {
  const mine = line?.allocations.filter((each) => each.guarantorId === guarantorId) ?? [];
  const named = new Set(mine.map((each) => each.productCode));
  return named.has(productCode) ? (code) => code === productCode : (code) => !named.has(code);
}

function bankBound(line: LineRow, guarantorId: number, productCode: string, used: Fen): Bound {
  const mine = line.allocations.filter((each) => each.guarantorId === guarantorId);
  const found = mine.find((each) => each.productCode === productCode) ?? mine.find((each) => each.productCode === null);
  return boundOf({
    code: 'bank-line',
    title: '银行统一授信额度（分配给该机构的部分）',
    limit: found ? fen(BigInt(found.amount)) : zeroFen,
    used,
    source: `${line.document}，有效至 ${line.to}`,
    remedy: found ? '请待存量压降或调整分配后重送' : '该银行的统一授信没有分配给该机构，请再担保机构调整分配',
  });
}

const yearlyBound = (line: { amount: Fen; document: string; unverified: string | null }, used: Fen): Bound =>
  boundOf({
    code: 'guarantor-line',
    title: '年度再担保额度',
    limit: line.amount,
    used,
    source: line.document,
    unverified: line.unverified,
    remedy: '请待年度额度调整，或次年重送',
  });

function leverageBound(
  base: BookBase,
  counted: { counted: Fen; unverified?: string },
  used: Fen,
  today: Day,
): Bound | null {
  if (!ordinaryLeverageCap.isInForce(today)) return null;
  const mix = {
    supportBalance: fen(BigInt(base.supportBalance)),
    totalBalance: fen(BigInt(base.totalBalance)),
    supportHouseholds: base.supportHouseholds,
    totalHouseholds: base.totalHouseholds,
  };
  const { cap, reason, unverified } = leverageCap(mix, today);
  return boundOf({
    code: 'leverage-cap',
    title: `放大倍数（净资产的${showRatio(cap)}）`,
    limit: share(larger(zeroFen, counted.counted), cap, 'down'),
    used,
    source: `${cite(article15)}：${reason}`,
    unverified: [unverified, counted.unverified].filter(Boolean).join('；') || null,
    remedy: '请该机构压降责任余额或补充资本后重送，或改由其他机构承保',
  });
}
