import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type RunningSmsGateway, startSmsGateway } from '../../../sms-gateway/start-sms-gateway.ts';
import { addDays, day } from '../../kernel/day.ts';
import type { Clock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { keepBytes } from '../../platform/uploads/index.ts';
import { contextOn, customerOf, layGround, loan } from '../feedback/testing/book.ts';
import { forgetOld } from './codes.ts';
import { setDesk } from './desk.ts';
import { askDocuments, portalRoutes } from './index.ts';

let test: TestDatabase;
let folder: string;
let gateway: RunningSmsGateway;
let app: FastifyInstance;
let origin: string;
let now = new Date('2026-10-09T12:00:00+08:00');
const clock: Clock = { now: () => now, today: () => day('2026-10-09') };
const pass = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000);
};
const phone = '13800000001';
let identityNo: string;
let strangerNo: string;
let customerId: bigint;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portal-'));
  process.env.DATA_DIR = folder;
  gateway = await startSmsGateway({ dataDir: join(folder, 'sms-gateway') });
  test = await createTestDatabase();
  await layGround(test);
  customerId = await customerOf(test, 1, 1);
  const other = await customerOf(test, 2, 2, 140213);
  await test.owner.query(`update customers.customer set contact_phone = $1 where id in ($2, $3)`, [
    phone,
    customerId,
    other,
  ]);
  const numbers = await test.owner.query<{ id: string; identity_no: string }>(
    'select id, identity_no from customers.customer order by id',
  );
  [identityNo, strangerNo] = numbers.rows.map((row) => row.identity_no) as [string, string];
  await loan(
    test,
    {
      guarantorId: 1,
      contractNo: 'BZ-1',
      customerId,
      county: 140105,
      tags: 1,
      primaryTag: 1,
      startsOn: '2026-07-01',
      principal: '1000000.00',
    },
    [
      ['disburse', '1000000.00', '2026-07-01'],
      ['fee', '8000.00', '2026-07-01'],
      ['repay', '200000.00', '2026-08-01'],
    ],
  );
  await loan(
    test,
    {
      guarantorId: 2,
      contractNo: 'BZ-2',
      customerId: other,
      county: 140213,
      tags: 1,
      primaryTag: 1,
      startsOn: '2026-07-01',
      principal: '500000.00',
    },
    [['disburse', '500000.00', '2026-07-01']],
  );
  app = await createServer({ authenticate: async () => null, version: '0', rateLimitPerMinute: 0 });
  portalRoutes(app, { db: test.db, clock });
  await app.listen({ port: 0, host: '127.0.0.1' });
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await app.close();
  await gateway.stop();
  await test.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => pass(120));

type Answer = { status: number; body: Record<string, unknown> & { refusals?: { code: string }[] } };
async function send(method: string, path: string, body?: object | FormData, token = ''): Promise<Answer> {
  const isForm = body instanceof FormData;
  const answer = await fetch(`${origin}/api/public/my-case${path}`, {
    method,
    headers: { 'x-portal-session': token, ...(body && !isForm ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: isForm ? body : JSON.stringify(body) } : {}),
  });
  return { status: answer.status, body: (await answer.json()) as Answer['body'] };
}
const outbox = async (of = phone) =>
  ((await (await fetch(`${gateway.url}/v1/messages?phone=${of}`)).json()) as { rows: { text: string }[] }).rows;
/** The newest code for the telephone, once it has arrived. */
const codeSent = (count: number): Promise<string> =>
  vi.waitFor(async () => {
    const rows = await outbox();
    expect(rows.length).toBe(count);
    return /验证码 (\d{6})/.exec(rows.at(-1)!.text)![1]!;
  });
let sent = 0;
async function enter(): Promise<string> {
  await send('POST', '/codes', { identityNo, phone });
  sent += 1;
  const answer = await send('POST', '/sessions', { identityNo, phone, code: await codeSent(sent) });
  expect(answer.status).toBe(201);
  return String(answer.body.token);
}

describe('验证码', () => {
  it('the answer is the same for a customer, a stranger and a wrong telephone; only the customer gets a message', async () => {
    const right = await send('POST', '/codes', { identityNo, phone });
    sent += 1;
    const stranger = await send('POST', '/codes', {
      identityNo: strangerNo,
      phone: '13900000009',
    });
    const wrong = await send('POST', '/codes', { identityNo, phone: '13900000008' });
    expect([stranger, wrong]).toEqual([right, right]);
    await codeSent(sent);
    expect([...(await outbox('13900000009')), ...(await outbox('13900000008'))]).toEqual([]);
    const { rows } = await test.owner.query('select is_match from portal.code order by id desc limit 3');
    expect(rows.map((row) => row.is_match)).toEqual([false, false, true]);
  });

  it('a wrong code, a code of nobody and an old code read the same, and five wrong ones end it', async () => {
    await send('POST', '/codes', { identityNo, phone });
    sent += 1;
    const code = await codeSent(sent);
    const bad = code === '000000' ? '000001' : '000000';
    const wrong = await send('POST', '/sessions', { identityNo, phone, code: bad });
    const nobody = await send('POST', '/sessions', { identityNo: strangerNo, phone: '13900000007', code });
    expect(nobody).toEqual(wrong);
    expect(wrong.body.refusals?.[0]?.code).toBe('code-wrong');
    for (let tries = 0; tries < 4; tries += 1) await send('POST', '/sessions', { identityNo, phone, code: bad });
    expect((await send('POST', '/sessions', { identityNo, phone, code })).status).toBe(422);
  });

  it('is worth nothing after five minutes, and works once', async () => {
    await send('POST', '/codes', { identityNo, phone });
    sent += 1;
    const code = await codeSent(sent);
    pass(5);
    expect((await send('POST', '/sessions', { identityNo, phone, code })).status).toBe(422);
    pass(120);
    await enter();
    expect((await send('POST', '/sessions', { identityNo, phone, code: await codeSent(sent) })).status).toBe(422);
  });

  it('waits a minute between two for one telephone, and an hour after five', async () => {
    const ask = async () => (await send('POST', '/codes', { identityNo, phone: '13900000006' })).status;
    expect(await ask()).toBe(200);
    expect(await ask()).toBe(429);
    for (let more = 0; more < 4; more += 1) {
      pass(1.1);
      expect(await ask()).toBe(200);
    }
    pass(1.1);
    expect(await ask()).toBe(429);
    pass(60);
    expect(await ask()).toBe(200);
  });

  it('counts an identity over all telephones', async () => {
    const statuses: number[] = [];
    for (let each = 0; each < 9; each += 1)
      statuses.push((await send('POST', '/codes', { identityNo, phone: `1391000000${each}` })).status);
    expect(statuses).toEqual([...Array(8).fill(200), 429]);
  });

  it('refuses a malformed code of identity or telephone in words', async () => {
    expect((await send('POST', '/codes', { identityNo: `${identityNo.slice(0, 17)}I`, phone })).status).toBe(422);
    expect((await send('POST', '/codes', { identityNo, phone: '1234' })).status).toBe(400);
  });
});

describe('我的业务', () => {
  it('shows the own guarantees in plain words, and nothing of another customer with the same telephone', async () => {
    const token = await enter();
    const { body } = await send('GET', '', undefined, token);
    const matters = body.matters as Record<string, unknown>[];
    expect(matters.map((each) => each.number)).toEqual(['BZ-1']);
    expect(matters[0]).toMatchObject({
      status: '担保生效中',
      outstanding: '800000.00',
      feePaid: '8000.00',
      dueOn: '2027-06-30',
    });
    expect(JSON.stringify(body)).not.toContain(identityNo);
    await send('DELETE', '/sessions', undefined, token);
    expect((await send('GET', '', undefined, token)).status).toBe(401);
    expect((await send('GET', '')).status).toBe(401);
  });

  it('shows whom to call, and hands out the own papers only: not those of others, and none that was revoked', async () => {
    const desk = { guarantorId: 1, phone: '0351-1234567', hours: '工作日 9:00—17:30' };
    await test.db.transaction(systemActor, (tx) => setDesk(tx, { actor: systemActor, clock }, desk));
    const pdf = Buffer.from('%PDF-1.7 缴费通知\n%%EOF\n');
    const sm3 = await keepBytes(join(folder, 'documents'), pdf);
    await test.owner.query(
      `insert into documents.signing_key (key_id, guarantor_id, public_key, recorded_at) values ('00000000000000aa', 1, '04', now())`,
    );
    await test.owner.query(
      `insert into documents.document (guarantor_id, id, code, number, year, seq, subject, template_sm3, fields, rows, docx_sm3, pdf_sm3, content_hash,
         code_to_check, payload, key_id, issued_on, issued_at, issued_by)
       overriding system value
       select g.guarantor_id, g.guarantor_id, 'fee-notice', 'FY-' || g.guarantor_id, 2026, g.guarantor_id, 'guarantee:' || g.guarantor_id || '/' || g.id,
              $1, '{}', '{}', $1, $1, 'h' || g.id, '000000', 'RD1.x.y', '00000000000000aa', '2026-10-09', now(), 0
         from guarantees.guarantee g`,
      [sm3],
    );
    const token = await enter();
    const { body } = await send('GET', '', undefined, token);
    const [matter] = body.matters as Record<string, unknown>[];
    expect(matter).toMatchObject({
      guarantorPhone: '0351-1234567',
      guarantorHours: '工作日 9:00—17:30',
      letters: [{ guarantorId: 1, id: '1', kind: 'fee-notice', number: 'FY-1', title: '缴费通知', payload: 'RD1.x.y' }],
    });
    const file = (of: number, by = token) =>
      fetch(`${origin}/api/public/my-case/letters/${of}/${of}`, { headers: { 'x-portal-session': by } });
    const got = await file(1);
    expect([got.status, got.headers.get('content-type')]).toEqual([200, 'application/pdf']);
    expect(Buffer.from(await got.arrayBuffer())).toEqual(pdf);
    expect([(await file(2)).status, (await file(1, 'no-such-session')).status]).toEqual([404, 401]);
    await test.owner.query(
      `update documents.document set revoked_at = now(), revoked_by = 0, revoked_why = '金额有误' where guarantor_id = 1`,
    );
    expect((await file(1)).status).toBe(404);
  });

  it('shows an application in plain words, and not a draft', async () => {
    await test.owner.query(`
      insert into products.version (product_code, version, from_on, terms, document, recorded_by) values ('loan', 1, '2025-01-01', '{}', '测试', 0);
      insert into cases.case (guarantor_id, number, applicant_kind, applicant_user, state, state_by, customer_id, identity_hash, application, bank_id,
                              product_code, product_version, amount, guaranteed, term_months, county)
      select 1, 'XM-' || v.state, 'client-manager', 0, v.state, 0, c.id, c.identity_hash, '{}', 9, 'loan', 1, 30000000, 24000000, 12, 140105
        from customers.customer c cross join (values ('review'), ('draft')) as v (state) where c.guarantor_id = 1`);
    const token = await enter();
    const { body } = await send('GET', '', undefined, token);
    const cases = (body.matters as { kind: string; number: string; status: string; amount: string }[]).filter(
      (each) => each.kind === 'case',
    );
    expect(cases).toMatchObject([{ number: 'XM-review', status: '正在评审', amount: '300000.00' }]);
  });

  it('ends after half an hour', async () => {
    const token = await enter();
    pass(31);
    expect((await send('GET', '', undefined, token)).status).toBe(401);
  });

  it('takes the paper that was asked for, by its content; refuses another customer’s and a file that lies', async () => {
    const staff = contextOn('2026-10-09');
    const ask = {
      guarantorId: 1,
      customerId,
      items: [{ code: 'licence', title: '营业执照' }],
      dueOn: addDays(day('2026-10-09'), 5),
    };
    expect(await test.db.transaction(systemActor, (tx) => askDocuments(tx, staff, ask))).toEqual({ asked: 1 });
    expect(await test.db.transaction(systemActor, (tx) => askDocuments(tx, staff, ask))).toEqual({ asked: 0 });
    const token = await enter();
    const asked = ((await send('GET', '', undefined, token)).body.asked as { id: string; title: string }[])[0]!;
    const form = (name: string, bytes: string, id = asked.id) => {
      const made = new FormData();
      made.append('guarantorId', '1');
      made.append('requestId', id);
      made.append('file', new File([bytes], name));
      return made;
    };
    expect((await send('POST', '/files', form('a.pdf', 'MZ'), token)).body.refusals?.[0]?.code).toMatch(/^file-/);
    expect((await send('POST', '/files', form('a.pdf', '%PDF-1.7\n%%EOF\n', '999'), token)).status).toBe(404);
    expect((await send('POST', '/files', form('a.pdf', '%PDF-1.7\n%%EOF\n'), '')).status).toBe(401);
    expect((await send('POST', '/files', form('执照.pdf', '%PDF-1.7\n%%EOF\n'), token)).status).toBe(201);
    const { body } = await send('GET', '', undefined, token);
    expect((body.asked as { fileName: string }[])[0]!.fileName).toBe('执照.pdf');
    const { rows } = await test.owner.query('select subject, item_code from attachments.attachment');
    expect(rows).toEqual([{ subject: `customer:1/${customerId}`, item_code: 'licence' }]);
  });

  it('forgets codes and sessions of last week', async () => {
    pass(8 * 24 * 60);
    await forgetOld(test.db, clock);
    const { rows } = await test.owner.query(
      'select (select count(*) from portal.code) + (select count(*) from portal.session) as left',
    );
    expect(Number(rows[0].left)).toBe(0);
  });
});

describe('客户自助申请', () => {
  const application = {
    ...{ amount: '500000.00', termMonths: 12, purpose: '购买原材料', repayment: '销售回款', contactName: '王样例' },
  };
  it('只能向有本人登记的机构、与其合作的银行申请；到客户经理名下成为草稿，不重复', async () => {
    const token = await enter();
    const choices = await send('GET', '/applications', undefined, token);
    const [at] = choices.body.rows as { guarantorId: number; banks: { id: number }[] }[];
    const { guarantorId, banks } = at!;
    expect(banks.length).toBeGreaterThan(0);
    const strange = await send(
      'POST',
      '/applications',
      { ...application, guarantorId: 2, bankId: banks[0]!.id },
      token,
    );
    expect([strange.status, strange.body.refusals?.[0]?.code]).toEqual([404, 'not-offered']);
    const wish = { ...application, guarantorId, bankId: banks[0]!.id };
    const made = await send('POST', '/applications', wish, token);
    expect(made.status).toBe(201);
    const { rows } = await test.owner.query(
      `select state, applicant_kind, bank_id, draft ->> 'identityNo' as no, draft ->> 'amount' as amount from cases.case where number = $1`,
      [made.body.number],
    );
    expect(rows).toEqual([
      { state: 'draft', applicant_kind: 'customer', bank_id: banks[0]!.id, no: identityNo, amount: '500000.00' },
    ]);
    const again = await send('POST', '/applications', wish, token);
    expect([again.status, again.body.refusals?.[0]?.code]).toEqual([409, 'applied-already']);
    expect((await send('GET', '/applications', undefined, 'nobody')).status).toBe(401);
  });
});
