import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { wan } from '../../kernel/money.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { startApproval } from './actions.ts';
import type { ApprovalDetail, ApprovalRow } from './contract.ts';
import { layPeople, people } from './testing/people.ts';
import { approvalServer } from './testing/server.ts';

const clock = fixedClock(day('2026-09-28'));
const guarantorId = 1001;
const [one, two] = people.committee;
let test: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  test = await createTestDatabase();
  await layPeople(test);
  app = await approvalServer(test, clock, new Map());
});
afterAll(async () => {
  await app?.close();
  await test?.close();
});

async function ask(user: number, method: 'GET' | 'POST', path: string, payload?: object) {
  const url = `/api/approvals${path}`;
  const answer = await app.inject({
    ...{ method, url, headers: { 'x-user': String(user) } },
    ...(payload ? { payload } : {}),
  });
  return { status: answer.statusCode, body: answer.json(), text: answer.body };
}
const codesOf = (body: { refusals?: { code: string }[] }) => body.refusals?.map((each) => each.code) ?? [];
const start = async (id: number, amount = 100, chain = 'case', by: number = people.manager) => {
  const { instanceId } = await test.db.transaction({ userId: by }, (tx) =>
    startApproval(
      tx,
      { actor: { userId: by }, clock },
      {
        guarantorId,
        chain,
        subject: `fake:1001/${id}`,
        title: `晋丰项目${id}`,
        href: `/fake/${id}`,
        amount: wan(amount),
      },
    ),
  );
  return String(instanceId);
};
const detail = async (user: number, id: string) => (await ask(user, 'GET', `/${id}`)).body as ApprovalDetail;
/** Does the verb to the caller's own open task. */
async function act(user: number, id: string, decision: object) {
  const { mine } = await detail(user, id);
  return ask(user, 'POST', `/${id}/tasks/${mine[0]?.seq ?? 1}`, decision);
}
const agree = { verb: 'agree', opinion: '同意' };
const nodeOf = async (id: string) =>
  (await detail(people.risk, id)).steps.find((each) => each.state === 'current')?.key ?? null;

describe('列表与详情', () => {
  it('待办、已办、我发起的、全部、抄送；按两个字检索', async () => {
    const id = await start(1);
    await act(people.manager2, id, agree);
    const has = async (user: number, query: string) =>
      ((await ask(user, 'GET', `?${query}`)).body as { rows: ApprovalRow[] }).rows.some((row) => row.instanceId === id);
    expect(await has(people.risk, 'box=todo')).toBe(true);
    expect(await has(people.manager2, 'box=todo')).toBe(false);
    expect(await has(people.manager2, 'box=done')).toBe(true);
    expect(await has(people.manager, 'box=mine')).toBe(true);
    for (const q of ['晋丰', '丰', '项目1', ' 晋丰 '])
      expect(await has(people.reguarantee, `box=all&q=${encodeURIComponent(q)}`), q).toBe(true);
    expect(await has(people.reguarantee, `box=all&q=${encodeURIComponent('晋%')}`)).toBe(false);
    expect(await has(people.reguarantee, 'box=all&late=true')).toBe(false);
    expect(await has(people.stranger, 'box=all&q=晋丰')).toBe(false);
    await act(people.risk, id, agree);
    await act(one!, id, agree);
    expect(await has(people.assets, 'box=copied')).toBe(true);
    const sheet = await app.inject({ url: '/api/approvals?box=all&format=xlsx', headers: { 'x-user': '303' } });
    expect([sheet.statusCode, sheet.rawPayload.subarray(0, 2).toString()]).toEqual([200, 'PK']);
  });
  it('详情：我能做什么、能退回到哪里；外机构的人如同没有', async () => {
    const id = await start(2);
    await act(people.manager2, id, agree);
    const { mine } = await detail(people.risk, id);
    expect(mine[0]?.verbs).toEqual(expect.arrayContaining(['agree', 'disagree', 'return', 'transfer', 'add-before']));
    expect(mine[0]?.targets.map((each) => each.key)).toEqual(['start', 'b-role']);
    expect((await ask(people.stranger, 'GET', `/${id}`)).status).toBe(404);
    const { body } = await ask(people.risk, 'GET', `/${id}/people`);
    expect(body.rows.map((each: { userId: number }) => each.userId)).toContain(people.assets);
  });
  it('没有登录 401，没有权限 403', async () => {
    expect((await app.inject({ url: '/api/approvals' })).statusCode).toBe(401);
    expect((await ask(people.admin, 'GET', '')).status).toBe(403);
    expect((await ask(people.reguarantee, 'POST', '/1/tasks/x', agree)).status).toBe(400);
  });
});

describe('办理', () => {
  it('退回须写理由与去处；退回到节点后直接回到我', async () => {
    const id = await start(11);
    await act(people.manager2, id, agree);
    expect(
      (await act(people.risk, id, { verb: 'return', opinion: '', to: 'b-role', afterwards: 'rerun' })).status,
    ).toBe(400);
    const back = await act(people.risk, id, {
      verb: 'return',
      opinion: '请核对',
      to: 'b-role',
      afterwards: 'straight-back',
    });
    expect(back).toMatchObject({ status: 200, body: { status: 'open', nodeTitle: '客户经理B角复核' } });
    expect((await act(people.manager2, id, agree)).body).toEqual({ status: 'open', nodeTitle: '风控法务审查' });
  });
  it('第二个人得 409，写明谁在何时怎样办的', async () => {
    const id = await start(12);
    await act(people.manager2, id, agree);
    await act(people.risk, id, agree);
    const { seq } = (await detail(two!, id)).mine[0]!;
    expect((await act(one!, id, agree)).body).toEqual({ status: 'approved', nodeTitle: null });
    const late = await ask(two!, 'POST', `/${id}/tasks/${seq}`, agree);
    expect(late.status).toBe(409);
    expect(late.body.refusals[0]).toMatchObject({
      code: 'already-decided',
      figures: { 办理人: '评委1', 时间: '2026-09-28 12:00:00', 结果: '同意' },
    });
  });
  it('撤回：发起人在无人办理之前；之后不可', async () => {
    const id = await start(13);
    expect((await ask(people.manager2, 'POST', `/${id}/withdraw`, { reason: '填错' })).status).toBe(422);
    expect((await ask(people.manager, 'POST', `/${id}/withdraw`, { reason: '填错' })).body).toEqual({ ok: true });
    const next = await start(14);
    await act(people.manager2, next, agree);
    const late = await ask(people.manager, 'POST', `/${next}/withdraw`, { reason: '填错' });
    expect([late.status, codesOf(late.body)]).toEqual([422, ['already-under-way']]);
  });
  it('批量同意：逐项给出结果；不是同一节点的整批拒绝', async () => {
    const [a, b] = [await start(15), await start(16)];
    await act(people.manager2, b, agree);
    const items = [a, b].map((instanceId) => ({ instanceId, seq: 1 }));
    const { body } = await ask(people.manager2, 'POST', '/batch', { items, opinion: '' });
    expect([body.agreed, codesOf(body.rows[1])]).toEqual([1, ['already-decided']]);
    const mixed = [a, await start(17)].map((instanceId, at) => ({ instanceId, seq: 2 - at }));
    const refused = await ask(people.risk, 'POST', '/batch', { items: mixed });
    expect([refused.status, codesOf(refused.body)]).toEqual([422, ['not-alike']]);
  });
});

describe('委托', () => {
  const wish = { to: people.finance, from: '2026-10-12', until: '2026-10-16', chains: ['case'], reason: '出差' };
  beforeAll(async () => {
    await test.owner.query(`
      insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
        (1004, 'F1', '太原市财政局', '太原财政', 'finance-bureau', 2, 140100);
      insert into identity.user_account (id, account, name, person_key, institution_id) values (320, 'u320', '财政干部', 'k320', 1004);
      insert into identity.role_grant (user_id, role_code, person_key, granted_by) values (320, 'r10-finance-bureau', 'k320', 0)`);
    expect((await ask(people.risk, 'POST', '/delegations', wish)).status).toBe(201);
  });
  it.each([
    ['委托给自己', { to: people.risk, from: '2026-11-02', until: '2026-11-03' }, 'delegates-to-self'],
    ['委托给政府部门人员', { to: 320, from: '2026-11-02', until: '2026-11-03' }, 'not-a-colleague'],
    ['委托给外机构的人', { to: people.stranger, from: '2026-11-02', until: '2026-11-03' }, 'not-a-colleague'],
    ['与已有的委托重叠一天', { to: people.assets, from: '2026-10-16', until: '2026-10-20' }, 'delegated-already'],
    ['已有部分流程，再委托全部流程', { to: people.assets, chains: null }, 'delegated-already'],
    ['日期已过', { from: '2026-09-21', until: '2026-09-27', chains: ['release'] }, 'days-past'],
    ['止日早于起日', { from: '2026-10-12', until: '2026-10-11', chains: ['release'] }, 'days-reversed'],
    ['没有的流程', { chains: ['nothing'] }, 'chain-unknown'],
  ])('%s', async (_, change, code) => {
    const answer = await ask(people.risk, 'POST', '/delegations', { ...wish, ...change });
    expect(answer.status).toBe(422);
    expect(codesOf(answer.body)).toContain(code);
  });
  it('不重叠的日子、不同的流程可以；两头互相委托不可', async () => {
    const next = { ...wish, from: '2026-10-17', until: '2026-10-18' };
    expect((await ask(people.risk, 'POST', '/delegations', next)).status).toBe(201);
    expect((await ask(people.risk, 'POST', '/delegations', { ...wish, chains: ['change'] })).status).toBe(201);
    const ring = await ask(people.finance, 'POST', '/delegations', { ...wish, to: people.risk });
    expect(codesOf(ring.body)).toContain('delegation-ring');
  });
  it('只有委托人自己能撤销', async () => {
    const { rows } = (await ask(people.risk, 'GET', '/delegations')).body;
    const { id } = rows.at(-1);
    expect((await ask(people.finance, 'POST', `/delegations/${id}/revoke`)).status).toBe(404);
    expect((await ask(people.risk, 'POST', `/delegations/${id}/revoke`)).body).toEqual({ ok: true });
  });
});

describe('无人可办', () => {
  it('管理员看得到、指派给能办的人；发起人、无决策权限的人、有人可办的不可', async () => {
    const id = await start(31);
    await act(people.manager2, id, agree);
    await test.owner.query(`update identity.user_account set status = 'disabled' where id = $1`, [people.risk]);
    const { rows } = (await ask(people.admin, 'GET', '/unattended')).body;
    const { seq } = rows.find((each: { instanceId: string }) => each.instanceId === id);
    const url = `/unattended/${id}/${seq}`;
    const able = (await ask(people.admin, 'GET', `${url}/people`)).body.rows.map(
      (each: { userId: number }) => each.userId,
    );
    expect(able).toContain(people.assets);
    for (const barred of [people.manager, people.risk, people.admin, people.stranger])
      expect(able).not.toContain(barred);
    const give = (user: number, to: number) => ask(user, 'POST', `${url}/assign`, { to, reason: '风控离职' });
    expect((await give(people.assets, people.assets)).status).toBe(403);
    expect(codesOf((await give(people.admin, people.manager)).body)).toEqual(['not-assignable']);
    expect((await give(people.admin, people.assets)).body).toEqual({ ok: true });
    expect(codesOf((await give(people.admin, people.assets)).body)).toEqual(['attended']);
    expect((await act(people.assets, id, agree)).status).toBe(200);
    await test.owner.query(`update identity.user_account set status = 'active' where id = $1`, [people.risk]);
    const { events } = await detail(people.manager, id);
    expect(events.find((each) => each.verb === '指派')).toMatchObject({
      by: '系统管理员',
      note: '无人可办，指派给保后',
    });
  });
});

describe('各机构自己的流程', () => {
  const head = {
    ...{
      key: 'head',
      title: '总经理签批',
      by: { role: 'r03-committee' },
      kind: 'single',
      decides: true,
      dueWorkingDays: 2,
    },
  };
  const save = (given: object, user: number = people.reguarantee) =>
    ask(user, 'POST', '/chains/release/versions', {
      from: '2026-09-28',
      source: '本单位办法',
      body: { nodes: [head], cc: [] },
      ...given,
    });
  const versionsSeenBy = async (user: number, query = '') => {
    const { rows } = (await ask(user, 'GET', `/chains${query}`)).body;
    return rows.find((each: { code: string }) => each.code === 'release');
  };
  it('自定版本自生效日起优先，别的机构仍走省级；恢复后又走省级', async () => {
    expect((await save({ guarantorId })).body).toEqual({ version: 2 });
    expect(await nodeOf(await start(41, 100, 'release'))).toBe('head');
    expect((await versionsSeenBy(people.risk)).current).toBe(2);
    const other = await versionsSeenBy(people.stranger);
    expect([other.current, other.versions.length]).toEqual([1, 1]);
    expect((await versionsSeenBy(people.reguarantee)).current).toBe(1);
    expect((await versionsSeenBy(people.reguarantee, '?guarantorId=1001')).versions[0]).toMatchObject({ isOwn: true });
    expect((await save({ guarantorId, body: undefined })).body).toEqual({ version: 3 });
    expect(await nodeOf(await start(42, 100, 'release'))).toBe('finance');
    expect(codesOf((await save({ guarantorId, body: undefined })).body)).toEqual(['nothing-to-end']);
  });
  it('明天起的自定版本今天不算', async () => {
    expect((await save({ guarantorId, from: '2026-09-29' })).status).toBe(201);
    expect(await nodeOf(await start(43, 100, 'release'))).toBe('finance');
  });
  it('政府部门岗位设在决策节点：拒绝，写明条款', async () => {
    const nodes = [{ ...head, by: { role: 'r10-finance-bureau' } }];
    const { status, body } = await save({ guarantorId, from: '2026-09-29', body: { nodes, cc: [] } });
    expect([status, codesOf(body)]).toEqual([422, ['government-decides']]);
    expect(body.refusals[0].message).toContain('政企分开');
    expect(body.refusals[0].article.article).toContain('第十一条');
  });
  it('没有的机构、无权的人', async () => {
    expect((await save({ guarantorId: 1004 })).status).toBe(404);
    expect((await save({ guarantorId }, people.risk)).status).toBe(403);
    expect((await ask(people.stranger, 'GET', '/chains?guarantorId=1001')).status).toBe(404);
  });
});
