// No zod here: the browser's page policy forbids what it tries on loading.

/** Papers that are often asked for: code and title. */
export const usualItems = [
  { value: 'licence', label: '营业执照' },
  { value: 'identity', label: '法定代表人（本人）身份证' },
  { value: 'financials', label: '近期财务报表' },
  { value: 'bank-statement', label: '近 6 个月银行流水' },
  { value: 'tax', label: '纳税证明' },
  { value: 'purpose', label: '贷款用途证明（购销合同等）' },
  { value: 'insurance', label: '抵押物保险单' },
] as const;
