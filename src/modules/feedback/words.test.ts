import { expect, test } from 'vitest';
import { changeText } from './words.ts';

test('更正差异成一行中文：金额成元，标签与县成名称，没有代码', () => {
  const loan = { guarantorId: 1, guarantorName: '太原市担保', guaranteeId: 7n, contractNo: 'S-7' };
  const before = { county: 140105, primary_tag: 1, tags: 3, outstanding: 160_000_000 };
  const after = { county: 140121, primary_tag: 0, tags: 0, outstanding: 159_999_000 };
  const changed = { ...loan, before, after, countyBefore: '小店区', countyAfter: '清徐县' };
  // 160000000 分 = 1600000.00 元.
  expect(changeText(changed)).toBe(
    '业务所在县：小店区 → 清徐县；标签：支小、支农 → 无；主标签：支小 → 其他；在保余额（合同口径）：1600000.00 → 1599990.00',
  );
  expect(changeText({ ...changed, before: null, countyBefore: null, after: { tags: 2 } })).toBe(
    '标签：（无此笔） → 支农',
  );
});
