import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent, type Ratio } from '../kernel/ratio.ts';
import { articleOf, lawDocument } from './document.ts';
import { parameter, showRatio } from './parameter.ts';

/** 《关于实施支持科技创新专项担保计划的通知》：2024-07-24。 */
export const sciTechPlan = lawDocument({
  document: '关于实施支持科技创新专项担保计划的通知',
  number: '财金〔2024〕60号',
  issuer: '财政部等部门',
  issuedOn: day('2024-07-24'),
  inForceOn: day('2024-07-24'),
  caveat: '条款号待核，以内容标题代替',
});
const from = sciTechPlan.inForceOn;

/** The three tiers of borrowers of the plan. */
export type SciTechTier = 'specialized' | 'high-tech' | 'tech-small';
/** Whom each tier means, as shown. */
export const sciTechTierTitles: Readonly<Record<SciTechTier, string>> = {
  specialized: '专精特新“小巨人”企业、专精特新中小企业、承担国家科技项目的中小企业',
  'high-tech': '高新技术企业、“创新积分制”科技型中小企业',
  'tech-small': '科技型中小企业、创新型中小企业',
};

/** 分担比例：银行不低于贷款金额的20%，政府性融资担保体系不高于80%；国担基金按档最高40%、35%、30%；省级再担保不低于20%。 */
export const articleSciTechShares = articleOf(sciTechPlan, '风险分担比例');
/** 银行承担不低于20%。 */
export const sciTechBankShareFloor = parameter('GOV-20', '科创专项的银行风险责任比例下限', [
  { from, value: percent('20%'), source: articleSciTechShares },
]);
/** 政府性融资担保体系承担不高于80%。 */
export const sciTechSystemShareCeiling = parameter('GOV-20', '科创专项的担保体系风险责任比例上限', [
  { from, value: percent('80%'), source: articleSciTechShares },
]);
/** 国担基金分担比例由20%提高至最高40%（专精特新等）、35%（高新技术等）、30%（科技型、创新型中小企业）。 */
export const sciTechFundShareCeiling = parameter<Readonly<Record<SciTechTier, Ratio>>>(
  'GOV-21',
  '科创专项的国家融资担保基金风险责任比例上限',
  [
    {
      from,
      value: { specialized: percent('40%'), 'high-tech': percent('35%'), 'tech-small': percent('30%') },
      source: articleSciTechShares,
    },
  ],
  (value) =>
    (Object.keys(sciTechTierTitles) as SciTechTier[])
      .map((tier) => `${sciTechTierTitles[tier]}${showRatio(value[tier])}`)
      .join('；'),
);
/** 省级再担保机构分担不低于20%。 */
export const sciTechProvinceShareFloor = parameter('GOV-22', '科创专项的省级再担保风险责任比例下限', [
  { from, value: percent('20%'), source: articleSciTechShares },
]);

/** 单户在保余额上限由1000万元提高至3000万元。 */
export const articleSciTechCap = articleOf(sciTechPlan, '单户在保余额上限');
/** 单户在保余额不超过3000万元。 */
export const sciTechCustomerCap = parameter('GOV-23', '科创专项的单户在保余额上限', [
  { from, value: wan('3000'), source: articleSciTechCap },
]);

/** 代偿率上限由4%提高至5%。 */
export const articleSciTechClaimCap = articleOf(sciTechPlan, '代偿率上限');
/** 代偿率上限5%。 */
export const sciTechClaimRatioCap = parameter('GOV-24', '科创专项的代偿率上限', [
  { from, value: percent('5%'), source: articleSciTechClaimCap },
]);

/** 收费：再担保费率单笔500万元以上不超过0.5%，500万元及以下不超过0.3%；平均担保费率逐步降至1%以下；除利息和担保费外不得收取其他费用。 */
export const articleSciTechFees = articleOf(sciTechPlan, '费率与收费');
/** 单笔担保金额500万元及以下的再担保费率不超过0.3%。 */
export const sciTechSmallReguaranteeFee = parameter('GOV-25', '科创专项500万元及以下的再担保费率上限', [
  { from, value: percent('0.3%'), source: articleSciTechFees },
]);
/** 单笔担保金额500万元以上的再担保费率不超过0.5%。 */
export const sciTechLargeReguaranteeFee = parameter('GOV-25', '科创专项500万元以上的再担保费率上限', [
  { from, value: percent('0.5%'), source: articleSciTechFees },
]);
/** 平均担保费率逐步降至1%以下。 */
export const sciTechAverageFeeCeiling = parameter('GOV-25', '科创专项的平均担保费率上限', [
  { from, value: percent('1%'), source: articleSciTechFees },
]);
/** 只收取贷款利息和担保费，不得收取保证金、承诺费、咨询费、顾问费、注册费、资料费等。 */
export const sciTechAllowedCharges = parameter<readonly string[]>('GOV-25', '科创专项允许收取的费用', [
  { from, value: ['贷款利息', '担保费'], source: articleSciTechFees },
]);

/** 支持对象由科技、工信部门确定；支小支农占比达标的，可以支持中型企业。 */
export const articleSciTechEligibility = articleOf(sciTechPlan, '支持对象');
/** 在支小支农占比达标的前提下可以支持中型企业。 */
export const sciTechAllowsMedium = parameter('GOV-26', '科创专项可以支持中型企业（支小支农占比达标时）', [
  { from, value: true, source: articleSciTechEligibility },
]);
