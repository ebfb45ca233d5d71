import { type Day, day, dayOf } from '../kernel/day.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { articleOf, lawDocument } from './document.ts';
import { provincePrefixes } from './gb-2260-provinces.ts';
import { normalizeCode } from './gb-32100.ts';

/** 《公民身份号码》. */
export const gb11643 = lawDocument({
  document: '公民身份号码',
  number: 'GB 11643-1999',
  issuer: '国家质量技术监督局',
  inForceOn: day('1999-07-01'),
  caveat: '施行日凭记忆，待核实',
});

/** 号码的结构：六位地址码、八位出生日期码、三位顺序码、一位校验码。 */
export const articleIdParts = articleOf(gb11643, '号码的结构');
/** 校验码：ISO 7064:1983 MOD 11-2。 */
export const articleIdCheck = articleOf(gb11643, '校验码的计算');

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/** The check character of the first seventeen digits; undefined when they are not digits. */
export function residentIdCheck(body: string): string | undefined {
  if (!/^\d{17}$/.test(body)) return undefined;
  return '10X98765432'[weights.reduce((sum, weight, index) => sum + weight * Number(body[index]), 0) % 11];
}

/** The day of birth in the number; undefined when the calendar has no such day. */
export function birthDayOf(residentId: string): Day | undefined {
  const match = /^\d{6}(\d{4})(\d{2})(\d{2})/.exec(normalizeCode(residentId));
  return match ? dayOf(Number(match[1]), Number(match[2]), Number(match[3])) : undefined;
}

/**
 * 公民身份号码校验：Is this an 18-digit 公民身份号码? Every refusal that applies; an empty list means yes.
 *
 * asOf: nobody is born after it. Messages never repeat the number: it is personal data. Abolished counties are accepted.
 */
export function checkResidentId(text: string, asOf: Day, field?: string): Refusal[] {
  const code = normalizeCode(text);
  const refuse = (name: string, message: string): Refusal => ({
    code: `resident-id-${name}`,
    message,
    article: name === 'check' ? articleIdCheck : articleIdParts,
    ...(field === undefined ? {} : { field }),
  });
  if (/^\d{15}$/.test(code)) return [refuse('first-generation', '15位身份号码已停用，请录入18位公民身份号码')];
  if (!/^\d{17}[\dX]$/.test(code)) {
    return [refuse('format', `公民身份号码应为17位数字加1位校验码（数字或X），录入了${code.length}位，请核对`)];
  }
  const refusals: Refusal[] = [];
  if (!isPersonalRegion(code.slice(0, 2))) refusals.push(refuse('region', '前6位不是行政区划代码，请核对'));
  const born = birthDayOf(code);
  if (born === undefined) refusals.push(refuse('birth-day', '第7至14位的出生日期不存在，请核对'));
  else if (born > asOf) refusals.push(refuse('birth-day', '第7至14位的出生日期在今后，请核对'));
  if (residentIdCheck(code.slice(0, 17)) !== code[17]) {
    refusals.push(refuse('check', '公民身份号码校验码不符，可能有一位录错或两位颠倒，请对照证件逐位核对'));
  }
  return refusals;
}

/**
 * Which certificate a number is of where the source does not say: '10' 居民身份证 for 18 characters with a birth date in
 * place, '29' 统一社会信用代码 for any other 18 letters and digits; undefined for anything else.
 */
export function certificateTypeOf(text: string): '10' | '29' | undefined {
  const code = normalizeCode(text);
  if (/^\d{6}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dX]$/.test(code)) return '10';
  return /^[0-9A-Z]{18}$/.test(code) ? '29' : undefined;
}

/** 10 and 66 are used for organizations only. */
const isPersonalRegion = (prefix: string): boolean =>
  provincePrefixes.has(prefix) && prefix !== '10' && prefix !== '66';
