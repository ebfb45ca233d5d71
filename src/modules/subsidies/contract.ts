import { z } from 'zod';
import {
  articleWire,
  dayOut,
  dayWire,
  explainWire,
  idWire,
  instantOut,
  moneyWire,
  pageOf,
  pageQuery,
  ratioWire,
} from '../../wire/wire.ts';
import { conditionWire, payer, placeholder, runKind, runStatus, schemeKind } from './contract/words.ts';

export * from './contract/letter-check.ts';
export * from './contract/words.ts';

/** A named figure of a scheme: value with unit, e.g. { name: '补偿比例', value: '40%', unit: '比例' }. */
export const constantWire = z.object({
  name: z.string().min(1).max(30),
  value: z.string().min(1).max(40).meta({ description: '带单位：500万元、0.5%、360天、1户、2000元/户' }),
});

/** One version of a scheme as it is entered: the whole rule and its source. */
export const newVersion = z.object({
  from: dayWire,
  to: dayWire.nullable().default(null),
  formula: z.string().min(1).max(1000),
  constants: z.array(constantWire).max(40),
  conditions: z.array(conditionWire).max(20),
  loanCap: moneyWire.nullable().meta({ description: '单笔年度上限（元）' }),
  guarantorCap: moneyWire.nullable().meta({ description: '单个机构年度上限（元）' }),
  shares: z.object({ province: ratioWire, city: ratioWire, county: ratioWire }),
  remainderTo: payer,
  overlap: z
    .enum(['refuse', 'offset'])
    .meta({ description: '同一笔、同一用途已有其他补助时：refuse 不补；offset 只补差额' }),
  priority: z.number().int().min(1).max(999).default(100),
  placeholder,
  article: articleWire,
  document: z.string().min(1).max(200),
});
export const newScheme = z.object({
  code: z.string().regex(/^[a-z][a-z0-9-]{1,39}$/),
  title: z.string().min(1).max(60),
  kind: schemeKind,
  purpose: z.string().min(1).max(60).meta({ description: '补助用途：同一笔业务同一用途不重复补助' }),
  version: newVersion,
});
export type NewScheme = z.output<typeof newScheme>;
export type NewVersion = z.output<typeof newVersion>;

export const versionWire = newVersion.extend({
  id: z.number().int(),
  from: dayOut,
  to: dayOut.nullable(),
  inForce: z.boolean(),
  contentHash: z.string(),
});
export const adoptionWire = z.object({
  regionCode: z.number().int(),
  regionName: z.string(),
  from: dayOut,
  document: z.string(),
  adoptedBy: z.string(),
});
export const schemeRow = z.object({
  id: z.number().int(),
  code: z.string(),
  title: z.string(),
  kind: schemeKind,
  kindTitle: z.string(),
  purpose: z.string(),
  placeholder,
  versions: z.array(versionWire),
  adoptions: z.array(adoptionWire),
});
export const schemeList = z.object({
  rows: z.array(schemeRow),
  inputs: z.array(z.object({ name: z.string(), unit: z.string(), title: z.string() })),
});
export const newAdoption = z.object({
  regionCode: z.number().int(),
  from: dayWire,
  document: z.string().min(1).max(200),
});

/** What to compute. Without `certificateIds` every final county certificate that the period asks for is named by the program. */
export const computeRun = z.object({
  kind: runKind,
  regionCode: z.number().int(),
  year: z.number().int().min(2000).max(2199),
  schemeIds: z.array(z.number().int()).optional().meta({ description: '不填：本地区已采用的全部办法' }),
  prepayRatio: ratioWire.default('0.7').meta({ description: '预拨比例（仅预拨）' }),
  budgets: z
    .array(z.object({ payer, regionCode: z.number().int(), amount: moneyWire }))
    .default([])
    .meta({ description: '各级预算上限；不填为不设上限' }),
  overpaid: z.enum(['claw-back', 'carry-over']).default('claw-back').meta({ description: '多拨：收回，或结转抵扣' }),
});
export type ComputeRun = z.output<typeof computeRun>;

const amounts = {
  entitled: z.string().meta({ description: '应补（预拨为测算额）' }),
  settledBefore: z.string().meta({ description: '本年度已清算' }),
  restatement: z.string().meta({ description: '以前年度更正' }),
  carriedIn: z.string().meta({ description: '上期结转' }),
  prepaid: z.string().meta({ description: '已预拨' }),
  net: z.string().meta({ description: '应拨（负为多拨）' }),
  payable: z.string().meta({ description: '本次拨付' }),
  clawBack: z.string().meta({ description: '收回' }),
  shortfall: z.string().meta({ description: '预算不足、结转待补' }),
  credit: z.string().meta({ description: '多拨、结转抵扣' }),
};
export const amountsWire = z.object(amounts);

export const runRow = z.object({
  id: idWire,
  kind: runKind,
  kindTitle: z.string(),
  regionCode: z.number().int(),
  regionName: z.string(),
  year: z.number().int(),
  asOf: dayOut,
  status: runStatus,
  statusTitle: z.string(),
  placeholder,
  rowCount: z.number().int(),
  eligibleCount: z.number().int(),
  total: z.string().meta({ description: '应补合计（元）' }),
  payable: z.string(),
  computedBy: z.string(),
  computedAt: instantOut,
  approvedOn: dayOut.nullable(),
  letterNumber: z.string().nullable(),
});
export const runQuery = pageQuery.extend({
  kind: runKind.optional(),
  year: z.coerce.number().int().optional(),
  region: z.coerce.number().int().optional(),
  status: runStatus.optional(),
});
export type RunRow = z.output<typeof runRow>;
export const runPage = pageOf(runRow);
export const lineWire = z.object({
  seq: z.number().int(),
  guarantorId: z.number().int(),
  guarantor: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  schemeId: z.number().int(),
  scheme: z.string(),
  placeholder,
  payer,
  payerTitle: z.string(),
  payerRegion: z.number().int(),
  payerRegionName: z.string(),
  loans: z.number().int(),
  ...amounts,
});
export const linePage = pageOf(lineWire);
export const lineQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  schemeId: z.coerce.number().int().optional(),
  payer: payer.optional(),
});

export const runDetail = runRow.extend({
  inputHash: z.string(),
  resultHash: z.string(),
  parameters: z.object({
    prepayRatio: z.string().nullable(),
    budgets: z.array(z.object({ payer, regionCode: z.number().int(), amount: z.string() })),
    overpaid: z.enum(['claw-back', 'carry-over']),
  }),
  totals: amountsWire,
  schemes: z.array(
    z.object({
      id: z.number().int(),
      title: z.string(),
      versionId: z.number().int(),
      from: dayOut,
      placeholder,
      contentHash: z.string(),
    }),
  ),
  certificates: z.array(
    z.object({
      id: idWire,
      number: z.string(),
      forYear: z.number().int(),
      quarter: z.string(),
      county: z.number().int(),
      countyName: z.string(),
      contentHash: z.string(),
      rowCount: z.number().int(),
      superseded: z.boolean(),
    }),
  ),
  events: z.array(
    z.object({ kind: z.string(), title: z.string(), note: z.string(), user: z.string(), at: instantOut }),
  ),
  letters: z.array(
    z.object({
      id: idWire,
      number: z.string(),
      guarantorId: z.number().int().nullable(),
      guarantor: z.string().nullable(),
      amount: z.string(),
      issuedOn: dayOut,
      code: z.string().meta({ description: '核验码' }),
    }),
  ),
  version: z.number().int(),
  mayApprove: z.boolean(),
});

/** One row of a breakdown by county, guarantor, scheme or payer. */
export const breakdownRow = z.object({
  key: z.string(),
  title: z.string(),
  placeholder,
  loans: z.number().int(),
  ...amounts,
});
export const breakdown = z.object({
  by: z.enum(['county', 'guarantor', 'scheme', 'payer']),
  rows: z.array(breakdownRow),
  totals: amountsWire,
});
export const breakdownTitles = { county: '县区', guarantor: '担保机构', scheme: '办法', payer: '承担方' } as const;
export const breakdownQuery = z.object({
  by: z.enum(['county', 'guarantor', 'scheme', 'payer']).default('county'),
  format: z.enum(['json', 'xlsx']).default('json'),
});

/** What a simulation or computation answers; with dryRun=true nothing is kept and `id` is of no use. */
export const computed = z.object({
  id: idWire,
  existing: z.boolean().meta({ description: '同样的输入已测算过，返回原批次' }),
  inputHash: z.string(),
  resultHash: z.string(),
  placeholder,
  rowCount: z.number().int(),
  eligibleCount: z.number().int(),
  totals: amountsWire,
  byCounty: z.array(breakdownRow),
  byScheme: z.array(breakdownRow),
});

export const entitlementRow = z.object({
  seq: z.number().int(),
  forYear: z.number().int(),
  quarter: z.string(),
  certificateId: idWire,
  certificateNumber: z.string(),
  guarantorId: z.number().int(),
  guarantor: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  scheme: z.string(),
  placeholder,
  eligible: z.boolean(),
  reason: z.string().nullable().meta({ description: '不补的原因' }),
  computed: z.string(),
  capCut: z.string(),
  overlapCut: z.string(),
  amount: z.string(),
  province: z.string(),
  city: z.string(),
  local: z.string(),
  url: z.string().optional().meta({ description: '这一笔怎么算的：网页地址' }),
});
export const entitlementPage = pageOf(entitlementRow).extend({
  columns: z.array(z.object({ key: z.string(), title: z.string(), unit: z.string().optional() })).optional(),
});
export const entitlementQuery = pageQuery.extend({
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  schemeId: z.coerce.number().int().optional(),
  contractNo: z.string().max(60).optional(),
  eligible: z.enum(['true', 'false']).optional(),
});

/** How one loan's amount came about, step by step with its own numbers; for a loan that is not eligible, the condition that failed. */
export const entitlementExplain = explainWire.extend({
  placeholder,
  eligible: z.boolean(),
  steps: z.array(z.object({ text: z.string(), value: z.string() })),
  conditions: z.array(z.object({ title: z.string(), text: z.string(), holds: z.boolean() })),
  split: z.array(z.object({ payer, title: z.string(), amount: z.string() })),
  loan: z.object({ guarantorId: z.number().int(), guaranteeId: idWire, contractNo: z.string() }),
  certificate: z.object({ id: idWire, number: z.string(), contentHash: z.string() }),
  scheme: z.object({
    id: z.number().int(),
    title: z.string(),
    versionId: z.number().int(),
    from: dayOut,
    document: z.string(),
    contentHash: z.string(),
  }),
});
export const lineExplain = explainWire.extend({
  placeholder,
  certificates: z.array(z.object({ id: idWire, number: z.string(), contentHash: z.string() })),
  schemes: z.array(
    z.object({ title: z.string(), formula: z.string(), from: dayOut, document: z.string(), article: articleWire }),
  ),
});
export const explainQuery = z.object({
  field: z
    .enum([
      'entitled',
      'settledBefore',
      'restatement',
      'carriedIn',
      'prepaid',
      'net',
      'payable',
      'clawBack',
      'shortfall',
      'credit',
    ])
    .default('net'),
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  schemeId: z.coerce.number().int().optional(),
  payer: payer.optional(),
});

export const note = z.object({ note: z.string().max(500).default('') });
export const reason = z.object({ note: z.string().min(1, '须写明理由').max(500) });

export const paymentRow = z.object({
  id: idWire,
  runId: idWire,
  runTitle: z.string(),
  placeholder,
  guarantorId: z.number().int(),
  guarantor: z.string(),
  payer,
  payerTitle: z.string(),
  payerRegion: z.number().int(),
  payerRegionName: z.string(),
  direction: z.enum(['pay', 'return']).meta({ description: 'pay 拨付 / return 收回' }),
  amount: z.string(),
  state: z.string(),
  events: z.array(z.object({ kind: z.string(), title: z.string(), on: dayOut, reference: z.string() })),
});
export const paymentPage = pageOf(paymentRow);
export const paymentQuery = pageQuery.extend({
  runId: idWire.optional(),
  guarantorId: z.coerce.number().int().optional(),
  state: z.enum(['open', 'received', 'cancelled']).optional(),
});

/** Every aid one loan has had, approved runs only: what stands against double aid. */
export const aidRow = z.object({
  runId: idWire,
  forYear: z.number().int(),
  quarter: z.string(),
  scheme: z.string(),
  purpose: z.string(),
  kind: runKind,
  placeholder,
  amount: z.string(),
  overlapCut: z.string(),
});
export const aidLedger = z.object({
  rows: z.array(aidRow),
  total: z.string().meta({ description: '清算口径应补合计' }),
});
export const deltaRow = z.object({
  guarantorId: z.number().int(),
  guarantor: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  scheme: z.string(),
  forYear: z.number().int(),
  before: z.string(),
  after: z.string(),
  delta: z.string(),
});
export const deltaPage = pageOf(deltaRow);
export const pageOnly = pageQuery;
