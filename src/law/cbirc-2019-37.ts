import { day } from '../kernel/day.ts';
import { percent } from '../kernel/ratio.ts';
import { articleLoanWeights, liabilityMeasures } from './cbirc-2018-1-liability-balance.ts';
import { articleOf, lawDocument, marks } from './document.ts';
import { parameter } from './parameter.ts';

/** 《融资担保公司监督管理补充规定》：2019-10-09印发，自公布之日起施行。 */
export const supplement37 = lawDocument({
  document: '融资担保公司监督管理补充规定',
  number: '银保监发〔2019〕37号',
  issuer: '银保监会等部门',
  issuedOn: day('2019-10-09'),
  inForceOn: day('2019-10-09'),
  caveat: '条款号待核，以内容标题代替',
});

/** 住房公积金贷款担保、银行个人住房贷款担保业务的权重为30%。 */
export const articleHousingWeight = articleOf(supplement37, '住房置业担保权重');
/** 住房置业担保权重30%；补充规定以前没有单列，按其他借款类计。 */
export const housingWeight = parameter('BAL-3', '住房置业担保的权重', [
  {
    from: liabilityMeasures.inForceOn,
    value: percent('100%'),
    source: articleLoanWeights,
    unverified: marks.inferred,
  },
  { from: supplement37.inForceOn, value: percent('30%'), source: articleHousingWeight },
]);
