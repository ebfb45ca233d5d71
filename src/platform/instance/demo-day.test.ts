import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { addDays, day, daysBetween } from '../../kernel/day.ts';
import { dayOfInstant, fixedClock, isClockMoved, moveSystemClock, msAhead, systemClock } from '../clock.ts';
import { createTestDatabase, type TestDatabase } from '../testing/index.ts';
import { demoDayOf, followDemo, moveDemo } from './demo-day.ts';

let book: TestDatabase;
beforeAll(async () => {
  book = await createTestDatabase();
});
afterEach(() => moveSystemClock(0));
afterAll(() => book.close());

test('RONGDAN_TODAY 写错时一句话说明；不写就是没有', () => {
  expect([demoDayOf({}), demoDayOf({ RONGDAN_TODAY: '' }), demoDayOf({ RONGDAN_TODAY: '2027-03-01' })]).toEqual([
    undefined,
    undefined,
    '2027-03-01',
  ]);
  for (const wrong of ['2027-02-29', '2027/3/1', '明年', '20270301'])
    expect(() => demoDayOf({ RONGDAN_TODAY: wrong })).toThrow(/^RONGDAN_TODAY 须为真实存在的日期.*$/);
});

test('往后挪整天，时刻不变；不早于已记到的时刻；差几秒不算', () => {
  const machine = fixedClock(day('2026-11-24')); // 12:00
  const at = (time: string) => new Date(`${time}+08:00`);
  expect(msAhead(day('2026-11-26'), null, machine)).toBe(2 * 86_400_000);
  expect(msAhead(day('2026-11-20'), null, machine)).toBe(0);
  // 上次记到两天后的 15:00：两天 + 3 小时 + 1 毫秒
  expect(msAhead(day('2026-11-26'), at('2026-11-26T15:00:00'), machine)).toBe(2 * 86_400_000 + 3 * 3_600_000 + 1);
  expect(msAhead(undefined, at('2026-11-26T15:00:00'), machine)).toBe(2 * 86_400_000 + 3 * 3_600_000 + 1);
  expect(
    [at('2026-11-24T11:00:00'), at('2026-11-24T12:00:50')].map((reached) => msAhead(undefined, reached, machine)),
  ).toEqual([0, 0]);
});

test('挪到明年：程序与数据库自己记的时刻都在那一天；重启不写日期从上次所到之处接着走；不能倒退', async () => {
  expect(await moveDemo(book.ownerUrl, undefined)).toBeUndefined();
  expect(isClockMoved()).toBe(false);
  const today = systemClock.today();
  const wanted = addDays(today, 100);
  expect(await moveDemo(book.ownerUrl, wanted)).toBe(
    `业务日期设为 ${wanted}（RONGDAN_TODAY，仅限演示），时刻照常前进。`,
  );
  expect([systemClock.today(), isClockMoved()]).toEqual([wanted, true]);
  await book.owner.query(
    `insert into kernel.request (user_id, key, body_hash, status, response) values (1, 'demo-day-1', '', 200, '{}')`,
  );
  const { rows } = await book.owner.query<{ at: Date }>('select recorded_at as at from kernel.request');
  expect(daysBetween(today, dayOfInstant(rows[0]!.at))).toBe(100);
  // Nothing that stamps itself was left behind.
  const { rows: left } = await book.owner.query(
    `select table_schema, table_name, column_name from information_schema.columns
      where column_default in ('now()', 'clock_timestamp()') and table_schema not in ('public', 'pgboss')`,
  );
  expect(left).toEqual([]);

  await book.owner.query(
    `insert into audit.entry values (0, 1, now() + kernel.ahead(), 0, 'test', 'test', '{}', '', 'x')`,
  );
  moveSystemClock(0);
  await followDemo(book.ownerUrl);
  expect(systemClock.today()).toBe(wanted);
  expect(await moveDemo(book.ownerUrl, undefined)).toBe(`业务日期接着上次演示所到的 ${wanted}（不是今天）。`);
  expect(await moveDemo(book.ownerUrl, addDays(today, 50))).toContain('业务日期不能倒退');
  expect(systemClock.today()).toBe(wanted);
});
