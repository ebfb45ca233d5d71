import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { day } from '../kernel/day.ts';
import { birthDayOf, certificateTypeOf, checkResidentId, residentIdCheck } from './gb-11643.ts';
import { checkOrganizationCode, organizationCheck } from './gb-11714.ts';
import { checkUscc, hasConsistentOrganizationCode, normalizeCode, usccCheck, usccHolder } from './gb-32100.ts';

const asOf = day('2026-06-30');
const codes = (refusals: readonly { code: string }[]) => refusals.map((each) => each.code);
const completed = (body: string) => `${body}${usccCheck(body)}`;

describe('GB 32100-2015 校验码的计算', () => {
  it.each([
    ['91350100M000100Y4', '3'], // Σ=1640，1640 mod 31 = 28，31−28 = 3
    ['91440101MA5ABCDE1', 'M'], // Σ=2118，r=10 → 21
    ['91140100MA0ABCD12', 'R'], // Σ=1587，r=6 → 25
    ['91140000110110000', 'J'], // Σ=199，r=13 → 18
  ])('%s 的校验码为 %s', (body, check) => {
    expect(usccCheck(body)).toBe(check);
    expect(checkUscc(body + check)).toEqual([]);
  });

  it('任何一位录错都会被发现', () =>
    fc.assert(
      fc.property(fc.nat(16), fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY'), (at, letter) => {
        const good = '91140100MA0ABCD12R';
        const bad = good.slice(0, at) + letter + good.slice(at + 1);
        expect(checkUscc(bad).length === 0).toBe(letter === good[at]);
      }),
    ));

  it('校验码不符时说出应为什么', () =>
    expect(checkUscc('91140100MA0ABCD12A', 'uscc')).toEqual([
      expect.objectContaining({ code: 'uscc-check', field: 'uscc', figures: { 录入校验码: 'A', 应为: 'R' } }),
    ]));
});

describe('GB 32100-2015 代码构成', () => {
  it.each([
    ['农业部门登记 N', 'N1140221MA0ABCD12'],
    ['其他部门登记 Y', 'Y1140100MA0ABCD12'],
    ['军队登记 A', 'A1140100MA0ABCD12'],
    ['机构编制登记 1', '12140100MA0ABCD12'],
    ['民政登记 5', '52140100MA0ABCD12'],
    ['已撤销的大同县 140227', '91140227MA0ABCD12'],
    ['已撤销的长治市城区 140402', '91140402MA0ABCD12'],
    ['总局登记 100000', '91100000MA0ABCD12'],
  ])('接受%s', (_, body) => expect(checkUscc(completed(body))).toEqual([]));

  it.each([
    ['少一位', '91140100MA0ABCD12', ['uscc-length']],
    ['空', '', ['uscc-length']],
    ['含字母O', '9114O100MA0ABCD12R', ['uscc-alphabet']],
    ['含汉字', '91140100MA0ABCD12码', ['uscc-alphabet']],
    ['登记管理部门不存在', completed('B1140100MA0ABCD12'), ['uscc-authority']],
    ['行政区划不是数字', completed('911401A0MA0ABCD12'), ['uscc-region']],
    ['省份代码不存在', completed('91990100MA0ABCD12'), ['uscc-region']],
    [
      '三处都错',
      `B1990100MA0ABCD12${usccCheck('B1990100MA0ABCD12') === '0' ? '1' : '0'}`,
      ['uscc-authority', 'uscc-region', 'uscc-check'],
    ],
  ])('拒绝%s，并列出全部理由', (_, text, expected) => expect(codes(checkUscc(text))).toEqual(expected));

  it('容忍空格、全角与小写', () => {
    expect(checkUscc(' 9114 0100ma0abcd12r ')).toEqual([]);
    expect(checkUscc('９１１４０１００ＭＡ０ＡＢＣＤ１２Ｒ')).toEqual([]);
    expect(normalizeCode('ａ　b')).toBe('AB');
  });

  it('由前两位看持证主体', () =>
    expect(['91', '92', '93', '12'].map((head) => usccHolder(`${head}140100MA0ABCD12R`))).toEqual([
      '企业',
      '个体工商户',
      '农民专业合作社',
      '其他',
    ]));
});

describe('GB 11714-1997 校验码的计算', () => {
  it('M000100Y 的校验码为4', () => expect(organizationCheck('M000100Y')).toBe('4')); // Σ=139，139 mod 11 = 7，11−7 = 4
  it.each([
    ['M000100Y-4', []],
    ['m000100y4', []],
    ['M000100Y5', ['organization-code-check']],
    ['M000100Y', ['organization-code-format']],
  ])('%s', (text, expected) => expect(codes(checkOrganizationCode(text))).toEqual(expected));
  it('结果为10写X，为11写0', () => {
    expect(organizationCheck('MA0ABCD1')).toBe('X');
    expect(organizationCheck('00000000')).toBe('0'); // 11 − 0 = 11 → 0
  });
  it('内含的组织机构代码不符只提醒，不拒绝', () => {
    expect(hasConsistentOrganizationCode('91350100M000100Y43')).toBe(true);
    expect(hasConsistentOrganizationCode('91440101MA5ABCDE1M')).toBe(false);
  });
});

describe('GB 11643-1999 校验码的计算', () => {
  it.each([
    ['11010519491231002', 'X'], // Σ=167，r=2
    ['44052418800101001', '4'], // Σ=195，r=8
    ['14010519900307001', '2'], // Σ=197，r=10
  ])('%s 的校验码为 %s', (body, check) => expect(residentIdCheck(body)).toBe(check));

  it('任何一位录错都会被发现', () =>
    fc.assert(
      fc.property(fc.nat(16), fc.nat(9), (at, digit) => {
        const good = '140105199003070012';
        const bad = good.slice(0, at) + digit + good.slice(at + 1);
        expect(checkResidentId(bad, asOf).length === 0).toBe(String(digit) === good[at]);
      }),
    ));
});

describe('GB 11643-1999 号码的结构', () => {
  const withCheck = (body: string) => `${body}${residentIdCheck(body)}`;
  it.each(['140105199003070012', '11010519491231002X', '11010519491231002x', ' 140105 19900307 0012'])(
    '接受 %s',
    (text) => expect(checkResidentId(text, asOf)).toEqual([]),
  );
  it('接受已撤销的区划 140202', () => expect(checkResidentId(withCheck('14020219900307001'), asOf)).toEqual([]));
  it.each([
    ['不存在的2月31日', withCheck('14010519900231001'), ['resident-id-birth-day']],
    ['平年2月29日', withCheck('14010519890229001'), ['resident-id-birth-day']],
    ['今后出生', withCheck('14010520260701001'), ['resident-id-birth-day']],
    ['1900年以前出生', withCheck('44052418800101001'), ['resident-id-birth-day']],
    ['省份不存在', withCheck('19010519900307001'), ['resident-id-region']],
    ['机构专用的前缀', withCheck('10000019900307001'), ['resident-id-region']],
    ['15位', '140105900307001', ['resident-id-first-generation']],
    ['17位', '14010519900307001', ['resident-id-format']],
    ['末位为Y', '14010519900307001Y', ['resident-id-format']],
    ['日期与校验码都错', '140105199002310011', ['resident-id-birth-day', 'resident-id-check']],
  ])('拒绝%s', (_, text, expected) => expect(codes(checkResidentId(text, asOf))).toEqual(expected));

  it('当天出生的接受', () => expect(checkResidentId(withCheck('14010520260630001'), asOf)).toEqual([]));
  it('理由不重复号码本身', () =>
    expect(JSON.stringify(checkResidentId('140105199003070011', asOf))).not.toContain('19900307'));
  it('出生日', () => expect(birthDayOf('140105199003070012')).toBe('1990-03-07'));
  it.each([
    ['140105199003070012', '10'],
    ['91140100MA0ABCD12R', '29'],
    ['911401000000000000', '29'],
    ['12345', undefined],
  ] as const)('%s 的证件类型', (text, expected) => expect(certificateTypeOf(text)).toBe(expected));
});
