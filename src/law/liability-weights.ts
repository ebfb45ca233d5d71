import type { Article } from '../kernel/article.ts';
import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import type { Ratio } from '../kernel/ratio.ts';
import { compareRatio, formatDecimal } from '../kernel/ratio.ts';
import type { Refusal } from '../kernel/refusal.ts';
import {
  articleLocalRules,
  farmerLimit,
  farmerWeight,
  highRatings,
  legacyFundWeight,
  nonFinancingWeight,
  otherBondWeight,
  otherFinancingWeight,
  otherLoanWeight,
  overLimitTreatment,
  ratedBondConcentrationWeight,
  ratedBondWeight,
  smallMicroLimit,
  smallMicroWeight,
} from './cbirc-2018-1-liability-balance.ts';
import { housingWeight } from './cbirc-2019-37.ts';
import { NotInForce, type Parameter, showRatio, unverifiedOf } from './parameter.ts';

/** What is guaranteed: 借款、住房置业、发行债券、其他融资、条例前保本基金、非融资. */
export type GuaranteeClass = 'loan' | 'housing' | 'bond' | 'other-financing' | 'legacy-fund' | 'non-financing';
/** Who is guaranteed, as far as the weights care. A 农户 who is also 小微 is counted once, by what the book says. */
export type GuaranteedKind = 'small-micro' | 'farmer' | 'other';
/** The lines of the 责任余额 statement. */
export type LiabilityLine =
  | 'small-micro-loan'
  | 'farmer-loan'
  | 'housing'
  | 'other-loan'
  | 'rated-bond'
  | 'other-bond'
  | 'other-financing'
  | 'legacy-fund'
  | 'non-financing';

/**
 * One row of the weights table, plain enough for SQL: of the rows whose class matches, whose `kind` and `ratings` are null or
 * match, and whose `limit` is null or not below the customer's 单户在保余额, the one with the least `order` applies.
 */
export type LiabilityWeight = {
  readonly order: number;
  readonly line: LiabilityLine;
  readonly rule: string;
  readonly title: string;
  readonly guaranteeClass: GuaranteeClass;
  readonly kind: GuaranteedKind | null;
  readonly ratings: readonly string[] | null;
  /** In 分; the limit itself is included. */
  readonly limit: Fen | null;
  readonly weight: Ratio;
  /** The weight for the concentration test (BAL-10), the same as `weight` but for rated bonds. */
  readonly concentrationWeight: Ratio;
  /** Both weights as decimal text for numeric columns. */
  readonly weightText: string;
  readonly concentrationWeightText: string;
  readonly article: Article;
  readonly unverified: string | null;
  /** The mark of `concentrationWeight` where that differs from `weight`. */
  readonly concentrationUnverified: string | null;
};

type Conditions = Partial<Pick<LiabilityWeight, 'kind' | 'ratings' | 'limit' | 'concentrationWeight'>>;

/**
 * 责任余额权重表：The weights in force on a day, in order of precedence: the one definition for rules in memory and for SQL.
 * Throws NotInForce before 2018-04-02, when no measure existed.
 */
export function liabilityWeightsAt(asOf: Day): readonly LiabilityWeight[] {
  const known = tables.get(asOf);
  if (known) return known;
  const made = weightsOf(asOf);
  if (tables.size >= 1000) tables.clear();
  tables.set(asOf, made);
  return made;
}

/** The law of a day does not change while the program runs, and every decision asks for it several times. */
const tables = new Map<Day, readonly LiabilityWeight[]>();

function weightsOf(asOf: Day): readonly LiabilityWeight[] {
  let order = 0;
  const row = (
    line: LiabilityLine,
    title: string,
    guaranteeClass: GuaranteeClass,
    weight: Parameter<Ratio>,
    conditions: Conditions = {},
    deciding: readonly Pick<Parameter<unknown>, 'title' | 'unverifiedOn'>[] = [],
  ): LiabilityWeight => {
    const value = weight.at(asOf);
    const forConcentration = conditions.concentrationWeight ?? value;
    order += 1;
    return {
      order,
      line,
      rule: weight.rule,
      title,
      guaranteeClass,
      kind: null,
      ratings: null,
      limit: null,
      ...conditions,
      weight: value,
      concentrationWeight: forConcentration,
      weightText: formatDecimal(value),
      concentrationWeightText: formatDecimal(forConcentration),
      article: weight.versionAt(asOf).source,
      unverified: unverifiedOf(asOf, weight, ...deciding) ?? null,
      concentrationUnverified:
        (conditions.concentrationWeight && unverifiedOf(asOf, ratedBondConcentrationWeight)) ?? null,
    };
  };
  const small = { kind: 'small-micro', limit: smallMicroLimit.at(asOf) } as const;
  const farm = { kind: 'farmer', limit: farmerLimit.at(asOf) } as const;
  const rated = { ratings: highRatings.at(asOf), concentrationWeight: ratedBondConcentrationWeight.at(asOf) };
  return [
    row('small-micro-loan', '单户限额以内的小微企业借款类', 'loan', smallMicroWeight, small, [smallMicroLimit]),
    row('farmer-loan', '单户限额以内的农户借款类', 'loan', farmerWeight, farm, [farmerLimit]),
    row('other-loan', '其他借款类', 'loan', otherLoanWeight),
    row('housing', '住房置业担保', 'housing', housingWeight),
    row('rated-bond', '主体信用评级AA级以上发行债券', 'bond', ratedBondWeight, rated),
    row('other-bond', '其他发行债券', 'bond', otherBondWeight),
    row('other-financing', '其他融资担保', 'other-financing', otherFinancingWeight),
    row('legacy-fund', '条例施行前保本基金担保（单列）', 'legacy-fund', legacyFundWeight),
    row('non-financing', '非融资担保（不计入）', 'non-financing', nonFinancingWeight),
  ];
}

/** What is said wherever a bond is weighed without a rating of its issuer. */
export const unratedIssuer = '发行人主体信用评级不可判定，从严按其他发行债券计';

/** What decides the weight of one guarantee. `customerBalance`: the customer's 单户在保余额 on the same basis. */
export type WeightFacts = {
  readonly guaranteeClass: GuaranteeClass;
  readonly kind: GuaranteedKind;
  readonly issuerRating?: string | undefined;
  readonly customerBalance: Fen;
};

/** 权重选取：Which row applies, with the Chinese reason; `overLimit` is set where the 单户 limit (BAL-8) moved the whole customer. */
export function weightFor(
  facts: WeightFacts,
  weights: readonly LiabilityWeight[],
  asOf: Day,
): {
  readonly row: LiabilityWeight;
  readonly overLimit: boolean;
  readonly reason: string;
  readonly unverified?: string;
} {
  const fits = weights.filter(
    ({ guaranteeClass, kind, ratings }) =>
      guaranteeClass === facts.guaranteeClass &&
      (kind === null || kind === facts.kind) &&
      (ratings === null || ratings.includes(facts.issuerRating?.trim().toUpperCase() ?? '')),
  );
  const row = fits.find(({ limit }) => limit === null || facts.customerBalance <= limit);
  if (!row) throw new NotInForce(`责任余额权重（${facts.guaranteeClass}）`, asOf);
  const overLimit = fits[0] !== row;
  const treatment = overLimit ? `：单户合计超过限额，${overLimitTreatment.at(asOf)}` : '';
  const unrated = facts.guaranteeClass === 'bond' && !facts.issuerRating ? `：${unratedIssuer}` : '';
  const unverified = [row.unverified, overLimit ? unverifiedOf(asOf, overLimitTreatment) : null]
    .filter(Boolean)
    .join('；');
  return {
    row,
    overLimit,
    reason: `${row.title}，权重${showRatio(row.weight)}${treatment}${unrated}`,
    ...(unverified === '' ? {} : { unverified }),
  };
}

/** 地方权重只严不松：May a province use this weight for a line? Only stricter ones (BAL-15). Throws NotInForce where the nation has none. */
export function checkLocalWeight(line: LiabilityLine, local: Ratio, asOf: Day): Refusal[] {
  const national = liabilityWeightsAt(asOf).find((each) => each.line === line);
  if (!national) throw new NotInForce(`责任余额权重（${line}）`, asOf);
  if (compareRatio(local, national.weight) >= 0) return [];
  return [
    {
      code: 'local-weight-looser',
      message: `地方细则只严不松：${national.title}的权重不得低于${showRatio(national.weight)}`,
      article: articleLocalRules,
      figures: { 地方权重: showRatio(local), 国家权重: showRatio(national.weight) },
    },
  ];
}
