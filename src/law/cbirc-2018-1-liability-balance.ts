import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { articleOf, lawDocument, marks } from './document.ts';
import { parameter } from './parameter.ts';

/** 《融资担保责任余额计量办法》：《融资担保公司监督管理条例》四项配套制度之一，2018-04-02印发。 */
export const liabilityMeasures = lawDocument({
  document: '融资担保责任余额计量办法',
  number: '银保监发〔2018〕1号',
  issuer: '银保监会等部门',
  issuedOn: day('2018-04-02'),
  inForceOn: day('2018-04-02'),
  caveat: '未见全文：条款号待核，以内容标题代替；施行日按印发日计',
});
const from = liabilityMeasures.inForceOn;

/** 借款类担保的权重：小微企业单户500万元（含）以下、农户单户200万元以下75%，其他100%。 */
export const articleLoanWeights = articleOf(liabilityMeasures, '借款类担保权重');
/** 被担保人为小微企业且单户在保余额500万元（含）以下的借款类担保，适用较低权重。 */
export const smallMicroLimit = parameter('BAL-1', '小微企业借款类担保的单户限额', [
  { from, value: wan('500'), source: articleLoanWeights },
]);
/** 单户在保余额500万元（含）以下的小微企业借款类担保，权重为75%。 */
export const smallMicroWeight = parameter('BAL-1', '小微企业单户限额以内借款类担保的权重', [
  { from, value: percent('75%'), source: articleLoanWeights },
]);
/** 计量办法只写小微企业；个体工商户、小微企业主按小微企业权重计，是参照财金〔2025〕11号第二条的读法，不是条文。 */
export const readAsSmallMicro = parameter<readonly ('individual-business' | 'business-owner')[]>(
  'BAL-1',
  '按小微企业权重计的非企业被担保人',
  [
    {
      from,
      value: ['individual-business', 'business-owner'],
      source: articleLoanWeights,
      unverified: '计量办法只写小微企业，参照财金〔2025〕11号第二条理解，非条文原意，待核实',
    },
  ],
  (kinds) =>
    kinds.map((kind) => ({ 'individual-business': '个体工商户', 'business-owner': '小微企业主' })[kind]).join('、'),
);
/** 被担保人为农户且单户在保余额200万元以下的借款类担保，适用较低权重。 */
export const farmerLimit = parameter('BAL-2', '农户借款类担保的单户限额', [
  { from, value: wan('200'), source: articleLoanWeights, unverified: '“以下”含本数，按法律用语推定，待核实' },
]);
/** 单户在保余额200万元以下的农户借款类担保，权重为75%。 */
export const farmerWeight = parameter('BAL-2', '农户单户限额以内借款类担保的权重', [
  { from, value: percent('75%'), source: articleLoanWeights },
]);
/** 其他借款类担保，权重为100%。 */
export const otherLoanWeight = parameter('BAL-4', '其他借款类担保的权重', [
  { from, value: percent('100%'), source: articleLoanWeights },
]);

/** 发行债券担保的权重：被担保人主体信用评级AA级以上80%，其他100%。 */
export const articleBondWeights = articleOf(liabilityMeasures, '发行债券担保权重');
/** 主体信用评级AA级以上，即AA、AA+、AAA。 */
export const highRatings = parameter<readonly string[]>('BAL-5', '发行债券担保适用较低权重的主体信用评级', [
  { from, value: ['AAA', 'AA+', 'AA'], source: articleBondWeights },
]);
/** 被担保人主体信用评级AA级以上的发行债券担保，权重为80%。 */
export const ratedBondWeight = parameter('BAL-5', '主体信用评级AA级以上发行债券担保的权重', [
  { from, value: percent('80%'), source: articleBondWeights },
]);
/** 其他发行债券担保，权重为100%。 */
export const otherBondWeight = parameter('BAL-6', '其他发行债券担保的权重', [
  { from, value: percent('100%'), source: articleBondWeights, unverified: marks.recalled },
]);

/** 其他融资担保的权重。 */
export const articleOtherWeights = articleOf(liabilityMeasures, '其他融资担保权重');
/** 其他融资担保，权重为100%。 */
export const otherFinancingWeight = parameter('BAL-7', '其他融资担保的权重', [
  { from, value: percent('100%'), source: articleOtherWeights, unverified: marks.recalled },
]);

/** 单户在保余额按同一被担保人的全部合同合计。 */
export const articlePerCustomer = articleOf(liabilityMeasures, '单户在保余额的计算');
/** 同一被担保人的合同合计超过限额时，整户余额（不是超出部分）改按其他借款类计。 */
export const overLimitTreatment = parameter('BAL-8', '单户合计超过限额的处理', [
  { from, value: '整户余额改按其他借款类权重', source: articlePerCustomer, unverified: marks.partlySeen },
]);

/** 倍数上限提高至15倍的条件。 */
export const articleRaisedCap = articleOf(liabilityMeasures, '提高放大倍数上限的条件（约第十六条）');
/** 小微企业和农户的在保余额占比不低于50%，方可适用15倍上限。 */
export const raisedCapBalanceShare = parameter('BAL-9', '适用较高倍数上限的小微企业和农户在保余额占比', [
  { from, value: percent('50%'), source: articleRaisedCap, unverified: marks.recalled },
]);
/** 小微企业和农户的户数占比不低于80%，方可适用15倍上限。 */
export const raisedCapHouseholdShare = parameter('BAL-9', '适用较高倍数上限的小微企业和农户户数占比', [
  { from, value: percent('80%'), source: articleRaisedCap, unverified: marks.recalled },
]);

/** 集中度的计算。 */
export const articleConcentration = articleOf(liabilityMeasures, '集中度的计算');
/** 主体信用评级AA级以上的发行债券担保，计算集中度时责任余额按在保余额的60%计。 */
export const ratedBondConcentrationWeight = parameter(
  'BAL-10',
  '主体信用评级AA级以上发行债券担保计算集中度的折算比例',
  [{ from, value: percent('60%'), source: articleConcentration, unverified: marks.recalledDoubtful }],
);

/** 净资产的口径。 */
export const articleNetAssets = articleOf(liabilityMeasures, '净资产的口径');
/** 计算放大倍数和集中度的净资产，为非合并报表净资产扣除对其他融资担保公司和再担保公司的股权投资。 */
export const netAssetsDeduction = parameter('BAL-11', '净资产的扣除项', [
  {
    from,
    value: '对其他融资担保公司、再担保公司的股权投资（非合并报表）',
    source: articleNetAssets,
    unverified: marks.partlySeen,
  },
]);

/** 责任余额的计算基础。 */
export const articleBasis = articleOf(liabilityMeasures, '责任余额的计算基础');
/** 按比例分担风险的，按实际承担的份额计；各地系统另有按合同金额计的口径，故两种口径并列保存。 */
export const reportedBasis = parameter<'contract' | 'borne'>(
  'BAL-12',
  '责任余额的计算口径',
  [{ from, value: 'borne', source: articleBasis, unverified: marks.partlySeenDoubtful }],
  (value) => ({ contract: '合同口径', borne: '实际承担口径' })[value],
);
/** 直保机构分给再担保的部分不从其责任余额中扣除。 */
export const deductReguarantee = parameter('BAL-13', '责任余额是否扣除再担保分担部分', [
  { from, value: false, source: articleBasis, unverified: marks.recalledDoubtful },
]);

/** 不计入责任余额的业务。 */
export const articleExcluded = articleOf(liabilityMeasures, '不计入责任余额的业务');
/** 《条例》施行前发生的保本基金担保可不计入责任余额，但须单独列示。 */
export const legacyFundWeight = parameter('BAL-14', '条例施行前保本基金担保的权重', [
  { from, value: percent('0%'), source: articleExcluded },
]);
/** 投标、履约、诉讼保全等非融资担保不属于融资担保责任余额。 */
export const nonFinancingWeight = parameter('BAL-16', '非融资担保的权重', [
  { from, value: percent('0%'), source: articleExcluded, unverified: marks.recalled },
]);

/** 省级监督管理部门可以制定实施细则，只严不松。 */
export const articleLocalRules = articleOf(liabilityMeasures, '地方实施细则只严不松');
