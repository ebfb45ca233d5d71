import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { handIn } from '../bankreports/index.ts';
import { checkBookEqualsLedger, issueGuarantee, recordMovement } from '../guarantees/index.ts';
import { createPerson, grantRole, syncRoles } from '../identity/index.ts';
import { carryOutChange, changeDecided } from './carry-out.ts';
import { newBusiness } from './chain.ts';
import { askChange, recordConsent, submitChange } from './changes.ts';
import { addCounter, addCounterFact } from './counters.ts';
import { dossierOf } from './dossier.ts';
import { afterReports } from './index.ts';
import { finishInspection, planInspections } from './inspections.ts';
import { listCounters, listInspections, listWarnings } from './lists.ts';
import { askRelease, previewRelease, releaseDecided } from './releases.ts';
import { aftercareTodos } from './todos.ts';
import { agreePlan, closeWarning, finishTask, planWarning, raiseWarning } from './warnings.ts';

let test: TestDatabase;
let folder: string;
const today = day('2026-09-30');
const clock = fixedClock(today);
const system: Context = { actor: systemActor, clock };
let manager: Context;
let bank: Context;
const as = <T>(context: Context, work: (tx: Tx) => Promise<T>) => test.db.transaction(context.actor, work);

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-aftercare-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保有限公司', '太原担保', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100),
      (9, 'B9', '某银行', '某行', 'bank', 1, 140000);
    insert into institutions.capital_fact (guarantor_id, as_of_on, registered_capital, net_assets, source) values (1, '2025-12-31', 1000000000000, 10000000000, '审计报告');
    insert into agreements.product (code, name, class, source) values ('loan', '贷款担保', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      select 1, n, 'enterprise', '某公司' || n, 'uscc', 'X' || n, repeat(n::text, 64), 140105, '微型', '{}' from generate_series(1, 5) n;
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'loan', 'A1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试')`);
  await syncRoles(test.ownerUrl);
  const person = async (account: string, institutionId: number, role: string): Promise<Context> => {
    const userId = await as(system, async (tx) => {
      const { id } = await createPerson(tx, system, {
        account,
        name: account,
        personKey: account,
        institutionId,
        password: 'aftercare in words 1',
      });
      await grantRole(tx, system, { userId: id, role });
      return id;
    });
    return { actor: { userId }, clock };
  };
  manager = await person('kehu', 1, 'r01-client-manager');
  bank = await person('yinhang', 9, 'r09-bank');
  await person('fengkong', 1, 'r02-risk');
  await person('pingshen', 1, 'r03-committee');
  await person('caiwu', 1, 'r05-finance-officer');
});
afterAll(async () => {
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

let serial = 0;
async function guarantee(principal: string, customerId = 1n, fee = '0') {
  const contractNo = `HT-${++serial}`;
  const { id } = await as(system, async (tx) => {
    const parties = { guarantorId: 1, contractNo, customerId, bankId: 9, productCode: 'loan', county: 140105 };
    const made = await issueGuarantee(tx, system, {
      ...parties,
      ...{
        principal: yuan(principal),
        startsOn: day('2026-01-01'),
        endsOn: day('2027-01-01'),
        tags: 1,
        primaryTag: 1,
        source: 'form',
      },
    });
    const move = (kind: 'disburse' | 'fee', amount: string) =>
      recordMovement(tx, system, {
        guarantorId: 1,
        guaranteeId: made.id,
        kind,
        amount: yuan(amount),
        occurredOn: day('2026-01-01'),
      });
    await move('disburse', principal);
    if (fee !== '0') await move('fee', fee);
    return made;
  });
  return { id, contractNo, key: { guarantorId: 1, guaranteeId: id } };
}
const stateOf = async (id: bigint) =>
  (await test.owner.query('select status, outstanding, due_on as due from guarantees.guarantee where id = $1', [id]))
    .rows[0];
const sound = async () =>
  expect(
    await as(system, async (tx) => [...(await checkTrialBalance(tx)), ...(await checkBookEqualsLedger(tx))]),
  ).toEqual([]);

/** Asked, consented to by everybody, handed in and approved. */
async function approved(
  command: Parameters<typeof askChange>[2],
  parties: readonly ('bank' | 'customer' | 'guarantor')[],
) {
  const { id } = await as(manager, (tx) => askChange(tx, manager, command));
  for (const party of parties)
    await as(manager, (tx) =>
      recordConsent(tx, manager, { guarantorId: 1, id, party, consentedOn: today, document: '同意函' }),
    );
  const { instanceId } = await as(manager, (tx) => submitChange(tx, manager, { guarantorId: 1, id }));
  await as(system, (tx) =>
    changeDecided(tx, system, {
      guarantorId: 1,
      subject: `change:1/${id}`,
      instanceId,
      outcome: 'approved',
      decidedOn: today,
    }),
  );
  return id;
}

describe('J5 展期与续贷成链', () => {
  it('缺银行同意不能提交；批准后执行展期，链上仍是一笔', async () => {
    const { id, key } = await guarantee('1000');
    const ask = { ...key, kind: 'extension' as const, reason: '回款延后', dueOn: day('2027-06-30') };
    const { id: changeId } = await as(manager, (tx) => askChange(tx, manager, ask));
    await expect(as(manager, (tx) => askChange(tx, manager, ask))).rejects.toMatchObject({
      refusals: [{ code: 'change-open' }],
    });
    await expect(
      as(manager, (tx) => submitChange(tx, manager, { guarantorId: 1, id: changeId })),
    ).rejects.toMatchObject({
      refusals: [{ code: 'consent-missing', field: 'bank' }, { field: 'customer' }],
    });
    await as(bank, (tx) =>
      recordConsent(tx, bank, {
        guarantorId: 1,
        id: changeId,
        party: 'bank',
        consentedOn: today,
        document: '银行同意函',
      }),
    );
    await expect(
      as(bank, (tx) =>
        recordConsent(tx, bank, {
          guarantorId: 1,
          id: changeId,
          party: 'customer',
          consentedOn: today,
          document: '代签',
        }),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    await as(manager, (tx) =>
      recordConsent(tx, manager, {
        guarantorId: 1,
        id: changeId,
        party: 'customer',
        consentedOn: today,
        document: '客户同意函',
      }),
    );
    const { instanceId } = await as(manager, (tx) => submitChange(tx, manager, { guarantorId: 1, id: changeId }));
    await as(system, (tx) =>
      changeDecided(tx, system, {
        guarantorId: 1,
        subject: `change:1/${changeId}`,
        instanceId,
        outcome: 'approved',
        decidedOn: today,
      }),
    );
    await as(manager, (tx) => carryOutChange(tx, manager, { guarantorId: 1, id: changeId, on: today }));
    expect(await stateOf(id)).toMatchObject({ status: 'in-force', due: '2027-06-30' });
    const { chain } = await as(manager, (tx) => dossierOf(tx, 1, id));
    expect(chain.map((row) => [row.position, row.extensions])).toEqual([[1, 1]]);
  });

  it('银行报了同意过的展期：变更随之办结', async () => {
    const { id, key, contractNo } = await guarantee('1000');
    const changeId = await approved({ ...key, kind: 'extension', reason: '延期', dueOn: day('2027-03-31') }, [
      'bank',
      'customer',
    ]);
    const rows = [
      {
        ...{ line: 1, contractNo, guarantorCode: null, problems: [], text: 'a' },
        parsed: {
          ...{
            status: 'extended' as const,
            disbursed: yuan('0'),
            repaid: yuan('0'),
            overdueDays: 0,
            overdueAmount: yuan('0'),
          },
          ...{ balance: yuan('1000'), dueOn: day('2027-03-31') },
        },
      },
    ];
    await handIn(test.db, bank, { bankId: 9, businessDay: today, source: 'api', rows }, afterReports);
    expect(await stateOf(id)).toMatchObject({ due: '2027-03-31' });
    const { rows: found } = await test.owner.query('select status from aftercare.change where id = $1', [changeId]);
    expect(found).toEqual([{ status: 'done' }]);
  });

  it('续贷：原保函同日解除、新保函入链，限额不重复计，户数与首次担保户只计一次', async () => {
    // 1 亿元 × 10% = 1000 万元 to one customer; 900 万元 stand. A renewal of 1000 万元 adds 100 万元, which fits; counted twice it would not.
    const { id, key } = await guarantee('9000000', 3n);
    const counts = () =>
      as(system, (tx) => newBusiness(tx, { from: day('2026-01-01'), to: day('2026-12-31'), guarantorId: 1 }));
    const before = await counts();
    const renewal = { contractNo: 'XD-1', principal: yuan('10000000'), startsOn: today, endsOn: day('2027-09-30') };
    await expect(
      as(manager, (tx) =>
        askChange(tx, manager, {
          ...key,
          kind: 'renewal',
          reason: '续贷',
          renewal: { ...renewal, principal: yuan('10000000.01') },
        }),
      ),
    ).rejects.toMatchObject({ refusals: [{ code: 'single-customer-cap', figures: { 本次增加: '1000000.01' } }] });
    const changeId = await approved({ ...key, kind: 'renewal', reason: '续贷', renewal }, ['bank', 'customer']);
    const { successorId } = await as(manager, (tx) =>
      carryOutChange(tx, manager, { guarantorId: 1, id: changeId, on: today }),
    );
    expect(await stateOf(id)).toMatchObject({ status: 'released', outstanding: yuan('0') });
    expect(await stateOf(successorId!)).toMatchObject({ status: 'in-force', outstanding: yuan('10000000') });
    const { chain } = await as(manager, (tx) => dossierOf(tx, 1, successorId!));
    expect(chain.map((row) => [row.position, row.kindTitle])).toEqual([
      [1, '首笔'],
      [2, '续贷'],
    ]);
    expect(await counts()).toEqual({ ...before, contracts: before.contracts + 1, renewals: before.renewals + 1 });
    await sound();
  });
});

describe('J6 内容变更', () => {
  it('担保金额下调批准即办：部分解除，前后对照与分担影响在案', async () => {
    const { id, key } = await guarantee('1000');
    await approved({ ...key, kind: 'reduction', reason: '客户申请', amount: yuan('600') }, ['bank', 'customer']);
    expect(await stateOf(id)).toMatchObject({ outstanding: yuan('600') });
    const { rows } = await test.owner.query(
      `select before, after, status, effect -> 0 as share from aftercare.change where guarantee_id = $1`,
      [id],
    );
    expect(rows[0]).toMatchObject({
      before: '1000.00 元',
      after: '600.00 元',
      status: 'done',
      share: { before: '800.00', after: '480.00' },
    });
    await sound();
  });
});

describe('J7 解保', () => {
  it('试算退费、批准后解除、退费、出函、解除反担保，一并成立', async () => {
    const { id, key } = await guarantee('1000000', 2n, '8000');
    const { id: counterId } = await as(manager, (tx) =>
      addCounter(tx, manager, {
        ...key,
        kind: '20008',
        title: '办公用房',
        ownerName: '某公司',
        contractNo: 'FD-1',
        signedOn: day('2026-01-01'),
      }),
    );
    const asked = { ...key, kind: 'full' as const, releaseOn: today };
    const preview = await as(manager, (tx) => previewRelease(tx, manager, asked));
    // 800000 × 1% × 93 ÷ 365 = 2038.36 (30 September to 1 January)
    expect(preview).toMatchObject({
      outstandingAfter: '0.00',
      refund: { unexpiredDays: 93, refund: '2038.36', dayCount: 'ACT/365' },
    });
    const release = await as(manager, (tx) =>
      askRelease(tx, manager, { ...asked, reason: '提前结清', counters: [counterId] }),
    );
    await expect(
      as(manager, (tx) => askRelease(tx, manager, { ...asked, reason: '再来', counters: [] })),
    ).rejects.toMatchObject({ status: 409 });
    await as(system, (tx) =>
      releaseDecided(tx, system, {
        guarantorId: 1,
        subject: `release:1/${release.id}`,
        instanceId: release.instanceId,
        outcome: 'approved',
        decidedOn: today,
      }),
    );
    expect(await stateOf(id)).toMatchObject({ status: 'released', outstanding: yuan('0') });
    const { rows } = await test.owner.query(
      `select r.letter_no, c.released_on, (select sum(amount)::bigint from guarantees.movement m where m.guarantee_id = $1 and m.kind = 8) as refund
         from aftercare.release r, aftercare.counter_guarantee c where r.guarantee_id = $1 and c.guarantee_id = $1`,
      [id],
    );
    expect(rows[0]).toMatchObject({
      letter_no: expect.stringContaining('解'),
      released_on: '2026-09-30',
      refund: yuan('2038.36'),
    });
    await sound();
  });
});

describe('反担保、检查与预警', () => {
  it('评估将到期的列出并成为待办', async () => {
    const { key } = await guarantee('1000');
    const { id } = await as(manager, (tx) =>
      addCounter(tx, manager, {
        ...key,
        kind: '20006',
        title: '原料一批',
        ownerName: '某公司',
        contractNo: 'FD-2',
        signedOn: day('2026-01-01'),
      }),
    );
    const value = {
      guarantorId: 1,
      id,
      kind: 'valuation' as const,
      amount: yuan('500'),
      onDay: day('2026-07-01'),
      reference: '评报1号',
    };
    await as(manager, (tx) => addCounterFact(tx, manager, value));
    const { rows } = await as(manager, (tx) =>
      listCounters(tx, { guaranteeId: String(key.guaranteeId) }, undefined, 10, today),
    );
    expect(rows[0]?.alerts.map((each) => each.message)).toEqual(['评估（有效 3 个月）将于 2026-10-01 到期']);
    const caller = {
      userId: manager.actor.userId,
      permissions: new Set(['aftercare.write']),
      seesIdentity: true,
      viaCookie: true,
    };
    const todos = await as(manager, (tx) => aftercareTodos(tx, caller, today));
    expect(todos.map((each) => each.title)).toContainEqual(expect.stringContaining('原料一批：评估'));
  });

  it('按风险排检查，重复执行不重复排；分类变差须有材料', async () => {
    const { id } = await guarantee('1000', 4n);
    await test.owner.query(
      `insert into aftercare.rating (guarantor_id, guarantee_id, seq, rated_on, class, reason, rated_by) values (1, $1, 1, '2026-09-01', 'attention', '行业下行', 0)`,
      [id],
    );
    const plan = () => as(system, (tx) => planInspections(tx, system, { guarantorId: 1 }));
    expect((await plan()).planned).toBeGreaterThan(0);
    expect(await plan()).toEqual({ planned: 0 });
    const { rows } = await as(manager, (tx) => listInspections(tx, { guaranteeId: String(id) }, undefined, 10, today));
    expect(rows.map((row) => [row.basis, row.status])).toEqual([['关注类：每 30 天', 'open']]);
    const finish = (rated: 'attention' | 'doubtful' | 'normal', findings: string) =>
      as(manager, (tx) =>
        finishInspection(tx, manager, { guarantorId: 1, id: rows[0]!.id, doneOn: today, class: rated, findings }),
      );
    await expect(finish('doubtful', '停产')).rejects.toMatchObject({
      refusals: [{ code: 'class-changed-without-reason' }, { code: 'evidence-missing' }],
    });
    await finish('normal', '生产恢复正常，订单充足，按期付息，建议上调为正常类');
    await expect(finish('normal', '再来一次')).rejects.toMatchObject({ status: 409 });
    const dossier = await as(manager, (tx) => dossierOf(tx, 1, id));
    expect(dossier).toMatchObject({ class: '正常', counts: { inspections: 1 } });
  });

  it('J9 知悉日起按工作日计时：国庆调休不计；银行确认方案、任务完成后才能关闭', async () => {
    const { key } = await guarantee('1000', 5n);
    const event = {
      ...key,
      kind: 'lawsuit' as const,
      occurredOn: day('2026-09-28'),
      knownOn: today,
      description: '被供应商起诉',
      source: 'guarantor' as const,
    };
    const made = await as(manager, (tx) => raiseWarning(tx, manager, event));
    // Three working days after 30 September: 1–7 October are holidays; 8, 9 and the worked Saturday 10.
    expect(made.dueOn).toBe('2026-10-10');
    const of = { guarantorId: 1, id: made.id };
    await expect(as(bank, (tx) => agreePlan(tx, bank, of))).rejects.toMatchObject({ refusals: [{ code: 'no-plan' }] });
    const tasks = [{ title: '约谈实际控制人', doer: 'bank' as const, dueOn: day('2026-10-09') }];
    await as(manager, (tx) => planWarning(tx, manager, { ...of, plan: '双方联合约谈并追加担保', tasks }));
    await as(bank, (tx) => agreePlan(tx, bank, of));
    const close = () => as(manager, (tx) => closeWarning(tx, manager, { ...of, reason: '已撤诉，风险解除' }));
    await expect(close()).rejects.toMatchObject({ refusals: [{ code: 'tasks-open' }] });
    await as(bank, (tx) => finishTask(tx, bank, { ...of, seq: 1, note: '已约谈' }));
    await close();
    await expect(close()).rejects.toMatchObject({ status: 409 });
  });

  it('银行报逾期即有预警，一笔一个；知悉日是收到报送的日子', async () => {
    const { id, contractNo } = await guarantee('1000', 5n);
    const send = (businessDay: string, days: number) => {
      const parsed = {
        ...{ status: 'overdue' as const, disbursed: yuan('0'), repaid: yuan('0'), overdueDays: days },
        ...{ overdueAmount: yuan('100'), balance: yuan('1000') },
      };
      const rows = [{ line: 1, contractNo, guarantorCode: null, problems: [], text: `${days}`, parsed }];
      return handIn(test.db, bank, { bankId: 9, businessDay: day(businessDay), source: 'api', rows }, afterReports);
    };
    await send('2026-09-29', 1);
    await send('2026-09-30', 2);
    const { rows } = await as(manager, (tx) => listWarnings(tx, { guaranteeId: String(id) }, undefined, 10, today));
    expect(rows.map((row) => [row.kind, row.source, row.occurredOn, row.knownOn])).toEqual([
      ['overdue', 'bank-report', '2026-09-29', '2026-09-30'],
    ]);
  });

  it('他机构看不见', async () => {
    const other = await as(system, async (tx) => {
      const { id } = await createPerson(tx, system, {
        account: 'qita',
        name: '他',
        personKey: 'qita',
        institutionId: 2,
        password: 'aftercare in words 1',
      });
      await grantRole(tx, system, { userId: id, role: 'r04-assets' });
      return id;
    });
    for (const table of [
      'warning',
      'warning_event',
      'counter_guarantee',
      'inspection',
      'change',
      'release',
      'consent',
      'chain_link',
      'rating',
    ])
      expect(
        (
          await test.db.read({ userId: other }, (tx) =>
            sql<{ n: number }>`select count(*)::integer as n from ${sql.table(`aftercare.${table}`)}`.execute(tx),
          )
        ).rows,
      ).toEqual([{ n: 0 }]);
  });
});
