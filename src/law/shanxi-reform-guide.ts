import { articleOf, lawDocument } from './document.ts';

/** 《政府性融资担保机构市县一体化运营改革工作指引》: what the whole product is built to; its 条 are cited everywhere. */
export const reformGuide = lawDocument({
  document: '政府性融资担保机构市县一体化运营改革工作指引',
  number: '附件',
  issuer: '省财政厅、省地方金融监管局',
  caveat: '见到的是附件全文，未见印发文件，文号与印发日期待补',
});

/** 市级出资部门、单位落实政企分开，不得干预政府性担保公司具体业务决策。 */
export const guideArticle11 = articleOf(reformGuide, '第十一条');
/** 业务数据每日报送监测系统，核对后按季反馈；各市县担保补偿、补贴政策业务数据依据以反馈数据为准。 */
export const guideArticle15 = articleOf(reformGuide, '第十五条');
/** 对照省级财政同一标准，“谁受益、谁补偿、谁补贴”；补偿补贴资金当年预拨，下年清算。 */
export const guideArticle16 = articleOf(reformGuide, '第十六条');
