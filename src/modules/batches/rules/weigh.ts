import type { Day } from '../../../kernel/day.ts';
import { type Fen, plus, share, zeroFen } from '../../../kernel/money.ts';
import { liabilityMeasures } from '../../../law/cbirc-2018-1-liability-balance.ts';
import { guaranteedKind } from '../../../law/guaranteed-kind.ts';
import { isFinancing } from '../../../law/liability.ts';
import { type GuaranteeClass, type LiabilityWeight, liabilityWeightsAt } from '../../../law/liability-weights.ts';
import type { CustomerKind } from '../../../law/stated-party.ts';

/** Related customers of one guarantor: what they count together for the 15%. */
export type GroupState = { exposure: Fen };

/** A customer of a guarantor as rows are applied to it one after another. Amounts in 分 on 合同口径. */
export type CustomerState = {
  readonly kind: CustomerKind;
  readonly sizeClass: string;
  readonly issuerRating: string | null;
  /** Outstanding and reserved by business class. */
  readonly held: Map<GuaranteeClass, Fen>;
  readonly group: GroupState | undefined;
  /** Marks and readings that decide the weight. */
  readonly notes: readonly string[];
  /** Unreleased contracts in full; outstanding principal; room held by other cases. */
  committed: Fen;
  balance: Fen;
  reserved: Fen;
  exposure: Fen;
  liability: Fen;
};

export type Weighed = { readonly exposure: Fen; readonly liability: Fen };

/**
 * 责任余额权重 applied to many customers on one day: the very table of the law (`liabilityWeightsAt`), looked up once, so that a hundred
 * thousand rows are weighed in memory. Before the measures (2018-04-02) every balance counts in full.
 */
export class Weigher {
  readonly #weights: readonly LiabilityWeight[] | undefined;
  readonly #asOf: Day;

  constructor(asOf: Day) {
    this.#asOf = asOf;
    this.#weights = asOf < liabilityMeasures.inForceOn ? undefined : liabilityWeightsAt(asOf);
  }

  /** A customer's state from what it holds; `group` is not yet told of it. */
  stateOf(
    of: Pick<CustomerState, 'kind' | 'sizeClass' | 'issuerRating' | 'group' | 'committed' | 'balance' | 'reserved'>,
    held: Map<GuaranteeClass, Fen>,
  ): CustomerState {
    const note = this.#weights && guaranteedKind(of, this.#asOf).note;
    const weighed = this.#weigh(of, held);
    return { ...of, held, notes: note ? [note] : [], ...weighed };
  }

  /** What the customer would count with so much more in a class. */
  withAdded(customer: CustomerState, cls: GuaranteeClass, amount: Fen): Weighed {
    return this.#weigh(customer, customer.held, cls, amount);
  }

  /** Brings the customer there. */
  add(customer: CustomerState, cls: GuaranteeClass, amount: Fen, weighed: Weighed): void {
    customer.held.set(cls, plus(customer.held.get(cls) ?? zeroFen, amount));
    customer.exposure = weighed.exposure;
    customer.liability = weighed.liability;
  }

  #weigh(
    of: Pick<CustomerState, 'kind' | 'sizeClass' | 'issuerRating'>,
    held: ReadonlyMap<GuaranteeClass, Fen>,
    addedTo?: GuaranteeClass,
    added: Fen = zeroFen,
  ): Weighed {
    let [exposure, liability] = [zeroFen, zeroFen];
    const balances = [...held];
    if (addedTo && !held.has(addedTo)) balances.push([addedTo, zeroFen]);
    const now = balances.map(([cls, amount]) => [cls, cls === addedTo ? plus(amount, added) : amount] as const);
    if (!this.#weights) {
      const all = plus(...now.map(([, amount]) => amount));
      return { exposure: all, liability: all };
    }
    const { kind } = guaranteedKind(of, this.#asOf);
    const total = plus(
      ...now.filter(([guaranteeClass]) => isFinancing({ guaranteeClass })).map(([, amount]) => amount),
    );
    for (const [cls, amount] of now) {
      const weight = this.#weights.find(
        (each) =>
          each.guaranteeClass === cls &&
          (each.kind === null || each.kind === kind) &&
          (each.ratings === null || each.ratings.includes(of.issuerRating?.trim().toUpperCase() ?? '')) &&
          (each.limit === null || total <= each.limit),
      );
      if (!weight) throw new Error(`没有业务类别 ${cls} 的责任余额权重`);
      exposure = plus(exposure, share(amount, weight.concentrationWeight, 'half-up'));
      liability = plus(liability, share(amount, weight.weight, 'half-up'));
    }
    return { exposure, liability };
  }
}
