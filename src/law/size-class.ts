import type { Article } from '../kernel/article.ts';
import type { Day } from '../kernel/day.ts';
import type { Fen } from '../kernel/money.ts';
import {
  article4,
  type Industry,
  metricTitles,
  type SizeBounds,
  type SizeMetric,
  showMetric,
  sizeThresholds,
} from './miit-2011-300-size-classes.ts';
import { unverifiedOf } from './parameter.ts';
import { industryCoverage, sections } from './stats-2017-213-industries.ts';

/** The size of an enterprise; 不可判定 is an answer, never a default. */
export type SizeClass = '大型' | '中型' | '小型' | '微型' | '不可判定';

/** Declared figures: industry code per GB/T 4754-2017 ('C1311', '1311', '13' or 'C'), persons, and 分. */
export type SizeFacts = {
  readonly industryCode: string;
  readonly staff?: number | undefined;
  readonly revenue?: Fen | undefined;
  readonly assets?: Fen | undefined;
};

/** One metric of the row: what was declared, the three bounds, and the tier that metric alone reaches. */
export type SizeEvidence = {
  readonly metric: SizeMetric;
  readonly title: string;
  /** As people read it, '—' when nothing was declared. */
  readonly value: string;
  readonly bounds: { readonly 大型: string; readonly 中型: string; readonly 小型: string };
  readonly reaches?: Exclude<SizeClass, '不可判定'>;
  /** Whether this metric alone would put the enterprise into its class: the lowest one decides. */
  readonly isDeciding: boolean;
};

export type SizeVerdict = {
  readonly size: SizeClass;
  readonly industry?: Industry;
  readonly evidence: readonly SizeEvidence[];
  /** Chinese: which metric decided, or why nothing can be decided. */
  readonly reason: string;
  readonly article: Article;
  readonly unverified?: string;
};

const ranks = ['微型', '小型', '中型', '大型'] as const;

/**
 * 企业划型：How large is the enterprise by 工信部联企业〔2011〕300号第四条, as declared?
 *
 * 大、中、小型 must meet every listed bound, so the lowest metric decides; one metric below the bound of 小型 makes 微型 even
 * when another is missing. 不可判定 where the industry is not covered or too coarse, a needed figure is missing or negative,
 * or the standard was not in force; `reason` then says what would cure it. Does not cover 个体工商户: see `isSmallMicroForPolicy`.
 */
export function sizeClass(facts: SizeFacts, asOf: Day): SizeVerdict {
  if (!sizeThresholds.isInForce(asOf)) return undecided(`划型标准自${sizeThresholds.versions[0]?.from}起施行`);
  const unverified = unverifiedOf(asOf, sizeThresholds, industryCoverage);
  const found = industryOf(facts.industryCode, asOf);
  if (found.industry === null) return undecided(found.reason, { unverified });
  const { industry } = found;
  const row = sizeThresholds.at(asOf).find((each) => each.industry === industry);
  if (!row) throw new Error(`划型标准缺少行业：${industry}`);
  const measured = row.bounds.map((bounds) => ({ bounds, value: declared(facts, bounds.metric) }));
  const bad = measured.find(({ value }) => value === 'invalid');
  if (bad) {
    return undecided(
      `${metricTitles[bad.bounds.metric]}须为不小于零的数${bad.bounds.metric === 'staff' ? '（整数）' : ''}`,
      {
        industry,
        unverified,
      },
    );
  }
  const ranked = measured.map(({ bounds, value }) => ({
    bounds,
    value,
    rank: typeof value === 'bigint' ? rankOf(value, bounds) : undefined,
  }));
  const lowest = Math.min(...ranked.map(({ rank }) => rank ?? Number.POSITIVE_INFINITY));
  const missing = ranked.filter(({ rank }) => rank === undefined).map(({ bounds }) => metricTitles[bounds.metric]);
  const isDecided = lowest === 0 || missing.length === 0;
  const evidence = ranked.map(({ bounds, value, rank }) =>
    evidenceOf(bounds, value, rank, isDecided && rank === lowest),
  );
  if (!isDecided) return undecided(`${industry}划型须填写${missing.join('、')}`, { industry, evidence, unverified });
  const size = ranks[lowest] ?? '微型';
  return { size, industry, evidence, reason: reasonOf(size, evidence), article: article4, ...marked(unverified) };
}

/** 行业归属：The row of the standard for a GB/T 4754-2017 code, or null with the reason and the cure. */
export function industryOf(
  code: string,
  asOf: Day,
): { readonly industry: Industry } | { readonly industry: null; readonly reason: string } {
  const match = /^([A-T])?(\d{2,4})?$/.exec(code.trim().toUpperCase());
  const [, letter, digits] = match ?? [];
  if (!letter && !digits) return { industry: null, reason: `行业代码“${code}”不是GB/T 4754-2017代码` };
  const section = letter === undefined ? undefined : sections[letter];
  const division = digits === undefined ? undefined : Number(digits.slice(0, 2));
  if (section && division !== undefined && (division < section[0] || division > section[1])) {
    return { industry: null, reason: `行业代码“${code}”的门类与大类不符` };
  }
  const rows = industryCoverage.at(asOf);
  const candidates = digits
    ? rows.filter(({ prefix }) => prefix.startsWith(digits))
    : rows.filter(({ prefix }) => section && inSection(prefix, section));
  const exact = digits === undefined ? undefined : rows.find(({ prefix }) => digits.startsWith(prefix));
  const answers = exact ? [exact] : candidates;
  const [first] = answers;
  if (!first) return { industry: null, reason: `行业代码“${code}”不在GB/T 4754-2017中` };
  if (answers.some((each) => each.industry !== first.industry)) {
    return { industry: null, reason: `行业代码“${code}”跨几个划型行业，须细到中类` };
  }
  if (first.industry === null) return { industry: null, reason: first.reason ?? '不在划型标准内' };
  return { industry: first.industry };
}

const inSection = (prefix: string, [first, last]: readonly [number, number]): boolean =>
  Number(prefix.slice(0, 2)) >= first && Number(prefix.slice(0, 2)) <= last;

function declared(facts: SizeFacts, metric: SizeMetric): bigint | undefined | 'invalid' {
  const value = facts[metric];
  if (value === undefined) return undefined;
  if (typeof value === 'bigint') return value < 0n ? 'invalid' : value;
  return Number.isSafeInteger(value) && value >= 0 ? BigInt(value) : 'invalid';
}

function rankOf(value: bigint, { large, medium, small }: SizeBounds): number {
  return value >= large ? 3 : value >= medium ? 2 : value >= small ? 1 : 0;
}

function evidenceOf(
  { metric, large, medium, small }: SizeBounds,
  value: bigint | undefined | 'invalid',
  rank: number | undefined,
  isDeciding: boolean,
): SizeEvidence {
  const reaches = rank === undefined ? undefined : ranks[rank];
  return {
    metric,
    title: metricTitles[metric],
    value: typeof value === 'bigint' ? showMetric(metric, value) : '—',
    bounds: {
      大型: showMetric(metric, large),
      中型: showMetric(metric, medium),
      小型: showMetric(metric, small),
    },
    ...(reaches === undefined ? {} : { reaches }),
    isDeciding,
  };
}

function reasonOf(size: SizeClass, evidence: readonly SizeEvidence[]): string {
  const deciding = evidence.filter((each) => each.isDeciding).map((each) => `${each.title}${each.value}`);
  return `${deciding.join('、')}，达到${size}而未达更高一档`.replace('达到微型而未达更高一档', '低于小型下限');
}

function undecided(reason: string, known: Partial<Omit<SizeVerdict, 'size' | 'reason' | 'article'>> = {}): SizeVerdict {
  const { unverified, ...rest } = known;
  return { size: '不可判定', evidence: [], ...rest, reason, article: article4, ...marked(unverified) };
}

const marked = (unverified: string | undefined) => (unverified === undefined ? {} : { unverified });
