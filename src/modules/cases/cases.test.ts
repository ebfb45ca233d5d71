import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addMonths, day } from '../../kernel/day.ts';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { decideTask } from '../approvals/actions.ts';
import { checkBookEqualsLedger, checkCashEqualsLedger } from '../guarantees/index.ts';
import { askApproval, caseDecided, lapseDue, withdrawCase } from './actions/approval.ts';
import { disburse } from './actions/disburse.ts';
import { createCase, saveDraft } from './actions/draft.ts';
import { planFee, receiveFee } from './actions/fees.ts';
import { issuePaper, startPapers } from './actions/papers.ts';
import { reviewCase } from './actions/review.ts';
import { assignManagers, sendBack, submitCase } from './actions/submit.ts';
import { checkDraft } from './check.ts';
import { detailOf } from './detail.ts';
import { listCases } from './list-store.ts';
import { caseById } from './store.ts';
import {
  as,
  banks,
  goodDraft,
  guarantorId,
  layFiles,
  layStage,
  people,
  refusalsOf,
  reviewed,
  submitted,
  today,
  usccOf,
} from './testing/stage.ts';

let test: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cases-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await layStage(test);
});
afterAll(async () => {
  await test.close();
  await rm(folder, { recursive: true, force: true });
});

type Key = { guarantorId: number; id: bigint };
const stateOf = async (key: Key) => (await as(test, 0, (tx) => caseById(tx, key)))?.state;
const outcomes = new Map([['case', caseDecided]]);
const ask = (key: Key) => as(test, people.manager, (tx, context) => askApproval(tx, context, key));
const agree = (instanceId: bigint, userId: number, seq: number) =>
  as(test, userId, (tx, context) =>
    decideTask(tx, context, { instanceId, seq, decision: { verb: 'agree', opinion: '同意' } }, outcomes),
  );
async function decided(key: Key) {
  const { instanceId } = await ask(key);
  for (const [at, userId] of [people.manager2, people.risk, people.committee[0]].entries())
    await agree(instanceId, userId, at + 1);
  return key;
}
const borrowers = ['晋丰装备制造', '晋北食品', '晋南物流', '晋东材料', '晋西商贸', '晋中纺织', '晋城建材'].map(
  (name, n) => ({
    identityNo: n === 0 ? '91140100MA0ABCD12R' : usccOf(n),
    customerName: `${name}有限公司`,
  }),
);
const other = (n: number) => ({ ...goodDraft, ...borrowers[n]! });
async function ready(key: Key) {
  const run = <T>(work: Parameters<typeof as<T>>[2]) => as(test, people.manager, work);
  await run((tx, context) =>
    planFee(tx, context, { ...key, basis: 'guaranteed', frequency: 'once', startsOn: today, laterRates: [] }),
  );
  await run((tx, context) => issuePaper(tx, context, { ...key, template: 'intent-letter' }));
  await run((tx, context) => startPapers(tx, context, { ...key, loanNo: 'JK-1' }));
  for (const template of ['entrust-contract', 'guarantee-contract', 'disburse-notice'] as const)
    await run((tx, context) => issuePaper(tx, context, { ...key, template }));
  return key;
}
const notice = (key: Key, reference: string, amount = '3000000.00') => ({
  ...key,
  ...{ reference, amount, loanNo: 'JK-1', disbursedOn: today, endsOn: addMonths(today, 12) },
});

describe('草稿与提交', () => {
  it('银行的草稿担保机构看不到；别的银行什么也看不到', async () => {
    const { id } = await as(test, banks.clerk, (tx, context) =>
      createCase(tx, context, { guarantorId, draft: { amount: '三百万' } }),
    );
    const seen = (userId: number) => as(test, userId, (tx) => caseById(tx, { guarantorId, id }));
    expect([await seen(banks.clerk), await seen(people.manager), await seen(banks.otherClerk)].map(Boolean)).toEqual([
      true,
      false,
      false,
    ]);
    expect((await seen(banks.clerk))?.draft.amount).toBe('三百万');
  });

  it('别人先改了：412 由调用者给出，草稿不动', async () => {
    const { id } = await as(test, banks.clerk, (tx, context) => createCase(tx, context, { guarantorId }));
    const save = (version: number, amount: string) =>
      as(test, banks.clerk, (tx) =>
        saveDraft(tx, {
          ...{ guarantorId, id, draft: { amount } },
          checkVersion: (now) => {
            if (now !== version) throw new RangeError('412');
          },
        }),
      );
    expect(await save(1, '1')).toEqual({ version: 2 });
    await expect(save(1, '2')).rejects.toThrow('412');
    expect((await as(test, 0, (tx) => caseById(tx, { guarantorId, id })))?.draft.amount).toBe('1');
  });

  it('缺资料、无协议、超产品条件：一次说全，仍是草稿', async () => {
    const draft = { ...goodDraft, productCode: 'agri', tags: [], primaryTag: 0 };
    const { id } = await as(test, banks.clerk, (tx, context) => createCase(tx, context, { guarantorId, draft }));
    const found = await refusalsOf(
      as(test, banks.clerk, (tx, context) => submitCase(tx, context, { guarantorId, id })),
    );
    expect(found.codes).toEqual(expect.arrayContaining(['eligibility-condition-tag', 'paper-missing']));
    expect(await stateOf({ guarantorId, id })).toBe('draft');
  });

  it('没有协议的银行不能新建；别家机构的客户经理也不能', async () => {
    const make = (userId: number, at: number) =>
      refusalsOf(as(test, userId, (tx, context) => createCase(tx, context, { guarantorId: at })));
    expect((await make(banks.otherClerk, 1002)).codes).toEqual(['no-agreement']);
    expect((await make(403, guarantorId)).codes).toEqual(['not-your-guarantor']);
  });

  it('提交锁定产品版本、划型、责任金额；同客户同银行同产品再交被拒，另一银行只见重复提示', async () => {
    const key = await submitted(test);
    const found = await as(test, people.manager, (tx) => caseById(tx, key));
    expect([found?.state, found?.productVersion, found?.sizeClass, formatYuan(found!.guaranteed!)]).toEqual([
      'submitted',
      3,
      '小型',
      '2400000.00',
    ]);
    expect((await refusalsOf(submitted(test))).codes).toEqual(['duplicate-case']);
    const told = await as(test, people.manager, (tx) =>
      checkDraft(tx, { guarantorId, bankId: banks.other, draft: goodDraft }, today),
    );
    expect(told.own.map((each) => each.message)).toEqual([expect.stringContaining('另有在办项目')]);
    const asBank = await as(test, banks.otherClerk, (tx) => checkDraft(tx, { guarantorId, draft: goodDraft }, today));
    expect([asBank.own, asBank.headroom.length > 0, asBank.identity?.ok]).toEqual([[], true, true]);
    // 大同的客户经理只知道全省别处有，不知道是哪家。
    const elsewhere = await as(test, 403, (tx) =>
      checkDraft(tx, { guarantorId: 1002, bankId: banks.one, draft: goodDraft }, today),
    );
    expect(elsewhere.elsewhere.map((each) => each.message)).toEqual([
      '该客户在全省其他机构有在办的担保申请',
      '关联方张样例是全省其他机构在办申请的关联方',
    ]);
    expect(JSON.stringify(elsewhere)).not.toContain('太原');
    await as(test, banks.clerk, (tx, context) => withdrawCase(tx, context, { ...key, reason: '借款人放弃' }));
    expect(await stateOf(key)).toBe('withdrawn');
  });

  it('退回补正后再交：旧的关联方留底不作数', async () => {
    const key = await submitted(test);
    await as(test, people.manager, (tx, context) => sendBack(tx, context, { ...key, reason: '补充关联方' }));
    await as(test, banks.clerk, (tx, context) => submitCase(tx, context, key));
    const { rows } = await test.owner.query(
      'select is_current from cases.related_party where case_id = $1 order by seq',
      [key.id],
    );
    expect(rows.map((row) => row.is_current)).toEqual([false, true]);
    await as(test, people.manager, (tx, context) => withdrawCase(tx, context, { ...key, reason: '测试完毕' }));
  });
});

describe('受理到审批', () => {
  it('A角与B角：同一人、同一人的两个账号、非客户经理都不行；两人同时受理，第二个 409', async () => {
    const key = await submitted(test);
    const assign = (managerA: number, managerB: number, by: number = people.manager) =>
      refusalsOf(as(test, by, (tx, context) => assignManagers(tx, context, { ...key, managerA, managerB })));
    expect((await assign(people.manager, people.manager)).codes).toEqual(['managers']);
    expect((await assign(people.manager, people.secondAccount)).message).toContain('两个不同的人');
    expect((await assign(people.manager, people.risk)).message).toContain('客户经理');
    const both = await Promise.all([
      assign(people.manager, people.manager2),
      assign(people.manager2, people.manager, people.manager2),
    ]);
    expect(both.map((each) => each.status).sort()).toEqual([200, 409]);
    expect(both.find((each) => each.status === 409)?.message).toMatch(/尽调中.*客户经理/);
    await as(test, people.manager, (tx, context) => withdrawCase(tx, context, { ...key, reason: '测试完毕' }));
  });

  it('尽调人不评审自己的项目；银行看不到尽调与评审', async () => {
    const key = await reviewed(test, other(1));
    const own = as(test, people.manager, (tx, context) =>
      reviewCase(tx, context, { ...key, verdict: 'support', opinion: '同意同意', conditions: '' }),
    );
    expect((await refusalsOf(own)).status).toBe(403);
    const seenBy = (userId: number) =>
      as(test, userId, (tx) =>
        detailOf(
          tx,
          key,
          { userId, permissions: new Set(['cases.read']), seesIdentity: true, viaCookie: false },
          today,
        ),
      );
    const mine = await seenBy(people.risk);
    expect([mine.diligence.visits.length, mine.reviews.length, mine.scores[0]?.grade, mine.memo.length]).toEqual([
      1,
      1,
      'A',
      7,
    ]);
    expect(JSON.stringify(mine.memo)).toContain('在产在销');
    const banks1 = await seenBy(banks.clerk);
    expect([banks1.diligence.items, banks1.reviews, banks1.scores, banks1.memo]).toEqual([[], [], [], []]);
    expect(banks1.events.map((each) => each.kind)).not.toContain('review');
  });

  it('审批期间额度缩小：批准被拒，审批与预留原样', async () => {
    const key = await reviewed(test, other(2));
    const { instanceId } = await ask(key);
    await agree(instanceId, people.manager2, 1);
    await agree(instanceId, people.risk, 2);
    const shrink = (amount: string) =>
      test.owner.query('update institutions.capital_fact set net_assets = $1 where guarantor_id = 1001', [
        yuan(amount).toString(),
      ]);
    await shrink('10000000');
    const found = await refusalsOf(agree(instanceId, people.committee[0], 3));
    expect([found.status, found.codes[0]]).toEqual([422, 'single-customer-cap']);
    expect(await stateOf(key)).toBe('approving');
    await shrink('200000000');
    await agree(instanceId, people.committee[0], 3);
    expect(await stateOf(key)).toBe('approved');
  });

  it('审批否决：额度释放', async () => {
    const key = await reviewed(test, other(3));
    const { instanceId } = await ask(key);
    await agree(instanceId, people.manager2, 1);
    await agree(instanceId, people.risk, 2);
    await as(test, people.committee[0], (tx, context) =>
      decideTask(tx, context, { instanceId, seq: 3, decision: { verb: 'disagree', opinion: '用途不清' } }, outcomes),
    );
    const { rows } = await test.owner.query(`select status from limits.reservation where subject = $1`, [
      `case:1001/${key.id}`,
    ]);
    expect([await stateOf(key), rows[0]?.status]).toEqual(['refused', 'released']);
  });
});

describe('放款', () => {
  it('银行放款：保函、放款、收费、额度、备案一次入账；同一凭证再报只答原结果，换内容 409', async () => {
    const key = await ready(await decided(await reviewed(test, other(4))));
    await as(test, people.finance, (tx, context) =>
      receiveFee(tx, context, { ...key, amount: '24000.00', receivedOn: today, reference: 'SK-1' }),
    );
    const pay = (reference: string, amount?: string) =>
      as(test, banks.clerk, (tx, context) => disburse(tx, context, notice(key, reference, amount)));
    const [first, second] = await Promise.all([pay('FK-1'), pay('FK-1')]);
    expect([first.isRepeat, second.isRepeat].sort()).toEqual([false, true]);
    expect(second.guaranteeId).toBe(first.guaranteeId);
    expect((await refusalsOf(pay('FK-1', '2000000.00'))).codes).toEqual(['receipt-taken']);
    const { rows } = await test.owner.query(
      `select e.status, e.outstanding::text, e.guaranteed::text,
              (select count(*)::integer from guarantees.movement m where m.guarantee_id = e.id) as moves,
              (select status from limits.reservation r where r.subject = $2 and status <> 'released') as room,
              (select count(*)::integer from filings.record f where f.guarantee_id = e.id) as filed
         from guarantees.guarantee e where e.id = $1`,
      [first.guaranteeId, `case:1001/${key.id}`],
    );
    expect(rows).toEqual([
      { status: 'in-force', outstanding: '300000000', guaranteed: '240000000', moves: 2, room: 'used', filed: 1 },
    ]);
    expect(
      await as(test, 0, async (tx) => [...(await checkBookEqualsLedger(tx)), ...(await checkCashEqualsLedger(tx))]),
    ).toEqual([]);
    const { rows: said } = await test.owner.query(`select user_id from audit.entry where action = 'guarantees.issue'`);
    expect(said.map((row) => row.user_id)).toEqual([banks.clerk]);
  });

  it('别的银行不能报放款；额度不足时拒绝，什么也没写', async () => {
    const key = await ready(await decided(await reviewed(test, other(5))));
    const pay = (by: number) => refusalsOf(as(test, by, (tx, context) => disburse(tx, context, notice(key, 'FK-2'))));
    expect((await pay(banks.otherClerk)).status).toBe(404);
    await test.owner.query('update institutions.capital_fact set net_assets = 1000000000 where guarantor_id = 1001');
    const found = await pay(banks.clerk);
    await test.owner.query('update institutions.capital_fact set net_assets = 20000000000 where guarantor_id = 1001');
    expect([found.status, found.codes]).toEqual([422, expect.arrayContaining(['single-customer-cap'])]);
    const { rows } = await test.owner.query(
      `select count(*)::integer as n from guarantees.guarantee where contract_no = 'BZ-' || (select number from cases.case where id = $1)`,
      [key.id],
    );
    expect([rows[0].n, await stateOf(key)]).toEqual([0, 'papers']);
  });

  it('意向过期：释放额度，不能再放款', async () => {
    const key = await decided(await reviewed(test, other(6)));
    const late = addMonths(today, 4);
    expect(await as(test, 0, (tx, context) => lapseDue(tx, context), late)).toBeGreaterThan(0);
    expect(await stateOf(key)).toBe('lapsed');
  });
});

it('列表：状态、名称、证件号、只看我的；区县只见本县', async () => {
  const list = (userId: number, filter: object) =>
    as(test, userId, (tx) => listCases(tx, filter, userId, undefined, 50));
  expect((await list(people.manager, { q: usccOf(4) })).rows.map((row) => row.customerName)).toEqual([
    '晋西商贸有限公司',
  ]);
  expect((await list(people.manager, { state: 'disbursed' })).rows.length).toBe(1);
  expect((await list(people.manager, { mine: 'true' })).rows.length).toBeGreaterThan(3);
  expect((await list(banks.otherClerk, {})).rows).toEqual([]);
  expect((await list(people.stranger, {})).rows).toEqual([]);
});

it('文件一份不少才能提交', async () => {
  const { id } = await as(test, people.manager, (tx, context) =>
    createCase(tx, context, { guarantorId, bankId: banks.other, draft: { ...goodDraft, ...borrowers[1] } }),
  );
  const submit = () =>
    refusalsOf(as(test, people.manager, (tx, context) => submitCase(tx, context, { guarantorId, id })));
  expect((await submit()).codes).toEqual(Array.from({ length: 5 }, () => 'paper-missing'));
  await layFiles(test, guarantorId, id);
  expect((await submit()).codes).toEqual([]);
  expect(day('2026-11-20')).toBe(today);
});
