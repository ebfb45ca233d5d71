import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { verifyAudit } from '../audit/index.ts';
import { registerCustomer } from './actions.ts';
import { customerRoutes } from './routes.ts';
import { listCustomers } from './store.ts';

const clock = fixedClock(day('2026-11-20'));
const context = { actor: systemActor, clock };
let test: TestDatabase;
let app: FastifyInstance;
let id: bigint;
let seesIdentity = true;

beforeAll(async () => {
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100) on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (2, 'G2', '大同担保', '大同', 'guarantor', 2, 140100)`);
  const base = { guarantorId: 1, kind: 'enterprise', identityKind: 'uscc', county: 140105 } as const;
  // 工业: 小型 needs 20 persons and 300 万元 of revenue (工信部联企业〔2011〕300号).
  const made = await test.db.transaction(systemActor, (tx) =>
    registerCustomer(tx, context, {
      ...base,
      ...{ name: '晋丰装备制造有限公司', identityNo: '91140100MA0ABCD12R', industryCode: '3360', staff: 100 },
      ...{ revenue: '9000000.00', declaredOn: day('2025-12-31') },
    }),
  );
  id = made.id;
  await test.owner.query(`
    insert into customers.customer (guarantor_id, kind, name, pinyin, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
    values (1, 'enterprise', '汾河百分之50%_有限公司', 'fhbfzyxgs', 'uscc', 'U2', 'H2', 140105, '小型', '{}'),
           (2, 'enterprise', '晋丰贸易行', 'jfmyh', 'uscc', 'U3', 'H3', 140105, '小型', '{}')`);
  app = await createServer({
    authenticate: async () => ({
      userId: 0,
      permissions: new Set(['customers.read', 'customers.write']),
      seesIdentity,
      viaCookie: false,
    }),
    version: 'test',
  });
  customerRoutes(app, { db: test.db, clock });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
});

const url = () => `/api/customers/1/${id}`;
const read = async () => {
  const answer = await app.inject({ method: 'GET', url: url() });
  return { etag: String(answer.headers.etag), body: answer.json() };
};
const patch = async (payload: object, etag?: string) => {
  const answer = await app.inject({ method: 'PATCH', url: url(), payload, headers: etag ? { 'if-match': etag } : {} });
  return { status: answer.statusCode, body: answer.json(), etag: answer.headers.etag };
};

describe('修改客户', () => {
  it('改申报人数：少一人、正好，划型随之变；原申报与依据留存；审计有记录而无联系方式', async () => {
    const first = await read();
    expect([first.etag, first.body.sizeClass]).toEqual(['"1"', '小型']);
    const below = await patch({ staff: 19, contactName: '王五', contactPhone: '13800138000' }, first.etag);
    expect(below).toMatchObject({ status: 200, etag: '"2"', body: { version: 2, sizeClass: '微型' } });
    expect((await patch({ staff: 20 }, '"2"')).body).toEqual({ version: 3, sizeClass: '小型' });
    const { rows } = await test.owner.query(
      'select version, staff, size_class, size_evidence <> $2 as has_evidence, replaced_by from customers.former_declaration where customer_id = $1 order by 1',
      [id, '{}'],
    );
    expect(rows).toEqual([
      { version: 1, staff: 100, size_class: '小型', has_evidence: true, replaced_by: 0 },
      { version: 2, staff: 19, size_class: '微型', has_evidence: true, replaced_by: 0 },
    ]);
    const { rows: log } = await test.owner.query(
      `select detail from audit.entry where action = 'customers.change' order by seq`,
    );
    expect(JSON.parse(log[0].detail)).toMatchObject({
      sizeClass: { from: '小型', to: '微型' },
      changed: ['staff', 'contactName', 'contactPhone'],
    });
    expect(JSON.stringify(log)).not.toMatch(/王五|13800138000/);
    expect(await test.db.read(systemActor, (tx) => verifyAudit(tx))).toEqual([]);
  });

  it('没有 If-Match 428，旧版本 412，两人同时只成一人；都不留痕迹', async () => {
    const { etag, body } = await read();
    expect((await patch({ staff: 1 })).status).toBe(428);
    expect((await patch({ staff: 1 }, '"1"')).status).toBe(412);
    expect((await read()).body).toEqual(body);
    const both = await Promise.all([patch({ staff: 30 }, etag), patch({ staff: 40 }, etag)]);
    expect(both.map((each) => each.status).sort()).toEqual([200, 412]);
  });

  it('留空即清除，不给即不变；清了行业则不可判定', async () => {
    const { etag } = await read();
    expect((await patch({ industryCode: null, contactName: null }, etag)).body.sizeClass).toBe('不可判定');
    expect((await read()).body).toMatchObject({
      industryCode: null,
      contactName: null,
      contactPhone: '13800138000',
      revenue: '9000000.00',
    });
    await patch({ industryCode: '3360' }, (await read()).etag);
  });

  it('评级须与评级日同填、不得在将来；标签须有主标签；一次说全', async () => {
    const { etag } = await read();
    const codes = async (change: object) => {
      const { status, body } = await patch(change, etag);
      return [status, ...body.refusals.map((each: { code: string }) => each.code)];
    };
    expect(await codes({ issuerRating: 'AA' })).toEqual([422, 'rating-undated']);
    expect(await codes({ issuerRating: 'AA', issuerRatingOn: '2026-11-21', tags: 3, primaryTag: 4 })).toEqual([
      422,
      'in-the-future',
      'primary-tag',
    ]);
    expect((await patch({ issuerRating: 'D' }, etag)).status).toBe(400);
    expect(
      (await patch({ issuerRating: 'AA', issuerRatingOn: '2026-11-20', tags: 3, primaryTag: 2 }, etag)).status,
    ).toBe(200);
    expect((await read()).body).toMatchObject({
      issuerRating: 'AA',
      issuerRatingOn: '2026-11-20',
      tags: 3,
      primaryTag: 2,
    });
  });

  it('无权看证件号的角色看到的电话打码', async () => {
    seesIdentity = false;
    expect((await read()).body.contactPhone).toBe('1380*****00');
    seesIdentity = true;
  });

  it('看不见的客户 404', async () => {
    const answer = await app.inject({
      method: 'PATCH',
      url: '/api/customers/2/999999',
      payload: {},
      headers: { 'if-match': '"1"' },
    });
    expect(answer.statusCode).toBe(404);
  });
});

describe('查找客户', () => {
  const names = async (q: string) => {
    const page = await test.db.read(systemActor, (tx) => listCustomers(tx, { q }, undefined, 10));
    return page.rows.map((row) => row.name).sort();
  };
  it.each([
    ['名称中间的字', '装备', ['晋丰装备制造有限公司']],
    ['名称开头的字，跨机构', '晋丰', ['晋丰装备制造有限公司', '晋丰贸易行']],
    ['拼音首字母开头', 'jfz', ['晋丰装备制造有限公司']],
    ['拼音首字母大写', 'JF', ['晋丰装备制造有限公司', '晋丰贸易行']],
    ['拼音只认开头', 'zb', []],
    ['证件号开头', '91140100', ['晋丰装备制造有限公司']],
    ['百分号不是通配', '50%', ['汾河百分之50%_有限公司']],
    ['只有百分号', '%', ['汾河百分之50%_有限公司']],
    ['下划线不是通配', '_', ['汾河百分之50%_有限公司']],
    ['没有的', '不存在', []],
  ])('%s', async (_, q, expected) => expect(await names(q)).toEqual(expected));

  it('按名称查找不绕过行级权限：别的机构的人查不到', async () => {
    await test.owner.query(`
      insert into identity.role (code, title, is_government, row_scope) values ('t-clerk', '经办', false, 'guarantor') on conflict do nothing;
      insert into identity.user_account (id, account, name, person_key, institution_id) overriding system value values (77, 'clerk2', '乙', 'k77', 2);
      alter table identity.role_grant disable trigger user;
      insert into identity.role_grant (user_id, role_code, person_key, granted_by, granted_at) values (77, 't-clerk', 'k77', 0, now());`);
    const page = await test.db.read({ userId: 77 }, (tx) => listCustomers(tx, { q: '晋丰' }, undefined, 10));
    expect(page.rows.map((row) => row.name)).toEqual(['晋丰贸易行']);
    const bare = await test.db.pool.connect();
    try {
      expect((await bare.query(`select * from customers.customer`)).rows).toEqual([]);
    } finally {
      bare.release();
    }
  });
});
