import { day } from '../kernel/day.ts';
import { wan } from '../kernel/money.ts';
import { articleOf, lawDocument } from './document.ts';
import { article4, sizeStandard } from './miit-2011-300-size-classes.ts';
import { parameter } from './parameter.ts';

/** 《政府性融资担保发展管理办法》：2025-02-19成文，2025-03-01起施行。第九条要求合理收费，不设费率数值。 */
export const measures2025 = lawDocument({
  document: '政府性融资担保发展管理办法',
  number: '财金〔2025〕11号',
  issuer: '财政部等六部门',
  issuedOn: day('2025-02-19'),
  inForceOn: day('2025-03-01'),
  caveat: '第十二条至第十九条、第二十一条以后未见原文',
});
const from = measures2025.inForceOn;

/** Who counts as 小微 for policy: an enterprise by its size, or a person by status. */
export type SmallMicroStatus = '小型企业' | '微型企业' | '个体工商户' | '小微企业主';

/** 第二条：小微企业包括小型、微型企业和个体工商户、小微企业主；三农主体按涉农贷款专项统计制度认定。 */
export const article2 = articleOf(measures2025, '第二条');
/** 第二条：小微企业按划型标准认定，并包括个体工商户、小微企业主。2025年以前仅按划型标准。 */
export const smallMicroScope = parameter<readonly SmallMicroStatus[]>('CLS-3', '政策口径的小微企业范围', [
  { from: sizeStandard.inForceOn, value: ['小型企业', '微型企业'], source: article4 },
  { from, value: ['小型企业', '微型企业', '个体工商户', '小微企业主'], source: article2 },
]);

/**
 * 第六条：重点为单户担保金额1000万元及以下的小微企业和“三农”主体服务；
 * 支小支农占比原则上不低于80%，其中单户500万元及以下不低于50%。
 */
export const article6 = articleOf(measures2025, '第六条');
/** 第六条：重点为单户担保金额1000万元及以下的小微企业和“三农”主体等提供融资担保服务。 */
export const focusCustomerLimit = parameter('GOV-10', '政府性融资担保重点服务的单户担保金额', [
  { from, value: wan('1000'), source: article6 },
]);
