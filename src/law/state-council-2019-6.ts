import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { articleOf, lawDocument, marks } from './document.ts';
import { article6, measures2025 } from './mof-2025-11.ts';
import { parameter } from './parameter.ts';

/** 《关于有效发挥政府性融资担保基金作用切实支持小微企业和“三农”发展的指导意见》. */
export const opinion6 = lawDocument({
  document: '关于有效发挥政府性融资担保基金作用切实支持小微企业和“三农”发展的指导意见',
  number: '国办发〔2019〕6号',
  issuer: '国务院办公厅',
  issuedOn: day('2019-01-22'),
  inForceOn: day('2019-01-22'),
  caveat: '2019-02-14公布，按成文日起算；条款号待核，以内容标题代替',
});
const from = opinion6.inForceOn;
const from2025 = measures2025.inForceOn;

/** 聚焦支小支农主业：支小支农担保业务占比达到80%以上，重点支持单户担保金额500万元及以下的小微企业和“三农”主体。 */
export const articleFocus = articleOf(opinion6, '聚焦支小支农融资担保主业');
/** 支小支农担保业务占比达到80%以上；2025年起为支小支农担保金额占全部担保金额的比例。 */
export const supportShareFloor = parameter('GOV-1', '支小支农担保业务占比下限', [
  { from, value: percent('80%'), source: articleFocus },
  { from: from2025, value: percent('80%'), source: article6 },
]);
/** 重点支持单户担保金额500万元及以下的小微企业和“三农”主体。 */
export const smallTicketLimit = parameter('GOV-2', '重点支持的单户担保金额', [
  { from, value: wan('500'), source: articleFocus },
  { from: from2025, value: wan('500'), source: article6 },
]);
/** 国家融资担保基金支小支农业务中，单户500万元及以下的占比不低于50%；2025年起适用于政府性融资担保机构。 */
export const smallTicketShareFloor = parameter('GOV-2', '支小支农业务中单户500万元及以下的占比下限', [
  { from, value: percent('50%'), source: articleFocus },
  { from: from2025, value: percent('50%'), source: article6, unverified: '分母按支小支农担保金额理解，待核实' },
]);

/** 降低综合融资成本：引导平均担保费率逐步降至1%以下，再担保收费不高于省级机构。 */
export const articleFees = articleOf(opinion6, '降低小微企业和“三农”综合融资成本');
/** 引导合作机构逐步将平均担保费率降至1%以下。 */
export const averageFeeCeiling = parameter('GOV-3', '平均担保费率上限', [
  { from, value: percent('1%'), source: articleFees },
]);
/** 单户担保金额500万元及以下的，担保费率原则上不超过1%。 */
export const smallTicketFeeCeiling = parameter('GOV-4', '单户500万元及以下的担保费率上限', [
  { from, value: percent('1%'), source: articleFees, unverified: marks.recalledDoubtful },
]);
/** 单户担保金额500万元以上的，担保费率原则上不超过1.5%。 */
export const largeTicketFeeCeiling = parameter('GOV-4', '单户500万元以上的担保费率上限', [
  { from, value: percent('1.5%'), source: articleFees, unverified: marks.recalledDoubtful },
]);
/** 国家融资担保基金再担保费率：单户500万元及以下的不高于0.3%. */
export const smallReguaranteeFeeCeiling = parameter('GOV-5', '500万元及以下的再担保费率上限', [
  { from, value: percent('0.3%'), source: articleFees },
]);
/** 国家融资担保基金再担保费率：单户500万元以上的不高于0.5%. */
export const largeReguaranteeFeeCeiling = parameter('GOV-5', '500万元以上的再担保费率上限', [
  { from, value: percent('0.5%'), source: articleFees },
]);
/** 再担保费率以承担风险责任的金额为计费基数（年）. */
export const reguaranteeFeeBase = parameter('GOV-5', '再担保费的计费基数', [
  { from, value: '承担风险责任金额（年）', source: articleFees, unverified: marks.recalledDoubtful },
]);

/** 完善银担合作机制：国家融资担保基金和银行承担的风险责任比例原则上均不低于20%，省级机构不低于国家融资担保基金。 */
export const articleRiskShares = articleOf(opinion6, '银担合作与风险分担');
/** 银行承担的风险责任比例不低于20%。 */
export const bankShareFloor = parameter('GOV-6', '银行风险责任比例下限', [
  { from, value: percent('20%'), source: articleRiskShares },
]);
/** 国家融资担保基金承担的风险责任比例不低于20%。 */
export const fundShareFloor = parameter('GOV-6', '国家融资担保基金风险责任比例下限', [
  { from, value: percent('20%'), source: articleRiskShares },
]);
/** 省级担保、再担保基金（机构）承担的风险责任比例不低于国家融资担保基金。 */
export const provinceNotBelowFund = parameter('GOV-6', '省级机构风险责任比例不低于国家融资担保基金', [
  { from, value: true, source: articleRiskShares },
]);
/** 不得以抽屉协议、保证金等形式把银行应担的风险转回担保机构。 */
export const bankShareShiftBanned = parameter('GOV-7', '禁止将银行分担的风险转回担保机构', [
  { from, value: true, source: articleRiskShares, unverified: marks.recalledDoubtful },
]);

/** 严守主业：不得为政府债券发行提供担保，不得为政府融资平台融资提供增信，不得向非融资担保机构进行股权投资，不得偏离主业。 */
export const articleProhibitions = articleOf(opinion6, '不得从事的业务');
/** 禁止事项；2025年办法第八条与此相同。 */
export const prohibitedPurposes = parameter<readonly Purpose[]>(
  'GOV-8',
  '政府性融资担保机构不得从事的业务',
  [
    {
      from,
      value: ['government-bond', 'financing-platform', 'equity-in-non-guarantor', 'off-mission'],
      source: articleProhibitions,
    },
  ],
  (value) => value.map((each) => purposeTitles[each]).join('、'),
);

/** What the money or the guarantee is for, as far as the law forbids it. */
export type Purpose = 'government-bond' | 'financing-platform' | 'equity-in-non-guarantor' | 'off-mission';
/** 政府债券发行担保, … as shown. */
export const purposeTitles: Readonly<Record<Purpose, string>> = {
  'government-bond': '为政府债券发行提供担保',
  'financing-platform': '为政府融资平台融资提供增信',
  'equity-in-non-guarantor': '向非融资担保机构进行股权投资',
  'off-mission': '偏离支小支农主业',
};

/** 完善考核与尽职免责。 */
export const articleAims = articleOf(opinion6, '反担保、尽职免责与考核');
/** 逐步减少、取消反担保要求；完善尽职免责；降低或取消盈利考核。 */
export const policyAims = parameter<readonly string[]>('GOV-9', '反担保、尽职免责与盈利考核的要求', [
  {
    from,
    value: ['逐步减少、取消反担保要求', '完善尽职免责', '降低或取消盈利考核'],
    source: articleAims,
    unverified: marks.recalled,
  },
]);
