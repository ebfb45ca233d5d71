import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, plus } from '../../kernel/money.ts';
import { type Ratio, wholeRatio } from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { liabilityMeasures } from '../../law/cbirc-2018-1-liability-balance.ts';
import { concentration } from '../../law/concentration.ts';
import { type GuaranteedParty, guaranteedKind } from '../../law/guaranteed-kind.ts';
import { type LiabilityBasis, liabilityOfCustomer } from '../../law/liability.ts';
import type { GuaranteeClass } from '../../law/liability-weights.ts';
import { showRatio } from '../../law/parameter.ts';

/** What one customer has outstanding in one business class, in 分, with what decides its weight. */
export type HeldBalance = GuaranteedParty & {
  readonly customerId: bigint;
  readonly name: string;
  readonly guaranteeClass: GuaranteeClass;
  readonly issuerRating: string | null;
  readonly contract: Fen;
  readonly borne: Fen;
};

/** One customer-class as it counts for the 10%/15% of article 16: outstanding × weight = exposure. */
export type ExposurePart = {
  readonly customerId: bigint;
  readonly name: string;
  readonly title: string;
  readonly weight: Ratio;
  readonly outstanding: Fen;
  readonly exposure: Fen;
  readonly reason: string;
  /** Marks and readings that decided the weight, Chinese. */
  readonly notes: readonly string[];
};

/**
 * 集中度所用责任余额：What the balances count for the concentration test (条16, BAL-1…10), part by part. Each customer's 单户 limit is
 * tested on all its financing balances. Before the measures (2018-04-02) no weight existed: the whole balance counts.
 */
export function exposureParts(held: readonly HeldBalance[], basis: LiabilityBasis, asOf: Day): ExposurePart[] {
  if (asOf < liabilityMeasures.inForceOn) return held.map((each) => unweighted(each, basis));
  return [...Map.groupBy(held, (each) => each.customerId).values()].flatMap((own) => {
    const first = own[0] as HeldBalance;
    const party = guaranteedKind(first, asOf);
    const balances = own.map((each) => ({ ...each, issuerRating: each.issuerRating ?? undefined }));
    const customer = { customer: String(first.customerId), kind: party.kind, balances };
    return liabilityOfCustomer(customer, basis, asOf).map((part, index) => ({
      customerId: first.customerId,
      name: first.name,
      title: part.title,
      weight: part.concentrationWeight,
      outstanding: part.outstanding,
      exposure: part.concentration,
      reason: part.reason,
      notes: [
        part.concentrationUnverified ?? part.unverified,
        own[index]?.guaranteeClass === 'loan' ? party.note : undefined,
      ].filter((note) => note !== undefined),
    }));
  });
}

const unweighted = (each: HeldBalance, basis: LiabilityBasis): ExposurePart => ({
  customerId: each.customerId,
  name: each.name,
  title: '计量办法施行前的担保',
  weight: wholeRatio,
  outstanding: each[basis],
  exposure: each[basis],
  reason: '计量办法尚未施行，按在保余额全额计',
  notes: [],
});

/** The sum of the parts, of one customer or of all. */
export const exposureOf = (parts: readonly ExposurePart[], customerId?: bigint): Fen =>
  plus(
    fen(0n),
    ...parts.filter((each) => customerId === undefined || each.customerId === customerId).map((each) => each.exposure),
  );

/**
 * 第十六条：May `added` be taken on? `held` is what the customer and its related group have outstanding. The customer is weighed with
 * and without the addition, because passing the 单户 limit moves the whole customer to the full weight; the test is on 合同口径,
 * the heavier of the two bases. Returns every refusal, with the arithmetic among the figures.
 */
export function checkConcentration(
  held: readonly HeldBalance[],
  added: HeldBalance,
  countedNetAssets: Fen,
  asOf: Day,
): Refusal[] {
  const before = exposureParts(held, 'contract', asOf);
  const after = exposureParts(withAdded(held, added), 'contract', asOf);
  const refusals = concentration(
    fen(exposureOf(after) - exposureOf(before)),
    { netAssets: countedNetAssets, toCustomer: exposureOf(before, added.customerId), toGroup: exposureOf(before) },
    asOf,
  );
  return refusals.map((refusal) => {
    const parts =
      refusal.code === 'single-customer-cap' ? after.filter((each) => each.customerId === added.customerId) : after;
    const marks = [...new Set([refusal.unverified, ...parts.flatMap((each) => each.notes)].filter(Boolean))];
    return {
      ...refusal,
      figures: { ...refusal.figures, 计算: parts.map(arithmetic).join(' + ') },
      ...(marks.length > 0 ? { unverified: marks.join('；') } : {}),
    };
  });
}

const arithmetic = (part: ExposurePart): string =>
  `${part.title} ${formatYuan(part.outstanding)}×${showRatio(part.weight)}`;

function withAdded(held: readonly HeldBalance[], added: HeldBalance): HeldBalance[] {
  const isSame = (each: HeldBalance) =>
    each.customerId === added.customerId && each.guaranteeClass === added.guaranteeClass;
  const rest = held.filter((each) => !isSame(each));
  const same = held.filter(isSame);
  return [
    ...rest,
    {
      ...added,
      contract: plus(added.contract, ...same.map((each) => each.contract)),
      borne: plus(added.borne, ...same.map((each) => each.borne)),
    },
  ];
}
