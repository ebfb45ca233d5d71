import { z } from 'zod';
import { dayWire } from '../../../wire/wire.ts';

export const kindTitles = {
  'risk-compensation': '风险补偿',
  'fee-subsidy': '担保费补贴',
  'volume-reward': '业务奖补',
} as const;
export const schemeKind = z.enum(Object.keys(kindTitles) as [keyof typeof kindTitles]);
export type SchemeKind = keyof typeof kindTitles;

export const payerTitles = { province: '省级', city: '市级', county: '县级' } as const;
export const payer = z.enum(Object.keys(payerTitles) as [keyof typeof payerTitles]);
export type Payer = keyof typeof payerTitles;
export const payers = Object.keys(payerTitles) as readonly Payer[];

export const runKindTitles = { prepay: '预拨', settle: '清算' } as const;
export const runKind = z.enum(Object.keys(runKindTitles) as [keyof typeof runKindTitles]);
export type RunKind = keyof typeof runKindTitles;

export const runStatusTitles = { draft: '草稿', submitted: '待核定', approved: '已核定', void: '已作废' } as const;
export const runStatus = z.enum(Object.keys(runStatusTitles) as [keyof typeof runStatusTitles]);
export type RunStatus = keyof typeof runStatusTitles;

/** The mark of a scheme nobody has confirmed, shown wherever the scheme or an amount under it shows. */
export const placeholderMark = '占位';
/** Is it under a scheme nobody has confirmed? */
export const placeholder = z.boolean().meta({ description: '占位：未经核实的演示标准，凡显示处须标明“占位”' });

export const paymentKindTitles = { index: '指标文', disbursed: '拨付', received: '到账', cancelled: '撤销' } as const;
export const paymentEvidence = z.object({
  kind: z.enum(Object.keys(paymentKindTitles) as [keyof typeof paymentKindTitles]),
  on: dayWire,
  reference: z.string().min(1).max(100).meta({ description: '指标文号、拨付凭证号或到账流水号' }),
});
export const receipt = paymentEvidence.omit({ kind: true });

/** One condition, asked in order; the first that fails is the answer to 为什么不补. */
export const conditionWire = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('tag'),
    title: z.string(),
    anyOf: z.array(z.enum(['支小', '支农', '支新', '支创'])).min(1),
  }),
  z.object({ kind: z.literal('size'), title: z.string(), anyOf: z.array(z.string()).min(1) }),
  z.object({ kind: z.literal('expression'), title: z.string(), expression: z.string().max(500) }),
]);
export type Condition = z.output<typeof conditionWire>;
