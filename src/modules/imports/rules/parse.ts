import { type Day, dayOf, parseDay } from '../../../kernel/day.ts';
import { type Fen, type MoneyUnit, parseMoney } from '../../../kernel/money.ts';
import { formatDecimal, parseRatio } from '../../../kernel/ratio.ts';
import type { DateFormat } from '../contract.ts';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** A value, or why there is none. */
export type Read<T> = { readonly value: T } | { readonly fault: string };

type Pattern = { readonly test: RegExp; readonly order: readonly ('y' | 'm' | 'd')[]; readonly isShortYear: boolean };

const patternOf = (format: DateFormat): Pattern => {
  const order: ('y' | 'm' | 'd')[] = [];
  const source = format.replace(/YYYY|YY|MMM|MM|M|DD|D|[./]/g, (part) => {
    if (part === '.' || part === '/') return `\\${part}`;
    order.push(part[0]!.toLowerCase() as 'y');
    if (part === 'YYYY') return '(\\d{4})';
    if (part === 'YY') return '(\\d{2})';
    if (part === 'MMM') return '([A-Za-z]{3})';
    return part.length === 2 ? '(\\d{2})' : '(\\d{1,2})';
  });
  return { test: new RegExp(`^${source}$`), order, isShortYear: !format.includes('YYYY') };
};

const shortYear = [/^\d{2}[./-]\d{1,2}[./-]\d{1,2}$/, /^\d{1,2}[./-](\d{1,2}|[A-Za-z]{3})[./-]\d{2}$/];

/**
 * Reads days in the formats of a profile. Faults: 'date-impossible' (31-Feb), 'date-two-digit-year' (no format with a
 * stated pivot takes it), 'date-format'. ISO days, as workbooks give them, are always taken. Answers are remembered.
 */
export function dayReader(formats: readonly DateFormat[], pivotYear: number | undefined): (text: string) => Read<Day> {
  const patterns = formats.map(patternOf);
  const read = (text: string): Read<Day> => {
    let isImpossible = false;
    const iso = /^(\d{4}-\d{2}-\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?$/.exec(text);
    if (iso) {
      const value = parseDay(iso[1]!);
      return value === undefined ? { fault: 'date-impossible' } : { value };
    }
    for (const { test, order, isShortYear } of patterns) {
      const match = test.exec(text);
      if (!match || (isShortYear && pivotYear === undefined)) continue;
      const part = { y: 0, m: 0, d: 0 };
      order.forEach((name, index) => {
        const piece = match[index + 1]!;
        part[name] = /^\d/.test(piece) ? Number(piece) : months.indexOf(piece.toLowerCase()) + 1;
      });
      if (isShortYear) part.y += part.y < pivotYear! ? 2000 : 1900;
      const value = dayOf(part.y, part.m, part.d);
      if (value !== undefined) return { value };
      isImpossible = true;
    }
    if (isImpossible) return { fault: 'date-impossible' };
    return { fault: shortYear.some((each) => each.test(text)) ? 'date-two-digit-year' : 'date-format' };
  };
  const remembered = new Map<string, Read<Day>>();
  return (text) => {
    const known = remembered.get(text);
    if (known) return known;
    const answer = read(text);
    if (remembered.size > 60_000) remembered.clear();
    remembered.set(own(text), answer);
    return answer;
  };
}

// A cell is a view on the chunk it came from; a remembered key must not keep that chunk alive.
const own = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

/** Reads an amount; thousands separators are taken when well placed. Faults: 'amount-format', 'amount-finer-than-fen'. */
export function readMoney(text: string, unit: MoneyUnit): Read<Fen> {
  const plain = text.includes(',') && /^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text;
  const value = parseMoney(plain, unit);
  if (value !== undefined) return { value };
  return { fault: /^[+-]?\d+(\.\d+)?$/.test(plain) ? 'amount-finer-than-fen' : 'amount-format' };
}

/** Reads a rate ('80%', '0.8', '8‰') as the decimal that is stored. Fault: 'rate-format'. */
export function readRate(text: string): Read<string> {
  const value = parseRatio(text);
  if (!value || value.numerator < 0n || value.numerator > value.denominator) return { fault: 'rate-format' };
  return { value: formatDecimal(value, 10) };
}

/** Reads a whole number not below zero. Fault: 'integer-format'. */
export function readInteger(text: string): Read<number> {
  return /^\d{1,9}(\.0+)?$/.test(text) ? { value: Number.parseInt(text, 10) } : { fault: 'integer-format' };
}
