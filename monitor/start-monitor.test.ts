import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../src/platform/testing/index.ts';
import { startMonitor } from './start-monitor.ts';

let database: TestDatabase;
const dataDir = mkdtempSync(join(tmpdir(), 'rongdan-stand-in-'));
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
  rmSync(dataDir, { recursive: true, force: true });
});

test('没有 openssl 的机器上退为本机 HTTP，并说明原因', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  const said: string[] = [];
  const monitor = await startMonitor({ databaseUrl: database.ownerUrl, dataDir, say: (line) => said.push(line) });
  vi.unstubAllEnvs();
  expect(monitor.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  expect(said.join()).toContain('没有 openssl');
  const answer = await request(`${monitor.url}/v1/health`);
  expect(await answer.body.json()).toMatchObject({ standIn: true, ok: true });
  await monitor.stop();
});

test('再次启动沿用令牌，链接文件随停止而去，令牌只有属主可读', async () => {
  const one = await startMonitor({ databaseUrl: database.ownerUrl, dataDir });
  expect(JSON.parse(readFileSync(join(dataDir, 'link.json'), 'utf8'))).toMatchObject({
    url: one.url,
    token: one.token,
  });
  await one.stop();
  expect(existsSync(join(dataDir, 'link.json'))).toBe(false);
  const two = await startMonitor({ databaseUrl: database.ownerUrl, dataDir });
  expect(two.token).toBe(one.token);
  expect(statSync(join(dataDir, 'token')).mode & 0o077).toBe(0);
  await two.stop();
});

test('坏请求有说法，不致崩溃', async () => {
  const monitor = await startMonitor({ databaseUrl: database.ownerUrl, dataDir });
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const ask = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: string | Buffer) => {
    const headers = { authorization: `Bearer ${monitor.token}` };
    const answer = await request(`${monitor.url}${path}`, { method, dispatcher, headers, body: body ?? null });
    await answer.body.dump();
    return answer.statusCode;
  };
  expect(await ask('POST', '/v1/packages', Buffer.from('不是压缩包'))).toBe(400);
  expect(await ask('GET', '/v1/records?asOf=2026-02-31')).toBe(422);
  expect(await ask('POST', '/v1/faults', '{"kind":"nothing"}')).toBe(422);
  expect(await ask('POST', '/v1/faults', '{')).toBe(400);
  expect(await ask('PUT', '/v1/senders/SX-A', '{"publicKey":"04"}')).toBe(422);
  expect(await ask('GET', '/v1/receipts/none')).toBe(404);
  expect(await ask('GET', '/v1/health')).toBe(200);
  await dispatcher.close();
  await monitor.stop();
});
