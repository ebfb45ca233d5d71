import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { wan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { decideTask, startApproval, withdrawApproval } from './actions.ts';
import { agreeToMany } from './batch.ts';
import { saveChainVersion } from './chains.ts';
import type { Decision } from './contract.ts';
import { delegate, revokeDelegation } from './delegations.ts';
import { listTodo } from './lists.ts';
import { layPeople, people } from './testing/people.ts';
import { unattendedTasks } from './unattended.ts';
import { approvalOf } from './view.ts';

const clock = fixedClock(day('2026-09-28'));
const guarantorId = 1001;
let test: TestDatabase;
/** What the fake subject was told, newest last. */
const told: string[] = [];
const outcomes = new Map([
  [
    'fake',
    async (_: unknown, __: unknown, event: { outcome: string; subject: string }) => {
      if (event.subject.endsWith('/666')) throw new Refused({ code: 'limit-shrank', message: '额度已不足，不能批准' });
      told.push(`${event.subject} ${event.outcome}`);
    },
  ],
]);

beforeAll(async () => {
  test = await createTestDatabase();
  await layPeople(test);
});
afterAll(() => test.close());

const as = (userId: number) => ({ actor: { userId }, clock });
const start = (id: number, amount = 100, by: number = people.manager) =>
  test.db.transaction({ userId: by }, (tx) =>
    startApproval(tx, as(by), {
      guarantorId,
      chain: 'case',
      subject: `fake:${guarantorId}/${id}`,
      title: `项目${id}`,
      href: `/fake/${id}`,
      amount: wan(amount),
    }),
  );
const todoOf = (userId: number) =>
  test.db.read({ userId }, (tx) =>
    listTodo(tx, { userId, permissions: ['guarantees.decide'], today: clock.today() }, undefined, 50),
  );
/** The person does the verb to the first thing of that approval in the own to-do list. */
async function act(userId: number, instanceId: bigint, decision: Decision, seq?: number) {
  const mine = (await todoOf(userId)).rows.find((each) => each.instanceId === instanceId);
  return test.db.transaction({ userId }, (tx) =>
    decideTask(tx, as(userId), { instanceId, seq: seq ?? mine?.taskSeq ?? 1, decision }, outcomes as never),
  );
}
const agree = { verb: 'agree', opinion: '同意' } as const;
const refusalOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ status: 200, codes: [] as string[], message: '' }),
    (error) => {
      if (!(error instanceof Refused)) throw error;
      return { status: error.status, codes: error.refusals.map((each) => each.code), message: error.message };
    },
  );
const stateOf = (id: number) =>
  test.db.read({ userId: people.risk }, async (tx) => {
    const found = await approvalOf(tx, guarantorId, `fake:${guarantorId}/${id}`);
    return [found?.status, found?.steps.find((each) => each.state === 'current')?.key];
  });

it('一件事：退回、补正、会签（加签）、委托、续办、评审会、办结', async () => {
  const { instanceId } = await start(1, 800);
  await act(people.manager2, instanceId, agree);
  await act(people.risk, instanceId, { verb: 'return', opinion: '缺财报', to: 'start', afterwards: 'straight-back' });
  expect([await stateOf(1), told.at(-1)]).toEqual([['returned', undefined], `fake:${guarantorId}/1 returned`]);
  expect((await todoOf(people.manager)).rows.map((each) => each.kind)).toContain('complete');
  expect((await start(1, 800)).instanceId).toBe(instanceId);
  expect(await stateOf(1)).toEqual(['open', 'risk']);
  await act(people.risk, instanceId, { verb: 'add-before', opinion: '请保后看看', users: [people.assets] });
  await act(people.assets, instanceId, agree);
  // 风控出差，委托财务代办；财务以风控的名义同意。
  const { id } = await test.db.transaction({ userId: people.risk }, (tx) =>
    delegate(tx, as(people.risk), {
      to: people.finance,
      from: day('2026-09-28'),
      until: day('2026-10-09'),
      chains: ['case'],
      reason: '出差',
    }),
  );
  const deputy = (await todoOf(people.finance)).rows.find((each) => each.instanceId === instanceId);
  expect(deputy?.onBehalfOf).toBe('风控');
  await act(people.finance, instanceId, agree);
  await test.db.transaction({ userId: people.risk }, (tx) => revokeDelegation(tx, as(people.risk), id));
  await act(people.finance, instanceId, agree);
  expect(await stateOf(1)).toEqual(['open', 'committee']);
  for (const member of people.committee)
    await act(member, instanceId, { verb: 'vote', vote: 'agree', opinion: '可行' });
  expect(await stateOf(1)).toEqual(['open', 'head']);
  await act(people.committee[0]!, instanceId, agree);
  expect([await stateOf(1), told.at(-1)]).toEqual([['approved', undefined], `fake:${guarantorId}/1 approved`]);
  const { rows } = await test.owner.query(
    `select verb, by_user, on_behalf_of from approvals.event where instance_id = $1 order by id`,
    [instanceId],
  );
  expect(rows.map((each) => each.verb).join(' ')).toBe(
    'start agree return resubmit add-before agree agree agree vote vote vote pass agree',
  );
  expect(rows[6]).toMatchObject({ by_user: people.finance, on_behalf_of: people.risk });
  const minutes = await test.owner.query(
    `select detail ->> 'minutes' as text from approvals.event where instance_id = $1 and verb = 'pass'`,
    [instanceId],
  );
  expect(minutes.rows[0].text).toContain('同意 3 票，不同意 0 票，弃权 0 票，通过');
  // 期限按工作日：9月28日（周一）起第 2 个工作日是 9月30日；评审会 5 个工作日跨国庆，10月8日起上班，10月10日（周六）调休上班。
  const due = await test.owner.query(
    `select distinct node, due_on::text from approvals.task where instance_id = $1 and node in ('b-role', 'committee') order by 1`,
    [instanceId],
  );
  expect(due.rows.map((each) => each.due_on)).toEqual(['2026-09-30', '2026-10-10']);
});

describe('两人同时', () => {
  it('同时签同一件：一人成，另一人得 409，写明谁在何时办的', async () => {
    const { instanceId } = await start(2);
    await act(people.manager2, instanceId, agree);
    await act(people.risk, instanceId, agree);
    const [one, two] = people.committee;
    const seq = (await todoOf(one)).rows.find((each) => each.instanceId === instanceId)!.taskSeq!;
    const both = await Promise.all([one, two].map((each) => refusalOf(act(each, instanceId, agree, seq))));
    expect(both.map((each) => each.status).sort()).toEqual([200, 409]);
    const lost = both.find((each) => each.status === 409)!;
    expect(lost.codes).toEqual(['already-decided']);
    expect(lost.message).toMatch(/^此事项已由评委\d于 2026-09-28 12:00:00 办理（同意）/);
    expect(told.filter((each) => each === `fake:${guarantorId}/2 approved`)).toHaveLength(1);
  });
  it('同时提交同一件：只成立一个审批', async () => {
    const both = await Promise.all([refusalOf(start(3)), refusalOf(start(3, 100, people.manager2))]);
    expect(both.map((each) => each.status).sort()).toEqual([200, 409]);
    expect(both.find((each) => each.status === 409)!.codes).toEqual(['approval-under-way']);
  });
  it('发起人撤回与审批人同意同时：只有一个成', async () => {
    const { instanceId } = await start(4);
    const both = await Promise.all([
      refusalOf(act(people.manager2, instanceId, agree, 1)),
      refusalOf(
        test.db.transaction({ userId: people.manager }, (tx) =>
          withdrawApproval(tx, as(people.manager), { guarantorId, instanceId, reason: '填错' }, outcomes as never),
        ),
      ),
    ]);
    expect(both.filter((each) => each.status === 200)).toHaveLength(1);
  });
});

it('业务模块说不行，最后一个决定也不成立', async () => {
  const { instanceId } = await start(666);
  await act(people.manager2, instanceId, agree);
  await act(people.risk, instanceId, agree);
  const answer = await refusalOf(act(people.committee[0]!, instanceId, agree));
  expect([answer.codes, await stateOf(666)]).toEqual([['limit-shrank'], ['open', 'head']]);
});

it('批量同意：一项不成不影响其他', async () => {
  const ids = [11, 12, 13];
  const items: { instanceId: bigint; seq: number }[] = [];
  for (const id of ids) items.push({ instanceId: (await start(id)).instanceId, seq: 1 });
  await act(people.manager2, items[1]!.instanceId, agree);
  const rows = await test.db.transaction({ userId: people.manager2 }, (tx) =>
    agreeToMany(tx, as(people.manager2), { items, opinion: '同意' }, outcomes as never),
  );
  expect(rows.map((each) => [each.ok, each.refusals[0]?.code])).toEqual([
    [true, undefined],
    [false, 'already-decided'],
    [true, undefined],
  ]);
  expect(await Promise.all(ids.map(async (id) => (await stateOf(id))[1]))).toEqual(['risk', 'risk', 'risk']);
  const mixed = [
    { instanceId: items[0]!.instanceId, seq: 2 },
    { instanceId: (await start(14)).instanceId, seq: 1 },
  ];
  const answer = await refusalOf(
    test.db.transaction({ userId: people.risk }, (tx) =>
      agreeToMany(tx, as(people.risk), { items: mixed, opinion: '' }, outcomes as never),
    ),
  );
  expect(answer.codes).toEqual(['not-alike']);
});

it('经办人离职：待办回到同岗位的人；岗位上再无人，列入无人可办', async () => {
  const { instanceId } = await start(21);
  await act(people.manager2, instanceId, agree);
  await act(people.risk, instanceId, { verb: 'transfer', opinion: '请代看', to: people.assets });
  await test.owner.query(`update identity.user_account set status = 'disabled' where id = $1`, [people.assets]);
  expect((await todoOf(people.risk)).rows.map((each) => each.instanceId)).toContain(instanceId);
  await test.owner.query(`update identity.user_account set status = 'disabled' where id = $1`, [people.risk]);
  const stuck = await test.db.read({ userId: people.admin }, (tx) => unattendedTasks(tx));
  expect(stuck.filter((each) => each.instanceId === instanceId)).toMatchObject([
    { nodeTitle: '风控法务审查', role: 'r02-risk' },
  ]);
  await test.owner.query(`update identity.user_account set status = 'active' where id in ($1, $2)`, [
    people.assets,
    people.risk,
  ]);
  expect(
    (await test.db.read({ userId: people.admin }, (tx) => unattendedTasks(tx))).some(
      (each) => each.instanceId === instanceId,
    ),
  ).toBe(false);
});

describe('流程设置', () => {
  const node = {
    key: 'head',
    title: '签批',
    kind: 'single',
    decides: true,
    otherThanInitiator: false,
    dueWorkingDays: 2,
  } as const;
  const save = (role: string, from = '2026-09-28', decides = true) =>
    refusalOf(
      test.db.transaction({ userId: people.reguarantee }, (tx) =>
        saveChainVersion(tx, as(people.reguarantee), {
          chain: 'release',
          guarantorId: null,
          from: day(from),
          body: { nodes: [{ ...node, by: { role }, decides }], cc: [] },
          source: '解保办法',
        }),
      ),
    );
  it.each([
    ['政府岗位不得设在决策节点（条11）', 'r10-finance-bureau', '2026-09-28', true, ['government-decides']],
    ['没有决策权限的岗位', 'r02-risk', '2026-09-28', true, ['role-may-not-decide']],
    ['谁也不决定', 'r02-risk', '2026-09-28', false, ['nobody-decides']],
    ['生效日已过', 'r03-committee', '2026-09-27', true, ['from-past']],
    ['可以', 'r03-committee', '2026-09-28', true, []],
  ] as const)('%s', async (_, role, from, decides, codes) =>
    expect((await save(role, from, decides)).codes).toEqual(codes),
  );
  it('数据库自己也不让政府岗位决策', async () => {
    const insert = (isGovernment: boolean, role: string) =>
      test.owner.query(
        `insert into approvals.chain_node (chain_code, version, node, role_code, is_government, decides) values ('release', 1, 'x', $1, $2, true)`,
        [role, isGovernment],
      );
    await expect(insert(true, 'r10-finance-bureau')).rejects.toThrow('government_decides_no_node');
    await expect(insert(false, 'r10-finance-bureau')).rejects.toThrow('foreign key');
  });
  it('办理中的仍按原版本', async () => {
    const { rows } = await test.owner.query(
      `select distinct chain_version from approvals.instance where chain_code = 'case'`,
    );
    expect(rows).toEqual([{ chain_version: 1 }]);
  });
});

it('别的机构看不到，也办不了', async () => {
  const { instanceId } = await start(31);
  expect((await todoOf(people.stranger)).rows).toEqual([]);
  const answer = await refusalOf(act(people.stranger, instanceId, agree, 1));
  expect([answer.status, answer.codes]).toEqual([404, ['approval-unknown']]);
});
