import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { articleOf, lawDocument, marks } from './document.ts';
import { parameter } from './parameter.ts';

/** 银担“总对总”批量担保业务：2020-04-16，文件存在已核，条款均未见原文。 */
export const batchScheme = lawDocument({
  document: '银担“总对总”批量担保业务合作方案',
  number: '国融担〔2020〕23号',
  issuer: '国家融资担保基金',
  issuedOn: day('2020-04-16'),
  inForceOn: day('2020-04-16'),
  caveat: '标题与条款凭记忆，未见原文',
});
const from = batchScheme.inForceOn;

/** 见贷即担；银行20%、国担基金20–30%、省级再担保20%；单户不超过1000万元；代偿率上限3%，超出部分由银行承担（熔断）。 */
export const articleBatchTerms = articleOf(batchScheme, '批量业务条件');
/** 国担基金分担20%至30%，通常30%。 */
export const batchFundShareCeiling = parameter('RGU-4', '“总对总”批量业务的国家融资担保基金风险责任比例上限', [
  { from, value: percent('30%'), source: articleBatchTerms, unverified: marks.recalledDoubtful },
]);
/** 单户不超过1000万元。 */
export const batchCustomerCap = parameter('RGU-4', '“总对总”批量业务的单户上限', [
  { from, value: wan('1000'), source: articleBatchTerms, unverified: marks.recalledDoubtful },
]);
/** 代偿率上限3%，超出部分熔断。 */
export const batchClaimRatioCap = parameter('RGU-4', '“总对总”批量业务的代偿率上限', [
  { from, value: percent('3%'), source: articleBatchTerms, unverified: marks.recalledDoubtful },
]);
/** 担保费率不超过1%。 */
export const batchFeeCeiling = parameter('RGU-4', '“总对总”批量业务的担保费率上限', [
  { from, value: percent('1%'), source: articleBatchTerms, unverified: marks.recalledDoubtful },
]);
