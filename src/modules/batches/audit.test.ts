import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkTrialBalance } from '../../ledger/index.ts';
import { systemActor } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { approvalOf, type OutcomeEvent } from '../approvals/index.ts';
import { checkBookEqualsLedger, checkMovementChain } from '../guarantees/index.ts';
import { createPerson, grantRole, syncRoles } from '../identity/index.ts';
import { roleOf } from '../identity/roles.ts';
import { batchRoutes, exclusionDecided } from './index.ts';
import { defaultRates, sampleSize } from './rules/strata.ts';
import { context, csvOf, desk, row, seedReference, today } from './testing/fixture.ts';

let test: TestDatabase;
let app: FastifyInstance;
let at: Awaited<ReturnType<typeof desk>>;
const callers = new Map<string, Caller>();
const dataDir = mkdtempSync(path.join(tmpdir(), 'rongdan-batches-'));

beforeAll(async () => {
  process.env.DATA_DIR = dataDir;
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await seedReference(test);
  await test.owner.query(`insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value
    values (50, 'ZDB', '省再担保', '省再', 'reguarantor', 1, 140000)`);
  for (const [who, role, institutionId] of [
    ['bank', 'r09-bank', 9],
    ['other-bank', 'r09-bank', 8],
    ['risk', 'r02-risk', 1],
    ['committee', 'r03-committee', 1],
    ['other-risk', 'r02-risk', 2],
    ['statistics', 'r06-statistics', 1],
    ['admin', 'r17-system-admin', 50],
  ] as const) {
    const userId = await test.db.transaction(systemActor, async (tx) => {
      const person = {
        account: who,
        name: `${who}人`,
        personKey: who,
        institutionId,
        password: 'a long enough phrase 1',
      };
      const { id } = await createPerson(tx, context, person);
      await grantRole(tx, context, { userId: id, role });
      return id;
    });
    callers.set(who, {
      userId,
      permissions: new Set(roleOf(role)!.permissions),
      seesIdentity: false,
      viaCookie: false,
    });
  }
  app = await createServer({
    authenticate: async (request) => callers.get(String(request.headers['x-who'])) ?? null,
    version: '0',
    log: false,
  });
  batchRoutes(app, { db: test.db, clock: context.clock });
  await app.ready();
  at = await desk(test);
});
afterAll(async () => {
  delete process.env.DATA_DIR;
  await app.close();
  await at.end();
  await test.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const get = async (who: string, url: string) => {
  const answer = await app.inject({ url: `/api/batches${url}`, headers: { 'x-who': who } });
  return {
    status: answer.statusCode,
    body: answer.headers['content-type']?.includes('json') ? answer.json() : answer.body,
  };
};
const post = async (who: string, url: string, payload: object) => {
  const answer = await app.inject({ method: 'POST', url: `/api/batches${url}`, headers: { 'x-who': who }, payload });
  return { status: answer.statusCode, body: answer.json() };
};
async function sendAs(who: string, batchNo: string, content: string, more = '') {
  const payload = `--b\r\nContent-Disposition: form-data; name="file"; filename="批.csv"\r\nContent-Type: text/csv\r\n\r\n${content}\r\n--b--\r\n`;
  const headers = { 'content-type': 'multipart/form-data; boundary=b', 'x-who': who };
  const answer = await app.inject({
    method: 'POST',
    url: `/api/batches/files?batchNo=${batchNo}&channel=web${more}`,
    headers,
    payload,
  });
  if (answer.statusCode !== 201) return answer.json();
  for (let batch = answer.json(); ; batch = (await get(who, `/${batch.id}`)).body)
    if (batch.phase !== 'running') return batch;
}

describe('谁看得见、谁能做', () => {
  it('银行经页面上传；一批两家机构，各看各的行；别的银行看不见；统计岗不能报送', async () => {
    const batch = await sendAs(
      'bank',
      'W1',
      csvOf([
        row(1, { guarantorCode: 'G1' }),
        row(2, { guarantorCode: 'G2' }),
        row(3, { guarantorCode: 'G1', feeRate: '0.02' }),
      ]),
    );
    expect(batch.counts).toEqual({ rows: 3, accepted: 2, already: 0, needsCompleting: 0, refused: 1 });
    expect(batch.rules).toMatchObject([
      { code: 'batch-fee-ceiling', verdict: 'refused', rows: 1, clause: expect.stringContaining('国融担〔2020〕23号') },
    ]);
    const lines = async (who: string) =>
      (await get(who, `/${batch.id}/rows`)).body.rows?.map(({ line }: { line: number }) => line);
    expect(await lines('bank')).toEqual([2, 3, 4]);
    expect(await lines('risk')).toEqual([2]);
    expect(await lines('other-risk')).toEqual([3]);
    expect((await get('other-bank', `/${batch.id}`)).status).toBe(404);
    expect((await get('other-bank', '')).body.rows).toEqual([]);
    expect(await sendAs('statistics', 'W2', csvOf([row(9)]))).toMatchObject({ status: 403 });
    const result = await get('other-risk', `/${batch.id}/result`);
    expect(result.body).toContain('ZDZ-2');
    expect(result.body).not.toContain('ZDZ-1,');
  });

  it('代偿率仪表：本行、本机构各见其所见，上限、口径与未核实标记随行', async () => {
    const { body } = await get('risk', '/meters?productCode=batch');
    expect(body.rows).toMatchObject([
      {
        guarantorId: 1,
        bankId: 9,
        year: 2026,
        volume: '1000000.00',
        cap: '0.03',
        ratio: null,
        limit: '0.00',
        atFullRelease: '30000.00',
        isTripped: false,
      },
    ]);
    expect((await get('bank', '/meters')).body.rows).toHaveLength(2);
    expect((await get('other-bank', '/meters')).body.rows).toEqual([]);
  });

  it('模板与映射：标准模板可下载；自存映射成版本，按它读万元、自有列名', async () => {
    expect((await get('bank', '/template')).body).toContain('担保业务编号');
    const mapped = {
      ...{ code: 'own', title: '核心系统导出', amounts: { unit: '万元' } },
      fields: {
        ...{
          contractNo: '业务号',
          loanContractNo: '合同',
          customerName: '客户',
          customerKind: { value: '企业' },
          identityNo: '信用代码',
        },
        ...{
          county: { value: '140105' },
          principal: '金额万',
          feeRate: { value: '0.8%' },
          startsOn: '起',
          endsOn: '止',
          tags: { value: '支小' },
        },
        ...{ industryCode: { value: '5191' }, staff: { value: '12' }, revenue: { column: '收入', unit: '元' } },
      },
    };
    const saved = await app.inject({
      method: 'PUT',
      url: '/api/batches/profiles',
      headers: { 'x-who': 'bank' },
      payload: { profile: mapped },
    });
    expect([saved.statusCode, saved.json().version]).toEqual([200, 1]);
    const file = `业务号,合同,客户,信用代码,金额万,起,止,收入\r\nM1,JKM1,映射公司,${row(70).identityNo},12.5,2026/11/2,2027/11/1,8000000\r\n`;
    const batch = await sendAs('bank', 'W3', file, '&profileCode=own&guarantorCode=G1');
    expect([batch.counts?.accepted, batch.principal]).toEqual([1, '125000.00']);
  });
});

describe('SFTP 来源', () => {
  const body = {
    ...{ fromOn: today, host: '127.0.0.1', port: 9, username: 'bank', keyEnv: 'RONGDAN_SFTP_KEY_NOBODY' },
    ...{ hostKeySha256: 'A'.repeat(43), inbox: '/in', outbox: '/out', done: '/done' },
  };
  const put = async (payload: object, match?: string) => {
    const headers = { 'x-who': 'admin', ...(match ? { 'if-match': match } : {}) };
    const answer = await app.inject({ method: 'PUT', url: '/api/batches/sources/9', headers, payload });
    return { status: answer.statusCode, body: answer.json() };
  };

  it('管理员设置成为新的一版，写明服务器上有没有私钥；两人同时改后者 412；指纹与变量名不合格的逐项说明', async () => {
    const made = await put({ ...body, guarantorCode: 'G1' });
    expect(made.body.rows).toMatchObject([{ bankId: 9, version: 1, isInForce: true, hasKey: false, earlier: [] }]);
    expect((await put({ ...body, port: 10 }, '"0"')).status).toBe(412);
    const changed = await put({ ...body, port: 10 }, '"1"');
    expect(changed.body.rows).toMatchObject([{ version: 2, port: 10, earlier: [{ version: 1, port: 9 }] }]);
    expect((await get('admin', '/sources')).body).toEqual(changed.body);
    const bad = await put({ ...body, keyEnv: 'DATABASE_URL', hostKeySha256: 'x' });
    expect([bad.status, bad.body.refusals.map((each: { field: string }) => each.field)]).toEqual([
      400,
      ['keyEnv', 'hostKeySha256'],
    ]);
  });

  it('现在取件：没有私钥也有记录，说得清为什么；没有来源的银行 404；银行不能设置来源', async () => {
    expect((await post('admin', '/sources/9/visits', {})).status).toBe(201);
    const newest = async () => (await get('admin', '/visits')).body.rows[0];
    await vi.waitUntil(async () => (await newest()).state !== 'running');
    const visit = await newest();
    expect(visit).toMatchObject({ bankId: 9, state: 'failed', answered: [], startedBy: '省再 admin人' });
    expect(visit.problem).toContain('没有设置环境变量 RONGDAN_SFTP_KEY_NOBODY');
    expect((await post('admin', '/sources/8/visits', {})).status).toBe(404);
    for (const url of ['/sources', '/visits']) expect((await get('bank', url)).status).toBe(403);
    expect((await get('bank', '/pickups')).body).toMatchObject({ rows: [] });
  });
});

describe('事后抽查', () => {
  let batchId: bigint;
  beforeAll(async () => {
    const rows = Array.from({ length: 60 }, (_, n) =>
      row(100 + n, { ...(n < 10 ? { principal: '6000000.00' } : {}), ...(n === 0 ? { fee: '48000.00' } : {}) }),
    );
    const done = await at.send(csvOf(rows), { batchNo: 'S1' });
    batchId = done.id;
    expect(done.accepted).toBe(60);
  });

  it('抽样数：向上取整、不少于下限、不多于总体', () => {
    expect([
      sampleSize(0, defaultRates.high),
      sampleSize(3, defaultRates.high),
      sampleSize(26, defaultRates.high),
      sampleSize(101, defaultRates.middle),
    ]).toEqual([0, 3, 6, 6]);
  });

  it('同一种子抽出同样的行，另一种子不同；种子与样本摘要可复核', async () => {
    const draw = (seed: string) => post('risk', `/${batchId}/samples`, { guarantorId: 1, seed });
    const first = await draw('seed-0001');
    expect([first.status, first.body.population]).toEqual([201, { high: 10, middle: 50, low: 0 }]);
    // 高风险 10 × 20% = 2，不少于 5；中风险 50 × 5% = 2.5 → 3，不少于 5。
    expect(first.body.drawn).toBe(10);
    const linesOf = async (id: string) =>
      (await get('risk', `/samples/1/${id}/rows`)).body.rows.map((each: { line: number }) => each.line);
    const lines = await linesOf(first.body.id);
    expect((await draw('seed-0001')).body.id).toBe(first.body.id);
    await test.owner.query('delete from batches.sample_row; delete from batches.sample');
    const again = await draw('seed-0001');
    expect([await linesOf(again.body.id), again.body.contentHash]).toEqual([lines, first.body.contentHash]);
    expect(await linesOf((await draw('seed-0002')).body.id)).not.toEqual(lines);
    expect((await post('other-risk', `/${batchId}/samples`, { guarantorId: 2 })).status).toBe(404);
  });

  it('不合格须写依据；登记后不能改写；提出剔除即交审批；批准即解保退费，账仍平', async () => {
    const { body: sample } = await post('risk', `/${batchId}/samples`, {
      guarantorId: 1,
      seed: 'all-of-it',
      rates: {
        high: { perThousand: 1000, atLeast: 0 },
        middle: { perThousand: 0, atLeast: 0 },
        low: { perThousand: 0, atLeast: 0 },
      },
    });
    const drawn = (await get('risk', `/samples/1/${sample.id}/rows`)).body.rows[0];
    const result = (body: object) => post('risk', `/samples/1/${sample.id}/rows/${drawn.line}/result`, body);
    expect((await result({ result: 'fail' })).body.refusals).toMatchObject([{ code: 'finding-missing' }]);
    expect((await result({ result: 'fail', finding: '借款人不是小微企业' })).status).toBe(201);
    expect((await result({ result: 'pass' })).status).toBe(409);
    const proposal = {
      guarantorId: 1,
      guaranteeId: drawn.guaranteeId,
      sampleId: sample.id,
      cause: '借款人不是小微企业',
      clause: '国融担〔2020〕23号批量业务条件',
    };
    const proposed = await post('risk', '/exclusions', proposal);
    expect(proposed.body.effect).toEqual({ release: '6000000.00', refund: '48000.00', owedBack: '0.00' });
    expect((await post('risk', '/exclusions', proposal)).status).toBe(409);
    const subject = `batch-exclusion:1/${proposed.body.id}`;
    const waiting = await test.db.read(context.actor, (tx) => approvalOf(tx, 1, subject));
    expect(waiting?.status).toBe('open');
    await decide(subject, 'approved');
    await expect(decide(subject, 'approved')).rejects.toMatchObject({ refusals: [{ code: 'already-decided' }] });
    const { rows } = await test.owner.query(
      `select g.status, g.outstanding, array_agg(m.kind order by m.seq) as kinds, max(m.cause) as cause
      from guarantees.guarantee g join guarantees.movement m on m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id where g.id = $1 group by 1, 2`,
      [drawn.guaranteeId],
    );
    expect(rows[0]).toMatchObject({
      status: 'released',
      outstanding: 0n,
      kinds: [1, 7, 4, 8],
      cause: '批量业务事后抽查剔除：借款人不是小微企业',
    });
    const findings = await test.db.read(context.actor, async (tx) => [
      ...(await checkTrialBalance(tx)),
      ...(await checkBookEqualsLedger(tx)),
      ...(await checkMovementChain(tx)),
    ]);
    expect(findings).toEqual([]);
    expect((await get('bank', '/exclusions')).body.rows).toMatchObject([{ status: 'approved', isMine: false }]);
  });

  it('驳回或撤回以后可以另提；退回时仍等着；同一人提出又决定，数据库不许', async () => {
    const { rows } = await test.owner.query(`select id from guarantees.guarantee where contract_no = 'ZDZ-150'`);
    const about = { guarantorId: 1, guaranteeId: String(rows[0].id) };
    const effect = (await get('risk', `/exclusions/effect?guarantorId=1&guaranteeId=${rows[0].id}`)).body;
    const propose = async () => {
      const { body } = await post('risk', '/exclusions', { ...about, cause: '资料虚假经核实', clause: '合作协议' });
      expect(body.effect).toEqual(effect);
      return `batch-exclusion:1/${body.id}`;
    };
    const statusOf = async (subject: string) =>
      (await get('risk', `/exclusions/1/${subject.split('/')[1]}`)).body.status;
    const first = await propose();
    await decide(first, 'returned');
    expect(await statusOf(first)).toBe('proposed');
    await expect(decide(first, 'approved', 'risk')).rejects.toThrow('two_people');
    await decide(first, 'rejected');
    const second = await propose();
    await decide(second, 'withdrawn', 'risk');
    expect([await statusOf(first), await statusOf(second)]).toEqual(['rejected', 'withdrawn']);
    expect(await statusOf(await propose())).toBe('proposed');
  });
});

/** What the approval brings about when it ends so, as that person decided. */
async function decide(subject: string, outcome: OutcomeEvent['outcome'], who = 'committee'): Promise<void> {
  const by = { actor: { userId: callers.get(who)!.userId }, clock: context.clock };
  const event = { guarantorId: 1, subject, instanceId: 0n, outcome, reason: '情况属实', decidedOn: today };
  await test.db.transaction(by.actor, (tx) => exclusionDecided(tx, by, event));
}
