import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../kernel/day.ts';
import { yuan } from '../kernel/money.ts';
import { Refused } from '../kernel/refusal.ts';
import { systemActor } from '../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../platform/testing/index.ts';
import {
  account,
  checkTrialBalance,
  post,
  reserve,
  settlePending,
  type Transfer,
  trialBalance,
  voidPending,
} from './index.ts';

let test: TestDatabase;
const on = day('2026-03-31');

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level) values (140000, '山西省', 1);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'A', '甲担保', '甲', 'guarantor', 2, 140000), (2, 'B', '乙担保', '乙', 'guarantor', 2, 140000)`);
});
afterAll(() => test.close());

const fee = (key: string, amount: string, guarantorId = 1): Transfer => ({
  guarantorId,
  key,
  leg: 1,
  debit: account.bank,
  credit: account.feeIncome,
  amount: yuan(amount),
  effectiveOn: on,
  guaranteeId: null,
  party: null,
  reason: 'fee',
});
const asSystem = <T>(work: Parameters<typeof test.db.transaction<T>>[1]) => test.db.transaction(systemActor, work);
const balanceOf = async (code: number, guarantorId = 1) =>
  (await asSystem((tx) => trialBalance(tx, on, guarantorId))).find((row) => row.code === code)?.balance ?? 0n;

describe('总账', () => {
  it('chart.ts and ledger.account name the same accounts', async () => {
    const { rows } = await test.owner.query<{ code: number }>('select code from ledger.account order by code');
    expect(rows.map((row) => row.code)).toEqual(Object.values(account).sort((a, b) => a - b));
  });

  it('posts once however often the same key is sent', async () => {
    const before = await balanceOf(1002);
    await asSystem((tx) => post(tx, [fee('once', '120.00')]));
    await asSystem((tx) => post(tx, [fee('once', '120.00')]));
    expect((await balanceOf(1002)) - before).toBe(yuan('120.00'));
  });

  it('refuses the same key with another amount, one 分 more', async () => {
    await asSystem((tx) => post(tx, [fee('taken', '120.00')]));
    const again = asSystem((tx) => post(tx, [fee('taken', '120.01')]));
    await expect(again).rejects.toMatchObject({ status: 409, refusals: [{ code: 'posting-key-reused' }] });
  });

  it('counts a pending transfer only after it is posted, and never after it is voided', async () => {
    const before = await balanceOf(1002, 2);
    await asSystem((tx) => reserve(tx, [fee('p1', '10.00', 2), { ...fee('p2', '7.00', 2) }]));
    expect(await balanceOf(1002, 2)).toBe(before);
    await asSystem((tx) => settlePending(tx, 2, 'p1', 'p1/post'));
    await asSystem((tx) => voidPending(tx, 2, 'p2', 'p2/void'));
    expect((await balanceOf(1002, 2)) - before).toBe(yuan('10.00')); // 10 posted, 7 voided
  });

  it('settles a pending transfer once: a repeat is the same, the opposite is refused', async () => {
    await asSystem((tx) => reserve(tx, [fee('p3', '5.00', 2)]));
    await asSystem((tx) => settlePending(tx, 2, 'p3', 'p3/post'));
    await asSystem((tx) => settlePending(tx, 2, 'p3', 'p3/post'));
    await expect(asSystem((tx) => voidPending(tx, 2, 'p3', 'p3/void'))).rejects.toBeInstanceOf(Refused);
    await expect(asSystem((tx) => settlePending(tx, 2, 'unknown', 'x'))).rejects.toMatchObject({
      refusals: [{ code: 'pending-unknown' }],
    });
  });

  it.each([
    'update ledger.transfer set amount = 1',
    'delete from ledger.transfer',
    'truncate ledger.transfer',
    'update ledger.account set title = title',
  ])('the application role cannot %s (42501)', async (statement) => {
    const client = await test.db.pool.connect();
    try {
      await client.query('select identity.enter(0)');
      await expect(client.query(statement)).rejects.toMatchObject({ code: '42501' });
    } finally {
      client.release();
    }
  });

  it('the trial balance is zero, and a transfer tampered with to a foreign account shows', async () => {
    expect(await asSystem((tx) => checkTrialBalance(tx))).toEqual([]);
    const rows = await asSystem((tx) => trialBalance(tx, on));
    const [debit, credit] = rows.reduce(([d, c], row) => [d + row.debit, c + row.credit], [0n, 0n]);
    expect(debit).toBe(credit);
    expect(debit).toBeGreaterThan(0n);
  });
});
