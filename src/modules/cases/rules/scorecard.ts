import { type Day, day } from '../../../kernel/day.ts';
import { compareRatio, parseRatio, percent } from '../../../kernel/ratio.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** One answer of a factor: figures from `atLeast` on (percentages as '60%'), or one of the words. */
type Band = { readonly text: string; readonly points: number; readonly atLeast?: string; readonly word?: string };
export type Factor = {
  readonly code: string;
  readonly title: string;
  readonly unit: '年' | '%' | '次' | '选项';
  readonly bands: readonly Band[];
};
export type Scorecard = {
  readonly version: string;
  readonly from: Day;
  readonly source: string;
  readonly unverified: string;
  readonly factors: readonly Factor[];
  /** Best first: the least score of each grade. */
  readonly grades: readonly { readonly grade: string; readonly atLeast: number }[];
};

const figure = (atLeast: string, points: number, text: string): Band => ({ atLeast, points, text });
const word = (text: string, points: number): Band => ({ word: text, points, text });

/** Dated scorecards, oldest first. Every figure in them is a placeholder: no document prescribes one. */
export const scorecards: readonly Scorecard[] = [
  {
    version: '2026-1',
    from: day('2019-01-01'),
    source: '内置样例（占位）',
    unverified: '占位：未见文件规定评分模型，请按本机构制度另存版本并作回测',
    factors: [
      {
        code: 'years',
        title: '经营年限',
        unit: '年',
        bands: [figure('5', 15, '5年及以上'), figure('2', 10, '2年至5年'), figure('0', 4, '不足2年')],
      },
      {
        code: 'debt-ratio',
        title: '资产负债率',
        unit: '%',
        bands: [figure('0.8', 2, '80%及以上'), figure('0.6', 10, '60%至80%'), figure('0', 20, '60%以下')],
      },
      {
        code: 'revenue-growth',
        title: '营业收入增长率',
        unit: '%',
        bands: [figure('0.1', 15, '增长10%及以上'), figure('0', 10, '持平或增长'), figure('-10', 3, '下降')],
      },
      {
        code: 'overdue',
        title: '近两年逾期次数',
        unit: '次',
        bands: [figure('3', 0, '3次及以上'), figure('1', 8, '1至2次'), figure('0', 20, '无逾期')],
      },
      {
        code: 'repayment',
        title: '第一还款来源',
        unit: '选项',
        bands: [word('充足', 20), word('基本覆盖', 12), word('不足', 3)],
      },
      {
        code: 'counter',
        title: '反担保',
        unit: '选项',
        bands: [word('抵质押', 10), word('保证', 7), word('信用', 5)],
      },
    ],
    grades: [
      { grade: 'A', atLeast: 85 },
      { grade: 'B', atLeast: 70 },
      { grade: 'C', atLeast: 55 },
      { grade: 'D', atLeast: 0 },
    ],
  },
];

/** The scorecard in force on a day; undefined before the first. */
export const scorecardOn = (on: Day): Scorecard | undefined => scorecards.findLast((each) => each.from <= on);

export type ScorePart = {
  readonly code: string;
  readonly title: string;
  readonly input: string;
  readonly points: number;
  readonly most: number;
  readonly band: string;
};

/** The most a factor can give. */
export const mostOf = (factor: Factor): number => Math.max(...factor.bands.map((each) => each.points));

/** 评分：points of every factor, their sum and grade; or one refusal for every factor without a usable answer. */
export function scoreOf(
  model: Scorecard,
  inputs: Readonly<Record<string, string>>,
): { score: number; grade: string; parts: ScorePart[] } | { refusals: Refusal[] } {
  const refusals: Refusal[] = [];
  const parts: ScorePart[] = [];
  for (const factor of model.factors) {
    const input = inputs[factor.code]?.trim() ?? '';
    const band = bandOf(factor, input);
    if (!band) {
      const wanted =
        factor.unit === '选项' ? factor.bands.map((each) => each.text).join('、') : `数字（${factor.unit}）`;
      const message = `${factor.title}${input === '' ? '未填写' : `“${input}”无法评分`}，须为${wanted}`;
      refusals.push({ code: 'score-input', field: `inputs.${factor.code}`, message });
      continue;
    }
    const { code, title } = factor;
    parts.push({ code, title, input, points: band.points, most: mostOf(factor), band: band.text });
  }
  if (refusals.length > 0) return { refusals };
  const score = parts.reduce((sum, each) => sum + each.points, 0);
  const grade = model.grades.find((each) => score >= each.atLeast)?.grade ?? '';
  return { score, grade, parts };
}

/** The highest band whose floor the figure reaches; bands may be listed in any order. */
function bandOf({ unit, bands }: Factor, input: string): Band | undefined {
  if (unit === '选项') return bands.find((each) => each.word === input);
  const value = parseRatio(input === '' || unit !== '%' || input.endsWith('%') ? input : `${input}%`);
  if (!value) return undefined;
  return [...bands]
    .sort((a, b) => compareRatio(percent(b.atLeast ?? '0'), percent(a.atLeast ?? '0')))
    .find((each) => compareRatio(value, percent(each.atLeast ?? '0')) >= 0);
}
