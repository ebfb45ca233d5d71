/**
 * Value objects as they cross the wire (zod). Browser-safe: imports kernel and zod only. Every contract.ts builds on these.
 */
import { z } from 'zod';
import { type Day, parseDay } from '../kernel/day.ts';
import { parseMoney } from '../kernel/money.ts';
import { parseQuarter, type Quarter } from '../kernel/month.ts';

/** An amount: a decimal 元 string with at most two decimals, e.g. '1234567.89'. */
export const moneyWire = z
  .string()
  .refine((text) => parseMoney(text, '元') !== undefined, '金额须为元，最多两位小数')
  .meta({ description: '金额（元，十进制字符串）', example: '1234567.89' });

/** A calendar day 'YYYY-MM-DD' that exists. */
export const dayWire = z
  .string()
  .refine((text) => parseDay(text) !== undefined, '日期须为存在的 YYYY-MM-DD')
  .transform((text) => text as Day)
  .meta({ description: '日期 YYYY-MM-DD', example: '2026-09-30' });

/** As `dayWire`, for answers: already checked, so only described. */
export const dayOut = z.string().meta({ description: '日期 YYYY-MM-DD', example: '2026-09-30' });

/** 'YYYY-Qn'. */
export const quarterWire = z
  .string()
  .refine((text) => parseQuarter(text) !== undefined, '季度须为 YYYY-Qn')
  .transform((text) => text as Quarter)
  .meta({ description: '季度', example: '2026-Q3' });

/** A ratio as a plain decimal string: '0.2' is 20%. */
export const ratioWire = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, '比例须为小数')
  .meta({ description: '比例（小数）', example: '0.2' });

/** An id that may pass 2^53: a digit string. */
export const idWire = z
  .string()
  .regex(/^\d{1,19}$/, '编号须为数字')
  .meta({ description: '编号', example: '10001' });

/** An instant, ISO 8601 with zone. */
export const instantOut = z.string().meta({ description: '时间（ISO 8601）' });

/** The document, number and article a rule cites. */
export const articleWire = z.object({ document: z.string(), number: z.string(), article: z.string() });

/** A refusal of the business as it crosses the wire (kernel/refusal.ts). */
export const refusalWire = z.object({
  code: z.string(),
  message: z.string(),
  article: articleWire.optional(),
  figures: z.record(z.string(), z.string()).optional(),
  field: z.string().optional(),
  unverified: z.string().optional(),
});

/** application/problem+json: RFC 9457 with the refusals that apply. */
export const problemWire = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  refusals: z.array(refusalWire),
});
export type Problem = z.infer<typeof problemWire>;

/** Keyset paging of a list: `after` is the `next` of the page before; `format=xlsx` answers the whole list as a workbook. */
export const pageQuery = z.object({
  after: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  format: z.enum(['json', 'xlsx']).default('json'),
});

/** One page: `next` is null on the last; `total` is null where counting would cost more than it tells. */
export const pageOf = <Row extends z.ZodType>(row: Row) =>
  z.object({ rows: z.array(row), next: z.string().nullable(), total: z.number().int().nullable().optional() });

/** 怎么算的: where a figure comes from, down to clause, versions and records. */
export const explainWire = z.object({
  title: z.string(),
  value: z.string().nullable(),
  unit: z.enum(['元', '户', '笔', '比例', '倍', '天', '无']),
  formula: z.string(),
  articles: z.array(articleWire),
  unverified: z.string().optional(),
  asOf: z.string().nullable(),
  basis: z.string(),
  inputs: z.array(
    z.object({
      name: z.string(),
      value: z.string().nullable(),
      unit: z.string(),
      source: z.string().optional(),
      explain: z.string().optional(),
    }),
  ),
  rows: z.object({ url: z.string(), count: z.number().int() }).optional(),
});
export type Explain = z.infer<typeof explainWire>;

/** One thing that waits for somebody: what `<module>Todos(tx, caller, today)` of a module returns and the home page shows. */
export const todoWire = z.object({
  id: z.string(),
  module: z.string().meta({ description: '模块的中文名，如 数据核对' }),
  kind: z.string().meta({ description: '事项，如 差异待处理' }),
  title: z.string(),
  institution: z.string(),
  dueOn: z.string().nullable(),
  remainingWorkingDays: z.number().int().nullable().meta({ description: '剩余工作日（计调休），负数为逾期' }),
  url: z.string(),
});
export type Todo = z.infer<typeof todoWire>;
