import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { handIn } from '../bankreports/index.ts';
import { addCounter, addCounterFact } from './counters.ts';
import { dossierOf } from './dossier.ts';
import { afterReports } from './index.ts';
import { finishInspection, planInspections } from './inspections.ts';
import { listCounters, listInspections, listWarnings } from './lists.ts';
import { askRelease, previewRelease, releaseDecided } from './releases.ts';
import { layGround } from './testing/ground.ts';
import { aftercareTodos } from './todos.ts';
import { agreePlan, closeWarning, finishTask, planWarning, raiseWarning } from './warnings.ts';

const today = day('2026-09-30');
let ground: Awaited<ReturnType<typeof layGround>>;
beforeAll(async () => {
  ground = await layGround(today);
});
afterAll(() => ground.close());

describe('J7 解保', () => {
  it('试算退费、批准后解除、退费、出函、解除反担保，一并成立', async () => {
    const { test, as, guarantee, stateOf, sound, system, manager } = ground;
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
    const { as, guarantee, manager } = ground;
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
    const { test, as, guarantee, system, manager } = ground;
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
    const { as, guarantee, manager, bank } = ground;
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
    const { test, as, guarantee, manager, bank } = ground;
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
    const { test, person } = ground;
    const other = await person('qita', 2, 'r04-assets');
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
      'content',
    ])
      expect(
        (
          await test.db.read(other.actor, (tx) =>
            sql<{ n: number }>`select count(*)::integer as n from ${sql.table(`aftercare.${table}`)}`.execute(tx),
          )
        ).rows,
      ).toEqual([{ n: 0 }]);
  });
});
