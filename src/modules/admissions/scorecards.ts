import { sql } from 'kysely';
import type { z } from 'zod';
import { day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import type { newScorecard, ScorecardTerms } from './contract.ts';
import { checkScorecard } from './rules.ts';

/** Registers a scorecard from a day on. Refused when maxima do not make 100, or a scorecard of that day or later exists. */
export async function addScorecard(
  tx: Tx,
  context: Context,
  command: z.output<typeof newScorecard>,
): Promise<{ version: number }> {
  const refusals = checkScorecard(command.terms);
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ version: number }>`
    insert into admissions.scorecard (version, from_on, terms, source, unverified, recorded_by)
    select coalesce(max(version), 0) + 1, ${command.from}, ${JSON.stringify(command.terms)}::jsonb, ${command.source}, ${command.unverified},
           ${context.actor.userId}
      from admissions.scorecard having coalesce(max(from_on), '-infinity') < ${command.from}::date
    returning version`.execute(tx);
  const row = rows[0];
  if (!row) throw new Refused({ code: 'scorecard-not-later', field: 'from', message: '生效日须晚于现有评分卡' });
  await appendAudit(tx, context, {
    chain: 0,
    action: 'admissions.add-scorecard',
    subject: `scorecard:${row.version}`,
    detail: { version: row.version, from: command.from, document: command.source },
  });
  return row;
}

/** The scorecard shipped until the province's own is entered: criteria after 条14 and BNK-1, every figure 占位. */
export const placeholderScorecard = {
  from: day('2019-06-01'),
  source: '占位评分卡：指标参照指引第十四条、银担业务合作指引的方向，分值为演示',
  unverified: '山西省准入评分标准未见原文，指标分值、分数线、有效期、资料清单均为占位',
  terms: {
    criteria: [
      { code: 'risk-sharing', title: '风险分担', maximum: 25, guide: '分担比例不低于20%且不以保证金等形式转回' },
      { code: 'cost', title: '让利与收费', maximum: 15, guide: '贷款利率让利；不收取保证金、承诺费等' },
      { code: 'inclusive', title: '支小支农投放', maximum: 20, guide: '小微、三农贷款余额、户数与增速' },
      { code: 'quality', title: '资产质量', maximum: 15, guide: '普惠贷款不良率、担保贷款逾期率' },
      { code: 'diligence', title: '尽职调查与贷后管理', maximum: 10, guide: '不因有担保而放松尽调与贷后' },
      { code: 'data', title: '信息交换', maximum: 10, guide: '逐笔按日报送放款、还款、逾期' },
      { code: 'claims', title: '代偿协作', maximum: 5, guide: '代偿宽限、协同追偿' },
    ],
    grades: [
      { grade: 'A', least: 85 },
      { grade: 'B', least: 70 },
      { grade: 'C', least: 60 },
      { grade: 'D', least: 0 },
    ],
    admitFrom: 60,
    keepFrom: 60,
    validMonths: 36,
    reviewMonths: 12,
    checklist: [
      { code: 'application', title: '准入申请函', required: true, clause: '占位清单' },
      { code: 'licence', title: '金融许可证与营业执照', required: true, clause: '占位清单' },
      { code: 'authority', title: '总行或省行授权文件', required: true, clause: '占位清单' },
      { code: 'figures', title: '近两年普惠贷款与资产质量数据', required: true, clause: '占位清单' },
      { code: 'plan', title: '合作方案（产品、分担比例、代偿率上限）', required: true, clause: '指引第十四条' },
      { code: 'rating', title: '监管评级材料', required: false, clause: '占位清单' },
    ],
  } satisfies ScorecardTerms,
};
