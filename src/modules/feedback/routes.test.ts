import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import { createServer } from '../../platform/server.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { roles } from '../identity/index.ts';
import { feedbackRoutes, feedbackTodos } from './index.ts';
import { certificatePdf } from './paper.ts';
import { certificateById } from './store.ts';
import { customerOf, layGround, loan, people, reconciled } from './testing/book.ts';

let test: TestDatabase;
let app: FastifyInstance;
let folder: string;
const roleOf: Readonly<Record<number, string>> = {
  [people.reconciler]: 'r08-reconciliation',
  [people.taiyuan]: 'r10-finance-bureau',
  [people.xiaodian]: 'r10-finance-bureau',
  [people.guarantor1]: 'r06-statistics',
};
const callerOf = (userId: number): Caller => ({
  userId,
  permissions: new Set(roles.find((role) => role.code === roleOf[userId])?.permissions),
  seesIdentity: false,
  viaCookie: false,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'feedback-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await layGround(test);
  const customerId = await customerOf(test, 1, 1);
  const base = { guarantorId: 1, customerId, county: 140105, startsOn: '2026-07-10' };
  await loan(test, { ...base, contractNo: 'A', tags: 1, primaryTag: 1, principal: '1234567.89' }, [
    ['disburse', '1234567.89', '2026-07-10'],
    ['fee', '9876.54', '2026-07-10'],
  ]);
  await loan(test, { ...base, contractNo: 'B', tags: 6, primaryTag: 2, principal: '800000' }, [
    ['disburse', '800000', '2026-07-10'],
    ['repay', '300000', '2026-09-01'],
  ]);
  await reconciled(test, null, '2026-09-30');
  app = await createServer({
    authenticate: async (request) => {
      const userId = Number(request.headers['x-user'] ?? 0);
      return userId ? callerOf(userId) : null;
    },
    version: '0',
  });
  feedbackRoutes(app, { db: test.db, clock: fixedClock(day('2026-10-08')) });
  await app.ready();
});
afterAll(async () => {
  await app.close();
  await test.close();
  await rm(folder, { recursive: true });
});

const get = async (url: string, userId: number = people.reconciler) => {
  const answer = await app.inject({ method: 'GET', url, headers: userId ? { 'x-user': String(userId) } : {} });
  return {
    status: answer.statusCode,
    raw: answer.rawPayload,
    type: answer.headers['content-type'],
    body: answer.json.bind(answer),
  };
};
const post = async (url: string, payload: object, userId: number = people.reconciler) => {
  const answer = await app.inject({ method: 'POST', url, payload, headers: { 'x-user': String(userId) } });
  return { status: answer.statusCode, body: answer.json() };
};

describe('季度反馈接口', () => {
  let province: string;
  let county: { id: string; number: string; outstanding: string };

  it('seals on request, once; only for whom may', async () => {
    expect((await get('/api/feedback/readiness?quarter=2026-Q3')).body()).toMatchObject({ ready: true, sealed: false });
    expect((await post('/api/feedback/quarters', { quarter: '2026-Q3' }, people.xiaodian)).status).toBe(403);
    const first = await post('/api/feedback/quarters', { quarter: '2026-Q3' });
    expect(first).toMatchObject({ status: 201, body: { already: false, certificates: 7, rows: 2 } });
    province = first.body.provinceId;
    expect((await post('/api/feedback/quarters', { quarter: '2026-Q3' })).body.already).toBe(true);
  });

  it('lists by keyset and in a workbook, each sees its own', async () => {
    const page = (await get('/api/feedback/certificates?limit=3')).body();
    expect(page.rows.map((row: { regionCode: number }) => row.regionCode)).toEqual([140000, 140100, 140105]);
    const rest = (await get(`/api/feedback/certificates?limit=10&after=${page.next}`)).body();
    expect(rest.rows).toHaveLength(4);
    const own = (await get('/api/feedback/certificates', people.xiaodian)).body();
    expect(own.rows).toHaveLength(1);
    county = own.rows[0];
    // 1234567.89 + 800000 − 300000
    expect(county).toMatchObject({ outstanding: '1734567.89', households: 1, guaranteeCount: 2 });
    expect((await get('/api/feedback/certificates?region=140100')).body().rows).toHaveLength(3);
    const sheet = await get('/api/feedback/certificates?format=xlsx');
    expect(sheet.raw.subarray(0, 2).toString()).toBe('PK');
  });

  it('shows one certificate, its loans by line and metric, and where a figure comes from', async () => {
    const detail = (await get(`/api/feedback/certificates/${province}`)).body();
    expect(detail.lines).toHaveLength(10);
    expect(detail.lines[0].values).toMatchObject({ outstanding: '1734567.89', claimRatio: '0', feeIncome: '9876.54' });
    expect(detail.parts).toHaveLength(4);
    expect(detail.remainingWorkingDays).toBe(5);
    const explain = (await get(`/api/feedback/certificates/${province}/explain?line=p2&metric=outstanding`)).body();
    expect(explain).toMatchObject({ value: '500000.00', unit: '元', rows: { count: 1 } });
    const loans = (await get(explain.rows.url)).body();
    expect(loans.rows).toMatchObject([{ contractNo: 'B', outstanding: '500000.00', feeRate: '0.008' }]);
    const ratio = (await get(`/api/feedback/certificates/${province}/explain?metric=averageFeeRate`)).body();
    expect(ratio).toMatchObject({ value: '0.008', inputs: [{ name: '费率加权数（分·天·百万分之一）' }, {}, {}, {}] });
    expect((await get(`/api/feedback/certificates/${province}/rows?format=xlsx`)).raw.subarray(0, 2).toString()).toBe(
      'PK',
    );
    expect((await get(`/api/feedback/certificates/${province}`, people.xiaodian)).status).toBe(404);
  });

  it('draws the map from sealed figures', async () => {
    const map = (await get('/api/feedback/map?region=140000&metric=newAmount')).body();
    expect(map).toMatchObject({
      quarter: '2026-Q3',
      rows: [
        { code: 140100, value: '2034567.89' },
        { code: 140200, value: '0.00' },
      ],
    });
  });

  it('prints on one page', async () => {
    const { raw, type } = await get(`/api/feedback/certificates/${county.id}/pdf`);
    expect(type).toBe('application/pdf');
    if (process.env.KEEP_PDF) await writeFile(process.env.KEEP_PDF, raw);
    expect(raw.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
  });

  it('prints on one page however long the cause and the name of the issuer', async () => {
    const found = (await test.db.read(systemActor, (tx) => certificateById(tx, BigInt(county.id))))!;
    const worst = {
      ...found,
      restates: 'SX-2026Q3-140105-01',
      cause: '因'.repeat(2000),
      issuer: '山西省融资再担保集团有限公司',
    };
    const pdf = await certificatePdf(worst, 'https://rongdan.example.gov.cn/verify');
    if (process.env.KEEP_PDF) await writeFile(`${process.env.KEEP_PDF}.worst.pdf`, pdf);
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)).toHaveLength(1);
  });

  it('takes objections and answers, in words a county understands, and tells whose turn it is', async () => {
    const todos = (userId: number) =>
      test.db.read({ userId }, (tx) => feedbackTodos(tx, callerOf(userId), day('2026-10-08')));
    expect(await todos(people.xiaodian)).toMatchObject([
      { kind: '异议期内待核阅', dueOn: '2026-10-14', remainingWorkingDays: 5 },
    ]);
    const url = `/api/feedback/certificates/${county.id}/objections`;
    const both = { line: 'total', metric: 'claimCash', guarantorId: 1, guaranteeId: '1', reason: '有一笔代偿未计入' };
    expect((await post(url, both, people.xiaodian)).status).toBe(400);
    const made = await post(url, { line: 'total', metric: 'claimCash', reason: '有一笔代偿未计入' }, people.taiyuan);
    expect(made.status).toBe(201);
    expect(await todos(people.reconciler)).toMatchObject([{ kind: '异议待答复' }]);
    const answer = { verdict: 'rejected', answer: '该笔代偿在十月支付' };
    expect((await post(`/api/feedback/objections/${made.body.id}/answer`, answer, people.taiyuan)).status).toBe(403);
    expect((await post(`/api/feedback/objections/${made.body.id}/answer`, answer)).status).toBe(201);
    expect((await get('/api/feedback/objections', people.xiaodian)).body().rows).toMatchObject([
      { target: '合计 代偿金额（实际支付）', status: 'rejected', answer: '该笔代偿在十月支付' },
    ]);
  });

  it('a guarantor reads its region and its own loans', async () => {
    const { rows } = (await get('/api/feedback/certificates', people.guarantor1)).body();
    expect(rows.map((row: { regionCode: number }) => row.regionCode)).toEqual([140100, 140105, 140106]);
    expect((await get(`/api/feedback/certificates/${county.id}/rows`, people.guarantor1)).body().rows).toHaveLength(2);
  });

  it('anyone checks by code, however typed, or by content hash; an altered one is said to be', async () => {
    const { verificationCode, contentHash } = (await get(`/api/feedback/certificates/${county.id}`)).body();
    const check = (code: string) => get(`/api/public/certificates/${encodeURIComponent(code)}`, 0);
    const good = { number: county.number, isHashValid: true, isSignatureValid: true, supersededBy: null };
    expect((await check(verificationCode)).body()).toMatchObject(good);
    expect((await check(` ${verificationCode.toLowerCase().replaceAll('-', ' ')} `)).body()).toMatchObject(good);
    expect((await check(contentHash.toUpperCase())).body()).toMatchObject(good);
    expect((await check('AAAA-AAAA-AAAA')).status).toBe(404);
    await test.owner.query(`update feedback.certificate set rows_count = rows_count + 1 where number = $1`, [
      county.number,
    ]);
    expect((await check(verificationCode)).body()).toMatchObject({ isHashValid: false, isSignatureValid: true });
  });
});
