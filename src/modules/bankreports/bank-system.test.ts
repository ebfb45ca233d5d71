import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../app.ts';
import { type Day, day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { checkTrialBalance } from '../../ledger/index.ts';
import { fixedClock } from '../../platform/clock.ts';
import { systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { checkBookEqualsLedger, checkMovementChain, recordMovements } from '../guarantees/index.ts';
import { createClient, grantRole, syncRoles } from '../identity/index.ts';
import { startReports } from './actions.ts';
import type { ReportAnswer } from './contract.ts';

/** A bank's own system hands in a whole day over HTTP, at size. `RONGDAN_ROWS=100000` measures by hand. */

const size = Number(process.env.RONGDAN_ROWS ?? 5000);
const [monday, tuesday] = [day('2026-11-16'), day('2026-11-17')];
let test: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
let folder: string;
let url: string;
const context: Context = { actor: systemActor, clock: fixedClock(tuesday) };
const asSystem = <T>(work: (tx: Tx) => Promise<T>) => test.db.transaction(systemActor, work);
const tokens: Record<'own' | 'other', string> = { own: '', other: '' };

beforeAll(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-bank-system-'));
  process.env.DATA_DIR = folder;
  test = await createTestDatabase();
  await test.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140105, '小店区', 3, 140100);
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) values
      (1, 'G1', '太原担保', '太原', 'guarantor', 2, 140100), (8, 'B8', '他行', '他行', 'bank', 1, 140000), (9, 'B9', '某银行', '某行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('loan', '贷款担保', 'loan', '测试');
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      values (1, 1, 'enterprise', '某公司', 'uscc', 'X1', repeat('1', 64), 140105, '微型', '{}');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) values (1, 1, 9, 'loan', 'A1');
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share, fee_rate, document)
      values (1, 1, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试');
    insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
      principal, guaranteed, fee_rate, starts_on, ends_on, due_on, tags, primary_tag, size_class, source)
      select 1, n, 'HT-' || n, 1, 1, 1, 'loan', 9, 140105, 100000, 80000, 0.01, '2026-01-05', '2026-12-31', '2026-12-31', 1, 1, '微型', 'test'
        from generate_series(1, ${size}) n`);
  await syncRoles(test.ownerUrl);
  const disbursed = Array.from({ length: size }, (_, index) => ({
    ...{ guarantorId: 1, guaranteeId: BigInt(index + 1), kind: 'disburse' as const },
    ...{ amount: yuan('1000'), occurredOn: day('2026-01-05') },
  }));
  await asSystem((tx) => recordMovements(tx, context, disbursed, 'test'));
  await test.owner.query('analyze');
  await asSystem((tx) => startReports(tx, context, { bankId: 9, from: monday, document: '测试通知' }));
  app = await buildApp({ db: test.db, clock: context.clock });
  url = await app.listen({ port: 0, host: '127.0.0.1' });
  for (const [who, institutionId] of [
    ['own', 9],
    ['other', 8],
  ] as const)
    tokens[who] = await tokenOf(institutionId);
}, 600_000);
afterAll(async () => {
  await app.close();
  await test.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The client of a bank's core system, registered, and its token by its credentials (RFC 6749 4.4). */
async function tokenOf(institutionId: number): Promise<string> {
  const { id, secret } = await asSystem(async (tx) => {
    const client = await createClient(tx, context, { name: `核心系统${institutionId}`, institutionId });
    await grantRole(tx, context, { userId: client.userId, role: 'r09-bank' });
    return client;
  });
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  });
  return ((await answer.json()) as { access_token: string }).access_token;
}
const get = async (of: string, who: keyof typeof tokens = 'own') =>
  (await fetch(`${url}${of}`, { headers: { authorization: `Bearer ${tokens[who]}` } })).json() as Promise<{
    rows: Record<string, unknown>[];
  }>;

const head = '业务日,担保机构代码,保证合同号,状态代码,当日放款,当日还款本金,逾期天数,逾期金额,贷款余额,展期到期日';
/** The whole day: every tenth repays 100, three name contracts nobody knows, the last `silent` are not told of. */
function fileOf(businessDay: Day, silent: number): string {
  const lines = Array.from({ length: size - silent }, (_, index) => {
    const isPaying = index % 10 === 0;
    return `${businessDay},G1,HT-${index + 1},${isPaying ? '12,0,100' : '10,0,0'},0,0,${isPaying ? '900' : '1000'},`;
  });
  const strange = ['甲', '乙', '丙'].map((name) => `${businessDay},G1,没有的${name},10,0,0,0,0,1000,`);
  return `${[head, ...lines, ...strange].join('\n')}\n`;
}
async function upload(businessDay: Day, text: string, who: keyof typeof tokens = 'own') {
  const form = new FormData();
  form.append('businessDay', businessDay);
  form.append('file', new File([text], '日报.csv'));
  const headers = { authorization: `Bearer ${tokens[who]}` };
  const answer = await fetch(`${url}/api/bank-reports/files`, { method: 'POST', headers, body: form });
  return { status: answer.status, body: (await answer.json()) as ReportAnswer };
}
const book = async () =>
  (
    await test.owner.query(
      `select count(*)::integer as movements, sum(delta)::bigint as outstanding from guarantees.movement`,
    )
  ).rows[0];

describe(`银行系统经接口报送 ${size} 笔`, () => {
  const silent = 5;
  const paying = Math.ceil((size - silent) / 10);

  it('整日入账：还款逐笔登记，坏行退回，应报未报即刻列出，沉默不等于零', async () => {
    const started = performance.now();
    const { status, body } = await upload(monday, fileOf(monday, silent));
    if (size > 5000) console.info(`${size} 行：${((performance.now() - started) / 1000).toFixed(1)} 秒`);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      ...{ taken: size - silent, refused: 3, expected: size, reported: size - silent, missing: silent },
      ...{ moved: paying, questions: 0, isRepeat: false, receipt: 'ZB9-20261116-1' },
    });
    expect(body.badRows.map((row) => row.reasons[0]?.code)).toEqual(Array(3).fill('contract-unknown'));
    // size × 1000 − paying × 100: who is silent still owes the whole.
    expect(await book()).toEqual({
      movements: size + paying,
      outstanding: BigInt(size) * 100_000n - BigInt(paying) * 10_000n,
    });
    const gaps = await get(`/api/bank-reports/gaps?day=${monday}&limit=50`);
    expect(gaps.rows.map((row) => [row.contractNo, row.outstanding]).sort()).toEqual(
      Array.from({ length: silent }, (_, index) => [`HT-${size - index}`, '1000.00']).sort(),
    );
    expect(
      await asSystem(async (tx) => [
        ...(await checkTrialBalance(tx)),
        ...(await checkBookEqualsLedger(tx)),
        ...(await checkMovementChain(tx)),
      ]),
    ).toEqual([]);
  }, 600_000);

  it('同一文件再送是同一次报送；昨天的文件当今天的送，一行不收、一分不动', async () => {
    const before = await book();
    const again = await upload(monday, fileOf(monday, silent));
    expect(again.body).toMatchObject({ isRepeat: true, receipt: 'ZB9-20261116-1', moved: paying });
    const stale = await upload(tuesday, fileOf(monday, silent));
    expect(stale.body).toMatchObject({ taken: 0, refused: size - silent + 3, moved: 0, missing: size });
    expect(stale.body.badRows[0]?.reasons[0]).toMatchObject({ field: '业务日' });
    expect(await book()).toEqual(before);
    const gaps = await get(`/api/bank-reports/gaps?day=${tuesday}&limit=500`);
    expect(gaps.rows).toHaveLength(Math.min(500, size));
  }, 600_000);

  it('补报漏掉的几笔走 JSON 接口；没有令牌、他行的令牌都不行', async () => {
    const lines = Array.from({ length: silent }, (_, index) => ({
      ...{ contractNo: `HT-${size - index}`, status: 'normal', balance: '1000.00' },
    }));
    const send = (headers: Record<string, string>) =>
      fetch(`${url}/api/bank-reports`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ businessDay: monday, lines }),
      });
    expect((await send({})).status).toBe(401);
    const other = await send({ authorization: `Bearer ${tokens.other}` });
    expect(await other.json()).toMatchObject({ taken: 0, refused: silent });
    const own = await send({ authorization: `Bearer ${tokens.own}` });
    expect(await own.json()).toMatchObject({ taken: silent, missing: 0, receipt: 'ZB9-20261116-2' });
    expect((await get(`/api/bank-reports/gaps?day=${monday}`)).rows).toEqual([]);
    expect((await get('/api/bank-reports/lines?limit=10', 'other')).rows).toEqual([]);
  });
});
