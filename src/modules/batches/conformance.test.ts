import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'openapi-typescript-codegen';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Calls,
  canonical,
  certificateText,
  type Loose,
  runKit,
  verifyCertificate,
} from '../../../conformance/kit.ts';
import { buildApp } from '../../app.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createClient, grantRole, syncRoles } from '../identity/index.ts';
import { context, seedReference } from './testing/fixture.ts';

const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url));
let test: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
let folder: string;
let url: string;
let credentials: { id: string; secret: string };
beforeAll(async () => {
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await seedReference(test);
  await test.db.transaction(systemActor, async (tx) => {
    const client = await createClient(tx, context, { name: '晋商银行核心系统', institutionId: 9 });
    await grantRole(tx, context, { userId: client.userId, role: 'r09-bank' });
    credentials = client;
  });
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'kit-client-'));
  process.env.DATA_DIR = join(folder, 'data');
  app = await buildApp({ db: test.db, clock: context.clock });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  const document = (await app.inject('/api/openapi.json')).json();
  await generate({
    input: document,
    output: join(folder, 'client'),
    httpClient: 'fetch',
    useOptions: true,
    useUnionTypes: true,
  });
}, 90_000);
afterAll(async () => {
  delete process.env.DATA_DIR;
  await app.close();
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

it('银行自检套件：生成的客户端跑遍样例文件，得到符合性证明；摘要可复算', async () => {
  const client = await import(/* @vite-ignore */ join(folder, 'client', 'index.ts'));
  client.OpenAPI.BASE = url;
  const calls: Calls = (name) => {
    const service = Object.values(client as Record<string, Loose>).find((each) => typeof each?.[name] === 'function');
    if (!service) throw new Error(`接口文档里没有 ${name}`);
    return (input) => service[name].call(service, input);
  };
  const certificate = await runKit({
    url,
    clientId: credentials.id,
    clientSecret: credentials.secret,
    guarantorCode: 'G1',
    setToken: (token) => {
      client.OpenAPI.TOKEN = token;
    },
    calls,
  });
  expect(certificate.checks.filter((each) => !each.passed)).toEqual([]);
  expect([certificate.conforms, certificate.total, certificate.bank]).toEqual([true, 15, '晋商银行股份有限公司']);
  const { hash, ...body } = certificate;
  const { createHash } = await import('node:crypto');
  expect(createHash('sha256').update(canonical(body)).digest('hex')).toBe(hash);
  expect(certificateText(certificate)).toContain('符合性证明');
  expect(certificate.batches.length).toBeGreaterThanOrEqual(6);
  expect(await verifyCertificate(certificate, calls)).toEqual([]);
  expect(await verifyCertificate({ ...certificate, passed: 99 }, calls)).toEqual(['内容与摘要不符：证明被改动过']);
  const [first, ...rest] = certificate.batches;
  const forged = { ...body, batches: [{ ...first!, accepted: first!.accepted + 1 }, ...rest] };
  const forgedHash = createHash('sha256').update(canonical(forged)).digest('hex');
  expect(await verifyCertificate({ ...forged, hash: forgedHash }, calls)).toEqual([
    `批次 ${first!.batchNo} 与服务器的记录不符`,
  ]);
}, 90_000);
