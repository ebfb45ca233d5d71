/** The product lines of the demo; the figures that bind them are in src/law (programme.ts). */
export const products = [
  {
    code: 'loan',
    name: '借款担保（存量）',
    class: 'loan',
    source: '《融资担保公司监督管理条例》第二条',
    unverified: null,
  },
  { code: 'ordinary', name: '小微企业担保', class: 'loan', source: '国办发〔2019〕6号', unverified: null },
  { code: 'agri', name: '农户担保', class: 'loan', source: '国办发〔2019〕6号', unverified: null },
  {
    code: 'batch',
    name: '总对总批量担保',
    class: 'loan',
    source: '国融担〔2020〕23号',
    unverified: '分担比例与代偿率上限凭记忆，未见原文',
  },
  { code: 'tech', name: '科技创新专项', class: 'loan', source: '财金〔2024〕60号', unverified: null },
  { code: 'private', name: '民间投资专项', class: 'loan', source: '财金〔2026〕6号', unverified: null },
  {
    code: 'startup',
    name: '创业担保贷款',
    class: 'loan',
    source: '山西2025年创业担保贷款服务平台公开信息',
    unverified: null,
  },
] as const;

/**
 * The split of each product in the demo. 4222 (直保40 省再20 国担20 银行20) agrees with 国办发〔2019〕6号; that Shanxi uses it
 * is recalled, so the demo's agreements say so. 科创专项: the fund takes 30% (财金〔2024〕60号, 科技型中小企业 tier).
 */
export const splits = {
  ordinary: { bankShare: '0.2', guarantorShare: '0.4', provinceShare: '0.2', fundShare: '0.2', claimRatioCap: '0.04' },
  agri: { bankShare: '0.2', guarantorShare: '0.4', provinceShare: '0.2', fundShare: '0.2', claimRatioCap: '0.04' },
  batch: { bankShare: '0.2', guarantorShare: '0.3', provinceShare: '0.2', fundShare: '0.3', claimRatioCap: '0.03' },
  tech: { bankShare: '0.2', guarantorShare: '0.3', provinceShare: '0.2', fundShare: '0.3', claimRatioCap: '0.05' },
} as const;
