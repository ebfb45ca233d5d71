import { day } from '../kernel/day.ts';
import type { Refusal } from '../kernel/refusal.ts';
import { articleOf, lawDocument } from './document.ts';

/** 《全国组织机构代码编制规则》. */
export const gb11714 = lawDocument({
  document: '全国组织机构代码编制规则',
  number: 'GB 11714-1997',
  issuer: '国家技术监督局',
  inForceOn: day('1998-01-01'),
  caveat: '施行日凭记忆，待核实',
});

/** 校验码：C9 = 11 − MOD(∑Ci×Wi, 11)，结果为10写X，为11写0。 */
export const articleOrganizationCheck = articleOf(gb11714, '校验码的计算');

const weights = [3, 7, 9, 10, 5, 8, 4, 2];

/** The check character of the first eight characters (0–9, A–Z); undefined when they are no such characters. */
export function organizationCheck(body: string): string | undefined {
  if (!/^[0-9A-Z]{8}$/.test(body)) return undefined;
  const sum = weights.reduce((total, weight, index) => total + weight * Number.parseInt(body[index] ?? '', 36), 0);
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : check === 11 ? '0' : String(check);
}

/** 组织机构代码校验：Is this a 组织机构代码, with or without the hyphen before its check character? An empty list means yes. */
export function checkOrganizationCode(text: string, field?: string): Refusal[] {
  const code = text.trim().toUpperCase().replace('-', '');
  const at = field === undefined ? {} : { field };
  if (!/^[0-9A-Z]{8}[0-9X]$/.test(code)) {
    return [
      {
        code: 'organization-code-format',
        message: '组织机构代码应为8位数字或大写字母加1位校验码，请核对',
        article: articleOrganizationCheck,
        ...at,
      },
    ];
  }
  const expected = organizationCheck(code.slice(0, 8));
  if (expected === code[8]) return [];
  return [
    {
      code: 'organization-code-check',
      message: '组织机构代码校验码不符，可能有一位录错，请对照证照逐位核对',
      article: articleOrganizationCheck,
      figures: { 录入校验码: code.slice(8), 应为: expected ?? '' },
      ...at,
    },
  ];
}
