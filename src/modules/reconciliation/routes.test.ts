import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import type { RunState } from './contract.ts';
import { reconciliationRoutes } from './routes.ts';
import { bookDay, fillBook, perfectLines } from './testing/book.ts';

let database: TestDatabase;
let app: FastifyInstance;

beforeAll(async () => {
  database = await createTestDatabase();
  await fillBook(database.owner, { guarantees: 40 });
  const permissions = new Set(['read', 'run', 'resolve', 'seal'].map((verb) => `reconciliation.${verb}`));
  app = await createServer({
    authenticate: async () => ({ userId: 0, permissions, seesIdentity: false, viaCookie: false }),
    version: 'test',
  });
  reconciliationRoutes(app, { db: database.db, clock: fixedClock(day('2026-10-15')) });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await database.close();
});

const call = (method: 'GET' | 'POST', url: string, payload?: object) =>
  app.inject({ method, url: `/api/reconciliation${url}`, ...(payload ? { payload } : {}) });

const finished = (runId: string) =>
  vi.waitUntil(
    async () => {
      const state = (await call('GET', `/runs/${runId}/state`)).json() as RunState;
      return state.status === 'done' || state.status === 'failed' ? state : false;
    },
    { timeout: 20_000, interval: 50 },
  );

test('上传文件、万元单位核对、查差异、成批说明、导出', async () => {
  const { rows } = await database.owner.query<{ line: string }>(perfectLines(bookDay));
  const lines = rows.map((row) => JSON.parse(row.line) as Record<string, string>);
  const wan = (text: string | undefined) => (Number(text) / 10_000).toFixed(6);
  const csv = [
    '机构代码,合同编号,在保余额',
    ...lines.slice(1).map((line) => `${line.institution},${line.contract_no},${wan(line.outstanding)}`),
  ];
  const boundary = 'b0undary';
  const uploaded = await app.inject({
    method: 'POST',
    url: '/api/reconciliation/uploads',
    headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    payload: `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="对方.csv"\r\ncontent-type: text/csv\r\n\r\n${csv.join('\n')}\n\r\n--${boundary}--\r\n`,
  });
  expect(uploaded.statusCode).toBe(201);
  const { id, suggested } = uploaded.json();
  expect(suggested).toEqual({ institution: '机构代码', contract_no: '合同编号', outstanding: '在保余额' });
  const started = await call('POST', '/runs', {
    ours: { asOf: bookDay },
    theirs: { asOf: bookDay, unit: '万元' },
    source: { kind: 'file', uploadId: id, mapping: { columns: suggested } },
  });
  expect([started.statusCode, started.json().status]).toEqual([202, 'waiting']);
  const { runId } = started.json();
  expect(await finished(runId)).toMatchObject({ runId, status: 'done', refusals: [] });
  const list = (await call('GET', `/runs/${runId}/differences?cause=omission`)).json();
  expect(list.rows).toHaveLength(1);
  expect(list.rows[0]).toMatchObject({ kind: 'only-ours', status: 'open', contractNo: lines[0]!.contract_no });
  expect((await call('GET', `/differences/${list.rows[0].id}`)).json().record).toHaveLength(1);
  const resolved = await call('POST', `/runs/${runId}/differences/resolve`, {
    status: 'explained',
    resolution: '对方次日补报',
    filter: {},
  });
  expect(resolved.json()).toEqual({ resolved: 1 });
  expect((await call('GET', `/runs/${runId}`)).json()).toMatchObject({ sealable: true, explainedCount: 1 });
  expect((await call('GET', '/runs')).json().rows[0]).toMatchObject({ id: runId, otherSide: 'file' });
  const sheet = await call('GET', `/runs/${runId}/differences?format=xlsx`);
  expect(sheet.rawPayload.subarray(0, 2).toString()).toBe('PK');
  expect((await call('GET', '/heat-map?from=2026-09-01&to=2026-09-30')).json().cells.length).toBeGreaterThan(0);
});

test('列对应写错：说出缺哪一列', async () => {
  const answer = await call('POST', '/runs', {
    ours: { asOf: bookDay },
    theirs: { asOf: bookDay },
    source: {
      kind: 'file',
      uploadId: '1',
      mapping: { columns: { contract_no: '没有这列' }, institutionCode: 'SX0001' },
    },
  });
  expect(answer.statusCode).toBe(202);
  const state = await finished(answer.json().runId);
  expect([state.status, state.refusals[0]?.code]).toEqual(['failed', 'column-missing']);
  expect((await call('GET', `/runs/${state.runId}`)).statusCode).toBe(404);
  // It is listed with its reason; those that came off are not.
  expect((await call('GET', '/requests')).json().rows).toMatchObject([
    { runId: state.runId, status: 'failed', asOf: bookDay, refusals: [{ code: 'column-missing' }] },
  ]);
});

test('处理与分派须带 If-Match：缺少 428，他人已改 412，什么也不写；人选须能处理', async () => {
  await database.owner.query(`
    insert into identity.role (code, title, is_government, row_scope) values ('t-own', '本机构核对', false, 'guarantor'), ('t-look', '只看', false, 'guarantor') on conflict do nothing;
    insert into identity.permission (code, title, decides) values ('reconciliation.resolve', '处理差异', false) on conflict do nothing;
    insert into identity.role_permission (role_code, is_government, permission_code, decides) values ('t-own', false, 'reconciliation.resolve', false) on conflict do nothing`);
  const list = (await call('GET', '/runs/1/differences')).json();
  const { id, guarantorId } = list.rows[0] as { id: string; guarantorId: number };
  await database.owner.query(
    `insert into identity.user_account (id, account, name, person_key, institution_id, status) overriding system value values
       (901, 'p901', '张经办', 'k901', $1, 'active'), (902, 'p902', '李只看', 'k902', $1, 'active'),
       (903, 'p903', '王停用', 'k903', $1, 'disabled'), (904, 'p904', '赵外人', 'k904', $2, 'active')`,
    [guarantorId, await otherInstitution(guarantorId)],
  );
  await database.owner.query('alter table identity.role_grant disable trigger user');
  await database.owner.query(
    `insert into identity.role_grant (user_id, role_code, person_key, granted_by, granted_at)
     values (901, 't-own', 'k901', 0, now()), (902, 't-look', 'k902', 0, now()), (903, 't-own', 'k903', 0, now()), (904, 't-own', 'k904', 0, now())`,
  );
  const read = async () => {
    const answer = await call('GET', `/differences/${id}`);
    return { etag: String(answer.headers.etag), body: answer.json() };
  };
  const send = (what: string, payload: object, etag?: string) =>
    app.inject({
      method: 'POST',
      url: `/api/reconciliation/differences/${id}/${what}`,
      payload,
      headers: etag === undefined ? {} : { 'if-match': etag },
    });
  const explained = { status: 'explained', resolution: '对方次日补报' };
  const first = await read();
  expect(first.etag).toBe(`"${first.body.version}"`);
  expect((await send('resolve', explained)).statusCode).toBe(428);
  expect((await call('GET', `/differences/${id}/owners`)).json().rows.map((row: { id: number }) => row.id)).toEqual([
    901,
  ]);
  for (const unfit of [902, 903, 904, 999]) {
    const answer = await send('assign', { ownerUserId: unfit }, first.etag);
    expect([answer.statusCode, answer.json().refusals[0].code], String(unfit)).toEqual([422, 'owner-unfit']);
  }
  expect((await send('assign', { ownerUserId: 901 }, first.etag)).statusCode).toBe(200);
  const late = await send('resolve', explained, first.etag);
  expect([late.statusCode, late.json().refusals[0].code]).toEqual([412, 'changed-meanwhile']);
  const second = await read();
  expect(second.body).toMatchObject({ ownerUserId: 901, ownerUserName: '张经办', version: first.body.version + 1 });
  expect(second.body.resolution).toBe(first.body.resolution);
  const both = await Promise.all([send('resolve', explained, second.etag), send('resolve', explained, second.etag)]);
  expect(both.map((each) => each.statusCode).sort()).toEqual([200, 412]);
});

async function otherInstitution(than: number): Promise<number> {
  const { rows } = await database.owner.query<{ id: number }>(
    `select id from institutions.institution where kind = 'guarantor' and id <> $1 order by id limit 1`,
    [than],
  );
  return rows[0]?.id ?? -1;
}
