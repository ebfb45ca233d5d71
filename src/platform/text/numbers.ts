import { type Day, parts } from '../../kernel/day.ts';

const digits = '〇一二三四五六七八九';

/** 二〇二四年九月三十日: the day as official papers write it (GB/T 9704). */
export function chineseDay(of: Day): string {
  const [year, month, dayOfMonth] = parts(of);
  return `${chineseDigits(String(year))}年${chineseNumber(month)}月${chineseNumber(dayOfMonth)}日`;
}

/** Figure by figure: '2024' → 二〇二四. Other characters stay. */
export const chineseDigits = (text: string): string => text.replace(/\d/g, (digit) => digits[Number(digit)]!);

/** A whole number from 0 to 9,999 in words: 12 → 十二, 105 → 一百零五, 0 → 零. RangeError beyond. */
export function chineseNumber(value: number): string {
  if (!Number.isInteger(value) || value < 0 || value > 9999) throw new RangeError(`只写0至9999的整数：${value}`);
  if (value === 0) return '零';
  const text = String(value);
  const words = [...text]
    .map((digit, index) =>
      digit === '0' ? '零' : digits[Number(digit)]! + ['', '十', '百', '千'][text.length - 1 - index]!,
    )
    .join('')
    .replace(/零+/g, '零')
    .replace(/零$/, '');
  return value >= 10 && value < 20 ? words.slice(1) : words;
}
