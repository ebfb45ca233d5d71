/** Shown with every amount under a scheme nobody has confirmed. */
export const placeholderReason = '占位：标准为演示而设，《省级政府性融资担保机构补偿补贴资金管理办法》未见原文';
