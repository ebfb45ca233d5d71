import type { Article } from '../../kernel/article.ts';

/** 第十一条 市级出资部门、单位落实政企分开，不得干预政府性担保公司具体业务决策。 */
export const article11: Article = {
  document: '政府性融资担保机构市县一体化运营改革工作指引',
  number: '附件',
  article: '第十一条',
};
