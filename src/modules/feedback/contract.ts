import { z } from 'zod';
import { dayOut, explainWire, idWire, instantOut, pageOf, pageQuery, quarterWire } from '../../wire/wire.ts';

/** Of what a figure is a total: only amounts and counts may be added up; distinct counts and ratios are worked out anew at each level. */
export const additivities = ['amount', 'count', 'distinct', 'ratio'] as const;

/** The figures of a certificate, in the order pages show them. */
export const metricTitles = {
  guaranteeCount: '在保笔数',
  households: '在保户数',
  outstanding: '在保余额（合同口径）',
  outstandingActual: '在保余额（实际承担口径）',
  newCount: '新增笔数',
  newHouseholds: '新增户数',
  newAmount: '新增担保额（合同口径）',
  newActual: '新增担保额（实际承担口径）',
  claimCount: '代偿笔数',
  claimAmount: '代偿本金（合同口径）',
  claimCash: '代偿金额（实际支付）',
  recoveryAmount: '追偿回收',
  feeIncome: '担保费收入（减退费）',
  releasedAmount: '解除担保额',
  yearClaimAmount: '本年累计代偿本金',
  yearReleasedAmount: '本年累计解除担保额',
  balanceDays: '季内余额积数（分·天）',
  focusOutstanding: '支小支农在保余额',
  focusSmallOutstanding: '其中单户500万元及以下',
  feeTermAmount: '费率权数（分·天）',
  feeWeighted: '费率加权数（分·天·百万分之一）',
  averageFeeRate: '年化平均担保费率',
  claimRatio: '担保代偿率（本年）',
  smallShare: '单户500万元及以下占比',
} as const;
export const metricKey = z.enum(Object.keys(metricTitles) as [keyof typeof metricTitles]);
export type MetricKey = keyof typeof metricTitles;

/** The lines of a certificate: by primary tag (they add up to the total), and by any tag (they overlap). */
export const lineTitles = {
  total: '合计',
  p1: '支小',
  p2: '支农',
  p4: '支新',
  p8: '支创',
  p0: '其他',
  a1: '支小（含兼有）',
  a2: '支农（含兼有）',
  a4: '支新（含兼有）',
  a8: '支创（含兼有）',
} as const;
export const lineKey = z.enum(Object.keys(lineTitles) as [keyof typeof lineTitles]);
export type LineKey = keyof typeof lineTitles;

export const certificateStatus = z.enum(['published', 'final', 'superseded']);
export const statusTitles = { published: '公示异议期', final: '已定稿', superseded: '已被更正' } as const;
export type CertificateStatus = keyof typeof statusTitles;

/** A figure as it crosses the wire: amounts in 元, counts as digits, ratios as decimals; null: no such ratio. */
export const figureLine = z.object({
  line: lineKey,
  title: z.string(),
  overlapping: z.boolean().meta({ description: '与其他行重叠，不可相加' }),
  values: z.record(z.string(), z.string().nullable()),
});
export const metricWire = z.object({
  key: metricKey,
  title: z.string(),
  additivity: z.enum(additivities),
  unit: z.enum(['元', '户', '笔', '比例', '无']),
});

export const certificateRow = z.object({
  id: idWire,
  number: z.string(),
  quarter: z.string(),
  regionCode: z.number().int(),
  regionName: z.string(),
  regionLevel: z.number().int().meta({ description: '1 省 2 市 3 县' }),
  version: z.number().int(),
  status: certificateStatus,
  statusTitle: z.string(),
  asOf: dayOut,
  sealedAt: instantOut,
  objectionUntil: dayOut,
  openObjections: z.number().int(),
  households: z.number().int(),
  guaranteeCount: z.number().int(),
  outstanding: z.string(),
  outstandingActual: z.string(),
  newAmount: z.string(),
  claimCash: z.string(),
});
export type CertificateListRow = z.output<typeof certificateRow>;
export const certificateQuery = pageQuery.extend({
  quarter: quarterWire.optional(),
  region: z.coerce.number().int().optional().meta({ description: '区划代码：含其下级' }),
  level: z.coerce.number().int().min(1).max(3).optional(),
  status: certificateStatus.optional(),
  all: z.enum(['true', 'false']).optional().meta({ description: 'true：含已被更正的旧版本' }),
});
export const certificatePage = pageOf(certificateRow);

export const certificateDetail = certificateRow.extend({
  knownAt: instantOut,
  issuer: z.string(),
  cause: z.string().nullable(),
  restates: z.object({ id: idWire, number: z.string() }).nullable(),
  restatedBy: z.object({ id: idWire, number: z.string() }).nullable(),
  rowsCount: z.number().int(),
  rowsHash: z.string(),
  contentHash: z.string(),
  signature: z.string(),
  verificationCode: z.string(),
  objectionUnverified: z.string().nullable(),
  remainingWorkingDays: z.number().int().meta({ description: '异议期剩余工作日，负数为已过' }),
  unconfirmed: z.array(z.string()).meta({ description: '尚未确认无异议的本级财政、监管部门' }),
  sealedBy: z.string(),
  finalisedAt: instantOut.nullable(),
  metrics: z.array(metricWire),
  lines: z.array(figureLine),
  delta: z.array(figureLine).nullable().meta({ description: '更正前后之差（可加项）' }),
  sources: z.array(
    z.object({ guarantorId: z.number().int(), guarantorName: z.string(), runId: z.string(), knownAt: instantOut }),
  ),
  parts: z.array(z.object({ id: idWire, number: z.string(), regionCode: z.number().int(), regionName: z.string() })),
  notes: z.array(z.string()),
});
export type CertificateDetail = z.output<typeof certificateDetail>;

export const loanRow = z.object({
  certificateId: idWire,
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  county: z.number().int(),
  countyName: z.string(),
  bankName: z.string(),
  productName: z.string(),
  sizeClass: z.string(),
  tags: z.number().int(),
  primaryTag: z.number().int(),
  primaryTagTitle: z.string(),
  household: z.string().meta({ description: '客户证件摘要前 12 位' }),
  principal: z.string(),
  guaranteed: z.string(),
  feeRate: z.string(),
  startsOn: dayOut,
  endsOn: dayOut,
  outstanding: z.string(),
  outstandingActual: z.string(),
  newAmount: z.string(),
  newActual: z.string(),
  feeIncome: z.string(),
  claimAmount: z.string(),
  claimCash: z.string(),
  recoveryAmount: z.string(),
  releasedAmount: z.string(),
  objectionId: idWire.nullable().meta({ description: '本行最近一次异议' }),
});
export type LoanRow = z.output<typeof loanRow>;
export const loanQuery = pageQuery.extend({
  line: lineKey.optional(),
  metric: metricKey.optional().meta({ description: '只列构成该指标的借款' }),
  guarantorId: z.coerce.number().int().optional(),
  county: z.coerce.number().int().optional(),
  contractNo: z.string().max(100).optional().meta({ description: '合同编号（前缀）' }),
});
export const loanPage = pageOf(loanRow);

/** One loan that a restatement changed: null where it was not in that version. Amounts in 元. */
export const loanDelta = z.object({
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  guaranteeId: idWire,
  contractNo: z.string(),
  changes: z.array(
    z.object({ field: z.string(), title: z.string(), before: z.string().nullable(), after: z.string().nullable() }),
  ),
});
export const loanDeltaPage = pageOf(loanDelta);

export const sealQuarterBody = z.object({ quarter: quarterWire });
export const sealAnswer = z.object({
  quarter: z.string(),
  already: z.boolean().meta({ description: '本季此前已封存' }),
  certificates: z.number().int(),
  rows: z.number().int(),
  provinceId: idWire,
});

/** What stands in the way of sealing a quarter, institution by institution. */
export const readinessAnswer = z.object({
  quarter: z.string(),
  asOf: dayOut,
  sealed: z.boolean(),
  ready: z.boolean(),
  guarantors: z.array(
    z.object({
      guarantorId: z.number().int(),
      name: z.string(),
      state: z.enum(['ready', 'unsealed', 'open', 'missing']),
      reason: z.string(),
      url: z.string().nullable(),
    }),
  ),
});

/** Against a row (guarantorId + guaranteeId) or a figure (line + metric). */
export const newObjection = z
  .object({
    guarantorId: z.number().int().optional(),
    guaranteeId: idWire.optional(),
    line: lineKey.optional(),
    metric: metricKey.optional(),
    reason: z.string().trim().min(4, '请写明异议理由（至少 4 字）').max(2000),
    evidence: z.string().trim().max(2000).optional(),
  })
  .refine(
    (body) =>
      (body.guarantorId !== undefined && body.guaranteeId !== undefined && !body.line && !body.metric) ||
      (body.line !== undefined && body.metric !== undefined && body.guarantorId === undefined && !body.guaranteeId),
    '请指明一笔借款（机构与保函编号）或一个数字（行与指标），二者择一',
  );
export const answerObjection = z.object({
  verdict: z.enum(['rejected', 'upheld']),
  answer: z.string().trim().min(4, '请写明答复理由（至少 4 字）').max(2000),
});
export const objectionRow = z.object({
  id: idWire,
  certificateId: idWire,
  certificateNumber: z.string(),
  regionCode: z.number().int(),
  regionName: z.string(),
  target: z.string().meta({ description: '异议对象：合同号或指标' }),
  guarantorId: z.number().int().nullable(),
  guaranteeId: idWire.nullable(),
  line: lineKey.nullable(),
  metric: metricKey.nullable(),
  reason: z.string(),
  evidence: z.string().nullable(),
  status: z.enum(['open', 'rejected', 'upheld']),
  statusTitle: z.string(),
  answer: z.string().nullable(),
  raisedBy: z.string(),
  raisedAt: instantOut,
  answeredBy: z.string().nullable(),
  answeredAt: instantOut.nullable(),
  settledBy: z.object({ id: idWire, number: z.string() }).nullable(),
});
export type ObjectionRow = z.output<typeof objectionRow>;
export const objectionQuery = pageQuery.extend({
  certificateId: idWire.optional(),
  status: z.enum(['open', 'rejected', 'upheld']).optional(),
});
export const objectionPage = pageOf(objectionRow);

export const restateBody = z.object({ cause: z.string().trim().min(4, '请写明更正原因（至少 4 字）').max(2000) });
export const restateAnswer = z.object({
  certificates: z.array(z.object({ id: idWire, number: z.string() })),
  changedRows: z.number().int(),
});
export const finaliseAnswer = z.object({ finalised: z.number().int() });

export const explainQuery = z.object({ line: lineKey.default('total'), metric: metricKey });
export const explainAnswer = explainWire;

export const mapQuery = z.object({
  quarter: quarterWire.optional().meta({ description: '缺省为最近已封存的一季' }),
  metric: metricKey.default('outstanding'),
  line: lineKey.default('total'),
  region: z.coerce.number().int().default(140000).meta({ description: '列出其下一级：省→市，市→县' }),
});
export const mapAnswer = z.object({
  quarter: z.string().nullable(),
  quarters: z.array(z.string()),
  asOf: dayOut.nullable(),
  metric: metricWire,
  basis: z.string(),
  rows: z.array(
    z.object({
      code: z.number().int(),
      name: z.string(),
      value: z.string().nullable(),
      certificateId: idWire,
      number: z.string(),
      status: certificateStatus,
    }),
  ),
});

/** What anyone holding a certificate may learn from it. */
export const publicCertificate = z.object({
  code: z.string(),
  number: z.string(),
  title: z.string(),
  region: z.string(),
  period: z.string(),
  status: z.string(),
  issuer: z.string(),
  sealedAt: instantOut,
  hash: z.string(),
  isHashValid: z.boolean(),
  isSignatureValid: z.boolean(),
  supersededBy: z.string().nullable(),
});

/** A confirmation that came on paper, entered for the institution that gave it. */
export const paperConfirmation = z.object({
  institutionId: z.number().int(),
  document: z.string().trim().min(2).max(200).meta({ description: '书面确认的文号' }),
});
export const confirmationAnswer = z.object({ stillMissing: z.array(z.string()) });
