import { gunzipSync, gzipSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { newKeyPair, type Signer, sign } from '../../platform/crypto/index.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { buildPackage, restatePackage } from './build.ts';
import type { Manifest } from './manifest.ts';
import { fetchOtherSide, type OtherSideRecord } from './other-side.ts';
import { outgoingOf, sendPackage } from './send.ts';
import { latestOfDay, type PackageRow, partsOf } from './store.ts';
import { submitDay } from './submit.ts';
import { issue, move, type StandIn, seedParties, startStandIn } from './testing/fixture.ts';

let book: TestDatabase;
let standIn: StandIn;
const keys = newKeyPair();
const signer: Signer = { name: 'test', publicKey: keys.publicKey, sign: (content) => sign(content, keys.privateKey) };
const quick = { tries: 3, waitMs: 1 };
const clock = fixedClock(day('2026-07-01'));
const context = { actor: systemActor, clock };

beforeAll(async () => {
  [book, standIn] = await Promise.all([createTestDatabase(), startStandIn()]);
  await seedParties(book.owner);
});
afterAll(async () => {
  await standIn?.stop();
  await book?.close();
});

const submit = (on: string, guarantorId = 1, more = {}) =>
  submitDay(book.db, clock, { day: day(on), guarantorId, link: standIn.link, signer, patience: quick, ...more });
const latest = (on: string, guarantorId = 1): Promise<PackageRow> =>
  book.db.read(systemActor, async (tx) => (await latestOfDay(tx, guarantorId, day(on)))!);
const build = (on: string, guarantorId: number) =>
  book.db.transaction(systemActor, (tx) => buildPackage(tx, context, signer, { guarantorId, businessDay: day(on) }));
const linesOf = async (row: PackageRow) =>
  Buffer.concat((await book.db.read(systemActor, (tx) => partsOf(tx, row.guarantorId, row.id))).map((part) => part));
const fault = (body: object) => standIn.call('POST', '/v1/faults', body);
async function records(asOf: string, institutionCode = 'SX-A'): Promise<OtherSideRecord[]> {
  const rows: OtherSideRecord[] = [];
  for await (const row of fetchOtherSide(standIn.link, { institutionCode, asOf: day(asOf) })) rows.push(row);
  return rows;
}

let first: bigint;

test('首包带全部存量：三节齐备，对方接收并能取回同样的余额', async () => {
  first = await issue(book.owner, 1, 'A-1', '2026-01-10');
  // 在保 100 万 − 还款 30 万 = 70 万元；实际承担 70 万 × 80% = 56 万元
  await move(book.owner, 1, first, 2, 30_000_000n, '2026-03-01');
  expect(await submit('2026-06-01')).toMatchObject({
    guarantors: 1,
    accepted: 1,
    zero: 0,
    refused: 0,
    unanswered: 0,
    problems: [],
  });
  const row = await latest('2026-06-01');
  const manifest = JSON.parse(row.manifest) as Manifest;
  expect(row).toMatchObject({ status: 'accepted', kind: 'daily', sequence: 1, version: 1 });
  expect(manifest).toMatchObject({
    institution: 'SX-A',
    since: null,
    previousHash: null,
    timeBasis: 'value',
    position: { guarantees: 1, outstanding: '700000.00', outstandingActual: '560000.00' },
    sections: {
      master: { rows: 1, totals: { principal: '1000000.00', guaranteed: '800000.00' } },
      movements: { rows: 2, late: 0, totals: { amount: '1300000.00', cash: '0.00', delta: '700000.00' } },
      closing: { rows: 1, totals: { outstanding: '700000.00', outstandingActual: '560000.00' } },
    },
  });
  expect(await records('2026-06-01')).toMatchObject([
    {
      institution: 'SX-A',
      contract_no: 'A-1',
      outstanding: '700000.00',
      outstanding_actual: '560000.00',
      status: 'in-force',
      county: 140105,
      primary_tag: 1,
      starts_on: '2026-01-10',
      claims: '0.00',
      identity_hash: '1'.repeat(64),
      business_day: '2026-06-01',
    },
  ]);
  expect(await records('2026-05-31')).toEqual([]);
});

test('客户证件号不出现在包里', async () => {
  const text = await contentOf(await latest('2026-06-01'));
  expect(text).toContain('1'.repeat(64));
  expect(text).not.toContain('某公司');
  expect(text).not.toMatch(/"X1"/);
});

test('当日无事，报零报告：申明余额，不重复各行', async () => {
  expect(await submit('2026-06-02')).toMatchObject({ accepted: 0, zero: 1 });
  const manifest = JSON.parse((await latest('2026-06-02')).manifest) as Manifest;
  expect(manifest).toMatchObject({
    kind: 'zero',
    sequence: 2,
    position: { guarantees: 1, outstanding: '700000.00' },
    sections: { master: { rows: 0 }, movements: { rows: 0 }, closing: { rows: 0 } },
  });
  expect(await records('2026-06-02')).toMatchObject([{ contract_no: 'A-1', outstanding: '700000.00' }]);
});

test('再报同一日：不另生成、不再发送；单独生成则拒绝', async () => {
  const before = await latest('2026-06-01');
  expect(await submit('2026-06-01')).toMatchObject({ accepted: 1 });
  expect(await latest('2026-06-01')).toEqual(before);
  const { rows } = await book.owner.query('select count(*)::integer as n from exchange.attempt where package_id = $1', [
    before.id,
  ]);
  expect(rows).toEqual([{ n: 1 }]);
  await expect(build('2026-06-01', 1)).rejects.toMatchObject({
    status: 409,
    refusals: [{ code: 'package-already-sent' }],
  });
});

test('未发出的包再生成一次还是同一份', async () => {
  await issue(book.owner, 2, 'B-1', '2026-05-01');
  const one = await build('2026-05-31', 2);
  await issue(book.owner, 2, 'B-2', '2026-05-02');
  expect(await build('2026-05-31', 2)).toEqual(one);
  expect(await submit('2026-05-31', 2)).toMatchObject({ accepted: 1 });
});

test('未结束的日子不能报送', async () => {
  expect((await submit('2026-07-01')).problems).toMatchObject([{ message: expect.stringContaining('尚未结束') }]);
});

test('补登的变动随下一日报送，带原因；只报一次', async () => {
  await move(book.owner, 1, first, 2, 10_000_000n, '2026-05-20');
  await submit('2026-06-03');
  const row = await latest('2026-06-03');
  expect(JSON.parse(row.manifest)).toMatchObject({
    kind: 'daily',
    sections: { movements: { rows: 1, late: 1 }, master: { rows: 0 } },
  });
  expect(await contentOf(row)).toMatch(/"late" ?: ?true.*补登：2026-05-20 发生/);
  expect(await records('2026-06-03')).toMatchObject([{ outstanding: '600000.00' }]);
  expect(await records('2026-06-02')).toMatchObject([{ outstanding: '700000.00' }]);
  expect(await submit('2026-06-04')).toMatchObject({ zero: 1 });
});

test('被退回后说明原因重报：旧包保留，新包指明所替代者', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-05');
  await fault({ kind: 'refuse-package', reason: '口径有误' });
  expect(await submit('2026-06-05')).toMatchObject({ refused: 1 });
  const refused = await latest('2026-06-05');
  expect(refused.status).toBe('refused');
  expect(await submit('2026-06-05')).toMatchObject({ refused: 1 });
  const restate = (cause: string) =>
    book.db.transaction(systemActor, (tx) =>
      restatePackage(tx, context, signer, { guarantorId: 1, businessDay: day('2026-06-05'), cause }),
    );
  await expect(restate('')).rejects.toMatchObject({ refusals: [{ code: 'cause-missing' }] });
  const again = await restate('按退回意见更正');
  expect(again).toMatchObject({ kind: 'restatement', version: 2, restatesId: refused.id });
  expect(JSON.parse(again.manifest)).toMatchObject({
    restates: { contentHash: refused.contentHash, cause: '按退回意见更正' },
  });
  expect(await sendPackage(book.db, clock, standIn.link, again, quick)).toBe('accepted');
  expect(await records('2026-06-05')).toMatchObject([{ outstanding: '550000.00' }]);
});

test('回执发出前断线：重发得到同一回执，对方只存一份', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-06');
  await fault({ kind: 'drop-after' });
  expect(await submit('2026-06-06')).toMatchObject({ accepted: 1 });
  const row = await latest('2026-06-06');
  const { rows } = await book.owner.query(
    'select outcome from exchange.attempt where package_id = $1 order by number',
    [row.id],
  );
  expect(rows).toEqual([{ outcome: 'network' }, { outcome: 'receipt' }]);
  const held = await standIn.database.owner.query(
    'select count(*)::integer as n from monitor.package where content_hash = $1',
    [row.contentHash],
  );
  expect(held.rows).toEqual([{ n: 1 }]);
});

test('传到一半断线：接着重发成功', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-07');
  await fault({ kind: 'drop-before', count: 2 });
  expect(await submit('2026-06-07')).toMatchObject({ accepted: 1 });
});

test('发出后程序被杀、未记回执：再报即补上，内容逐字节相同', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-08');
  const row = await build('2026-06-08', 1);
  const parts = await book.db.read(systemActor, (tx) => partsOf(tx, 1, row.id));
  // 对方已收到并接收，而我方在记下回执之前中断：只留下“已发出”。
  expect(await standIn.link.send(outgoingOf(row, parts))).toMatchObject({
    outcome: 'receipt',
    receipt: { verdict: 'accepted' },
  });
  await book.owner.query(`update exchange.package set status = 'sent' where id = $1`, [row.id]);
  expect(await submit('2026-06-08')).toMatchObject({ accepted: 1 });
  const { rows } = await book.owner.query('select raw from exchange.receipt where package_id = $1', [row.id]);
  expect(rows).toHaveLength(1);
  expect(JSON.parse(rows[0].raw)).toMatchObject({ duplicate: true, standIn: true });
});

test('丢包：无回执，标为无应答；以后的包照收并指出缺号，补报后补齐', async () => {
  await fault({ kind: 'lose-package', count: 3 });
  const waiting: unknown[] = [];
  const options = { onUnanswered: async (key: unknown) => waiting.push(key) };
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-09');
  expect(await submit('2026-06-09', 1, options)).toMatchObject({ unanswered: 1, accepted: 0 });
  const lost = await latest('2026-06-09');
  expect(lost.status).toBe('unanswered');
  expect(waiting).toMatchObject([{ id: lost.id }]);
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-10');
  expect(await submit('2026-06-10')).toMatchObject({ accepted: 1 });
  const after = await latest('2026-06-10');
  const missing = await book.owner.query('select missing from exchange.receipt where package_id = $1', [after.id]);
  expect(missing.rows).toEqual([{ missing: [lost.sequence] }]);
  // 迟到的 06-09 不得改动 06-10 已报的余额：55 万 − 6、7、8、9、10 日各 5 万 = 30 万元
  expect(await submit('2026-06-09')).toMatchObject({ accepted: 1 });
  expect(await records('2026-06-10')).toMatchObject([{ outstanding: '300000.00' }]);
  expect(await records('2026-06-09')).toMatchObject([{ outstanding: '350000.00' }]);
});

test('改动签名、清单或内容，一律退回且不留存；原包随后照收', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-11');
  const row = await build('2026-06-11', 1);
  const whole = gunzipSync(
    Buffer.concat(outgoingOf(row, await book.db.read(systemActor, (tx) => partsOf(tx, 1, row.id))).body as Buffer[]),
  ).toString();
  const post = async (text: string) => (await standIn.call('POST', '/v1/packages', gzipSync(text))).body;
  const forged = sign(row.manifest, newKeyPair().privateKey);
  expect(await post(whole.replace(row.signature, forged))).toMatchObject({
    verdict: 'refused',
    reasons: [{ code: 'signature-invalid' }],
  });
  expect(await post(whole.replace('"guarantees":1', '"guarantees":2'))).toMatchObject({
    verdict: 'refused',
    reasons: [{ code: 'signature-invalid' }],
  });
  const altered = whole.replace(/"outstanding" : "250000.00"/, '"outstanding" : "250000.01"');
  expect(altered).not.toBe(whole);
  expect(await post(altered)).toMatchObject({
    verdict: 'refused',
    reasons: [{ code: 'section-hash', section: 'closing' }],
  });
  expect(await post(whole.split('\n').slice(0, -2).join('\n'))).toMatchObject({ verdict: 'refused' });
  expect(await submit('2026-06-11')).toMatchObject({ accepted: 1 });
});

test('代偿与追偿进入期末数；冲正的扣除', async () => {
  const id = await issue(book.owner, 2, 'B-3', '2026-05-10');
  await move(book.owner, 2, id, 5, 100_000_000n, '2026-06-20', 80_000_000n);
  await move(book.owner, 2, id, 6, 20_000_000n, '2026-06-21', 20_000_000n);
  await submit('2026-06-25', 2);
  const row = (await records('2026-06-25', 'SX-B')).find((each) => each.contract_no === 'B-3');
  expect(row).toMatchObject({
    outstanding: '0.00',
    status: 'claimed',
    claims: '1000000.00',
    claim_cash: '800000.00',
    recoveries: '200000.00',
  });
});

test('造错按种子重现，逐行列明，全部撤销后恢复', async () => {
  const before = await records('2026-06-25', 'SX-B');
  const request = { kind: 'alter-rows', institution: 'SX-B', count: 1, seed: 7, field: 'outstanding' };
  const one = (await fault(request)).body as unknown as {
    rows: { contractNo: string; before: string; after: string }[];
  };
  const changed = await records('2026-06-25', 'SX-B');
  const harmed = one.rows[0]!;
  expect(changed.find((row) => row.contract_no === harmed.contractNo)?.outstanding).toBe(harmed.after);
  expect(harmed.after).not.toBe(harmed.before);
  await standIn.call('DELETE', '/v1/faults');
  expect(await records('2026-06-25', 'SX-B')).toEqual(before);
  const again = (await fault(request)).body as unknown as { rows: unknown[] };
  expect(again.rows).toEqual(one.rows);
  await standIn.call('DELETE', '/v1/faults');
  await fault({ kind: 'lose-rows', contractNos: ['B-1'], institution: 'SX-B' });
  await fault({ kind: 'duplicate-rows', contractNos: ['B-2'], institution: 'SX-B' });
  await fault({ kind: 'null-key-rows', contractNos: ['B-3'], institution: 'SX-B' });
  expect((await records('2026-06-25', 'SX-B')).map((row) => row.contract_no)).toEqual(['B-2', 'B-2', null]);
  await standIn.call('DELETE', '/v1/faults');
});

test('造错的行在其后收到的包里出现，即从该业务日起恢复', async () => {
  await fault({ kind: 'alter-rows', institution: 'SX-A', contractNos: ['A-1'], field: 'county', value: 140106 });
  expect(await records('2026-06-11')).toMatchObject([{ county: 140106 }]);
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-13');
  await submit('2026-06-13');
  expect(await records('2026-06-13')).toMatchObject([{ county: 140105 }]);
  expect(await records('2026-06-12')).toMatchObject([{ county: 140106 }]);
  await standIn.call('DELETE', '/v1/faults');
});

test('超时按超时记，下次再发', async () => {
  await move(book.owner, 1, first, 2, 5_000_000n, '2026-06-14');
  await fault({ kind: 'slow', ms: 1500 });
  const impatient = standIn.newLink(200);
  expect(await submit('2026-06-14', 1, { link: impatient, patience: { tries: 1, waitMs: 1 } })).toMatchObject({
    unanswered: 1,
  });
  await impatient.close();
  expect(await submit('2026-06-14')).toMatchObject({ accepted: 1 });
});

test('对方证书不是所信任的，不发送', async () => {
  const { httpsLink } = await import('./link-https.ts');
  const distrusting = httpsLink({ url: standIn.url, token: standIn.token, timeoutMs: 2000 });
  const delivery = await distrusting.send(outgoingOf(await latest('2026-06-14'), []));
  await distrusting.close();
  expect(delivery).toMatchObject({ outcome: 'network', detail: expect.stringMatching(/SELF_SIGNED|CERT/) });
});

test('没有令牌不答', async () => {
  const { Agent, request } = await import('undici');
  const dispatcher = new Agent({ connect: { rejectUnauthorized: false } });
  const answer = await request(`${standIn.url}/v1/records?asOf=2026-06-01`, { dispatcher });
  await dispatcher.close();
  expect(answer.statusCode).toBe(401);
});

test('取数中途断开，不当作取全', async () => {
  const cut = {
    ...standIn.link,
    records: async () =>
      (async function* () {
        yield Buffer.from('{"kind":"header"}\n');
      })(),
  };
  const drain = async () => {
    for await (const row of fetchOtherSide(cut, { asOf: day('2026-06-01') })) expect(row).toBeDefined();
  };
  await expect(drain()).rejects.toMatchObject({ refusals: [{ code: 'other-side-incomplete' }] });
});

test('生成时尚未提交的变动不会漏报：留给下一日', async () => {
  const slow = await book.db.pool.connect();
  await slow.query('begin; select identity.enter(0)');
  await slow.query(
    `insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, occurred_on)
     select 1, $1, max(seq) + 1, 2, 1000000, '2026-06-15' from guarantees.movement where guarantee_id = $1`,
    [first],
  );
  expect(await submit('2026-06-15')).toMatchObject({ zero: 1 });
  await slow.query('commit');
  slow.release();
  await submit('2026-06-16');
  expect(JSON.parse((await latest('2026-06-16')).manifest)).toMatchObject({
    sections: { movements: { rows: 1, late: 1 } },
  });
});

test('迟到的包所改、后一包又改回的余额，以后一包为准', async () => {
  const [before] = await records('2026-06-16');
  await move(book.owner, 1, first, 2, 1_000_000n, '2026-06-17');
  await fault({ kind: 'lose-package', count: 3 });
  expect(await submit('2026-06-17')).toMatchObject({ unanswered: 1 });
  await move(book.owner, 1, first, 12, 1_000_000n, '2026-06-18');
  expect(await submit('2026-06-18')).toMatchObject({ accepted: 1 });
  expect(await submit('2026-06-17')).toMatchObject({ accepted: 1 });
  const [late] = await records('2026-06-17');
  const [after] = await records('2026-06-18');
  expect(after?.outstanding).toBe(before?.outstanding);
  // 还款 1 万元只在 06-17 当日可见
  expect(Number(before?.outstanding) - Number(late?.outstanding)).toBe(10_000);
});

test('大批量：两千笔一包，全数到达，再取回逐笔相符', async () => {
  await book.owner.query(`
    insert into guarantees.guarantee (guarantor_id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id, county,
      principal, guaranteed, fee_rate, starts_on, ends_on, due_on, tags, primary_tag, size_class, source)
    select 2, 'BULK-' || n, 1, 2, 1, 'loan', 9, 140106, n * 1001, n * 800, 0.01, '2026-06-01', '2027-06-01', '2027-06-01', 1, 1, '微型', 'test'
      from generate_series(1, 2000) n;
    insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, occurred_on)
    select guarantor_id, id, 1, 1, principal, starts_on from guarantees.guarantee where contract_no like 'BULK-%'`);
  expect(await submit('2026-06-26', 2)).toMatchObject({ accepted: 1 });
  const held = new Map((await records('2026-06-26', 'SX-B')).map((row) => [row.contract_no, row]));
  // 主债权 2000 × 1001 分 = 20020.00 元，担保 2000 × 800 分 = 16000.00 元
  expect(held.get('BULK-2000')).toMatchObject({ outstanding: '20020.00', outstanding_actual: '16000.00' });
  expect([...held.keys()].filter((key) => key?.startsWith('BULK-'))).toHaveLength(2000);
});

test('不属于本机构的人不能替它报送', async () => {
  const report = await submitDay(book.db, clock, {
    day: day('2026-06-27'),
    link: standIn.link,
    signer,
    actor: { userId: 999 },
  });
  expect(report).toMatchObject({ guarantors: 0, problems: [] });
});

test('别家机构的人看不到数据包', async () => {
  const other = await book.db.read({ userId: 999 }, async (tx) => {
    const { rows } = await sql<{ n: number }>`select count(*)::integer as n from exchange.package`.execute(tx);
    return rows[0]!.n;
  });
  expect(other).toBe(0);
});

async function contentOf(row: PackageRow): Promise<string> {
  const bytes = await linesOf(row);
  return bytes.length === 0 ? '' : gunzipSync(bytes).toString();
}
