import type { Article } from '../../kernel/article.ts';

const guide = { document: '政府性融资担保机构市县一体化运营改革工作指引', number: '附件' };

/** 第十五条 各市县财政、地方金融监管部门各项担保补偿、补贴政策业务数据依据以反馈数据为准。 */
export const article15: Article = { ...guide, article: '第十五条' };
/** 第十六条 对照省级财政同一标准，“谁受益、谁补偿、谁补贴”；补偿补贴资金当年预拨，下年清算。 */
export const article16: Article = { ...guide, article: '第十六条' };

/** Shown with every amount under a scheme nobody has confirmed. */
export const placeholderReason = '占位：标准为演示而设，《省级政府性融资担保机构补偿补贴资金管理办法》未见原文';
