import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery, ratioWire } from '../../wire/wire.ts';

export const guaranteeStatus = z.enum(['pending', 'in-force', 'released', 'claimed', 'written-off', 'transferred']);
export const statusTitles: Record<z.infer<typeof guaranteeStatus>, string> = {
  pending: '待放款',
  'in-force': '在保',
  released: '已解保',
  claimed: '已代偿',
  'written-off': '已核销',
  transferred: '已转出',
};

export const guaranteeRow = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  id: idWire,
  contractNo: z.string(),
  customerId: idWire,
  customerName: z.string(),
  bankName: z.string(),
  productName: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  principal: moneyWire,
  guaranteed: moneyWire,
  outstanding: moneyWire,
  feeRate: ratioWire,
  startsOn: dayOut,
  dueOn: dayOut,
  tags: z.number().int(),
  primaryTag: z.number().int(),
  status: guaranteeStatus,
});
export type GuaranteeRow = z.infer<typeof guaranteeRow>;
export const guaranteePage = pageOf(guaranteeRow);
export const guaranteeQuery = pageQuery.extend({
  q: z.string().max(100).optional().meta({ description: '合同号、客户名称、证件号或拼音首字母' }),
  guarantorId: z.coerce.number().int().optional(),
  bankId: z.coerce.number().int().optional(),
  region: z.coerce.number().int().optional().meta({ description: '省、市或县的区划代码' }),
  customerId: idWire.optional(),
  status: guaranteeStatus.optional(),
  tag: z.coerce.number().int().min(1).max(8).optional().meta({ description: '1 支小 2 支农 4 支新 8 支创' }),
  startsFrom: dayWire.optional(),
  startsTo: dayWire.optional(),
});

export const movementKind = z.enum([
  'disburse',
  'repay',
  'extend',
  'release',
  'claim-paid',
  'recovery',
  'fee',
  'refund',
  'write-off',
  'transfer-out',
  'transfer-in',
]);
export const movementRow = z.object({
  seq: z.number().int(),
  kind: z.string(),
  title: z.string(),
  amount: moneyWire,
  cash: moneyWire,
  delta: moneyWire,
  outstandingAfter: moneyWire,
  occurredOn: dayOut,
  recordedAt: instantOut,
  extendedToOn: dayOut.nullable(),
  reversesSeq: z.number().int().nullable(),
  cause: z.string().nullable(),
  reference: z.string().nullable(),
});
export const postingRow = z.object({
  key: z.string(),
  leg: z.number().int(),
  debit: z.number().int(),
  debitTitle: z.string(),
  credit: z.number().int(),
  creditTitle: z.string(),
  amount: moneyWire,
  party: z.string().nullable(),
  effectiveOn: dayOut,
});
export const guaranteeDetail = guaranteeRow.extend({
  loanContractNo: z.string().nullable(),
  endsOn: dayOut,
  industryCode: z.string().nullable(),
  sizeClass: z.string(),
  agreement: z.object({
    contractNo: z.string(),
    version: z.number().int(),
    bankShare: ratioWire,
    guarantorShare: ratioWire,
    provinceShare: ratioWire,
    fundShare: ratioWire,
    otherShare: ratioWire,
    claimRatioCap: ratioWire.nullable(),
  }),
  outstandingBorne: moneyWire,
  source: z.string(),
  recordedAt: instantOut,
  movements: z.array(movementRow),
  postings: z.array(postingRow),
});
export type GuaranteeDetail = z.infer<typeof guaranteeDetail>;

export const newGuarantee = z.object({
  guarantorId: z.number().int(),
  contractNo: z.string().trim().min(1).max(100),
  loanContractNo: z.string().trim().max(100).optional(),
  customerId: idWire,
  bankId: z.number().int(),
  branchId: z.number().int().optional(),
  productCode: z.string().min(1),
  county: z.number().int(),
  industryCode: z.string().max(10).optional(),
  principal: moneyWire,
  guaranteed: moneyWire.optional(),
  feeRate: ratioWire.optional(),
  startsOn: dayWire,
  endsOn: dayWire,
  tags: z.number().int().min(0).max(15),
  primaryTag: z.number().int().min(0).max(8),
});
export const newMovement = z.object({
  kind: movementKind,
  amount: moneyWire,
  occurredOn: dayWire,
  extendedToOn: dayWire.optional(),
  cause: z.string().max(500).optional(),
  reference: z.string().max(100).optional(),
});
export const reversal = z.object({ cause: z.string().min(2, '请写明冲正原因').max(500) });
export const movementAnswer = z.object({ seq: z.number().int(), outstanding: moneyWire });

/** Position as of a day, as known at an instant, by county and primary tag; both bases. */
export const positionQuery = z.object({
  asOf: dayWire,
  knownAt: z.iso.datetime({ offset: true }).optional().meta({ description: '按当时所知；缺省为现在' }),
  region: z.coerce.number().int().optional(),
  by: z.enum(['county', 'city', 'tag', 'county-tag', 'guarantor']).default('county-tag'),
});
export const positionRow = z.object({
  key: z.string(),
  name: z.string(),
  primaryTag: z.number().int().nullable(),
  count: z.number().int(),
  households: z.number().int(),
  outstanding: moneyWire,
  outstandingBorne: moneyWire,
});
export const positionAnswer = z.object({
  asOf: dayOut,
  knownAt: instantOut.nullable(),
  basis: z.string(),
  rows: z.array(positionRow),
});

/** A customer or a related group against the cap of 条16: `ratio` is exposure ÷ counted net assets. */
const exposureRow = z.object({
  name: z.string(),
  outstanding: moneyWire,
  exposure: moneyWire,
  exposureBorne: moneyWire,
  ratio: ratioWire.nullable(),
  exceeds: z.boolean(),
});

/** 责任余额, 放大倍数 and concentration of one guarantor. */
export const indicatorAnswer = z.object({
  guarantorId: z.number().int(),
  asOf: dayOut,
  lines: z.array(
    z.object({
      line: z.string(),
      title: z.string(),
      rule: z.string(),
      weight: ratioWire,
      unverified: z.string().nullable(),
      outstanding: moneyWire,
      liability: moneyWire,
      outstandingBorne: moneyWire,
      liabilityBorne: moneyWire,
    }),
  ),
  liability: moneyWire,
  liabilityBorne: moneyWire,
  netAssets: moneyWire.nullable(),
  countedNetAssets: moneyWire.nullable(),
  multiple: ratioWire.nullable(),
  cap: ratioWire.nullable(),
  capReason: z.string().nullable(),
  unverified: z.string().nullable(),
  largestCustomers: z.array(exposureRow.extend({ customerId: idWire })),
  largestGroups: z.array(exposureRow.extend({ groupId: idWire, customers: z.number().int() })),
});
