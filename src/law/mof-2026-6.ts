import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { articleOf, lawDocument } from './document.ts';
import { parameter } from './parameter.ts';

/** 《关于实施民间投资专项担保计划的通知》：2026-01-20公布。 */
export const privateInvestmentPlan = lawDocument({
  document: '关于实施民间投资专项担保计划的通知',
  number: '财金〔2026〕6号',
  issuer: '财政部等部门',
  issuedOn: day('2026-01-20'),
  inForceOn: day('2026-01-20'),
  caveat: '按公布日起算；条款号待核，以内容标题代替',
});
const from = privateInvestmentPlan.inForceOn;

/** 额度：两年5000亿元。 */
export const articlePrivateQuota = articleOf(privateInvestmentPlan, '计划额度');
/** 专项担保计划额度5000亿元，分两年实施。 */
export const privateQuota = parameter('GOV-30', '民间投资专项的计划额度（两年）', [
  { from, value: wan('50000000'), source: articlePrivateQuota },
]);

/** 国担基金分担比例由20%提高至最高40%。 */
export const articlePrivateShares = articleOf(privateInvestmentPlan, '风险分担比例');
/** 国担基金分担比例最高40%。 */
export const privateFundShareCeiling = parameter('GOV-31', '民间投资专项的国家融资担保基金风险责任比例上限', [
  { from, value: percent('40%'), source: articlePrivateShares },
]);

/** 代偿率上限由4%提高至5%。 */
export const articlePrivateClaimCap = articleOf(privateInvestmentPlan, '代偿率上限');
/** 代偿率上限5%。 */
export const privateClaimRatioCap = parameter('GOV-32', '民间投资专项的代偿率上限', [
  { from, value: percent('5%'), source: articlePrivateClaimCap },
]);

/** 单户授信担保额度由1000万元提高至2000万元。 */
export const articlePrivateCap = articleOf(privateInvestmentPlan, '单户授信担保额度');
/** 单户授信担保额度不超过2000万元。 */
export const privateCustomerCap = parameter('GOV-33', '民间投资专项的单户授信担保额度上限', [
  { from, value: wan('2000'), source: articlePrivateCap },
]);

/** 再担保费减半收取。 */
export const articlePrivateFees = articleOf(privateInvestmentPlan, '再担保费减半');
/** 再担保费按普通业务的一半收取。 */
export const privateReguaranteeFeeFactor = parameter('GOV-34', '民间投资专项再担保费占普通业务的比例', [
  { from, value: percent('50%'), source: articlePrivateFees },
]);

/** 借款人条件：未列入经营异常、失信名单；不属于禁止、限制、淘汰类；近3年无重大安全、质量、环保、税务违法。 */
export const articlePrivateEligibility = articleOf(privateInvestmentPlan, '支持对象条件');
/** 近3年无重大安全、质量、环保、税务违法违规。 */
export const privateCleanYears = parameter(
  'GOV-35',
  '民间投资专项借款人无重大违法的年限',
  [{ from, value: 3, source: articlePrivateEligibility }],
  (years) => `${years}年`,
);
