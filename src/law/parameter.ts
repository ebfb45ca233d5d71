import type { Article } from '../kernel/article.ts';
import type { Day } from '../kernel/day.ts';
import { type Fen, showMoney } from '../kernel/money.ts';
import { formatDecimal, multiplyRatio, type Ratio, ratio } from '../kernel/ratio.ts';

/** Thrown when a parameter is read on a day it has no value: the caller's bug or a question the law of that day did not answer. */
export class NotInForce extends Error {
  readonly title: string;
  readonly on: Day;
  constructor(title: string, on: Day) {
    super(`${title}在${on}没有有效的数值`);
    this.name = 'NotInForce';
    this.title = title;
    this.on = on;
  }
}

/** One value from one day on, until the next version. `unverified` is the Chinese mark shown wherever the value decides. */
export type Version<T> = {
  readonly from: Day;
  readonly value: T | 'repealed';
  readonly source: Article;
  readonly unverified?: string;
  readonly checkedOn?: Day;
};

/** A value that somebody fixed, with its whole history. There is no "current" value: `at(day)` is the only way to read it. */
export type Parameter<T> = {
  /** The fact-base rule it belongs to, such as BAL-1; one rule may have several parameters. */
  readonly rule: string;
  readonly title: string;
  /** Oldest first. */
  readonly versions: readonly Version<T>[];
  /** The value in force on the day; throws NotInForce when there is none. */
  at(on: Day): T;
  /** The version in force on the day, with its source; throws NotInForce when there is none. */
  versionAt(on: Day): Version<T> & { readonly value: T };
  /** Has it a value on the day? */
  isInForce(on: Day): boolean;
  /** The mark of the version in force; undefined when it is verified or not in force. */
  unverifiedOn(on: Day): string | undefined;
  /** A value as people read it. */
  show(value: T): string;
};

const registry = new Map<string, Parameter<unknown>>();

/**
 * Declares a figure of a national document and registers it for the law map. Throws RangeError when the title is taken
 * or two versions start on the same day.
 */
export function parameter<T>(
  rule: string,
  title: string,
  versions: readonly Version<T>[],
  show: (value: T) => string = showValue,
): Parameter<T> {
  if (registry.has(title)) throw new RangeError(`参数重复登记：${title}`);
  const made = parameterFrom(rule, title, versions, show);
  registry.set(title, made as Parameter<unknown>);
  return made;
}

/**
 * The same kind of value from rows of local policy (province, fund, institution): rules cannot tell the difference.
 * Not registered. Throws RangeError on no rows or two versions that start on the same day.
 */
export function parameterFrom<T>(
  rule: string,
  title: string,
  rows: readonly Version<T>[],
  show: (value: T) => string = showValue,
): Parameter<T> {
  const versions = [...rows].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  if (versions.length === 0) throw new RangeError(`参数没有任何版本：${title}`);
  if (versions.some((each, index) => each.from === versions[index - 1]?.from)) {
    throw new RangeError(`参数有两个版本自同一天起：${title}`);
  }
  const find = (on: Day) => {
    const version = versions.findLast((each) => each.from <= on);
    return version === undefined || version.value === 'repealed' ? undefined : (version as Version<T> & { value: T });
  };
  const versionAt = (on: Day) => {
    const version = find(on);
    if (!version) throw new NotInForce(title, on);
    return version;
  };
  return {
    rule,
    title,
    versions,
    versionAt,
    at: (on) => versionAt(on).value,
    isInForce: (on) => find(on) !== undefined,
    unverifiedOn: (on) => find(on)?.unverified,
    show,
  };
}

/** Every national parameter whose file has been loaded, in order of loading: what the law map must account for. */
export const registeredParameters = (): readonly Parameter<unknown>[] => [...registry.values()];

/** The marks of all the parameters that decided something on a day, joined, or undefined when all are verified. */
export function unverifiedOf(
  on: Day,
  ...deciding: readonly Pick<Parameter<unknown>, 'title' | 'unverifiedOn'>[]
): string | undefined {
  const found = deciding.flatMap((each) => {
    const mark = each.unverifiedOn(on);
    return mark === undefined ? [] : [`${each.title}：${mark}`];
  });
  return found.length === 0 ? undefined : [...new Set(found)].join('；');
}

/** An exact ratio as the law writes it: 75%, 0.5%, 10倍. */
export const showRatio = (value: Ratio): string =>
  value.denominator === 1n && value.numerator > 1n
    ? `${value.numerator}倍`
    : `${formatDecimal(multiplyRatio(value, ratio(100)))}%`;

/** An amount in 万元 as the law writes it: 500万元, 1,000万元, 0.01万元. */
export const showLimit = (value: Fen): string => `${showMoney(value, '万元', 6).replace(/\.?0+$/, '')}万元`;

function showValue(value: unknown): string {
  if (typeof value === 'bigint') return showLimit(value as Fen);
  if (typeof value === 'boolean') return value ? '是' : '否';
  if (Array.isArray(value)) return value.map(showValue).join('、');
  if (typeof value === 'object' && value !== null && 'numerator' in value) return showRatio(value as Ratio);
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, each]) => `${key} ${showValue(each)}`)
      .join('；');
  }
  return String(value);
}
