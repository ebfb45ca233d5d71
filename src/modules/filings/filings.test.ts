import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import type { Month } from '../../kernel/month.ts';
import { Refused } from '../../kernel/refusal.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { contextOn, customerOf, layGround, loan, move } from '../feedback/testing/book.ts';
import { recordMovement } from '../guarantees/index.ts';
import { correctFiling, withdrawFiling } from './correct.ts';
import { checkFilings, decideFilings, prepareFilings, proposeChange, proposeFiling, submitBatch } from './index.ts';
import { listMissing, ratesOf } from './rates.ts';
import { applyReadBack, readReadBack } from './read-back.ts';

let test: TestDatabase;
let folder: string;
const month = '2026-09' as Month;
const context = contextOn('2026-10-09');
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const september = { from: day('2026-09-01'), to: day('2026-09-30') };
const guarantees: bigint[] = [];

const lend = async (serial: number, startsOn: string, guarantorId = 1): Promise<bigint> =>
  loan(
    test,
    {
      guarantorId,
      contractNo: `BZ-${guarantorId}-${serial}`,
      customerId: await customerOf(test, guarantorId, guarantorId * 1000 + serial),
      county: 140105,
      tags: 1,
      primaryTag: 1,
      startsOn,
      principal: '1000000.00',
    },
    [['disburse', '1000000.00', startsOn]],
  );
const statusOf = async (guaranteeId: bigint, kind = 'new') =>
  (
    await test.owner.query<{
      id: string;
      status: string;
      business_no: string;
      deny_reason: string | null;
      revision: number;
      blocked: boolean;
    }>('select * from filings.record where guarantor_id = 1 and guarantee_id = $1 and kind = $2', [guaranteeId, kind])
  ).rows[0]!;
const refusalOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof Refused)) throw error ?? new Error('was not refused');
  return error.refusals[0]!.code;
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filings-'));
  test = await createTestDatabase();
  await layGround(test);
  await test.owner.query(`
    insert into identity.user_account (id, account, name, person_key, institution_id) values (107, 'u107', '再担保业务', 'p7', 5);
    insert into identity.role_grant (user_id, role_code, person_key, granted_by) values (107, 'r07-reguarantee', 'p7', 0)`);
  for (let serial = 1; serial <= 4; serial += 1) guarantees.push(await lend(serial, `2026-09-0${serial}`));
  await lend(9, '2026-09-15', 2);
  // The book of the tests has no loan contracts; filings ask for them.
  await test.owner.query(`update guarantees.guarantee set loan_contract_no = 'JK-' || contract_no`);
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

describe('再担保备案', () => {
  it('prepares what the book holds once, by the month or one by one', async () => {
    const { recordId } = await asSystem((tx) =>
      proposeFiling(tx, context, { guarantorId: 1, guaranteeId: guarantees[0]! }),
    );
    const again = await asSystem((tx) => proposeFiling(tx, context, { guarantorId: 1, guaranteeId: guarantees[0]! }));
    expect(again.recordId).toBe(recordId);
    expect(await asSystem((tx) => prepareFilings(tx, context, { guarantorId: 1, ...september }))).toEqual({
      prepared: 3,
    });
    expect(await asSystem((tx) => prepareFilings(tx, context, { guarantorId: 1, ...september }))).toEqual({
      prepared: 0,
    });
    expect((await statusOf(guarantees[0]!)).business_no).toMatch(/^G1-202609-0{7}\d$/);
  });

  it('keeps back a row whose borrower was renamed in the book, says what to do, and hands in the rest', async () => {
    await test.owner.query(
      `update customers.customer set name = '晋1号装备股份有限公司' where guarantor_id = 1 and name like '晋1001号%'`,
    );
    const submitted = await test.db.transaction({ userId: 105 }, (tx) =>
      submitBatch(tx, contextOn('2026-10-09', 105), { guarantorId: 1, month }),
    );
    expect(submitted).toMatchObject({ number: 'BA-G1-202609-01', submitted: 3, held: 1 });
    const held = await statusOf(guarantees[0]!);
    expect(held).toMatchObject({ status: 'prepared', blocked: true });
    const checked = await test.db.transaction({ userId: 105 }, (tx) =>
      correctFiling(tx, contextOn('2026-10-09', 105), {
        guarantorId: 1,
        id: BigInt(held.id),
        supplement: { isFirstLoan: '是' },
      }),
    );
    expect(checked.problems).toEqual([]);
    expect(await statusOf(guarantees[0]!)).toMatchObject({ status: 'prepared', blocked: false, revision: 2 });
  });

  it('refuses an empty hand, and changes to what is being looked at', async () => {
    const out = await statusOf(guarantees[1]!);
    expect(await refusalOf(asSystem((tx) => correctFiling(tx, context, { guarantorId: 1, id: BigInt(out.id) })))).toBe(
      'filing-not-open',
    );
    expect(
      await refusalOf(asSystem((tx) => submitBatch(tx, context, { guarantorId: 1, month: '2026-07' as Month }))),
    ).toBe('filings-nothing-ready');
  });

  it('lets nobody decide on the own filing, whatever the program says', async () => {
    const out = await statusOf(guarantees[1]!);
    const attempt = test.db.transaction({ userId: 105 }, (tx) =>
      decideFilings(tx, contextOn('2026-10-09', 105), { guarantorId: 1, verdict: 'confirm', ids: [BigInt(out.id)] }),
    );
    await expect(attempt).rejects.toMatchObject({ code: '42501' });
  });

  it('denies with a reason; the row comes back, is corrected and goes out with the next batch', async () => {
    const desk = contextOn('2026-10-10', 107);
    const decide = (command: Parameters<typeof decideFilings>[2]) =>
      test.db.transaction({ userId: 107 }, (tx) => decideFilings(tx, desk, command));
    const one = await statusOf(guarantees[1]!);
    expect(await refusalOf(decide({ guarantorId: 1, verdict: 'deny', ids: [BigInt(one.id)] }))).toBe('reason-missing');
    expect(
      await decide({ guarantorId: 1, verdict: 'deny', reason: '合同号与合同文本不一致', ids: [BigInt(one.id)] }),
    ).toEqual({ decided: 1, waiting: 2 });
    expect(await refusalOf(decide({ guarantorId: 1, verdict: 'confirm', ids: [BigInt(one.id)] }))).toBe(
      'already-decided',
    );
    expect(await decide({ guarantorId: 1, verdict: 'confirm', batchId: await batchOf('BA-G1-202609-01') })).toEqual({
      decided: 2,
      waiting: 0,
    });
    await asSystem((tx) => correctFiling(tx, context, { guarantorId: 1, id: BigInt(one.id), note: '已核对' }));
    const next = await asSystem((tx) => submitBatch(tx, context, { guarantorId: 1, month }));
    expect(next).toMatchObject({ number: 'BA-G1-202609-02', submitted: 2, held: 0 });
  });

  it('counts 备案率 from the book: what nobody has prepared counts against it', async () => {
    const rates = await asSystem((tx) => ratesOf(tx, { from: month, to: month }, day('2026-10-12')));
    // Guarantor 1: 2 of 4 confirmed; guarantor 2: 0 of 1, never prepared.
    expect(rates.guarantors.map((each) => [each.guarantorId, each.filed, each.eligible, each.rate])).toEqual([
      [1, 2, 4, '0.5'],
      [2, 0, 1, '0'],
    ]);
    expect(rates.total).toMatchObject({ rate: '0.4', eligibleAmount: '4000000.00', filedAmount: '1600000.00' });
    const missing = await asSystem((tx) => listMissing(tx, september, undefined, 10));
    expect(missing.rows.map((each) => [each.contractNo, each.state])).toEqual([
      ['BZ-1-1', '待审核'],
      ['BZ-1-2', '待审核'],
      ['BZ-2-9', '尚未取数'],
    ]);
  });

  it('takes verdicts from a file line by line; twice changes nothing more', async () => {
    const [first, second] = [await statusOf(guarantees[0]!), await statusOf(guarantees[1]!)];
    const path = join(folder, 'back.csv');
    await writeFile(
      path,
      `唯一业务编号,审核结果,驳回原因,借款人名称,项目备案证\n${first.business_no},确认,,晋1号装备股份有限公司,ZBZ-1\n${second.business_no},确认,,别家公司,\n` +
        `G1-209901-00000001,确认,,,\n${first.business_no},驳回,重复,,\n${second.business_no},不知道,,,\n`,
    );
    const take = async () => {
      const lines = await readReadBack(path);
      return asSystem((tx) => applyReadBack(tx, context, { lines, fileHash: 'f'.repeat(64) }));
    };
    const answer = await take();
    expect(answer).toMatchObject({ rows: 5, confirmed: 1, denied: 0, already: 0, refused: 4 });
    expect(answer.lines.map((each) => each.message).join('\n')).toMatch(
      /借款人名称.*不一致[\s\S]*没有业务编号[\s\S]*重复[\s\S]*重复/,
    );
    expect(await take()).toMatchObject({ confirmed: 0, already: 1 });
    await writeFile(path, '业务编号,备注\nX,Y\n');
    expect(await refusalOf(readReadBack(path))).toBe('read-back-columns');
  });

  it('links extension, change and release to the first filing; one event is filed once', async () => {
    const guaranteeId = guarantees[2]!;
    const base = await statusOf(guaranteeId);
    await asSystem((tx) =>
      recordMovement(tx, context, {
        guarantorId: 1,
        guaranteeId,
        kind: 'extend',
        amount: yuan('0'),
        occurredOn: day('2026-09-20'),
        extendedToOn: day('2027-12-31'),
      }),
    );
    await move(test, 1, guaranteeId, ['repay', '1000000.00', '2026-09-30']);
    const change = {
      guarantorId: 1,
      guaranteeId,
      kind: 'change',
      occurredOn: day('2026-09-25'),
      reference: 'BG1',
      changes: [{ title: '法定代表人', before: '张三', after: '李四' }],
    } as const;
    const { recordId } = await asSystem((tx) => proposeChange(tx, context, change));
    expect((await asSystem((tx) => proposeChange(tx, context, change))).recordId).toBe(recordId);
    expect(await asSystem((tx) => prepareFilings(tx, context, { guarantorId: 1, ...september }))).toEqual({
      prepared: 2,
    });
    expect((await statusOf(guaranteeId, 'extend')).business_no).toBe(`${base.business_no}-ZQ20260920`);
    expect((await statusOf(guaranteeId, 'release')).business_no).toBe(`${base.business_no}-JB20260930`);
    const never = await lend(8, '2026-10-05');
    expect(
      await asSystem((tx) =>
        proposeChange(tx, context, {
          guarantorId: 1,
          guaranteeId: never,
          kind: 'release',
          occurredOn: day('2026-10-06'),
        }),
      ),
    ).toEqual({ recordId: null });
    const checked = await asSystem((tx) => checkFilings(tx, context, { guarantorId: 1, statuses: ['prepared'] }));
    expect(checked.map((each) => [each.kind, each.blocked])).toEqual([
      ['change', false],
      ['release', false],
      ['extend', false],
    ]);
  });

  it('takes a row out with its reason, and back in by correcting it', async () => {
    const release = BigInt((await statusOf(guarantees[2]!, 'release')).id);
    await asSystem((tx) => withdrawFiling(tx, context, { guarantorId: 1, id: release, reason: '误解除，已冲正' }));
    expect(await statusOf(guarantees[2]!, 'release')).toMatchObject({ status: 'withdrawn' });
    await asSystem((tx) => correctFiling(tx, context, { guarantorId: 1, id: release }));
    const { rows } = await test.owner.query(
      'select action, reason from filings.step where record_id = $1 order by at, revision, action desc',
      [release],
    );
    expect(rows.map((row) => row.action).sort()).toEqual(['correct', 'withdraw']);
  });

  it('keeps the rows of a guarantor from others', async () => {
    const seen = await test.db.read({ userId: 102 }, (tx) => sql`select from filings.record`.execute(tx));
    expect(seen.rows).toEqual([]);
  });
});

const batchOf = async (number: string): Promise<bigint> =>
  BigInt(
    (await test.owner.query<{ id: string }>('select id from filings.batch where number = $1', [number])).rows[0]!.id,
  );
