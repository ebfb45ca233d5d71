import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock } from '../../platform/clock.ts';
import { loadOrCreateSigner, newKeyPair, sign } from '../../platform/crypto/index.ts';
import { systemActor } from '../../platform/db.ts';
import { createServer } from '../../platform/server.ts';
import { openSigner } from '../../platform/signers.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { hashOfEntry } from './append.ts';
import { appendAudit, checkpointAudit, verifyAudit } from './index.ts';
import { auditRoutes } from './routes.ts';
import { listEntries } from './store.ts';
import { checkpointText } from './verify.ts';

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
let test: TestDatabase;
let folder: string;

const write = (count: number, chain = 7) =>
  test.db.transaction(systemActor, async (tx) => {
    for (let i = 1; i <= count; i++)
      await appendAudit(tx, context, {
        chain,
        action: 'test.write',
        subject: `thing:${i}`,
        detail: { i, amount: 12n },
      });
  });
const findings = (keys?: string[]) => test.db.read(systemActor, (tx) => verifyAudit(tx, keys));
const places = async () => (await findings()).map((each) => `${each.kind} ${each.chain}/${each.seq}`);
const tamper = (text: string) => test.owner.query(text);

beforeAll(async () => {
  test = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterAll(() => Promise.all([test.close(), rm(folder, { recursive: true })]));
afterEach(() => tamper('truncate audit.entry, audit.head, audit.checkpoint'));

it('未被动过的日志完整，各链各自连续', async () => {
  await write(3);
  await write(2, 0);
  expect(await findings()).toEqual([]);
  const { rows } = await tamper(
    'select chain_id, count(*)::int as count, max(seq)::int as last from audit.entry group by 1 order by 1',
  );
  expect(rows).toEqual([
    { chain_id: 0, count: 2, last: 2 },
    { chain_id: 7, count: 3, last: 3 },
  ]);
});

it.each([
  ['内容被改', `update audit.entry set detail = '{"i":99}' where seq = 3`, ['changed 7/3']],
  ['操作人被改', `update audit.entry set user_id = 5 where seq = 1`, ['changed 7/1']],
  ['时间被改', `update audit.entry set recorded_at = recorded_at + interval '1 ms' where seq = 2`, ['changed 7/2']],
  ['中间被删', `delete from audit.entry where seq = 3`, ['removed 7/3']],
  ['开头被删', `delete from audit.entry where seq = 1`, ['removed 7/1']],
  ['末尾被删', `delete from audit.entry where seq >= 4`, ['removed 7/4']],
  ['整链被删', `delete from audit.entry`, ['removed 7/1']],
  ['链头被删', `delete from audit.head`, ['head 7/5']],
  ['链头被改', `update audit.head set hash = repeat('0', 64)`, ['head 7/5']],
])('%s：指出位置', async (_, statement, expected) => {
  await write(5);
  await tamper(statement);
  expect(await places()).toEqual(expected);
});

/** Inserts an entry whose own hash is right, as one would who knows the program. */
async function forge(seq: bigint, previous: string): Promise<string> {
  const facts = {
    chain: 7,
    seq,
    recordedAt: new Date('2026-09-30T04:00:00Z'),
    userId: 0,
    action: 'a',
    subject: 's',
    detail: '{}',
    previous,
  };
  const hash = hashOfEntry(facts);
  await test.owner.query('insert into audit.entry values ($1,$2,$3,$4,$5,$6,$7,$8,$9)', [
    7,
    seq,
    facts.recordedAt,
    0,
    'a',
    's',
    '{}',
    previous,
    hash,
  ]);
  return hash;
}
const hashAt = async (seq: number) =>
  (await test.owner.query<{ hash: string }>('select hash from audit.entry where seq = $1', [seq])).rows[0]!.hash;

it('链尾之后插入一条自洽的记录：指出位置', async () => {
  await write(3);
  await forge(4n, await hashAt(3));
  expect(await places()).toEqual(['inserted 7/4']);
});

it('以自洽的伪造记录替换中间一条：后一条不再衔接', async () => {
  await write(4);
  await tamper('delete from audit.entry where seq = 2');
  await forge(2n, await hashAt(1));
  expect(await places()).toEqual(['changed 7/3']);
});

it('挤入一条并把其后的重新编号：被挤入者与被改号者都指出', async () => {
  await write(3);
  await tamper('update audit.entry set seq = seq + 1 where seq = 3');
  await forge(3n, await hashAt(2));
  await tamper('update audit.head set seq = 4');
  expect(await places()).toEqual(['changed 7/4']);
});

it('整链重写、链头一并改掉，仍与签名封存点不符', async () => {
  await write(3);
  const signer = await loadOrCreateSigner(folder, 'audit');
  expect(await test.db.transaction(systemActor, (tx) => checkpointAudit(tx, context, signer))).toBe(1);
  expect(await test.db.transaction(systemActor, (tx) => checkpointAudit(tx, context, signer))).toBe(0);
  expect(await findings([signer.publicKey])).toEqual([]);
  await tamper('delete from audit.entry');
  const first = await forge(1n, '0'.repeat(64));
  const second = await forge(2n, first);
  const hash = await forge(3n, second);
  await test.owner.query('update audit.head set hash = $1', [hash]);
  expect(await places()).toEqual(['checkpoint 7/3']);
});

it('封存点被改、或由别的密钥所签，都指出', async () => {
  await write(2);
  const signer = await loadOrCreateSigner(folder, 'audit');
  await test.db.transaction(systemActor, (tx) => checkpointAudit(tx, context, signer));
  const other = newKeyPair();
  expect((await findings([other.publicKey])).map((each) => each.kind)).toEqual(['checkpoint']);
  await test.owner.query('update audit.checkpoint set signature = $1', [sign('x', other.privateKey)]);
  expect(await places()).toEqual(['checkpoint 7/2']);
});

it('并发写入同一链：不重号，不断链', async () => {
  await Promise.all(Array.from({ length: 8 }, () => write(5)));
  expect(await findings()).toEqual([]);
  expect((await tamper('select max(seq)::int as last from audit.entry')).rows).toEqual([{ last: 40 }]);
});

it('业务回滚则不留审计', async () => {
  await expect(
    test.db.transaction(systemActor, async (tx) => {
      await appendAudit(tx, context, { chain: 7, action: 'a', subject: 's', detail: {} });
      throw new Error('回滚');
    }),
  ).rejects.toThrow('回滚');
  expect(await findings()).toEqual([]);
  expect((await tamper('select from audit.head')).rowCount).toBe(0);
});

it.each([
  'update audit.entry set detail = detail',
  'delete from audit.entry',
  'truncate audit.entry',
  'update audit.checkpoint set hash = hash',
  'delete from audit.checkpoint',
  'delete from audit.head',
])('程序的数据库角色不能：%s（42501）', async (statement) => {
  await expect(test.db.pool.query(statement)).rejects.toMatchObject({ code: '42501' });
});

it('不能冒用他人名义写审计', async () => {
  await expect(
    test.db.transaction({ userId: 5 }, (tx) =>
      appendAudit(tx, context, { chain: 7, action: 'a', subject: 's', detail: {} }),
    ),
  ).rejects.toMatchObject({ code: '42501' });
});

it('列表按时间倒序翻页，不重不漏', async () => {
  await write(7);
  const seen: string[] = [];
  let after: string | undefined;
  do {
    const page = await test.db.read(systemActor, (tx) => listEntries(tx, { action: 'test.' }, after, 3));
    seen.push(...page.rows.map((row) => String(row.seq)));
    after = page.next ?? undefined;
  } while (after);
  expect(seen).toEqual(['7', '6', '5', '4', '3', '2', '1']);
  const none = await test.db.read(systemActor, (tx) => listEntries(tx, { to: day('2026-09-29') }, undefined, 3));
  expect(none.rows).toEqual([]);
});

it('接口校验只认本系统密钥：连链带封存点一起伪造、自签一把钥匙，仍被发现', async () => {
  process.env.DATA_DIR = folder;
  const app = await createServer({
    authenticate: async () => ({
      userId: 0,
      permissions: new Set(['audit.verify']),
      seesIdentity: false,
      viaCookie: false,
    }),
    version: 'test',
  });
  auditRoutes(app, { db: test.db, clock: context.clock });
  const verified = async () => (await app.inject({ method: 'POST', url: '/api/audit/verify' })).json();
  await write(2);
  const signer = await openSigner('audit');
  await test.db.transaction(systemActor, (tx) => checkpointAudit(tx, context, signer));
  expect(await verified()).toMatchObject({ whole: true, entries: '2' });
  const { privateKey, publicKey } = newKeyPair();
  const { rows } = await test.owner.query<{ seq: bigint; hash: string; signed_at: Date }>(
    'select seq, hash, signed_at from audit.checkpoint',
  );
  const forged = sign(checkpointText(7, BigInt(rows[0]!.seq), rows[0]!.hash, rows[0]!.signed_at), privateKey);
  await test.owner.query('update audit.checkpoint set public_key = $1, signature = $2', [publicKey, forged]);
  expect(await findings()).toEqual([]); // the signature itself is sound: only the key betrays it
  expect((await verified()).findings).toEqual([
    { chain: '7', seq: '2', kind: 'checkpoint', message: '机构 7 审计链第 2 条：签名封存点不是本系统密钥所签' },
  ]);
  process.env.RONGDAN_AUDIT_KEYS = publicKey;
  expect((await verified()).whole).toBe(true);
  delete process.env.RONGDAN_AUDIT_KEYS;
  await app.close();
});
