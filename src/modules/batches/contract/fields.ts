import type { FieldSpec } from '../../imports/contract/fields.ts';

// No zod here: pages list these fields, and the browser's page policy forbids what zod tries on loading.

/** Every field of a batch row. The titles are the columns of the published template. */
export const batchFields = {
  guarantorCode: { title: '担保机构代码', type: 'text' },
  contractNo: { title: '担保业务编号', type: 'text', isRequired: true },
  loanContractNo: { title: '借款合同号', type: 'text', isRequired: true },
  dueBillNo: { title: '借据号', type: 'text' },
  customerName: { title: '借款人名称', type: 'text', isRequired: true },
  customerKind: { title: '借款人类型', type: 'code', isRequired: true },
  identityKind: { title: '证件类型', type: 'code' },
  identityNo: { title: '证件号码', type: 'text', isRequired: true },
  industryCode: { title: '行业代码', type: 'text' },
  staff: { title: '从业人员', type: 'integer' },
  revenue: { title: '营业收入', type: 'money' },
  assets: { title: '资产总额', type: 'money' },
  county: { title: '业务发生县（市、区）', type: 'text', isRequired: true },
  principal: { title: '贷款金额', type: 'money', isRequired: true },
  guaranteedShare: { title: '担保责任比例', type: 'rate' },
  feeRate: { title: '年担保费率', type: 'rate', isRequired: true },
  startsOn: { title: '起始日', type: 'day', isRequired: true },
  endsOn: { title: '到期日', type: 'day', isRequired: true },
  disbursedOn: { title: '放款日', type: 'day' },
  disbursed: { title: '放款金额', type: 'money' },
  feeOn: { title: '收费日', type: 'day' },
  fee: { title: '已收担保费', type: 'money' },
  tags: { title: '业务标签', type: 'code', isRequired: true },
  primaryTag: { title: '主标签', type: 'code' },
  flags: { title: '申明事项', type: 'code' },
} as const satisfies Record<string, FieldSpec>;
export type BatchField = keyof typeof batchFields;
