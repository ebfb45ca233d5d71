import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeUscc } from '../../../db/seed/identities.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { importRoutes } from './index.ts';
import { context, guaranteeHeader, guaranteeProfile, seedReference } from './testing/fixture.ts';

let test: TestDatabase;
let app: FastifyInstance;
let permissions = new Set(['imports.run']);
let userId = 0;
const dataDir = mkdtempSync(path.join(tmpdir(), 'rongdan-imports-'));

beforeAll(async () => {
  process.env.DATA_DIR = dataDir;
  test = await createTestDatabase();
  await seedReference(test);
  app = await createServer({
    authenticate: async () => ({ userId, permissions, seesIdentity: true, viaCookie: false }),
    version: '0',
    log: false,
  });
  importRoutes(app, { db: test.db, clock: context.clock });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const line = (n: number, wan = '100') =>
  `C${n},第${n}号公司,${makeUscc('91', 140105, n)},晋商银行,小店区,${wan},2025-01-10,2026-01-09,支小`;

function upload(content: string) {
  const boundary = 'b0undary';
  const payload = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="台账.csv"\r\nContent-Type: text/csv\r\n\r\n${content}\r\n--${boundary}--\r\n`;
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  return app.inject({ method: 'POST', url: '/api/imports/files?guarantorId=1', headers, payload });
}

async function settled(url: string, phase: string) {
  for (;;) {
    const batch = (await app.inject({ url })).json();
    if (batch.phase === phase || batch.phase === 'failed') return batch;
  }
}

it('上传、预览、试读、存映射、试算、入账、取退回行，一路走通', async () => {
  const uploaded = await upload([guaranteeHeader, line(1), line(2, '-3')].join('\n'));
  expect(uploaded.statusCode).toBe(201);
  const file = uploaded.json();
  expect(file).toMatchObject({ name: '台账.csv', kind: 'csv', encoding: 'utf-8', delimiter: ',' });
  const preview = (await app.inject({ url: `/api/imports/files/1/${file.id}/preview` })).json();
  expect(preview.columns).toEqual(guaranteeHeader.split(','));
  const suggested = await app.inject({
    method: 'POST',
    url: '/api/imports/profiles/suggest',
    payload: { target: 'guarantee', columns: preview.columns },
  });
  expect(suggested.json().fields).toMatchObject({
    contractNo: '合同号',
    bank: '银行',
    county: '区县',
    startsOn: '起始日',
  });
  const tried = await app.inject({
    method: 'POST',
    url: `/api/imports/files/1/${file.id}/try`,
    payload: { profile: guaranteeProfile },
  });
  expect(tried.json().rows.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['accepted', 'refused']);
  expect(tried.json().rows[0].values.principal).toBe('1000000.00');

  await app.inject({
    method: 'PUT',
    url: '/api/imports/profiles',
    payload: { guarantorId: 1, profile: guaranteeProfile },
  });
  const stale = await app.inject({
    method: 'PUT',
    url: '/api/imports/profiles',
    headers: { 'if-match': '"0"' },
    payload: { guarantorId: 1, profile: guaranteeProfile },
  });
  expect([stale.statusCode, stale.json().refusals[0].code]).toEqual([412, 'changed-meanwhile']);
  const profiles = (await app.inject({ url: '/api/imports/profiles?guarantorId=1' })).json();
  expect(profiles.rows.map(({ code }: { code: string }) => code)).toEqual(
    expect.arrayContaining(['plain-guarantees', 'sba']),
  );
  const made = await app.inject({
    method: 'POST',
    url: '/api/imports/batches',
    payload: { guarantorId: 1, fileId: file.id, profileCode: 'plain-guarantees' },
  });
  expect(made.json()).toMatchObject({ phase: 'registered', counts: { rows: 0 } });
  const url = `/api/imports/batches/1/${made.json().id}`;
  expect((await app.inject({ method: 'POST', url: `${url}/check`, payload: {} })).statusCode).toBe(202);
  expect(await settled(url, 'checked')).toMatchObject({
    counts: { rows: 2, accepted: 1, refused: 1 },
    progress: { share: 1 },
  });
  const refused = await app.inject({ method: 'POST', url: `${url}/commit`, payload: { take: 'all' } });
  expect([refused.statusCode, refused.json().refusals[0].code]).toEqual([422, 'not-all-good']);
  await app.inject({ method: 'POST', url: `${url}/commit`, payload: { take: 'good' } });
  const done = await settled(url, 'committed');
  expect(done.reasons).toEqual([{ code: 'amount-negative', message: expect.stringContaining('为负'), rows: 1 }]);
  const verdicts = (await app.inject({ url: `${url}/verdicts?verdict=refused` })).json();
  expect(verdicts.rows).toMatchObject([
    { line: 3, key: 'C2', reasons: [{ code: 'amount-negative', column: '贷款金额' }] },
  ]);
  const bad = await app.inject({ url: `${url}/bad-rows` });
  expect(bad.body.split('\n')[1]).toContain(line(2, '-3'));
  expect((await app.inject({ url: '/api/imports/batches' })).json().rows).toHaveLength(1);
});

it('没有导入权限的人一扇门也进不去；不是表格的文件当场拒绝', async () => {
  const image = await upload('%PDF-1.7\n%');
  expect(image.statusCode).toBe(422);
  permissions = new Set(['book.read']);
  expect((await app.inject({ url: '/api/imports/batches' })).statusCode).toBe(403);
  expect((await upload(`${guaranteeHeader}\n`)).statusCode).toBe(403);
  permissions = new Set(['imports.run']);
});

it('上传未读完就被拒绝：余下的字节流尽，同一连接上的下一个请求照常答复', async () => {
  await app.listen({ port: 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const head = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n';
  const send = (options: RequestOptions, body = '') =>
    new Promise<number>((resolve, reject) => {
      const asked = request({ agent, port, host: '127.0.0.1', ...options }, (answer) => {
        answer.resume();
        answer.once('end', () => resolve(answer.statusCode ?? 0));
      });
      asked.once('error', reject);
      asked.end(body);
    });
  const upload = {
    method: 'POST',
    path: '/api/imports/files?guarantorId=1',
    headers: { 'content-type': 'multipart/form-data; boundary=b' },
  };
  userId = 999_999;
  expect(await send(upload, `${head}${'甲,乙\r\n'.repeat(400_000)}\r\n--b--\r\n`)).toBe(403);
  expect(await send({ path: '/api/imports/batches' })).toBe(200);
  agent.destroy();
}, 20_000);
