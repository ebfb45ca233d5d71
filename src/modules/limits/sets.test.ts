import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../kernel/day.ts';
import { type Fen, fen, wan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import {
  headroom,
  type ReserveCommand,
  releaseReservation,
  reserve,
  reserveAll,
  reserveSoon,
  useReservation,
} from './index.ts';
import { listReservations } from './reservation-store.ts';
import type { Answer } from './reserve.ts';
import { recordOwnership } from './state-owned.ts';
import { layStage, today } from './testing/stage.ts';

let test: TestDatabase;
const clock = fixedClock(today);
const context: Context = { actor: systemActor, clock };
const as = (userId: number): Context => ({ actor: { userId }, clock });
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);

beforeAll(async () => {
  test = await createTestDatabase();
  await layStage(test);
});
afterAll(() => test.close());
beforeEach(async () => {
  await test.owner.query(
    'delete from limits.reservation; delete from limits.book_base; delete from limits.guarantor_line; delete from limits.state_owned',
  );
});

const command = (given: Partial<ReserveCommand> = {}): ReserveCommand => ({
  ...{ guarantorId: 1, subject: 'case:1/1', customerId: 11n, bankId: 9, productCode: 'tech', county: 140105 },
  ...{ amount: wan('100'), guaranteed: given.amount ?? wan('80'), until: addDays(today, 30) },
  ...given,
});
const heldRows = async () =>
  (
    await test.owner.query(
      `select subject, customer_id, amount, status, line_group, recorded_by from limits.reservation order by id`,
    )
  ).rows;
const codesOf = (error: unknown) => (error as Refused).refusals?.map((each) => each.code) ?? [String(error)];
const soon = (userId: number, given: Partial<ReserveCommand>) => reserveSoon(test.db, as(userId), command(given));
const refusedSoon = (userId: number, given: Partial<ReserveCommand>) => soon(userId, given).then(() => [], codesOf);

/** The year's line in its four groups; 元. */
const yearly = (groups: Readonly<Record<string, string>>, amount = wan('9000')) =>
  test.owner.query(
    `insert into limits.guarantor_line (guarantor_id, year, formula_version, amount, working, document, status, recorded_by) values (1, 2026, 1, $1, $2, '批复', 'approved', 0)`,
    [
      String(amount),
      JSON.stringify({
        groups: Object.entries(groups).map(([code, sum]) => ({ code, title: code, amount: sum, text: '' })),
      }),
    ],
  );

const commands = fc.array(
  fc
    .record({
      subject: fc.constantFrom('case:1/1', 'case:1/2', 'case:1/3', 'case:1/4', 'hold:1/a', 'hold:1/b'),
      customerId: fc.constantFrom(11n, 12n, 13n, 15n, 99n),
      productCode: fc.constantFrom('tech', 'tech', 'ordinary', 'none'),
      county: fc.constantFrom(140105, 140105, 140105, 999),
      days: fc.integer({ min: -1, max: 3 }),
      amount: fc.constantFrom(1n, 50_000_000n, 90_000_000n, 100_000_000n, 150_000_000n, 200_000_000n),
    })
    .map(({ days, amount, ...rest }) => command({ ...rest, until: addDays(today, days), amount: fen(amount) })),
  { minLength: 1, maxLength: 12 },
);
const told = (answer: Answer) =>
  answer instanceof Refused ? { refusals: answer.refusals, status: answer.status } : { lines: answer.lines };

describe('成批决定', () => {
  it('随机一批命令：一次全部决定，与逐笔决定的答复、写下的行完全相同', async () => {
    await yearly({ 'sharing-state': '0.00', 'sharing-other': '25000000.00', 'non-sharing-other': '9000000.00' });
    await asSystem((tx) => headroom(tx, { ...command(), on: today }));
    const rowsNow = async (tx: Tx) =>
      (await listReservations(tx, { on: today }, undefined, 500)).rows.map(({ id: _, ...row }) => row).reverse();
    let both = 0;
    await fc.assert(
      fc.asyncProperty(commands, async (batch) => {
        const atOnce = await test.db.dryRun(systemActor, async (tx) => ({
          answers: (await reserveAll(tx, context, batch)).map(told),
          rows: await rowsNow(tx),
        }));
        const inTurn = await test.db.dryRun(systemActor, async (tx) => {
          const answers = [];
          for (const each of batch) answers.push(...(await reserveAll(tx, context, [each])).map(told));
          return { answers, rows: await rowsNow(tx) };
        });
        expect(atOnce).toEqual(inTurn);
        both +=
          atOnce.answers.some((each) => 'refusals' in each) && atOnce.answers.some((each) => 'lines' in each) ? 1 : 0;
      }),
      { numRuns: 30 },
    );
    // 有通过也有拒绝的批次才说明问题。
    expect(both).toBeGreaterThan(5);
  });

  it('一批里互相挡路：单户 2,000 万元，三笔 900 万元只成两笔；第三笔列明本批内的占用', async () => {
    const answers = await asSystem((tx) =>
      reserveAll(
        tx,
        context,
        [1, 2, 3].map((n) => command({ subject: `case:1/${n}`, amount: wan('900') })),
      ),
    );
    expect(answers.map((each) => each instanceof Refused)).toEqual([false, false, true]);
    expect((answers[2] as Refused).refusals[0]?.figures).toMatchObject({ 其他在办占用: '18000000.00' });
    const { rows } = await test.owner.query(
      `select subject from audit.entry where chain_id = 1 and action = 'limits.reserve' order by seq desc limit 2`,
    );
    expect(rows).toHaveLength(2);
  });
});

describe('先占额度', () => {
  it('同一键重试得同一答复，换了内容拒绝；归还之后再重试也不再占用', async () => {
    const first = await soon(201, { subject: 'hold:1/k1', note: '拟申报' });
    const again = await soon(201, { subject: 'hold:1/k1', note: '拟申报' });
    expect([again.id, again.isReplay]).toEqual([first.id, true]);
    expect(await refusedSoon(201, { subject: 'hold:1/k1', amount: wan('101') })).toEqual(['idempotency-key-reused']);
    await test.db.transaction({ userId: 201 }, (tx) =>
      releaseReservation(tx, as(201), { guarantorId: 1, subject: 'hold:1/k1' }),
    );
    expect(await soon(201, { subject: 'hold:1/k1' })).toMatchObject({ id: first.id, isReplay: true });
    expect(await heldRows()).toMatchObject([{ subject: 'hold:1/k1', status: 'released', recorded_by: 201 }]);
  });

  it('同一客户、银行、产品的项目接替先占的额度，不重复计；别的客户不接替', async () => {
    await soon(201, { subject: 'hold:1/k2', amount: wan('1500') });
    await soon(201, { subject: 'hold:1/k3', customerId: 15n, amount: wan('300') });
    // 2,000 万元上限：1,500 + 2,000 本会超，接替之后正好。
    await asSystem((tx) => reserve(tx, context, command({ amount: wan('2000') })));
    const held = (await heldRows()).filter((each) => each.status === 'held').map((each) => each.subject);
    expect(held).toEqual(['hold:1/k3', 'case:1/1']);
    await asSystem((tx) => useReservation(tx, context, { guarantorId: 1, subject: 'case:1/1' }));
  });

  it('银行只能先占与自己的业务、自己看得见的客户；别家机构、他行一概不能', async () => {
    await asSystem((tx) => reserve(tx, context, command({ subject: 'case:1/7', amount: wan('1') })));
    const ask = { subject: 'hold:1/b1', customerId: 16n };
    expect((await soon(209, ask)).isReplay).toBe(false);
    expect(await refusedSoon(209, { ...ask, subject: 'hold:1/b2', customerId: 11n })).toEqual(['customer-unknown']);
    expect(await refusedSoon(209, { ...ask, subject: 'case:1/8' })).toEqual(['not-your-guarantor']);
    expect(await refusedSoon(208, { ...ask, subject: 'hold:1/b3' })).toEqual(['not-your-guarantor']);
    expect(await refusedSoon(208, { ...ask, subject: 'hold:1/b4', bankId: 8 })).toEqual(['not-your-guarantor']);
    expect(await refusedSoon(203, { ...ask, subject: 'hold:1/b5' })).toEqual(['not-your-guarantor']);
    const seen = (userId: number) =>
      test.db.read({ userId }, async (tx) =>
        (await listReservations(tx, { on: today }, undefined, 9)).rows.map((each) => each.subject),
      );
    expect(await seen(209)).toEqual(['hold:1/b1']);
    expect([await seen(208), await seen(203)]).toEqual([[], []]);
    await test.db.transaction({ userId: 209 }, (tx) =>
      releaseReservation(tx, as(209), { guarantorId: 1, subject: 'hold:1/b1' }),
    );
  });
});

describe('同时到来的并成一轮', () => {
  it('两位经理与一家银行六十笔同时：不超限，各记各的名，审计链不断', async () => {
    const before = BigInt(
      (await test.owner.query(`select coalesce(max(seq), 0) as seq from audit.entry where chain_id = 1`)).rows[0].seq,
    );
    const asked = Array.from({ length: 60 }, (_, n) => ({
      userId: [201, 202, 209][n % 3] as number,
      given: { subject: `hold:1/r${n}`, customerId: 16n, amount: wan('90') },
    }));
    const answers = await Promise.allSettled(asked.map(({ userId, given }) => soon(userId, given)));
    // 2,000 ÷ 90 = 22.2
    expect(answers.filter((each) => each.status === 'fulfilled')).toHaveLength(22);
    const rows = await heldRows();
    expect(rows.reduce((sum, each) => sum + BigInt(each.amount), 0n)).toBe(wan('1980'));
    const askedBy = new Map(asked.map(({ userId, given }) => [given.subject, userId]));
    expect(rows.filter((each) => askedBy.get(each.subject) !== each.recorded_by)).toEqual([]);
    const { rows: entries } = await test.owner.query(
      `select e.user_id, e.detail::jsonb ->> 'subject' as subject, e.previous_hash = p.hash as chained
         from audit.entry e left join audit.entry p on p.chain_id = e.chain_id and p.seq = e.seq - 1
        where e.chain_id = 1 and e.seq > $1 order by e.seq`,
      [String(before)],
    );
    expect(entries.map((each) => [askedBy.get(each.subject), each.chained !== false])).toEqual(
      entries.map((each) => [each.user_id, true]),
    );
    expect(entries).toHaveLength(22);
  });

  it('一轮因故失败：同轮各人都得知，什么也没占；下一轮照常', async () => {
    const answers = await Promise.allSettled([
      // 头一笔自成一轮；后两笔同在第二轮，其中一笔的业务号数据库不收。
      soon(201, { subject: 'case:1/40' }),
      soon(201, { subject: 'case:1/41' }),
      soon(202, { subject: `case:1/${'4'.repeat(120)}` }),
    ]);
    expect(answers.map((each) => each.status)).toEqual(['fulfilled', 'rejected', 'rejected']);
    expect((await heldRows()).map((each) => each.subject)).toEqual(['case:1/40']);
    expect((await soon(202, { subject: 'case:1/42' })).isReplay).toBe(false);
  });
});

describe('年度额度的四个分配组', () => {
  const groups = {
    'sharing-state': '1000000.00',
    'sharing-other': '4000000.00',
    'non-sharing-state': '500000.00',
    'non-sharing-other': '1500000.00',
  };
  const one = fen(1);
  const codes = (given: Partial<ReserveCommand>) =>
    test.db.dryRun(systemActor, (tx) => reserve(tx, context, command(given)).then(() => [], codesOf));
  it.each([
    // 银担分险 100 + 400 万元；非银担分险 50 + 150 万元。
    ['tech', fen(wan('500') - 1n), []],
    ['tech', wan('500'), []],
    ['tech', fen(wan('500') + one), ['line-group-sharing']],
    ['ordinary', wan('200'), []],
    ['ordinary', fen(wan('200') + one), ['line-group-non-sharing']],
  ] as const)('%s %s：分险与非分险各自封顶', async (productCode, amount, expected) => {
    await yearly(groups);
    expect(await codes({ productCode, amount: amount as Fen })).toEqual(expected);
  });

  it('国有客户另受国企子限额约束，其他在办的国企业务算在内；未登记的按非国有', async () => {
    await yearly(groups);
    const owned = { guarantorId: 1, from: today, isStateOwned: true, evidence: '国资委名录' };
    for (const customerId of [11n, 15n]) await asSystem((tx) => recordOwnership(tx, context, { ...owned, customerId }));
    await asSystem((tx) => reserve(tx, context, command({ subject: 'case:1/0', customerId: 15n, amount: wan('60') })));
    expect((await heldRows())[0]?.line_group).toBe('sharing-state');
    expect(await codes({ amount: wan('40') })).toEqual([]);
    expect(await codes({ amount: fen(wan('40') + one) })).toEqual(['line-group-state']);
    expect(await codes({ customerId: 12n, amount: wan('440') })).toEqual([]);
    expect(await codes({ customerId: 12n, amount: fen(wan('440') + one) })).toEqual(['line-group-sharing']);
  });

  it('公式规定只提示的，超出不拒绝但列明', async () => {
    await yearly(groups);
    await test.owner.query(`update limits.line_formula set terms = '{"groupBreach": "tell"}'`);
    expect(await codes({ amount: wan('600') })).toEqual([]);
    const lines = await asSystem((tx) => headroom(tx, { ...command({ amount: wan('600') }), on: today }));
    expect(lines.find((each) => each.code === 'line-group-sharing')).toMatchObject({ isBreached: true, binds: false });
    await test.owner.query(`update limits.line_formula set terms = '{"groupBreach": "refuse"}'`);
  });
});
