import { createReadStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { returnBadRows } from '../../platform/sheets/index.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkBookEqualsLedger, checkMovementChain, recordMovement } from '../guarantees/index.ts';
import { createPerson, grantRole, syncRoles } from '../identity/index.ts';
import { agreeExtension, answerQuestion, startReports } from './actions.ts';
import { handIn } from './hand-in.ts';
import { receiveReportFile } from './read-file.ts';
import { badRowsOf, boardOf, listGaps, listQuestions } from './view.ts';

let test: TestDatabase;
let folder: string;
const context: Context = { actor: systemActor, clock: fixedClock(day('2026-11-20')) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const ids: bigint[] = [];
let bankUser = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-reports-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100),
      (8, 'B8', '他行', '他行', 'bank', 1, 140000), (9, 'B9', '某银行', '某行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('loan', '贷款担保', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select g, 1, 'enterprise', '某公司', 'uscc', 'X' || g, repeat(g::text, 64), 140105, '微型', '{}' from generate_series(1, 2) g;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no)
      values (1, 1, 9, 'loan', 'A1'), (2, 2, 9, 'loan', 'A2'), (1, 3, 8, 'loan', 'A3');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      select g, a, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试' from (values (1, 1), (2, 2), (1, 3)) t(g, a);`);
  await syncRoles(test.ownerUrl);
  bankUser = await asSystem(async (tx) => {
    const person = {
      account: 'bank',
      name: '银行经办',
      personKey: 'bank',
      institutionId: 9,
      password: 'reports in words 1',
    };
    const { id } = await createPerson(tx, context, person);
    await grantRole(tx, context, { userId: id, role: 'r09-bank' });
    return id;
  });
  for (const [guarantor, no, bank, agreement] of [
    [1, 'HT-1', 9, 1],
    [1, 'HT-2', 9, 1],
    [1, 'HT-3', 9, 1],
    [2, 'HT-2', 9, 2],
    [1, 'OTHER', 8, 3],
  ] as const) {
    const { rows } = await test.owner.query<{ id: bigint }>(
      `insert into guarantees.guarantee (guarantor_id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
         principal, guaranteed, fee_rate, starts_on, ends_on, due_on, tags, primary_tag, size_class, source)
       values ($1, $2, 1, $4, 1, 'loan', $3, 140105, 100000, 80000, 0.01, '2026-01-05', '2026-12-31', '2026-12-31', 1, 1, '微型', 'test') returning id`,
      [guarantor, no, bank, agreement],
    );
    const id = rows[0]!.id;
    ids.push(id);
    await asSystem((tx) =>
      recordMovement(tx, context, {
        guarantorId: guarantor,
        guaranteeId: id,
        kind: 'disburse',
        amount: yuan('1000'),
        occurredOn: day('2026-01-05'),
      }),
    );
  }
  await asSystem((tx) => startReports(tx, context, { bankId: 9, from: day('2026-11-16'), document: '测试通知' }));
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

const head = '业务日,担保机构代码,保证合同号,状态代码,当日放款,当日还款本金,逾期天数,逾期金额,贷款余额,展期到期日';
const send = async (businessDay: string, rows: readonly string[], actor = { userId: bankUser }) => {
  const file = path.join(folder, 'in.csv');
  writeFileSync(file, `${[head, ...rows.map((row) => `${businessDay},${row}`)].join('\n')}\n`);
  const received = await receiveReportFile(createReadStream(file), '日报.csv', day(businessDay));
  return handIn(
    test.db,
    { ...context, actor },
    { bankId: 9, businessDay: day(businessDay), source: 'file', ...received },
    [],
  );
};
const gaps = (on: string) =>
  asSystem(async (tx) =>
    (await listGaps(tx, { day: day(on) }, undefined, 50)).rows.map((row) => [
      row.guarantorId,
      row.contractNo,
      row.ageWorkingDays,
    ]),
  );
const balanceOf = async (at: number) =>
  (await test.owner.query('select outstanding, due_on, status from guarantees.guarantee where id = $1', [ids[at]]))
    .rows[0];

describe('J8 一个业务日的逐笔状态', () => {
  it('沉默不等于零：没有报的逐笔列出，年龄按工作日', async () => {
    const answer = await send('2026-11-17', [',HT-1,10,0,0,0,0,1000,', 'G1,HT-2,10,0,0,0,0,1000,']);
    expect(answer).toMatchObject({
      taken: 2,
      refused: 0,
      expected: 4,
      reported: 2,
      missing: 2,
      moved: 0,
      receipt: 'ZB9-20261117-1',
    });
    // HT-3 and 大同's HT-2: owed since Monday the 16th, so two working days on Tuesday; OTHER is another bank's without a start.
    expect(await gaps('2026-11-17')).toEqual([
      [1, 'HT-3', 2],
      [2, 'HT-2', 2],
    ]);
    expect(await gaps('2026-11-16')).toHaveLength(4);
  });

  it('同一内容再送是同一回执；另一版补上其余', async () => {
    const again = await send('2026-11-17', [',HT-1,10,0,0,0,0,1000,', 'G1,HT-2,10,0,0,0,0,1000,']);
    expect(again).toMatchObject({ isRepeat: true, receipt: 'ZB9-20261117-1' });
    const rest = await send('2026-11-17', [',HT-3,10,0,0,0,0,1000,', 'G2,HT-2,10,0,0,0,0,1000,']);
    expect(rest).toMatchObject({ isRepeat: false, version: 2, reported: 4, missing: 0 });
    expect(await gaps('2026-11-17')).toEqual([]);
  });

  it('坏行退回、好行照收；退回文件首列是原因', async () => {
    const answer = await send('2026-11-18', [
      ',HT-1,12,0,300,0,0,700,',
      ',HT-2,10,0,0,0,0,1000,',
      ',OTHER,10,0,0,0,0,1000,',
      ',HT-3,10,0,0,0,0,abc,',
      ',HT-1,10,0,0,0,0,1000,',
    ]);
    expect([answer.taken, answer.refused]).toEqual([1, 4]);
    expect(answer.badRows.map((row) => [row.line, row.reasons.map((each) => each.code)])).toEqual([
      [3, ['contract-ambiguous']],
      [4, ['contract-unknown']],
      [5, ['amount-malformed']],
      [6, ['contract-twice']],
    ]);
    const bad = await asSystem((tx) => badRowsOf(tx, 9, BigInt(answer.id), 100));
    const { rows } = await test.owner.query('select file_path from bankreports.report where id = $1', [answer.id]);
    const out = path.join(folder, 'out.csv');
    await returnBadRows(
      rows[0].file_path,
      bad.map((row) => ({ line: row.line, reason: row.reasons[0]!.message })),
      out,
    );
    expect(readFileSync(out, 'utf8').split('\n')[1]).toMatch(
      /^合同号 HT-2 在几家机构都有：请填“担保机构代码”,2026-11-18/,
    );
  });

  it('能说明差额的还款已入账，总账一致；说明不了的成为疑问，后续一致即关闭', async () => {
    expect(await balanceOf(0)).toMatchObject({ outstanding: yuan('700') }); // 1000 − 300
    const answer = await send('2026-11-19', [',HT-1,10,0,0,0,0,700,', ',HT-3,12,0,100,0,0,500,']);
    expect(answer).toMatchObject({ moved: 0, questions: 1 });
    const open = async (status?: string) =>
      (await asSystem((tx) => listQuestions(tx, { status }, undefined, 50))).rows.map((row) => [
        row.contractNo,
        row.code,
        row.status,
      ]);
    expect(await open('open')).toEqual([['HT-3', 'balance-below-book', 'open']]);
    await send('2026-11-19', [',HT-3,10,0,0,0,0,1000,']);
    expect(await open()).toEqual([['HT-3', 'balance-below-book', 'agreed']]);
    expect(
      await asSystem(async (tx) => [
        ...(await checkTrialBalance(tx)),
        ...(await checkBookEqualsLedger(tx)),
        ...(await checkMovementChain(tx)),
      ]),
    ).toEqual([]);
  });

  it('疑问可按银行所报登记；不能登记的须银行更正', async () => {
    await send('2026-11-20', [',HT-3,12,0,100,0,0,400,', ',HT-1,10,0,0,0,0,900,']);
    const { rows } = await asSystem((tx) => listQuestions(tx, { status: 'open' }, undefined, 50));
    const of = (no: string) => rows.find((row) => row.contractNo === no)!;
    const answer = (no: string, how: 'enter' | 'ask-bank') =>
      asSystem((tx) =>
        answerQuestion(tx, context, { guarantorId: 1, id: of(no).id, answer: how, note: '已与银行核对' }),
      );
    await answer('HT-3', 'enter');
    expect(await balanceOf(2)).toMatchObject({ outstanding: yuan('400') });
    await expect(answer('HT-3', 'enter')).rejects.toMatchObject({ status: 409 });
    await expect(answer('HT-1', 'enter')).rejects.toMatchObject({ refusals: [{ code: 'nothing-to-enter' }] });
    await answer('HT-1', 'ask-bank');
    expect(await balanceOf(0)).toMatchObject({ outstanding: yuan('700') });
  });

  it('同意过的展期由银行报送直接入账', async () => {
    await asSystem((tx) =>
      agreeExtension(tx, context, {
        guarantorId: 2,
        guaranteeId: ids[3]!,
        bankId: 9,
        dueOn: day('2027-06-30'),
        subject: 'change:2/1',
      }),
    );
    const answer = await send('2026-11-20', ['G2,HT-2,30,0,0,0,0,1000,2027-06-30']);
    expect(answer).toMatchObject({ moved: 1, questions: 0 });
    expect(await balanceOf(3)).toMatchObject({ due_on: '2027-06-30', outstanding: yuan('1000') });
  });

  it('看板按银行 × 工作日；银行只见本行', async () => {
    const read = (userId: number) =>
      test.db.read({ userId }, (tx) => boardOf(tx, day('2026-11-20'), 5, day('2026-11-20')));
    const all = await read(0);
    expect(all.days.map((each) => each.day)).toEqual([
      '2026-11-16',
      '2026-11-17',
      '2026-11-18',
      '2026-11-19',
      '2026-11-20',
    ]);
    expect(all.rows.map((row) => [row.name, row.cells.map((cell) => cell.state)])).toEqual([
      ['他行', ['not-required', 'not-required', 'not-required', 'not-required', 'not-required']],
      ['某行', ['missing', 'complete', 'partial', 'not-due', 'not-due']],
    ]);
    expect((await read(bankUser)).rows.map((row) => row.name)).toEqual(['某行']);
  });

  it('银行不能替他行报送，也写不进台账', async () => {
    const rows = [{ line: 1, contractNo: 'OTHER', guarantorCode: null, parsed: undefined, problems: [], text: 'x' }];
    const asBank = { ...context, actor: { userId: bankUser } };
    await expect(
      handIn(test.db, asBank, { bankId: 8, businessDay: day('2026-11-20'), source: 'api', rows }, []),
    ).rejects.toMatchObject({
      code: '42501',
    });
  });
});
