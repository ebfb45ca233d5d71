import { z } from 'zod';
import {
  articleWire,
  dayOut,
  dayWire,
  idWire,
  instantOut,
  moneyWire,
  pageOf,
  pageQuery,
  ratioWire,
} from '../../../wire/wire.ts';
import {
  type ChangeKind,
  type ContentKind,
  type CounterKind,
  changeKinds,
  changeStates,
  contentKinds,
  counterKinds,
  parties,
  releaseStates,
} from './titles.ts';

export * from './titles.ts';

const changeKind = z.enum(Object.keys(changeKinds) as [ChangeKind, ...ChangeKind[]]);

const counterAdded = z.object({
  kind: z.enum(Object.keys(counterKinds) as [CounterKind, ...CounterKind[]]),
  title: z.string().trim().min(2, '请写明反担保物或保证人').max(200),
  ownerName: z.string().trim().min(1, '请填所有人或保证人').max(100),
  contractNo: z.string().trim().min(1, '请填反担保合同号').max(100),
  certificateNo: z.string().trim().max(100).optional(),
});

/** What is asked for; which fields are needed depends on the kind. */
export const newChange = z.object({
  kind: changeKind,
  reason: z.string().trim().min(2, '请写明原因').max(500),
  after: z.string().trim().max(300).optional().meta({ description: '变更后内容（名称、法定代表人、用途、还款方式）' }),
  effectiveOn: dayWire.optional().meta({ description: '内容变更自哪一日起为真，缺省今天；得知日即办结日' }),
  dueOn: dayWire.optional().meta({ description: '展期或期限变更后的到期日' }),
  amount: moneyWire.optional().meta({ description: '担保金额下调后的主债权金额' }),
  branchId: z.number().int().positive().optional().meta({ description: '银行网点变更：同一银行的网点' }),
  counters: z
    .object({ release: z.array(idWire).max(200).default([]), add: counterAdded.optional() })
    .optional()
    .meta({ description: '反担保变更：解除哪些，增加哪一项' }),
  renewal: z
    .object({
      contractNo: z.string().trim().min(1).max(100),
      loanContractNo: z.string().trim().max(100).optional(),
      principal: moneyWire,
      startsOn: dayWire,
      endsOn: dayWire,
      feeRate: ratioWire.optional(),
      counters: z.array(idWire).max(200).optional().meta({ description: '随续贷转入的反担保；缺省为现有的全部' }),
    })
    .optional()
    .meta({ description: '续贷、借新还旧、无还本续贷的新保函' }),
});
export const effectLine = z.object({
  title: z.string(),
  before: z.string().meta({ description: '元；isCount 时为笔数' }),
  after: z.string(),
  note: z.string(),
  isCount: z.boolean().optional(),
});
/** A party whose written consent is needed, by which clause, and what of it is on file. */
export const consentWire = z.object({
  party: z.enum(parties),
  article: articleWire,
  why: z.string(),
  consentedOn: dayOut.nullable(),
  document: z.string().nullable(),
  files: z.number().int().meta({ description: '已上传的同意函份数' }),
});
export type ConsentWire = z.infer<typeof consentWire>;
export const changeRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  kind: changeKind,
  before: z.string(),
  after: z.string(),
  reason: z.string(),
  status: z.enum(changeStates),
  effect: z.array(effectLine),
  needs: z.array(consentWire),
  effectiveOn: dayOut.meta({ description: '自哪一日起为真' }),
  askedOn: dayOut,
  decidedOn: dayOut.nullable(),
  doneOn: dayOut.nullable(),
  successorId: idWire.nullable(),
});
export type ChangeRow = z.infer<typeof changeRow>;
export const changePage = pageOf(changeRow);
export const changeQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
  status: z.enum(changeStates).optional(),
});
export const newConsent = z.object({
  party: z.enum(parties),
  consentedOn: dayWire,
  document: z.string().trim().min(2, '请写明同意函的名称或文号').max(200),
});
export const submittedAnswer = z.object({ instanceId: idWire });
export const carryOutBody = z.object({ on: dayWire });
export const changeEffect = z.object({
  needs: z.array(consentWire.pick({ party: true, article: true, why: true })),
  warnings: z.array(z.string()),
  effect: z.array(effectLine),
  before: z.string(),
  after: z.string(),
});

export const releaseAsk = z.object({
  kind: z.enum(['full', 'partial']),
  amount: moneyWire.optional().meta({ description: '部分解保的主债权金额；全部解保即在保余额' }),
  releaseOn: dayWire,
});
export const refundBasis = z.object({
  dayCount: z.string(),
  released: moneyWire,
  borne: moneyWire.meta({ description: '解除的担保责任金额' }),
  feeRate: ratioWire,
  from: dayOut,
  to: dayOut,
  unexpiredDays: z.number().int(),
  unexpiredFee: moneyWire,
  received: moneyWire,
  refunded: moneyWire,
  earned: moneyWire,
  refund: moneyWire,
  formula: z.string(),
  source: z.string(),
  unverified: z.string().nullable(),
});
export type RefundBasis = z.infer<typeof refundBasis>;
export const releasePreview = z.object({
  amount: moneyWire,
  outstandingAfter: moneyWire,
  refund: refundBasis,
  counters: z.array(z.object({ id: idWire, title: z.string() })),
});
export type ReleasePreview = z.infer<typeof releasePreview>;
export const newRelease = releaseAsk.extend({
  reason: z.string().trim().min(2, '请写明解保原因').max(300),
  refund: moneyWire.optional().meta({ description: '约定的退费；缺省按试算，不得大于已收未退' }),
  counters: z.array(idWire).max(200).default([]).meta({ description: '同时解除的反担保' }),
});
export const releaseRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  kind: z.enum(['full', 'partial']),
  amount: moneyWire,
  releaseOn: dayOut,
  reason: z.string(),
  refund: moneyWire,
  basis: refundBasis,
  status: z.enum(releaseStates),
  decidedOn: dayOut.nullable(),
  letterNo: z.string().nullable(),
});
export type ReleaseRow = z.infer<typeof releaseRow>;
export const releasePage = pageOf(releaseRow);
export const releaseQuery = pageQuery.extend({
  q: z.string().trim().max(100).optional().meta({ description: '合同号或客户名称的一部分' }),
  guarantorId: z.coerce.number().int().optional(),
  guaranteeId: idWire.optional(),
});

export const chainRow = z.object({
  guaranteeId: idWire,
  contractNo: z.string(),
  position: z.number().int(),
  kind: z.string(),
  kindTitle: z.string(),
  startsOn: dayOut,
  dueOn: dayOut,
  principal: moneyWire,
  outstanding: moneyWire,
  extensions: z.number().int(),
});
/** What the contract says of one thing, with both times: since when it is true, when it was learnt. */
export const contentRow = z.object({
  kind: z.enum(Object.keys(contentKinds) as [ContentKind, ...ContentKind[]]),
  before: z.string(),
  value: z.string(),
  trueFrom: dayOut,
  learntAt: instantOut,
  changeId: idWire,
});
/** One guarantee's aftercare at a glance. */
export const dossier = z.object({
  guarantorId: z.number().int(),
  guaranteeId: idWire,
  contractNo: z.string(),
  customerName: z.string(),
  bankName: z.string(),
  status: z.string(),
  outstanding: moneyWire,
  dueOn: dayOut,
  class: z.string().nullable(),
  lastReported: z
    .object({
      day: dayOut,
      status: z.string(),
      overdueDays: z.number().int(),
      overdueAmount: moneyWire,
      balance: moneyWire,
    })
    .nullable(),
  chain: z.array(chainRow),
  chainNote: z.string(),
  bankId: z.number().int(),
  branchName: z.string().nullable(),
  contents: z.array(contentRow),
  counts: z.object({
    counters: z.number().int(),
    inspections: z.number().int(),
    warnings: z.number().int(),
    changes: z.number().int(),
    releases: z.number().int(),
    questions: z.number().int(),
  }),
});
export type Dossier = z.infer<typeof dossier>;
export const newBusinessQuery = z.object({
  from: dayWire,
  to: dayWire,
  guarantorId: z.coerce.number().int().optional(),
});
export const newBusiness = z.object({
  contracts: z.number().int(),
  chains: z.number().int(),
  households: z.number().int(),
  firstTime: z.number().int(),
  renewals: z.number().int(),
  note: z.string(),
});
