import { day } from '../kernel/day.ts';
import { percent, ratio } from '../kernel/ratio.ts';
import { articleOf, lawDocument } from './document.ts';
import { parameter } from './parameter.ts';

/** 《融资担保公司监督管理条例》：2017-08-02公布，2017-10-01起施行。 */
export const order683 = lawDocument({
  document: '融资担保公司监督管理条例',
  number: '国务院令第683号',
  issuer: '国务院',
  issuedOn: day('2017-08-02'),
  inForceOn: day('2017-10-01'),
});
const from = order683.inForceOn;

/** 第十五条：担保责任余额不得超过净资产的10倍；主要为小微企业和农业、农村、农民服务的，倍数上限可以提高至15倍。 */
export const article15 = articleOf(order683, '第十五条');
/** 第十五条：担保责任余额不得超过其净资产的10倍。 */
export const ordinaryLeverageCap = parameter('REG-15', '放大倍数上限', [{ from, value: ratio(10), source: article15 }]);
/** 第十五条：主要为小微企业和“三农”服务的，倍数上限可以提高至15倍。 */
export const raisedLeverageCap = parameter('REG-15', '主要服务小微企业和三农的放大倍数上限', [
  { from, value: ratio(15), source: article15 },
]);

/** 第十六条：对同一被担保人的担保责任余额与净资产的比例不得超过10%，对同一被担保人及其关联方的不得超过15%。 */
export const article16 = articleOf(order683, '第十六条');
/** 第十六条：对同一被担保人的担保责任余额与净资产的比例不得超过10%。 */
export const singleCustomerCap = parameter('REG-16', '同一被担保人集中度上限', [
  { from, value: percent('10%'), source: article16 },
]);
/** 第十六条：对同一被担保人及其关联方的担保责任余额与净资产的比例不得超过15%。 */
export const relatedGroupCap = parameter('REG-16', '同一被担保人及其关联方集中度上限', [
  { from, value: percent('15%'), source: article16 },
]);
