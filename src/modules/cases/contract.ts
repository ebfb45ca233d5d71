import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';
import { customerKind, sizeClassWire } from '../customers/contract.ts';
import { eligibilityFinding } from '../products/contract.ts';
import { counterKinds } from './contract/titles.ts';

export { customerKindTitles } from '../customers/contract.ts';
export type { EligibilityFinding } from '../products/contract.ts';
export {
  applicantTitles,
  counterKinds,
  findingTitles,
  flagTitles,
  frequencyTitles,
  paperTitles,
  stateTitles,
  verdictTitles,
} from './contract/titles.ts';

export const caseState = z.enum([
  'draft',
  'submitted',
  'due-diligence',
  'review',
  'approving',
  'approved',
  'papers',
  'disbursed',
  'returned',
  'refused',
  'withdrawn',
  'lapsed',
]);
export type CaseState = z.infer<typeof caseState>;
export const applicantKind = z.enum(['bank', 'client-manager', 'customer']);

const typed = z.string().max(500);
const typedParty = z.record(z.string().max(40), typed.nullable());
/** A draft as typed: any text in any field, nothing judged, nothing lost. */
export const caseDraft = z
  .object({
    branchId: typed,
    productCode: typed,
    customerKind: typed,
    customerName: typed,
    identityKind: typed,
    identityNo: typed,
    address: typed,
    county: typed,
    industryCode: typed,
    staff: typed,
    revenue: typed,
    assets: typed,
    declaredOn: typed,
    contactName: typed,
    contactPhone: typed,
    amount: typed,
    termMonths: typed,
    feeRate: typed,
    purpose: z.string().max(2000),
    repayment: z.string().max(2000),
    tags: z.array(z.number().int().min(1).max(8)).max(4),
    primaryTag: z.number().int().min(0).max(8),
    tagEvidence: typed,
    tier: typed,
    flags: z.array(z.string().max(40)).max(20),
    relatedParties: z.array(typedParty).max(20),
    counterGuarantees: z.array(typedParty).max(20),
  })
  .partial();
export type CaseDraft = z.infer<typeof caseDraft>;

const person = {
  name: z.string().trim().min(2, '姓名或名称至少两个字').max(200),
  identityKind: z.enum(['uscc', 'resident-id', 'foreign-id'], '请选择证件类型'),
  identityNo: z.string().trim().min(5, '请填写证件号码').max(40),
};
/** A draft that is whole: what submitting demands of each field. */
export const caseApplication = z.object({
  branchId: z.coerce.number().int().optional(),
  productCode: z.string('请选择产品').min(1, '请选择产品'),
  customerKind: z.enum(customerKind.options, '请选择客户类别'),
  customerName: z.string('请填写名称').trim().min(2, '名称至少两个字').max(200),
  identityKind: z.enum(['uscc', 'resident-id', 'foreign-id'], '请选择证件类型'),
  identityNo: z.string('请填写证件号码').trim().min(5, '请填写证件号码').max(40),
  address: z.string('请填写住所').trim().min(4, '住所至少四个字').max(300),
  county: z.coerce.number('请选择业务所在县').int('请选择业务所在县'),
  industryCode: z.string().trim().max(10).optional(),
  staff: z.coerce.number('从业人员须为整数').int('从业人员须为整数').min(0).optional(),
  revenue: moneyWire.optional(),
  assets: moneyWire.optional(),
  declaredOn: dayWire.optional(),
  contactName: z.string('请填写联系人').trim().min(2, '请填写联系人').max(100),
  contactPhone: z.string('请填写联系电话').regex(/^[\d+\-() ]{5,30}$/, '电话只能含数字、加号、横线和括号'),
  amount: z.string('请填写申请金额').pipe(moneyWire),
  termMonths: z.coerce
    .number('请填写期限')
    .int('期限须为整月')
    .min(1, '期限至少一个月')
    .max(600, '期限超过600个月，请核对单位是否为月'),
  feeRate: ratioWire.optional(),
  purpose: z.string('请填写贷款用途').trim().min(4, '贷款用途至少四个字').max(2000),
  repayment: z.string('请填写还款来源').trim().min(4, '还款来源至少四个字').max(2000),
  tags: z.array(z.number().int()).default([]),
  primaryTag: z.number().int().default(0),
  tagEvidence: z.string().trim().max(500).optional(),
  tier: z.enum(['specialized', 'high-tech', 'tech-small']).optional(),
  flags: z.array(z.string()).default([]),
  relatedParties: z.array(z.object({ relation: z.string().min(2, '请选择关系').max(40), ...person })).default([]),
  counterGuarantees: z
    .array(
      z.object({
        kind: z.coerce.number().refine((code) => String(code) in counterKinds, '请选择反担保种类'),
        provider: z.string('请填写提供人').trim().min(2, '请填写提供人').max(200),
        title: z.string('请填写反担保物或保证内容').trim().min(2, '请填写反担保物或保证内容').max(300),
        providerIdentityNo: z.string().trim().max(40).optional(),
        certificateNo: z.string().trim().max(100).optional(),
        appraised: moneyWire.optional(),
        appraisedOn: dayWire.optional(),
      }),
    )
    .default([]),
});
export type CaseApplication = z.output<typeof caseApplication>;

export const newCase = z.object({
  guarantorId: z.number().int(),
  bankId: z.number().int().optional().meta({ description: '贷款银行；银行用户不填，即本行' }),
  draft: caseDraft.default({}),
});
export const draftChange = z.object({ bankId: z.number().int().optional(), draft: caseDraft });

export const caseRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  number: z.string(),
  state: caseState,
  stateAt: instantOut,
  applicantKind,
  customerName: z.string(),
  bankName: z.string().nullable(),
  productName: z.string().nullable(),
  countyName: z.string().nullable(),
  amount: moneyWire.nullable(),
  termMonths: z.number().int().nullable(),
  managerA: z.string().nullable(),
  managerB: z.string().nullable(),
  submittedOn: dayOut.nullable(),
  validUntil: dayOut.nullable(),
});
export type CaseRow = z.infer<typeof caseRow>;
export const casePage = pageOf(caseRow);
export const caseQuery = pageQuery.extend({
  q: z.string().max(100).optional().meta({ description: '项目编号、客户名称的一部分，或完整证件号' }),
  state: caseState.optional(),
  guarantorId: z.coerce.number().int().optional(),
  bankId: z.coerce.number().int().optional(),
  mine: z.enum(['true', 'false']).optional().meta({ description: '只看我录入或经办的' }),
});
export const caseCounts = z.object({ rows: z.array(z.object({ state: caseState, count: z.number().int() })) });

/** Live answers while a form is typed; nothing is stored. */
export const checkAsked = z.object({
  guarantorId: z.number().int(),
  bankId: z.number().int().optional(),
  caseId: idWire.optional(),
  draft: caseDraft,
});
const told = z.object({ code: z.string(), message: z.string(), field: z.string().optional() });
export const headroomMark = z.object({
  code: z.string(),
  title: z.string(),
  level: z.enum(['green', 'amber', 'red']),
  cure: z.string(),
});
export const caseCheck = z.object({
  identity: z.object({ ok: z.boolean(), messages: z.array(z.string()) }).nullable(),
  size: z.object({ size: sizeClassWire, reason: z.string() }).nullable(),
  own: z.array(told),
  elsewhere: z.array(z.object({ who: z.string(), message: z.string() })),
  product: z.object({ code: z.string(), name: z.string(), version: z.number().int(), feeRate: ratioWire }).nullable(),
  eligibility: z.array(eligibilityFinding),
  headroom: z.array(headroomMark),
  /** Every reason why it could not be submitted as it stands. */
  missing: z.array(told),
});
export type CaseCheck = z.infer<typeof caseCheck>;

export const reasonGiven = z.object({ reason: z.string().trim().min(2, '请写明原因').max(500) });
export const assignment = z.object({ managerA: z.number().int(), managerB: z.number().int() });
export const finding = z.enum(['pass', 'fail', 'not-applicable']);
export const checklistChange = z.object({
  items: z
    .array(
      z.object({
        code: z.string().max(40),
        finding,
        note: z.string().trim().max(1000).default(''),
        attachments: z.array(idWire).max(50).default([]),
      }),
    )
    .min(1)
    .max(60),
});
export const newVisit = z.object({
  visitedAt: z.iso.datetime({ offset: true, message: '走访时间须为 ISO 8601' }),
  place: z.string().trim().min(4, '地点至少四个字').max(200),
  lat: z
    .string()
    .regex(/^-?\d{1,2}(\.\d{1,6})?$/, '纬度须为十进制度数')
    .optional(),
  lng: z
    .string()
    .regex(/^-?\d{1,3}(\.\d{1,6})?$/, '经度须为十进制度数')
    .optional(),
  met: z.string().trim().max(200).default(''),
  note: z.string().trim().min(4, '走访情况至少四个字').max(2000),
  attachments: z.array(idWire).max(50).default([]),
});
export const newConclusion = z.object({
  agrees: z.boolean(),
  opinion: z.string().trim().min(4, '意见至少四个字').max(2000),
});
export const newReview = z.object({
  verdict: z.enum(['support', 'conditional', 'oppose']),
  opinion: z.string().trim().min(4, '风险意见至少四个字').max(4000),
  conditions: z.string().trim().max(2000).default(''),
  amount: moneyWire.optional(),
  termMonths: z.number().int().min(1).max(600).optional(),
  feeRate: ratioWire.optional(),
});
export const scoreInputs = z.record(z.string().max(40), z.string().max(40));
export const newScore = z.object({ inputs: scoreInputs });
export const legalCheck = z.object({
  verdict: z.enum(['passed', 'failed']),
  opinion: z.string().trim().min(2, '请写明审查意见').max(1000),
});
export const papersAsked = z.object({
  template: z.enum(['intent-letter', 'entrust-contract', 'guarantee-contract', 'counter-contract', 'disburse-notice']),
  counterSeq: z.number().int().optional().meta({ description: '反担保合同所对应的反担保' }),
});
export const contractNumbers = z.object({ loanNo: z.string().trim().min(1, '请填写借款合同号').max(100) });

export const frequency = z.enum(['once', 'yearly', 'half-yearly', 'quarterly']);
export const feeAsked = z.object({
  basis: z.enum(['guaranteed', 'principal']),
  frequency,
  startsOn: dayWire,
  laterRates: z
    .array(ratioWire)
    .max(50)
    .default([])
    .meta({ description: '第二年起各年的年费率，不高于批准的费率；不填为各年相同' }),
});
/** 缴费通知 for the instalments named, payable by a day to an account. */
export const feeNoticeAsked = z.object({
  instalments: z.array(z.number().int().positive()).min(1, '请选择通知哪几期').max(200),
  payBy: dayWire,
  account: z.string().trim().min(4, '请填写收款账户').max(200),
});
export const newReceipt = z.object({
  amount: moneyWire,
  receivedOn: dayWire,
  reference: z.string().trim().min(1, '请填写收款凭证号').max(100),
});
export const disbursement = z.object({
  reference: z.string().trim().min(1, '请填写放款凭证号').max(100),
  loanNo: z.string().trim().min(1, '请填写借款合同号').max(100),
  amount: moneyWire,
  disbursedOn: dayWire,
  endsOn: dayWire,
});
export const disbursed = z.object({ guaranteeId: idWire, contractNo: z.string(), isRepeat: z.boolean() });
export const refundAsked = z.object({
  releasedOn: dayWire,
  amount: moneyWire.optional().meta({ description: '部分解除的主债权金额；不填为全部解除' }),
});
export const refundPreview = z.object({
  releasedOn: dayOut,
  received: moneyWire,
  days: z.number().int(),
  earned: moneyWire,
  unexpired: moneyWire,
  refund: moneyWire,
  owed: moneyWire,
  formula: z.string(),
});
