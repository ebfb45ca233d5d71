import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { type FetchRecords, runReconciliation } from './actions/run.ts';
import { startRun } from './contract.ts';
import { bookDay, fillBook, perfectLines } from './testing/book.ts';

type Line = Record<string, string | number | null>;

let database: TestDatabase;
let perfect: Line[];
const context = { actor: systemActor, clock: fixedClock(day('2026-10-08')) };

beforeAll(async () => {
  database = await createTestDatabase();
  await fillBook(database.owner, { guarantees: 200 });
  const { rows } = await database.owner.query<{ line: string }>(perfectLines(bookDay));
  perfect = rows.map((row) => JSON.parse(row.line) as Line);
});
afterAll(() => database.close());

/** The monitoring system's answer made of these records. */
const answering =
  (lines: readonly Line[]): FetchRecords =>
  async () => {
    const records = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const sm3 = createHash('sm3').update(records).digest('hex');
    const text = `{"kind":"header"}\n${records}{"kind":"footer","rows":${lines.length},"sm3":"${sm3}"}\n`;
    return {
      name: '监测系统（替身）',
      stream: (async function* () {
        yield Buffer.from(text);
      })(),
    };
  };

const command = (over: object = {}) =>
  startRun.parse({ ours: { asOf: bookDay }, theirs: { asOf: bookDay }, source: { kind: 'monitor' }, ...over });

const run = (lines: readonly Line[], over: object = {}) =>
  runReconciliation(database.db, context, command(over), { fetchRecords: answering(lines) });

const found = async (runId: string) => {
  const { rows } = await database.owner.query<{
    contract: string;
    kind: string;
    field: string;
    cause: string;
    reason: string;
  }>(
    'select contract_no as contract, kind, field, cause, reason from reconciliation.difference where run_id = $1 order by contract_no nulls last, id',
    [runId],
  );
  return rows;
};

/** The perfect data set with one record changed, or replaced by others. */
const planted = (at: number, change: (line: Line) => Line | readonly Line[]): Line[] =>
  perfect.flatMap((line, index) => (index === at ? change(line) : line));

/** In force, with two repayments or more: whatever else happened. */
const inForce = (line: Line) => line.status === 'in-force' && line.outstanding !== line.principal;
const yuanText = (text: unknown, times: number): string => (Number(text) * times).toFixed(2);

type Fault = [name: string, wanted: (line: Line) => boolean, change: (line: Line) => Line | Line[], expected: string[]];

const faults: Fault[] = [
  ['丢失一行', inForce, () => [], ['only-ours record omission']],
  ['多出一行', inForce, (line) => [line, { ...line, contract_no: 'BH-多出' }], ['only-theirs record omission']],
  // The last repayment is a fifth of the principal: without it the balance is the whole principal.
  [
    '变动迟到',
    (line) => inForce(line) && Number(line.outstanding) * 5 === Number(line.principal) * 4,
    (line) => ({ ...line, outstanding: line.principal! }),
    ['different outstanding timing'],
  ],
  [
    '金额改动',
    inForce,
    (line) => ({ ...line, outstanding: yuanText(Number(line.outstanding) + 1234.56, 1) }),
    ['different outstanding entry 无法由时间或口径解释'],
  ],
  [
    '数字颠倒',
    (line) => inForce(line) && String(line.principal)[0] !== String(line.principal)[1],
    (line) => ({ ...line, principal: String(line.principal).replace(/^(.)(.)/, '$2$1') }),
    ['different principal entry 数字颠倒'],
  ],
  [
    '万元当元',
    inForce,
    (line) => ({ ...line, outstanding: yuanText(line.outstanding, 10_000) }),
    ['different outstanding entry 一万倍'],
  ],
  [
    '另一口径',
    inForce,
    (line) => ({ ...line, outstanding: line.outstanding_actual! }),
    ['different outstanding basis 实际承担口径'],
  ],
  ['主键重复', inForce, (line) => [line, line], ['duplicate-key record entry 重复计入']],
  [
    '多一行空主键',
    inForce,
    (line) => [line, { ...line, contract_no: null }],
    ['null-key record entry 没有机构代码或合同编号'],
  ],
  [
    '主键被清空',
    inForce,
    (line) => ({ ...line, contract_no: ' ' }),
    ['only-ours record omission', 'null-key record entry 没有机构代码或合同编号'],
  ],
  [
    '县区记错',
    inForce,
    (line) => ({ ...line, county: Number(line.county) === 140107 ? 140108 : 140107 }),
    ['different county entry 县区不同'],
  ],
  [
    '主标签取另一个',
    (line) => line.tags === 3,
    (line) => ({ ...line, primary_tag: 2 }),
    ['different primary_tag basis'],
  ],
  [
    '展期未报',
    (line) => line.due_on !== line.ends_on,
    (line) => ({ ...line, due_on: line.ends_on! }),
    ['different ends_on timing 展期'],
  ],
  [
    '机构记错',
    inForce,
    (line) => ({ ...line, institution: line.institution === 'SX0001' ? 'SX0002' : 'SX0001' }),
    ['only-ours record entry 记在机构', 'only-theirs record entry 记在机构'],
  ],
  [
    '机构代码不识',
    inForce,
    (line) => ({ ...line, institution: 'XX' }),
    ['only-ours record entry 记在机构', 'only-theirs record entry 记在机构'],
  ],
  ['金额读不出', inForce, (line) => ({ ...line, guaranteed: '一百万' }), ['different guaranteed entry 无法识别']],
];

describe('种入的差错', () => {
  test.each(faults)('%s：恰好找出这些，原因正确', async (_, wanted, change, expected) => {
    const at = perfect.findIndex(wanted);
    expect(at).toBeGreaterThanOrEqual(0);
    const { runId } = await run(planted(at, change));
    const rows = await found(runId);
    const told = rows.map((row) => `${row.kind} ${row.field} ${row.cause} ${row.reason}`).sort();
    const places = expected.toSorted();
    expect(told).toHaveLength(places.length);
    for (const [index, place] of places.entries()) {
      const [kind, field, cause, words = ''] = place.split(' ');
      expect(told[index]).toContain(`${kind} ${field} ${cause} `);
      expect(told[index]).toContain(words);
    }
  });

  test('丢、改、重、空同时发生：差额按原因分解，合计到分', async () => {
    const lines = perfect.flatMap((line, at) => {
      if (at % 17 === 0) return [];
      if (at % 19 === 0) return [{ ...line, outstanding: line.outstanding_actual! }];
      if (at % 23 === 0) return [line, line];
      if (at % 29 === 0) return [{ ...line, contract_no: null }];
      if (at % 31 === 0) return [{ ...line, outstanding: yuanText(line.outstanding, 10_000), claims: '0.07' }];
      return [line];
    });
    const { runId } = await run(lines);
    const { rows } = await database.owner.query<{ parts: string; whole: string }>(
      `select (select sum(deltas[1]) from reconciliation.difference where run_id = $1)::text as parts,
              (select sum(ours_sums[1]) from reconciliation.slice where run_id = $1)::text as whole`,
      [runId],
    );
    const cents = (of: readonly Line[]) =>
      of.reduce((sum, line) => sum + BigInt(String(line.outstanding).replace('.', '')), 0n);
    expect(BigInt(rows[0]!.whole)).toBe(cents(perfect));
    expect(BigInt(rows[0]!.parts)).toBe(cents(perfect) - cents(lines));
  });
});

describe('逐笔核对', () => {
  test('两边相同则一致，不留一条差异', async () => {
    const result = await run(perfect);
    expect(await found(result.runId)).toEqual([]);
    expect(result).toMatchObject({ status: 'clean', differences: 0 });
  });

  test('同一批次键再来，答复原批次，不再核对', async () => {
    const first = await run(perfect.slice(1), { key: 'daily-2026-09-30' });
    const again = await run(perfect, { key: 'daily-2026-09-30' });
    expect(again.runId).toBe(first.runId);
  });

  test('同样的数据再核对一次，差异逐条相同，账龄延续', async () => {
    const first = await run(perfect.slice(3));
    const second = await run(perfect.slice(3));
    expect(await found(second.runId)).toEqual(await found(first.runId));
    const { rows } = await database.owner.query(
      'select count(*)::integer as carried from reconciliation.difference where run_id = $1 and previous_id is not null',
      [second.runId],
    );
    expect(rows).toEqual([{ carried: 3 }]);
  });

  test('对方数据中途断了：整批不留', async () => {
    const cut: FetchRecords = async () => ({
      name: '断',
      stream: (async function* () {
        yield `${JSON.stringify(perfect[0])}\n`;
      })(),
    });
    const before = await database.owner.query('select count(*) from reconciliation.other_record');
    await expect(runReconciliation(database.db, context, command(), { fetchRecords: cut })).rejects.toThrow(
      '对方数据不完整',
    );
    expect((await database.owner.query('select count(*) from reconciliation.other_record')).rows).toEqual(before.rows);
  });

  test('容差以内不算差异，仍计入差额分解', async () => {
    const at = perfect.findIndex(inForce);
    const off = planted(at, (line) => ({ ...line, outstanding: yuanText(Number(line.outstanding) + 0.05, 1) }));
    expect((await run(off, { tolerances: { money: { 分: 5 } } })).differences).toBe(0);
    expect((await run(off, { tolerances: { money: { 分: 4 } } })).differences).toBe(1);
  });
});
