// No zod here: pages list these fields, and the browser's page policy forbids what zod tries on loading.

/** What one row of a file may become. */
export const importTargets = ['guarantee', 'movement'] as const;
export type ImportTarget = (typeof importTargets)[number];

/** How a target field is read: 'text' as is, the others by the formats, units and translations of the profile. */
export type FieldType = 'text' | 'money' | 'day' | 'integer' | 'rate' | 'code';
export type FieldSpec = { readonly title: string; readonly type: FieldType; readonly isRequired?: boolean };

/** Every field a guarantee row can fill. */
export const guaranteeFields = {
  contractNo: { title: '保函/委托担保合同号', type: 'text', isRequired: true },
  loanContractNo: { title: '借款合同号', type: 'text' },
  customerName: { title: '被担保人名称', type: 'text', isRequired: true },
  customerKind: { title: '被担保人类型', type: 'code' },
  identityKind: { title: '证件类型', type: 'code' },
  identityNo: { title: '证件号码', type: 'text', isRequired: true },
  industryCode: { title: '行业代码（GB/T 4754）', type: 'text' },
  staff: { title: '从业人员', type: 'integer' },
  revenue: { title: '营业收入', type: 'money' },
  assets: { title: '资产总额', type: 'money' },
  bank: { title: '合作银行', type: 'text', isRequired: true },
  county: { title: '业务发生县（市、区）', type: 'text', isRequired: true },
  product: { title: '产品', type: 'code', isRequired: true },
  principal: { title: '主债权金额', type: 'money', isRequired: true },
  guaranteed: { title: '担保责任金额', type: 'money' },
  guaranteedShare: { title: '担保责任比例', type: 'rate' },
  feeRate: { title: '年担保费率', type: 'rate' },
  startsOn: { title: '起始日', type: 'day', isRequired: true },
  endsOn: { title: '到期日', type: 'day' },
  termMonths: { title: '期限（月）', type: 'integer' },
  tags: { title: '标签（支小、支农、支新、支创）', type: 'code' },
  primaryTag: { title: '主标签', type: 'code' },
  disbursedOn: { title: '放款日', type: 'day' },
  disbursed: { title: '放款金额', type: 'money' },
  outcome: { title: '结清方式', type: 'code' },
  revolving: { title: '循环额度', type: 'code' },
  repaidOn: { title: '还款日', type: 'day' },
  repaid: { title: '还款金额', type: 'money' },
  claimedOn: { title: '代偿日', type: 'day' },
  claimed: { title: '代偿本金', type: 'money' },
  recoveredOn: { title: '追偿回收日', type: 'day' },
  recovered: { title: '追偿回收金额', type: 'money' },
  feeOn: { title: '收费日', type: 'day' },
  fee: { title: '担保费', type: 'money' },
  outstanding: { title: '期末在保余额', type: 'money' },
} as const satisfies Record<string, FieldSpec>;

/** Every field a movement row can fill. */
export const movementFields = {
  contractNo: { title: '保函/委托担保合同号', type: 'text', isRequired: true },
  kind: { title: '变动类型', type: 'code', isRequired: true },
  occurredOn: { title: '发生日', type: 'day', isRequired: true },
  amount: { title: '金额', type: 'money', isRequired: true },
  cash: { title: '实际收付金额', type: 'money' },
  reference: { title: '流水号', type: 'text' },
  extendedToOn: { title: '展期到期日', type: 'day' },
  cause: { title: '摘要', type: 'text' },
} as const satisfies Record<string, FieldSpec>;

export type GuaranteeField = keyof typeof guaranteeFields;
export type MovementField = keyof typeof movementFields;

/** The fields of a target, in the order the wizard shows them. */
export const fieldsOf = (target: ImportTarget): Readonly<Record<string, FieldSpec>> =>
  target === 'guarantee' ? guaranteeFields : movementFields;

/** How days may be written. D and M take one or two digits, MMM an English month; YY needs `pivotYear`. */
export const dateFormats = [
  'YYYY-MM-DD',
  'YYYY/M/D',
  'YYYY.M.D',
  'YYYYMMDD',
  'YYYY年M月D日',
  'M/D/YYYY',
  'D/M/YYYY',
  'D-MMM-YY',
  'D-MMM-YYYY',
  'YY/M/D',
  'M/D/YY',
] as const;
export type DateFormat = (typeof dateFormats)[number];
