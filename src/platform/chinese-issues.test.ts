import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { speakChinese } from './chinese-issues.ts';

afterAll(() => {
  z.config({ customError: undefined });
});

test('字段有误时说的是中文，契约自己的话优先', () => {
  speakChinese();
  const shape = z.strictObject({
    kind: z.enum(['a', 'b']),
    count: z.number().int().min(1).max(9),
    name: z.string().min(2).max(3),
    day: z.iso.date(),
    rows: z.array(z.string()).min(1),
    own: z.string().min(4, '请写明理由'),
    missing: z.string(),
  });
  const given = { kind: 'c', count: 10, name: '甲', day: 'x', rows: [], own: '短', extra: 1 };
  const said = Object.fromEntries(
    shape.safeParse(given).error!.issues.map((issue) => [issue.path.join('.') || '整体', issue.message]),
  );
  expect(said).toEqual({
    kind: '须为以下之一：a、b',
    count: '不得超过 9',
    name: '不得少于 2 个字',
    day: '须为日期 YYYY-MM-DD',
    rows: '不得少于 1 项',
    own: '请写明理由',
    missing: '必填',
    整体: '没有这些字段：extra',
  });
});
