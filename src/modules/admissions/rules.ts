import { addDays, addMonths, type Day } from '../../kernel/day.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { AdmissionState, Rating, ScorecardTerms } from './contract.ts';

/** 评分：The points of an evaluation by a scorecard; refusals where a criterion is missing, unknown, twice, or above its maximum. */
export function scoreOf(
  terms: ScorecardTerms,
  ratings: readonly Rating[],
): { score: number; grade: string; refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string) => refusals.push({ code, field: 'ratings', message });
  for (const each of ratings) {
    const criterion = terms.criteria.find((one) => one.code === each.code);
    if (!criterion) refuse('criterion-unknown', `评分卡没有这一项：${each.code}`);
    else if (each.points > criterion.maximum)
      refuse('points-above-maximum', `「${criterion.title}」得 ${each.points} 分，高于满分 ${criterion.maximum} 分`);
  }
  for (const criterion of terms.criteria) {
    const count = ratings.filter((each) => each.code === criterion.code).length;
    if (count !== 1)
      refuse(
        'criterion-not-once',
        count === 0 ? `「${criterion.title}」未评分` : `「${criterion.title}」评了 ${count} 次`,
      );
  }
  const score = ratings.reduce((sum, each) => sum + each.points, 0);
  const grade = terms.grades.find((each) => score >= each.least)?.grade ?? '—';
  return { score, grade, refusals };
}

/** Is a scorecard whole: maxima adding up to 100, grades from high to low? */
export function checkScorecard(terms: ScorecardTerms): Refusal[] {
  const sum = terms.criteria.reduce((total, each) => total + each.maximum, 0);
  const falls = terms.grades.every((each, index) => index === 0 || each.least < (terms.grades[index - 1]?.least ?? 0));
  return [
    ...(sum === 100
      ? []
      : [{ code: 'maxima-not-100', field: 'terms', message: `各项满分合计 ${sum} 分，须为 100 分` }]),
    ...(falls ? [] : [{ code: 'grades-not-falling', field: 'terms', message: '等级分数线须由高到低' }]),
    ...twice(terms.criteria.map((each) => each.title)).map((title) => ({
      code: 'criterion-twice',
      field: 'terms',
      message: `指标「${title}」出现两次`,
    })),
    ...(terms.grades.at(-1)?.least === 0
      ? []
      : [{ code: 'grades-not-to-zero', field: 'terms', message: '最低一级的分数线须为 0，使每个得分都有等级' }]),
  ];
}

const twice = (all: readonly string[]) => [...new Set(all.filter((each, at) => all.indexOf(each) !== at))];

/** 提交审批：May an evaluated application go to decision? Every reason against it: documents missing by name, score below the line. */
export function checkSubmission(
  terms: ScorecardTerms,
  { score, received }: { score: number; received: readonly string[] },
): Refusal[] {
  const missing = terms.checklist.filter((each) => each.required && !received.includes(each.code));
  return [
    ...(missing.length === 0
      ? []
      : [{ code: 'documents-missing', message: `缺少必备资料：${missing.map((each) => each.title).join('、')}` }]),
    ...(score >= terms.admitFrom
      ? []
      : [
          {
            code: 'score-too-low',
            message: `评估 ${score} 分，低于准入分数线 ${terms.admitFrom} 分，不得提交；可退回补充后重新评估`,
            figures: { 得分: String(score), 分数线: String(terms.admitFrom) },
          },
        ]),
  ];
}

/** The term of an admission from a day: last day and the day of the first yearly review. */
export const termOf = (terms: ScorecardTerms, from: Day): { to: Day; reviewDueOn: Day } => ({
  to: addDays(addMonths(from, terms.validMonths), -1),
  reviewDueOn: addMonths(from, terms.reviewMonths),
});

/** The state as it looks on a day. */
export function stateOn(
  row: {
    state: 'applied' | 'evaluated' | 'approving' | 'in-force' | 'refused' | 'exited';
    from: Day | null;
    to: Day | null;
    exitedOn: Day | null;
    suspensions: readonly { from: Day; to: Day | null }[];
  },
  on: Day,
): AdmissionState {
  if (row.state === 'exited' && row.exitedOn !== null && on < row.exitedOn)
    return stateOn({ ...row, state: 'in-force' }, on);
  if (row.state !== 'in-force' || row.from === null || row.to === null) return row.state;
  if (on < row.from) return 'not-yet';
  if (on > row.to) return 'expired';
  const isSuspended = row.suspensions.some((each) => each.from <= on && (each.to === null || each.to >= on));
  return isSuspended ? 'suspended' : 'in-force';
}
