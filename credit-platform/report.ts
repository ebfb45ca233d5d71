import { sm3 } from '../src/platform/crypto/index.ts';

type Line = {
  readonly name: string;
  readonly value: string;
  readonly kind: 'plain' | 'good' | 'bad' | 'name' | 'code';
};
type Section = { readonly title: string; readonly lines: readonly Line[] };

const line = (name: string, value: string, kind: Line['kind'] = 'plain'): Line => ({ name, value, kind });
const grade = (name: string, count: number, unit: string): Line =>
  line(name, count === 0 ? '无' : `${count} ${unit}`, count === 0 ? 'good' : 'bad');

/**
 * A made-up report about somebody: the same identity gives the same report, one identity in twelve has none. Nothing in it is true of
 * anyone.
 */
export function reportOf(of: {
  readonly name: string;
  readonly identityKind: string;
  readonly identityNo: string;
}): { readonly sections: readonly Section[] } | undefined {
  const digits = sm3(`credit-stand-in:${of.identityKind}:${of.identityNo}`);
  const number = (at: number, below: number): number => Number.parseInt(digits.slice(at, at + 6), 16) % below;
  if (number(0, 12) === 0) return undefined;
  const isPerson = of.identityKind !== 'uscc';
  const overdue = number(6, 7) === 0 ? 1 + number(12, 4) : 0;
  const basics: Section = {
    title: '基本信息',
    lines: [
      line('名称', of.name, 'name'),
      line('证件号码', of.identityNo, 'code'),
      ...(isPerson ? [] : [line('登记状态', '存续（在营、开业、在册）'), line('成立年限', `${2 + number(18, 18)} 年`)]),
    ],
  };
  const business: Section = {
    title: '经营与缴纳',
    lines: isPerson
      ? [
          line('社保缴纳', number(24, 3) === 0 ? '近 12 个月连续' : '城乡居民'),
          line('不动产登记', `${number(30, 3)} 处`),
        ]
      : [
          line('纳税信用等级', ['A', 'B', 'B', 'M', 'C'][number(24, 5)] ?? 'B'),
          grade('欠税', number(30, 11) === 0 ? 1 : 0, '次'),
          line('参保人数', `${3 + number(36, 120)} 人`),
          line('近 12 个月用电', `${12 + number(42, 400)} 万千瓦时`),
        ],
  };
  const risk: Section = {
    title: '司法与处罚',
    lines: [
      grade('被执行', number(48, 13) === 0 ? 1 : 0, '件'),
      grade('失信被执行', number(54, 40) === 0 ? 1 : 0, '件'),
      grade('行政处罚', number(20, 9) === 0 ? 1 : 0, '次'),
    ],
  };
  const loans: Section = {
    title: '融资情况',
    lines: [
      line('未结清贷款', `${number(8, 5)} 笔`),
      grade('近 24 个月逾期', overdue, '次'),
      line('对外担保', number(14, 4) === 0 ? '有' : '无'),
    ],
  };
  return { sections: [basics, business, risk, loans] };
}
