import { wan } from '../kernel/money.ts';
import { percent } from '../kernel/ratio.ts';
import { articleSciTechCap, articleSciTechClaimCap, articleSciTechShares, sciTechPlan } from './mof-2024-60.ts';
import { parameter } from './parameter.ts';
import { opinion6 } from './state-council-2019-6.ts';

/*
 * Ordinary business of the national fund has no published table of its own: the plans of 2024 and 2026 say what they raise
 * and from where. Those figures are read for 2024 on; before that they are carried back and marked.
 */
const carriedBack = { from: opinion6.inForceOn, unverified: '由2024年文件“由…提高至…”倒推，起始日待核实' } as const;
const from = sciTechPlan.inForceOn;

/** 国担基金普通业务分担比例20%（专项计划“由20%提高”）。 */
export const ordinaryFundShare = parameter('GOV-40', '普通业务的国家融资担保基金风险责任比例', [
  { ...carriedBack, value: percent('20%'), source: articleSciTechShares },
  { from, value: percent('20%'), source: articleSciTechShares },
]);
/** 普通业务单户担保金额1000万元（专项计划“由1000万元提高”）。 */
export const ordinaryCustomerCap = parameter('GOV-40', '普通业务的单户上限', [
  { ...carriedBack, value: wan('1000'), source: articleSciTechCap },
  { from, value: wan('1000'), source: articleSciTechCap },
]);
/** 普通业务代偿率上限4%（专项计划“由4%提高”）。 */
export const ordinaryClaimRatioCap = parameter('GOV-40', '普通业务的代偿率上限', [
  { ...carriedBack, value: percent('4%'), source: articleSciTechClaimCap },
  { from, value: percent('4%'), source: articleSciTechClaimCap },
]);
