import { cite } from '../../../kernel/article.ts';
import type { Day } from '../../../kernel/day.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { article4 } from '../../../law/miit-2011-300-size-classes.ts';
import { articleAims, articleProhibitions, articleRiskShares } from '../../../law/state-council-2019-6.ts';
import { article16 } from '../../../law/state-council-order-683.ts';

/** One line of the 尽调清单. A 不符合 on one that binds stops the case. */
export type DiligenceLine = {
  readonly code: string;
  readonly title: string;
  readonly clause: string;
  readonly unverified: string | null;
  readonly binds: boolean;
};

const placeholder = '占位：未见文件规定，由机构按本单位尽调办法修改';
const recalled = '凭记忆，未见原文';
const line = (
  code: string,
  title: string,
  clause: string,
  binds: boolean,
  unverified: string | null,
): DiligenceLine => ({
  code,
  title,
  clause,
  binds,
  unverified,
});

/** The 尽调清单, each line with the clause it answers. What no document says is marked. */
export const diligenceLines: readonly DiligenceLine[] = [
  line('identity', '借款人真实存续，证照与申请一致', '机构尽职调查办法', true, placeholder),
  line('size', '划型资料属实，划型与申报一致', cite(article4), false, null),
  line(
    'purpose',
    '贷款用途真实，不属于政府债券、融资平台增信等不得从事的业务',
    cite(articleProhibitions),
    true,
    recalled,
  ),
  line('share-back', '银行分担的风险未以保证金、抽屉协议等形式转回', cite(articleRiskShares), true, recalled),
  line('related', '关联方已查明，单户与关联集团余额已合并核对', cite(article16), false, null),
  line('credit', '征信与公共信用信息已在授权范围内查询', '征信查询授权', true, placeholder),
  line('statements', '财务报表与纳税、流水相互印证', '机构尽职调查办法', false, placeholder),
  line('repayment', '第一还款来源足以覆盖到期本息', '机构尽职调查办法', false, placeholder),
  line('counter', '反担保措施符合产品要求，未增加不必要的负担', cite(articleAims), false, recalled),
];

/** What was found on one line. */
export type Found = {
  readonly code: string;
  readonly finding: 'pass' | 'fail' | 'not-applicable';
  readonly note: string;
};

/** Why findings cannot be recorded: unknown lines, a finding other than 符合 without a word on why. */
export function checkFindings(items: readonly Found[]): Refusal[] {
  const known = new Map(diligenceLines.map((each) => [each.code, each]));
  return items.flatMap((item): Refusal[] => {
    const title = known.get(item.code)?.title;
    if (!title) return [{ code: 'line-unknown', field: 'items', message: `尽调清单没有“${item.code}”这一项` }];
    if (item.finding !== 'pass' && item.note.trim() === '')
      return [{ code: 'note-missing', field: `items.${item.code}`, message: `“${title}”不是“符合”，请写明情况` }];
    return [];
  });
}

/** What the case has when somebody concludes its due diligence. */
export type DiligenceFacts = {
  readonly found: readonly Found[];
  readonly visits: number;
  readonly missing: readonly { readonly title: string }[];
};

/** 能否结论：every line answered, nothing that binds failed, at least one visit, all required papers on file. */
export function checkConclusion(facts: DiligenceFacts): Refusal[] {
  const found = new Map(facts.found.map((each) => [each.code, each]));
  const open = diligenceLines.filter((each) => !found.has(each.code));
  const refusals: Refusal[] = [];
  if (open.length > 0)
    refusals.push({
      code: 'checklist-open',
      field: 'items',
      message: `尽调清单还有 ${open.length} 项未填：${open.map((each) => each.title).join('；')}`,
    });
  for (const each of diligenceLines)
    if (each.binds && found.get(each.code)?.finding === 'fail')
      refusals.push({
        code: 'binding-line-failed',
        field: `items.${each.code}`,
        message: `“${each.title}”不符合（${each.clause}），不能转评审；请退回补正或不予担保`,
        ...(each.unverified ? { unverified: each.unverified } : {}),
      });
  if (facts.visits === 0) refusals.push({ code: 'no-visit', field: 'visits', message: '还没有现场走访记录，请先登记' });
  if (facts.missing.length > 0)
    refusals.push({
      code: 'papers-missing',
      field: 'attachments',
      message: `资料清单还缺：${facts.missing.map((each) => each.title).join('、')}`,
    });
  return refusals;
}

/** Why a visit cannot be entered: it lies in the future. */
export const checkVisit = (visitedOn: Day, today: Day): Refusal[] =>
  visitedOn > today ? [{ code: 'in-the-future', field: 'visitedAt', message: '走访时间不能晚于现在' }] : [];
