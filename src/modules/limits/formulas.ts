import { sql } from 'kysely';
import type { z } from 'zod';
import { type Day, day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { LineFormula, newFormula } from './contract.ts';
import { checkFormula } from './rules.ts';

/** Registers a formula from a day on. Refused when it is not whole, or one of that day or later exists. */
export async function addFormula(
  tx: Tx,
  context: Context,
  command: z.output<typeof newFormula>,
): Promise<{ version: number }> {
  const refusals = checkFormula(command.terms);
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ version: number }>`
    insert into limits.line_formula (version, from_on, terms, source, unverified, recorded_by)
    select coalesce(max(version), 0) + 1, ${command.from}, ${JSON.stringify(command.terms)}::jsonb, ${command.source}, ${command.unverified},
           ${context.actor.userId}
      from limits.line_formula having coalesce(max(from_on), '-infinity') < ${command.from}::date
    returning version`.execute(tx);
  const row = rows[0];
  if (!row) throw new Refused({ code: 'formula-not-later', field: 'from', message: '生效日须晚于现有公式' });
  await appendAudit(tx, context, {
    chain: 0,
    action: 'limits.add-formula',
    subject: `line-formula:${row.version}`,
    detail: { version: row.version, from: command.from, document: command.source },
  });
  return row;
}

/** A formula as registered. */
export type FormulaStored = {
  readonly version: number;
  readonly from: Day;
  readonly terms: LineFormula;
  readonly source: string;
  readonly unverified: string | null;
};

/** What a formula says that was registered before passing a group's amount was spoken of. */
export const told = sql`'{"groupBreach": "tell"}'::jsonb`;

/** Every version, newest first; at most 100. */
export async function formulasOf(tx: Tx): Promise<FormulaStored[]> {
  const { rows } = await sql<FormulaStored>`
    select version::integer as version, from_on as "from", ${told} || terms as terms, source, unverified from limits.line_formula
     order by version desc limit 100`.execute(tx);
  return rows;
}

/** The formula shipped until the province's own is entered: shape after 陕西, every figure 占位. */
export const placeholderFormula: z.output<typeof newFormula> & { unverified: string } = {
  from: day('2020-01-01'),
  source: '参考陕西（非山西文件）：上年再担保规模×(1+增长率)×额度系数，八项指标、四组额度',
  unverified:
    '山西省额度核定办法未见原文：公式形式参考陕西公开资料，增长率、权重、目标值、系数区间、国企子限额均为占位',
  terms: {
    growth: '0.1',
    indicators: [
      { code: 'leverage', title: '担保放大倍数', weight: '0.15', kind: 'floor', target: '3', grades: null },
      { code: 'filing-rate', title: '业务备案率', weight: '0.1', kind: 'floor', target: '0.95', grades: null },
      { code: 'sharing-share', title: '分险业务占比', weight: '0.15', kind: 'floor', target: '0.8', grades: null },
      { code: 'support-share', title: '支小支农占比', weight: '0.15', kind: 'floor', target: '0.8', grades: null },
      { code: 'claim-ratio', title: '担保代偿率', weight: '0.15', kind: 'ceiling', target: '0.04', grades: null },
      { code: 'return-rate', title: '代偿返还率', weight: '0.1', kind: 'floor', target: '0.9', grades: null },
      { code: 'target-share', title: '政策目标完成', weight: '0.1', kind: 'floor', target: '1', grades: null },
      {
        code: 'grade',
        title: '机构评价',
        weight: '0.1',
        kind: 'grade',
        target: null,
        grades: { A: '1', B: '0.8', C: '0.5' },
      },
    ],
    coefficient: { least: '0.6', most: '1.2' },
    nonSharing: '0.9',
    stateOwned: '0.2',
    groupBreach: 'refuse',
  },
};
