import type { Article } from '../kernel/article.ts';
import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import { multiplyRatio, type Ratio } from '../kernel/ratio.ts';
import {
  type SciTechTier,
  sciTechAverageFeeCeiling,
  sciTechBankShareFloor,
  sciTechClaimRatioCap,
  sciTechCustomerCap,
  sciTechFundShareCeiling,
  sciTechLargeReguaranteeFee,
  sciTechProvinceShareFloor,
  sciTechSmallReguaranteeFee,
  sciTechSystemShareCeiling,
} from './mof-2024-60.ts';
import {
  privateClaimRatioCap,
  privateCustomerCap,
  privateFundShareCeiling,
  privateQuota,
  privateReguaranteeFeeFactor,
} from './mof-2026-6.ts';
import { batchClaimRatioCap, batchCustomerCap, batchFundShareCeiling } from './national-fund-2020-23.ts';
import { ordinaryClaimRatioCap, ordinaryCustomerCap, ordinaryFundShare } from './national-fund-baseline.ts';
import { type Parameter, unverifiedOf } from './parameter.ts';
import {
  averageFeeCeiling,
  bankShareFloor,
  largeReguaranteeFeeCeiling,
  smallReguaranteeFeeCeiling,
  smallTicketLimit,
} from './state-council-2019-6.ts';

/** The ways business goes to the national fund: 普通、“总对总”批量、科技创新专项、民间投资专项. */
export type Programme = 'ordinary' | 'batch' | 'sci-tech' | 'private-investment';
/** As shown. */
export const programmeTitles: Readonly<Record<Programme, string>> = {
  ordinary: '国担基金普通业务',
  batch: '“总对总”批量业务',
  'sci-tech': '支持科技创新专项担保计划',
  'private-investment': '民间投资专项担保计划',
};

/** A figure of a programme with where it comes from and the mark it carries. */
export type Term<T> = {
  readonly title: string;
  readonly value: T;
  readonly article: Article;
  readonly unverified?: string;
};

/** What `customerCap` limits differs by document: three bases that must never be mixed. */
export type CapBasis = '单户担保金额' | '单户在保余额' | '单户授信担保额度';

export type ProgrammeTerms = {
  readonly programme: Programme;
  readonly bankShareFloor: Term<Ratio>;
  readonly fundShareCeiling: Term<Ratio>;
  /** Only where the document fixes one. */
  readonly systemShareCeiling?: Term<Ratio>;
  readonly provinceShareFloor?: Term<Ratio>;
  readonly customerCap: Term<Fen> & { readonly basis: CapBasis };
  readonly claimRatioCap: Term<Ratio>;
  readonly averageFeeCeiling: Term<Ratio>;
  /** Annual; `small` up to and including `boundary`, `large` above it. */
  readonly reguaranteeFee: { readonly small: Term<Ratio>; readonly large: Term<Ratio>; readonly boundary: Term<Fen> };
  readonly quota?: Term<Fen>;
};

/** A parameter's value on a day with its source and mark. Throws NotInForce. */
export function termOf<T>(parameter: Parameter<T>, asOf: Day): Term<T> {
  const version = parameter.versionAt(asOf);
  const unverified = unverifiedOf(asOf, parameter);
  return {
    title: parameter.title,
    value: version.value,
    article: version.source,
    ...(unverified === undefined ? {} : { unverified }),
  };
}

/**
 * 专项业务条件：What does a programme demand on a day: shares, cap, claim ratio, fees? `tier` is needed for sci-tech only (RangeError).
 * Throws NotInForce before the programme began; what came before is the ordinary business.
 */
export function programmeTerms(programme: Programme, asOf: Day, tier?: SciTechTier): ProgrammeTerms {
  const general = {
    programme,
    bankShareFloor: termOf(bankShareFloor, asOf),
    averageFeeCeiling: termOf(averageFeeCeiling, asOf),
    reguaranteeFee: feesOf(smallReguaranteeFeeCeiling, largeReguaranteeFeeCeiling, asOf),
  };
  if (programme === 'sci-tech') return sciTechTerms(asOf, tier);
  if (programme === 'batch') {
    return {
      ...general,
      fundShareCeiling: termOf(batchFundShareCeiling, asOf),
      customerCap: { ...termOf(batchCustomerCap, asOf), basis: '单户担保金额' },
      claimRatioCap: termOf(batchClaimRatioCap, asOf),
    };
  }
  if (programme === 'private-investment') {
    const halved = (fee: Term<Ratio>): Term<Ratio> => {
      const factor = termOf(privateReguaranteeFeeFactor, asOf);
      return { ...factor, title: `${fee.title}（减半）`, value: multiplyRatio(fee.value, factor.value) };
    };
    const { small, large, boundary } = general.reguaranteeFee;
    return {
      ...general,
      fundShareCeiling: termOf(privateFundShareCeiling, asOf),
      customerCap: { ...termOf(privateCustomerCap, asOf), basis: '单户授信担保额度' },
      claimRatioCap: termOf(privateClaimRatioCap, asOf),
      reguaranteeFee: { small: halved(small), large: halved(large), boundary },
      quota: termOf(privateQuota, asOf),
    };
  }
  return {
    ...general,
    fundShareCeiling: termOf(ordinaryFundShare, asOf),
    customerCap: { ...termOf(ordinaryCustomerCap, asOf), basis: '单户担保金额' },
    claimRatioCap: termOf(ordinaryClaimRatioCap, asOf),
  };
}

function sciTechTerms(asOf: Day, tier: SciTechTier | undefined): ProgrammeTerms {
  const tiers = termOf(sciTechFundShareCeiling, asOf);
  if (!tier) throw new RangeError('科创专项须指明企业档次');
  return {
    programme: 'sci-tech',
    bankShareFloor: termOf(sciTechBankShareFloor, asOf),
    systemShareCeiling: termOf(sciTechSystemShareCeiling, asOf),
    fundShareCeiling: { ...tiers, value: tiers.value[tier] },
    provinceShareFloor: termOf(sciTechProvinceShareFloor, asOf),
    customerCap: { ...termOf(sciTechCustomerCap, asOf), basis: '单户在保余额' },
    claimRatioCap: termOf(sciTechClaimRatioCap, asOf),
    averageFeeCeiling: termOf(sciTechAverageFeeCeiling, asOf),
    reguaranteeFee: feesOf(sciTechSmallReguaranteeFee, sciTechLargeReguaranteeFee, asOf),
  };
}

const feesOf = (small: Parameter<Ratio>, large: Parameter<Ratio>, asOf: Day) => ({
  small: termOf(small, asOf),
  large: termOf(large, asOf),
  boundary: termOf(smallTicketLimit, asOf),
});
