import { day } from '../kernel/day.ts';
import { articleOf, lawDocument } from './document.ts';
import type { Industry } from './miit-2011-300-size-classes.ts';
import { sizeStandard } from './miit-2011-300-size-classes.ts';
import { parameter } from './parameter.ts';

/** 《统计上大中小微型企业划分办法（2017）》：阈值与工信部联企业〔2011〕300号相同，行业范围按GB/T 4754-2017。 */
export const statisticalMethod = lawDocument({
  document: '统计上大中小微型企业划分办法（2017）',
  number: '国统字〔2017〕213号',
  issuer: '国家统计局',
  inForceOn: day('2017-12-28'),
  caveat: '印发日凭记忆，待核实',
});

/** A GB/T 4754-2017 code prefix and the row of the standard it falls under; `null` where no standard covers it, with why. */
export type IndustryPrefix = {
  readonly prefix: string;
  readonly industry: Industry | null;
  readonly reason?: string;
};

const to = (industry: Industry, ...prefixes: readonly string[]): readonly IndustryPrefix[] =>
  prefixes.map((prefix) => ({ prefix, industry }));
const none = (reason: string, ...prefixes: readonly string[]): readonly IndustryPrefix[] =>
  prefixes.map((prefix) => ({ prefix, industry: null, reason }));
const span = (first: number, last: number): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, index) => String(first + index).padStart(2, '0'));

const coverage: readonly IndustryPrefix[] = [
  ...to('农、林、牧、渔业', ...span(1, 5)),
  ...to('工业', ...span(6, 46)),
  ...to('建筑业', ...span(47, 50)),
  ...to('批发业', '51'),
  ...to('零售业', '52'),
  ...none('铁路运输业不在划型标准内', '53'),
  ...to('交通运输业', '54', '55', '56', '57', '58', '591'),
  ...to('仓储业', '592', '593', '594', '595', '596', '599'),
  ...to('邮政业', '60'),
  ...to('住宿业', '61'),
  ...to('餐饮业', '62'),
  ...to('信息传输业', '63', '64'),
  ...to('软件和信息技术服务业', '65'),
  ...none('金融业另有划型标准（银发〔2015〕309号）', ...span(66, 69)),
  ...to('房地产开发经营', '701'),
  ...to('物业管理', '702'),
  ...to('其他未列明行业', '703', '709'),
  ...none('自有房地产经营、租赁不在划型标准内', '704'),
  ...to('租赁和商务服务业', '71', '72'),
  ...to('其他未列明行业', ...span(73, 82), '85', ...span(86, 90)),
  ...none('教育不在划型标准内', '83'),
  ...none('卫生不在划型标准内', '84'),
  ...none('公共管理、社会保障和社会组织不在划型标准内', ...span(91, 96)),
  ...none('国际组织不在划型标准内', '97'),
];

/**
 * 行业范围说明：工业含采矿、制造、电热燃水；交通运输业含道路、水上、航空、管道、多式联运、装卸，不含铁路；
 * 其他未列明行业含科研、水利、居民服务、社会工作、文体娱、房地产中介等，不含自有房地产经营。
 */
export const articleCoverage = articleOf(statisticalMethod, '行业范围说明');
/** GB/T 4754-2017 代码与划型行业的对应；2017年以前的行业代码按2017年版对应。 */
export const industryCoverage = parameter<readonly IndustryPrefix[]>(
  'CLS-2',
  '行业代码与划型行业的对应',
  [
    {
      from: sizeStandard.inForceOn,
      value: coverage,
      source: articleCoverage,
      unverified: '凭记忆，未见原文，待核实；2017年以前的行业代码按2017年版对应',
    },
    {
      from: statisticalMethod.inForceOn,
      value: coverage,
      source: articleCoverage,
      unverified: '凭记忆，未见原文，待核实',
    },
  ],
  showCoverage,
);

/** GB/T 4754-2017：门类字母与其大类的起止。 */
export const sections: Readonly<Record<string, readonly [first: number, last: number]>> = {
  A: [1, 5],
  B: [6, 12],
  C: [13, 43],
  D: [44, 46],
  E: [47, 50],
  F: [51, 52],
  G: [53, 60],
  H: [61, 62],
  I: [63, 65],
  J: [66, 69],
  K: [70, 70],
  L: [71, 72],
  M: [73, 75],
  N: [76, 79],
  O: [80, 82],
  P: [83, 83],
  Q: [84, 85],
  R: [86, 90],
  S: [91, 96],
  T: [97, 97],
};

function showCoverage(rows: readonly IndustryPrefix[]): string {
  const grouped = new Map<string, string[]>();
  for (const { prefix, industry, reason } of rows) {
    const key = industry ?? `不划型（${reason}）`;
    grouped.set(key, [...(grouped.get(key) ?? []), prefix]);
  }
  return [...grouped].map(([key, prefixes]) => `${key}：${prefixes.join(' ')}`).join('；');
}
