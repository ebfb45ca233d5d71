import { day } from '../kernel/day.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { articleOf, lawDocument } from './document.ts';
import { provincePrefixes } from './gb-2260-provinces.ts';
import { organizationCheck } from './gb-11714.ts';

/** 《法人和其他组织统一社会信用代码编码规则》. */
export const gb32100 = lawDocument({
  document: '法人和其他组织统一社会信用代码编码规则',
  number: 'GB 32100-2015',
  issuer: '国家标准化管理委员会',
  inForceOn: day('2015-10-01'),
  caveat: '1、5、9、N、Y以外的登记管理部门代码凭记忆，待核实',
});

/** 代码构成：18位，第1位登记管理部门，第2位机构类别，第3–8位行政区划，第9–17位主体标识码，第18位校验码；不用I、O、S、V、Z。 */
export const articleUsccParts = articleOf(gb32100, '代码构成');
/** 校验码：31 − MOD(∑Ci×Wi, 31)，Wi = 3^(i−1) MOD 31。 */
export const articleUsccCheck = articleOf(gb32100, '校验码的计算');

const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const weights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/** What people paste, made comparable: full-width to half-width, no blanks, upper case. Changes no character's meaning. */
export const normalizeCode = (text: string): string => text.normalize('NFKC').replace(/\s/g, '').toUpperCase();

/** The check character of the first seventeen; undefined when one of them is not in the alphabet. */
export function usccCheck(body: string): string | undefined {
  if (body.length !== 17) return undefined;
  let sum = 0;
  for (let index = 0; index < 17; index += 1) {
    const value = alphabet.indexOf(body.charAt(index));
    if (value < 0) return undefined;
    sum += value * (weights[index] ?? 0);
  }
  return alphabet[(31 - (sum % 31)) % 31];
}

/**
 * 统一社会信用代码校验：Is this a 统一社会信用代码 (GB 32100)? Every refusal that applies; an empty list means yes.
 *
 * Blanks, full-width and lower-case letters are forgiven. Letter registration authorities (N, Y, A) and the prefixes of
 * abolished counties are accepted. The inner 组织机构代码 is not checked: see `hasConsistentOrganizationCode`.
 */
export function checkUscc(text: string, field?: string): Refusal[] {
  const code = normalizeCode(text);
  const refuse = (name: string, message: string, figures?: Record<string, string>): Refusal => ({
    code: `uscc-${name}`,
    message,
    article: name === 'check' ? articleUsccCheck : articleUsccParts,
    ...(figures === undefined ? {} : { figures }),
    ...(field === undefined ? {} : { field }),
  });
  if (code.length !== 18) {
    return [
      refuse('length', `统一社会信用代码应为18位，录入了${code.length}位，请补全`, { 位数: String(code.length) }),
    ];
  }
  const strange = [...new Set([...code].filter((each) => !alphabet.includes(each)))];
  if (strange.length > 0) {
    return [
      refuse('alphabet', `统一社会信用代码不使用“${strange.join('、')}”，请对照证照核对（常见：I与1、O与0、Z与2）`),
    ];
  }
  const refusals: Refusal[] = [];
  if (!/^[1-9ANY]/.test(code)) refusals.push(refuse('authority', `第1位登记管理部门代码“${code[0]}”不存在，请核对`));
  if (!/^\d{6}$/.test(code.slice(2, 8)) || !provincePrefixes.has(code.slice(2, 4))) {
    refusals.push(refuse('region', `第3至8位“${code.slice(2, 8)}”不是行政区划代码，请核对`));
  }
  const expected = usccCheck(code.slice(0, 17));
  if (expected !== code[17]) {
    refusals.push(
      refuse('check', '统一社会信用代码校验码不符，可能有一位录错或两位颠倒，请对照证照逐位核对', {
        录入校验码: code.slice(17),
        应为: expected ?? '',
      }),
    );
  }
  return refusals;
}

/** Does the inner 组织机构代码 (characters 9–17) carry its own right check character? Worth a warning, never a refusal. */
export function hasConsistentOrganizationCode(uscc: string): boolean {
  const code = normalizeCode(uscc);
  return organizationCheck(code.slice(8, 16)) === code[16];
}

/** Whom the code was given to, by its first two characters: decides 个体户 and 农民专业合作社 where nothing else says. */
export function usccHolder(uscc: string): '企业' | '个体工商户' | '农民专业合作社' | '其他' {
  const holders = { '91': '企业', '92': '个体工商户', '93': '农民专业合作社' } as const;
  return holders[normalizeCode(uscc).slice(0, 2) as keyof typeof holders] ?? '其他';
}
