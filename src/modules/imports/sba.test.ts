import { readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkTrialBalance } from '../../ledger/index.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkBookEqualsLedger, checkCashEqualsLedger, checkMovementChain } from '../guarantees/index.ts';
import { importFile } from './index.ts';
import { context, seedReference, sharedFile } from './testing/fixture.ts';

const file = sharedFile('sba-guaranteed-loans.csv');
type Loan = Record<string, string>;
let test: TestDatabase;
let loans: Loan[];

/** Totals of loans by bank and by year of approval, computed from the CSV by nothing of the product; in 分. */
function totalsOf(rows: readonly Loan[], group: (loan: Loan) => string): Map<string, string> {
  const totals = new Map<string, { count: number; guaranteed: bigint; charged: bigint }>();
  for (const loan of rows) {
    const total = totals.get(group(loan)) ?? { count: 0, guaranteed: 0n, charged: 0n };
    total.count += 1;
    total.guaranteed += BigInt(loan.SBA_Appv!) * 100n;
    total.charged += BigInt(loan.ChgOffPrinGr!) * 100n;
    totals.set(group(loan), total);
  }
  return new Map(
    [...totals].map(([key, { count, guaranteed, charged }]) => [key, `${count}/${guaranteed}/${charged}`]),
  );
}

/** Why a loan cannot go in, decided a second time by independent code in the words of the profile's notes. */
function whyNot(loan: Loan): string | undefined {
  const [gross, approved, charged] = ['DisbursementGross', 'GrAppv', 'ChgOffPrinGr'].map((key) =>
    Number(loan[key]),
  ) as [number, number, number];
  const american = (text: string) => {
    const [month, dayOfMonth, year] = text.split('/').map(Number);
    return Date.UTC(year!, month! - 1, dayOfMonth!);
  };
  if (loan.Bank!.trim() === '') return 'required';
  if (loan.MIS_Status === '') return 'outcome-missing';
  if (loan.MIS_Status === 'P I F' && (charged > 0 || loan.ChgOffDate !== '')) return 'paid-in-full-with-claim';
  if (loan.MIS_Status === 'CHGOFF' && (charged === 0 || loan.ChgOffDate === '')) return 'charged-off-without-claim';
  if (loan.Term === '0') return 'term-impossible';
  if (loan.DisbursementDate === '') return 'required';
  const isRevolving = loan.RevLineCr === 'Y' || loan.RevLineCr === 'T';
  if (gross > approved && !isRevolving) return 'disbursed-above-principal';
  if (gross === 0) return 'disburse-incomplete';
  if (american(loan.DisbursementDate!) < american(loan.ApprovalDate!)) return 'before-start';
  if (charged > Math.min(gross, approved)) return 'claim-above-outstanding';
  return undefined;
}

const yearOf = (loan: Loan) => loan.ApprovalDate!.slice(-4);

beforeAll(async () => {
  if (!file) return;
  test = await createTestDatabase();
  await seedReference(test);
  loans = parse(readFileSync(file), { columns: true }) as Loan[];
});
afterAll(async () => test?.close());

describe('真实贷款台账（12,000 笔）', () => {
  it('按映射导入，笔数、担保责任、代偿本金按银行与年份与源文件逐分相等，退回行逐条有因', async (task) => {
    if (!file) return task.skip('没有共享数据 sba-guaranteed-loans.csv（RONGDAN_SHARED）');
    const batch = await importFile(test.db, context, { guarantorId: 1, path: file, profile: 'sba' });
    const good = loans.filter((loan) => whyNot(loan) === undefined);
    expect(good.length).toBeGreaterThan(11_000);
    expect({ accepted: batch.accepted, held: batch.refused + batch.needsCompleting, already: batch.already }).toEqual({
      accepted: good.length,
      held: loans.length - good.length,
      already: 0,
    });

    const { rows: reasons } = await test.owner.query(
      'select code, count(*)::int as rows from imports.verdict group by 1 order by 1',
    );
    const expected = new Map<string, number>();
    for (const loan of loans) {
      const why = whyNot(loan);
      if (why) expected.set(why, (expected.get(why) ?? 0) + 1);
    }
    expect(new Map(reasons.map(({ code, rows }) => [code, rows]))).toEqual(expected);

    const inBook = async (group: string) => {
      const { rows } = await test.owner.query(`
        select ${group} as key, count(*) || '/' || sum(g.guaranteed) || '/' || sum(coalesce(c.charged, 0)) as total
          from guarantees.guarantee g join institutions.institution b on b.id = g.bank_id
          left join (select guarantee_id, sum(amount) as charged from guarantees.movement where kind = 5 group by 1) c on c.guarantee_id = g.id
         group by 1`);
      return new Map(rows.map(({ key, total }) => [key, total]));
    };
    expect(await inBook('extract(year from g.starts_on)::text')).toEqual(totalsOf(good, yearOf));
    const bankKey = (name: string) => name.replace(/\s/g, '').toUpperCase();
    expect(await inBook("upper(regexp_replace(b.name, '\\s', '', 'g'))")).toEqual(
      totalsOf(good, (loan) => bankKey(loan.Bank!)),
    );

    const findings = await test.db.read(context.actor, async (tx) => [
      ...(await checkTrialBalance(tx)),
      ...(await checkBookEqualsLedger(tx)),
      ...(await checkCashEqualsLedger(tx)),
      ...(await checkMovementChain(tx)),
    ]);
    expect(findings).toEqual([]);
  }, 120_000);

  it('同一文件再导入一次，账上不多一行', async (task) => {
    if (!file) return task.skip('没有共享数据 sba-guaranteed-loans.csv（RONGDAN_SHARED）');
    const count = async () =>
      (
        await test.owner.query(
          `select (select count(*) from guarantees.guarantee) as g, (select count(*) from guarantees.movement) as m, (select count(*) from ledger.transfer) as t,
                  (select count(*) from customers.customer) as c, (select count(*) from imports.batch) as b`,
        )
      ).rows[0];
    const before = await count();
    const again = await importFile(test.db, context, { guarantorId: 1, path: file, profile: 'sba' });
    expect(again.already).toBe(loans.filter((loan) => whyNot(loan) === undefined).length);
    expect({ accepted: again.accepted, movements: again.movements }).toEqual({ accepted: 0, movements: 0 });
    expect(await count()).toEqual(before);
  }, 120_000);
});
