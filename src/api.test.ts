import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generate } from 'openapi-typescript-codegen';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildApp } from './app.ts';
import { day } from './kernel/day.ts';
import { createClient, grantRole, syncRoles } from './modules/identity/index.ts';
import { loadRegions } from './modules/institutions/index.ts';
import { fixedClock } from './platform/clock.ts';
import { systemActor } from './platform/db.ts';
import type { ApiDocument } from './platform/openapi.ts';
import { createTestDatabase, type TestDatabase } from './platform/testing/index.ts';

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
const cache = fileURLToPath(new URL('../.cache/', import.meta.url));
let folder: string;
let db: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
let url: string;
let document: ApiDocument;
const credentials: Record<'writer' | 'reader', { id: string; secret: string }> = {} as never;

beforeAll(async () => {
  db = await createTestDatabase();
  await syncRoles(db.ownerUrl);
  await db.db.transaction(systemActor, (tx) => loadRegions(tx));
  await db.owner.query(`
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1001, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (1009, 'B1', '晋商银行', '晋商', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('api-loan', '贷款', 'loan', '测试');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value values (1001, 1, 1009, 'api-loan', 'X1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1001, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, 'x');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      overriding system value values (1001, 1, 'enterprise', '客户', 'uscc', 'U1', 'H1', 140105, '小型', '{}');
    insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
      principal, guaranteed, fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, due_on) overriding system value
      select 1001, n, 'BH-' || n, 1, 1, 1, 'api-loan', 1009, 140105, 100000000, 80000000, 0.01, '2026-01-01', '2027-01-01', 1, 1, '小型', 'form', '2027-01-01'
        from generate_series(1, 3) n`);
  await db.db.transaction(systemActor, async (tx) => {
    for (const [name, role] of [
      ['writer', 'r05-finance-officer'],
      ['reader', 'r03-committee'],
    ] as const) {
      const client = await createClient(tx, context, { name, institutionId: 1001 });
      await grantRole(tx, context, { userId: client.userId, role });
      credentials[name] = client;
    }
  });
  app = await buildApp({ db: db.db, clock: context.clock });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  document = (await app.inject('/api/openapi.json')).json();
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'api-client-'));
}, 60_000);
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await app.close();
  await db.close();
});

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ name: `${method} ${path}`, path, method, ...operation })),
  );

describe('接口文档', () => {
  test('每个接口都有唯一且合法的 operationId、权限、分组说明、成功与出错应答', () => {
    const all = operations();
    expect(document.openapi).toBe('3.1.0');
    expect(all.length).toBeGreaterThan(100);
    expect(new Set(all.map((each) => each.operationId)).size).toBe(all.length);
    expect(all.filter((each) => !/^[a-z][A-Za-z0-9]+$/.test(each.operationId ?? ''))).toEqual([]);
    expect(
      all.filter((each) => !each['x-permission'] || !each.summary || each.tags?.length !== 1).map((each) => each.name),
    ).toEqual([]);
    expect(document.tags?.filter((tag) => tag.description === tag.name)).toEqual([]);
    const bare = all.filter(
      (each) => !Object.keys(each.responses).some((status) => status < '300') || !each.responses['429'],
    );
    expect(bare.map((each) => each.name)).toEqual([]);
    const open = all.filter((each) => !each.responses['401'] && each['x-permission'] !== 'public');
    expect(open.map((each) => each.name)).toEqual([]);
    const writes = all.filter((each) => each.method !== 'get' && each['x-permission'] !== 'public');
    expect(
      writes.filter((each) => !each.parameters?.some((one) => one.name === 'idempotency-key')).map((each) => each.name),
    ).toEqual([]);
  });

  test('没有断开的引用；路径参数逐一说明；金额不是数字', () => {
    const text = JSON.stringify(document);
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g))
      expect(document.components.schemas).toHaveProperty(name!);
    for (const operation of operations()) {
      const named = [...operation.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort();
      const described = (operation.parameters ?? [])
        .filter((each) => each.in === 'path')
        .map((each) => each.name)
        .sort();
      expect(described, operation.name).toEqual(named);
    }
    const wrong: string[] = [];
    const look = (value: unknown, at: string): void => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, each] of Object.entries(value)) {
        const isMoney = /^(amount|cash|principal|guaranteed|outstanding|liability)$/.test(key);
        if (isMoney && /"type":"(integer|number)"/.test(JSON.stringify(each))) wrong.push(`${at}.${key}`);
        look(each, `${at}.${key}`);
      }
    };
    look(document.paths, '');
    expect(wrong).toEqual([]);
  });

  test('网页：自足、有搜索、每个接口都在、内容安全策略不许外部资源', async () => {
    const page = await app.inject('/api/docs');
    expect(page.headers['content-type']).toContain('text/html');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(page.body).toContain('type="search"');
    for (const operation of operations()) expect(page.body).toContain(operation.operationId);
  });
});

/** What the generated client is used as; its own types are for whoever compiles it. */
type Call = (input?: Record<string, unknown>) => Promise<Record<string, unknown>>;
type Generated = { OpenAPI: { BASE: string; TOKEN?: string | undefined }; ApiError: new () => Error };

describe('由公开的生成器生成的客户端，原样可用', () => {
  let client: Generated;
  const calls = (name: string) => {
    const service = Object.values(client as unknown as Record<string, Record<string, Call>>).find(
      (each) => typeof each?.[name] === 'function',
    );
    if (!service) throw new Error(`生成的客户端没有 ${name}`);
    return (input?: Record<string, unknown>) => service[name]!.call(service, input);
  };
  const signIn = async (who: 'writer' | 'reader') => {
    const { id, secret } = credentials[who];
    client.OpenAPI.TOKEN = undefined;
    const form = { grant_type: 'client_credentials', client_id: id, client_secret: secret };
    const answer = await fetch(`${url}/oauth/token`, { method: 'POST', body: new URLSearchParams(form) });
    client.OpenAPI.TOKEN = String(((await answer.json()) as { access_token: string }).access_token);
  };

  beforeAll(async () => {
    await generate({
      input: structuredClone(document),
      output: folder,
      httpClient: 'fetch',
      useOptions: true,
      useUnionTypes: true,
    });
    client = (await import(/* @vite-ignore */ join(folder, 'index.ts'))) as Generated;
    client.OpenAPI.BASE = url;
  }, 60_000);

  test('列表翻页与单笔', async () => {
    await signIn('reader');
    const first = (await calls('getGuarantees')({ limit: 2 })) as {
      rows: { id: string; principal: string }[];
      next: string;
    };
    expect(first.rows).toHaveLength(2);
    expect(first.rows[0]!.principal).toBe('1000000.00');
    const second = (await calls('getGuarantees')({ limit: 2, after: first.next })) as typeof first;
    expect([second.rows.length, second.next]).toEqual([1, null]);
    const one = await calls('getGuaranteesByGuarantorIdAndId')({ guarantorId: 1001, id: first.rows[0]!.id });
    expect(one).toMatchObject({ contractNo: 'BH-3', movements: [] });
  });

  test('同一幂等键提交两次只办一次；另一份内容 409；业务不允许 422 带规则；没有权限 403；未登录 401', async () => {
    await signIn('writer');
    const record = calls('postGuaranteesByGuarantorIdAndIdMovements');
    const disburse = (amount: string) =>
      record({
        guarantorId: 1001,
        id: '1',
        idempotencyKey: 'api-test-key-1',
        requestBody: { kind: 'disburse', amount, occurredOn: '2026-01-05' },
      });
    const first = await disburse('400000.00');
    expect(first).toMatchObject({ seq: 1, outstanding: '400000.00' });
    expect(await disburse('400000.00')).toEqual(first);
    await expect(disburse('400000.01')).rejects.toMatchObject({
      status: 409,
      body: { refusals: [{ code: 'idempotency-key-reused' }] },
    });
    const { rows } = await db.owner.query('select count(*)::int as n from guarantees.movement');
    expect(rows[0].n).toBe(1);
    const tooMuch = record({
      guarantorId: 1001,
      id: '1',
      requestBody: { kind: 'repay', amount: '400000.01', occurredOn: '2026-02-01' },
    });
    const refused = await tooMuch.catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(client.ApiError);
    expect(refused).toMatchObject({
      status: 422,
      body: { status: 422, refusals: [{ code: expect.any(String), message: expect.any(String) }] },
    });
    const malformed = record({
      guarantorId: 1001,
      id: '1',
      requestBody: { kind: 'repay', amount: '1.234', occurredOn: '2026-02-31' },
    });
    await expect(malformed).rejects.toMatchObject({ status: 400 });
    await signIn('reader');
    await expect(disburse('1.00')).rejects.toMatchObject({ status: 403 });
    client.OpenAPI.TOKEN = undefined;
    await expect(calls('getGuarantees')({})).rejects.toMatchObject({ status: 401 });
  });
});

test('超过每分钟次数：429，problem+json，写明何时再试', async () => {
  const limited = await buildApp({ db: db.db, clock: context.clock, rateLimitPerMinute: 3 });
  try {
    const answers = [];
    for (let at = 0; at < 4; at++) answers.push(await limited.inject('/api/openapi.json'));
    expect(answers.map((each) => each.statusCode)).toEqual([200, 200, 200, 429]);
    expect(answers[3]!.headers['content-type']).toContain('application/problem+json');
    expect(answers[3]!.json()).toMatchObject({ status: 429, title: '请求过于频繁', refusals: [] });
    expect(answers[3]!.headers).toHaveProperty('retry-after');
  } finally {
    await limited.close();
  }
});
