import { z } from 'zod';
import { articleWire, dayOut, dayWire, idWire, moneyWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';

/** One limit before and after the case at hand; amounts in 元. */
export const headroomLine = z.object({
  code: z.string(),
  title: z.string(),
  article: articleWire.optional(),
  source: z.string(),
  unverified: z.string().optional(),
  limit: z.string().nullable().meta({ description: '上限；空为没有设定或无法计算，见 note' }),
  used: z.string(),
  reserved: z.string().meta({ description: '其他在办业务占用' }),
  after: z.string().meta({ description: '本笔之后' }),
  room: z.string().nullable().meta({ description: '本笔之前的余量，按该限额自己的口径' }),
  isBreached: z.boolean(),
  binds: z.boolean().meta({ description: '超限即拒绝；否则只作提示' }),
  cure: z.string(),
  note: z.string().optional(),
});
export type HeadroomLineWire = z.infer<typeof headroomLine>;
export const headroomQuery = z.object({
  guarantorId: z.coerce.number().int(),
  customerId: idWire.optional(),
  bankId: z.coerce.number().int().optional(),
  productCode: z.string().max(40).optional(),
  county: z.coerce.number().int().optional(),
  amount: moneyWire,
  guaranteed: moneyWire.optional(),
  subject: z.string().max(100).optional(),
  on: dayWire.optional(),
});
export const headroomAnswer = z.object({ on: dayOut, lines: z.array(headroomLine) });

export const reservationState = z.enum(['held', 'expired', 'used', 'released']);
export const reservationRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  subject: z.string(),
  customerId: idWire,
  customerName: z.string(),
  bankName: z.string(),
  productName: z.string(),
  county: z.number().int(),
  amount: z.string(),
  guaranteed: z.string(),
  until: dayOut,
  state: reservationState,
  isAhead: z.boolean().meta({ description: '先占额度：先于项目占用' }),
  isExpiring: z.boolean().meta({ description: '占用中且七日内到期' }),
  note: z.string().nullable(),
});
export type ReservationRow = z.infer<typeof reservationRow>;
export const reservationPage = pageOf(reservationRow);
export const reservationQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  bankId: z.coerce.number().int().optional(),
  state: reservationState.optional(),
});
export const reservationEnd = z.object({ guarantorId: z.number().int(), subject: z.string().min(3).max(100) });
/** Room held ahead of a case. The customer by our number, or by its identity number. */
export const newReservation = z
  .object({
    guarantorId: z.number().int(),
    customerId: idWire.optional(),
    identityNo: z.string().trim().min(1).max(40).optional(),
    bankId: z.number().int(),
    productCode: z.string().min(1).max(40),
    county: z.number().int(),
    amount: moneyWire,
    guaranteed: moneyWire.optional().meta({ description: '担保责任金额；不填按主债权全额，从严' }),
    until: dayWire,
    note: z.string().trim().min(2, '请写明用途').max(200),
  })
  .refine((each) => (each.customerId === undefined) !== (each.identityNo === undefined), {
    message: '客户编号与证件号码须填且只填一项',
    path: ['customerId'],
  });
export const heldReservation = z.object({
  guarantorId: z.number().int(),
  id: idWire,
  until: dayOut,
  lines: z.array(headroomLine).meta({ description: '当时的全部限额；银行只见名称与是否超限' }),
});

const allocation = z.object({
  guarantorId: z.number().int(),
  productCode: z.string().nullable().default(null).meta({ description: '空为未单列的全部产品' }),
  amount: moneyWire,
});
export const newBankLine = z.object({
  bankId: z.number().int(),
  from: dayWire,
  to: dayWire,
  amount: moneyWire,
  document: z.string().trim().min(1).max(200),
  allocations: z.array(allocation).max(2000),
});
export const bankLineRow = z.object({
  bankId: z.number().int(),
  bankName: z.string(),
  version: z.number().int(),
  from: dayOut,
  to: dayOut,
  amount: z.string(),
  allocated: z.string(),
  used: z.string().meta({ description: '已分配机构在该银行的主债权在保余额（最近一次盘点）' }),
  reserved: z.string(),
  document: z.string(),
});
export type BankLineRow = z.infer<typeof bankLineRow>;
export const bankLinePage = pageOf(bankLineRow);
export const bankLineQuery = pageQuery;
export const bankLineDetail = bankLineRow.extend({
  versions: z.number().int(),
  allocations: z.array(
    z.object({
      guarantorId: z.number().int(),
      guarantorName: z.string(),
      productCode: z.string().nullable(),
      productName: z.string().nullable(),
      amount: z.string(),
      used: z.string(),
      reserved: z.string(),
    }),
  ),
});
export type BankLineDetail = z.infer<typeof bankLineDetail>;

const indicatorCode = z.enum([
  'leverage',
  'filing-rate',
  'sharing-share',
  'support-share',
  'claim-ratio',
  'return-rate',
  'target-share',
  'grade',
]);
export type IndicatorCode = z.infer<typeof indicatorCode>;
/** How a yearly line is worked out: dated data. */
export const lineFormula = z.object({
  growth: ratioWire,
  /** Weights together 1; floor: more is better; ceiling: less is better; grade: by the table. */
  indicators: z
    .array(
      z.object({
        code: indicatorCode,
        title: z.string(),
        weight: ratioWire,
        kind: z.enum(['floor', 'ceiling', 'grade']),
        target: ratioWire.nullable(),
        grades: z.record(z.string(), ratioWire).nullable(),
      }),
    )
    .min(1),
  /** 系数 = least + (most − least) × weighted score. */
  coefficient: z.object({ least: ratioWire, most: ratioWire }),
  /** 非银担分险额度 = last year's volume without bank share × this. */
  nonSharing: ratioWire,
  /** 国企 sub-limit of either part. */
  stateOwned: ratioWire,
  /** What passing a group's amount does to a case: no text seen says. */
  groupBreach: z.enum(['refuse', 'tell']).default('tell'),
});
export type LineFormula = z.output<typeof lineFormula>;
const documentText = z.string().trim().min(1).max(200);
export const newFormula = z.object({
  from: dayWire,
  terms: lineFormula,
  source: documentText,
  unverified: z.string().trim().max(400).nullable().default(null),
});
export const formulaRow = z.object({
  version: z.number().int(),
  from: dayOut,
  terms: lineFormula,
  source: z.string(),
  unverified: z.string().nullable(),
});
export type FormulaRow = z.output<typeof formulaRow>;
export const formulaList = z.object({ rows: z.array(formulaRow) });

const approvalState = z
  .object({ instanceId: idWire, status: z.enum(['open', 'approved', 'rejected', 'withdrawn', 'returned']) })
  .nullable()
  .meta({ description: '审批到了哪一步；没有审批、或无权看的为空' });
export const proposalStatus = z.enum(['proposed', 'approved', 'refused', 'withdrawn']);
export const proposalRow = z.object({
  id: idWire,
  kind: z.enum(['bank-line', 'formula']),
  title: z.string(),
  status: proposalStatus,
  proposedBy: z.string(),
  proposedOn: dayOut,
  decidedBy: z.string().nullable(),
  decidedOn: dayOut.nullable(),
  decision: z.string().nullable(),
});
export type ProposalRow = z.infer<typeof proposalRow>;
export const proposalPage = pageOf(proposalRow);
export const proposalDetail = proposalRow.extend({
  approval: approvalState,
  bankLine: newBankLine.extend({ from: dayOut, to: dayOut }).nullable(),
  formula: newFormula.extend({ from: dayOut }).nullable(),
  names: z.record(z.string(), z.string()).meta({ description: '机构与产品的名称，按编号' }),
});
export type ProposalDetail = z.output<typeof proposalDetail>;
export const proposed = z.object({ id: idWire });

/** A yearly line with every number and its arithmetic. Amounts in 元. */
export const lineWorking = z.object({
  lastVolume: z.string(),
  lastNonSharing: z.string(),
  growth: ratioWire,
  indicators: z.array(
    z.object({
      code: z.string(),
      title: z.string(),
      value: z.string().nullable(),
      target: z.string().nullable(),
      weight: z.string(),
      score: z.string().nullable(),
      text: z.string(),
      source: z.string(),
    }),
  ),
  weightedScore: z.string(),
  coefficient: z.string(),
  text: z.string(),
  groups: z.array(z.object({ code: z.string(), title: z.string(), amount: z.string(), text: z.string() })),
});
export type LineWorking = z.infer<typeof lineWorking>;
export const newGuarantorLine = z.object({
  guarantorId: z.number().int(),
  year: z.number().int().min(2000).max(2199),
  document: z.string().trim().min(1).max(200),
  /**
   * 业务备案率 is measured from the filings of the year before; typed, it takes the place of what was measured, with a reason.
   * 代偿返还率 and 机构评价 are not measured. Null: not known, its weight goes to the others.
   */
  filingRate: ratioWire.nullable().default(null),
  filingRateReason: z.string().trim().max(400).nullable().default(null),
  returnRate: ratioWire.nullable().default(null),
  grade: z.string().max(4).nullable().default(null),
});
export const lineStatus = z.enum(['proposed', 'approved', 'refused', 'replaced']);
export const guarantorLineRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  year: z.number().int(),
  amount: z.string(),
  coefficient: z.string(),
  used: z.string(),
  reserved: z.string(),
  status: lineStatus,
  document: z.string(),
  unverified: z.string().nullable(),
});
export type GuarantorLineRow = z.infer<typeof guarantorLineRow>;
export const guarantorLinePage = pageOf(guarantorLineRow);
export const guarantorLineQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  year: z.coerce.number().int().optional(),
});
export const guarantorLineDetail = guarantorLineRow.extend({
  approval: approvalState,
  working: lineWorking,
  groups: z
    .array(z.object({ code: z.string(), used: z.string(), reserved: z.string() }))
    .meta({ description: '当年各分配组已用与预留' }),
  formula: z.object({ version: z.number().int(), from: dayOut, source: z.string(), terms: lineFormula }),
  decidedOn: dayOut.nullable(),
  decision: z.string().nullable(),
});
export type GuarantorLineDetail = z.infer<typeof guarantorLineDetail>;
export const lineDecision = z.object({
  outcome: z.enum(['approved', 'refused']),
  reason: z.string().trim().min(2, '请写明理由').max(400),
});

export const newTarget = z.object({
  guarantorId: z.number().int(),
  county: z.number().int(),
  year: z.number().int().min(2000).max(2199),
  amount: moneyWire,
  document: z.string().trim().min(1).max(200),
});
export const newStateOwned = z.object({
  guarantorId: z.number().int(),
  customerId: idWire,
  from: dayWire,
  isStateOwned: z.boolean(),
  evidence: z.string().trim().min(2, '请写明依据').max(200),
});

export const targetRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  year: z.number().int(),
  amount: z.string(),
  done: z.string(),
  document: z.string(),
});
export type TargetRow = z.infer<typeof targetRow>;
export const targetPage = pageOf(targetRow);
