import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays } from '../../kernel/day.ts';
import { minutesAfter } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { type SourceBody, sourceBody, templateProfile } from './contract.ts';
import { saveProfile } from './profiles.ts';
import { visitSource } from './sftp.ts';
import { saveSource } from './sources.ts';
import { listPickups, listVisits } from './store-pickups.ts';
import { type SftpSource, sourcesOn } from './store-sources.ts';
import { context, csvOf, emptyBook, row, seedReference, today } from './testing/fixture.ts';
import { startSshd, type TestSshd, whyNoSshd } from './testing/sshd.ts';

const reason = whyNoSshd();
if (reason) console.warn(`跳过 SFTP 的 8 项测试：${reason}`);

let test: TestDatabase;
let folder: string;
let sshd: TestSshd;
let source: SftpSource;
const at = (...names: string[]) => path.join(sshd.root, ...names);
const listed = (name: string) => (existsSync(at(name)) ? readdirSync(at(name)).sort() : []);
const visit = (hooks = {}) => visitSource(test.db, context.clock, source, hooks);
const receipt = (name: string) => JSON.parse(readFileSync(at('outbox', name), 'utf8'));
const count = async (table: string) => Number((await test.owner.query(`select count(*) as n from ${table}`)).rows[0].n);
const drop = (name: string, content: string, isReady = true) => {
  writeFileSync(at('inbox', name), content);
  if (isReady) writeFileSync(at('inbox', `${name}.ok`), '');
};

/** Sets up the bank's server from today on, and answers what is in force. */
async function setUp(change: Partial<SourceBody>): Promise<SftpSource | undefined> {
  const body = sourceBody.parse({
    ...{ fromOn: today, host: '127.0.0.1', port: sshd.port, username: sshd.username },
    ...{ keyEnv: 'RONGDAN_SFTP_KEY_B1', hostKeySha256: sshd.hostKeySha256, guarantorCode: 'G1' },
    ...{ inbox: at('inbox'), outbox: at('outbox'), done: at('done'), ...change },
  });
  return test.db.transaction(systemActor, async (tx) => {
    await saveSource(tx, context, 9, body);
    return (await sourcesOn(tx, today))[0];
  });
}
const visits = async () =>
  (await test.db.read(systemActor, (tx) => listVisits(tx, {}, undefined, 10))).rows.map(
    ({ answered, refused, waiting, problem }) => ({ answered, refused, waiting, problem }),
  );

describe.skipIf(reason !== undefined)(`SFTP 夜间取件（真实的 OpenSSH）${reason ?? ''}`, () => {
  beforeAll(async () => {
    test = await createTestDatabase();
    await seedReference(test);
    folder = await mkdtemp(path.join(tmpdir(), 'rongdan-sftp-'));
    process.env.DATA_DIR = path.join(folder, 'data');
    sshd = await startSshd(folder);
  });
  afterAll(async () => {
    await sshd?.stop();
    delete process.env.DATA_DIR;
    delete process.env.RONGDAN_SFTP_KEY_B1;
    await test?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    await emptyBook(test);
    for (const name of ['inbox', 'outbox', 'done']) for (const each of listed(name)) await rm(at(name, each));
    process.env.RONGDAN_SFTP_KEY_B1 = sshd.privateKey;
    source = (await setUp({}))!;
  });

  it('取走有 .ok 的文件，放回结果与回执，源文件移入 done；没有 .ok 且还会变的等着', async () => {
    drop('ZDZ20261120-01.csv', csvOf([row(1), row(2, { principal: '-1' })]));
    drop('写到一半.csv', csvOf([row(3)]), false);
    expect(await visit()).toEqual({ answered: ['ZDZ20261120-01.csv'], refused: [], waiting: ['写到一半.csv'] });
    expect(listed('inbox')).toEqual(['写到一半.csv']);
    expect(listed('done')).toEqual(['ZDZ20261120-01.csv']);
    expect(listed('outbox')).toEqual(['ZDZ20261120-01.receipt.json', 'ZDZ20261120-01.result.csv']);
    const result = readFileSync(at('outbox', 'ZDZ20261120-01.result.csv'), 'utf8').split('\r\n');
    expect(result[1]).toMatch(/^接受：受理编号 1-\d+,/);
    expect(result[2]).toContain('amount-negative');
    expect(receipt('ZDZ20261120-01.receipt.json')).toMatchObject({
      batchNo: 'ZDZ20261120-01',
      rows: 2,
      accepted: 1,
      refused: 1,
    });
  });

  it('没有 .ok 的文件，大小与时间一分钟不变就取', async () => {
    drop('P1.csv', csvOf([row(1)]), false);
    expect((await visit())?.waiting).toEqual(['P1.csv']);
    const later = { now: () => minutesAfter(context.clock.now(), 1), today: context.clock.today };
    expect((await visitSource(test.db, later, source))?.answered).toEqual(['P1.csv']);
  });

  it('每一步之后断开，下次接着做，账上不重，结果照样放回', async () => {
    for (const step of ['taken', 'entered', 'answered', 'moved'] as const) {
      await emptyBook(test);
      drop(`断在${step}.csv`, csvOf([row(1), row(2)]));
      const broken = visit({
        after: (reached: string) => {
          if (reached === step) throw new Error('断线');
        },
      });
      await expect(broken).rejects.toThrow('断线');
      await visit();
      expect(await count('guarantees.guarantee')).toBe(2);
      expect(listed('inbox')).toEqual([]);
      expect(receipt(`断在${step}.receipt.json`)).toMatchObject({ accepted: 2 });
    }
  });

  it('昨天的文件又放一遍：答复与昨天一样，账不变；同名换了内容：退回，不动原批次', async () => {
    drop('P1.csv', csvOf([row(1)]));
    await visit();
    const first = receipt('P1.receipt.json');
    drop('P1.csv', csvOf([row(1)]));
    expect((await visit())?.answered).toEqual(['P1.csv']);
    expect(receipt('P1.receipt.json')).toEqual(first);
    drop('P1.csv', csvOf([row(2)]));
    expect((await visit())?.refused).toEqual(['P1.csv']);
    const told = listed('outbox').find((name) => name.includes('.refused-'))!;
    expect(receipt(told).refusals).toMatchObject([{ code: 'batch-no-used' }]);
    expect(await count('guarantees.guarantee')).toBe(1);
  });

  it('不是表格或缺列的文件：退回并说明，其他文件照常', async () => {
    drop('坏.csv', '只有一列\r\n1\r\n');
    drop('好.csv', csvOf([row(1)]));
    const seen = await visit();
    expect([seen?.answered, seen?.refused]).toEqual([['好.csv'], ['坏.csv']]);
    expect(listed('done').some((name) => name.startsWith('坏.csv.refused-'))).toBe(true);
  });

  it('服务器公钥与登记的指纹不符：不登录', async () => {
    drop('P1.csv', csvOf([row(1)]));
    await expect(visitSource(test.db, context.clock, { ...source, hostKeySha256: 'A'.repeat(43) })).rejects.toThrow();
    expect(listed('inbox')).toHaveLength(2);
    expect((await visits())[0]?.problem).toContain('指纹与登记的不符');
  });

  it('每次取件都有记录：取走什么、退回什么、为何没取成；文件走到哪一步、成了哪一批', async () => {
    drop('P1.csv', csvOf([row(1), row(2, { principal: '-1' })]));
    drop('坏.csv', '只有一列\r\n1\r\n');
    drop('未完.csv', csvOf([row(3)]), false);
    await visit();
    delete process.env.RONGDAN_SFTP_KEY_B1;
    await expect(visit()).rejects.toThrow('没有设置环境变量 RONGDAN_SFTP_KEY_B1');
    const found = { answered: ['P1.csv'], refused: ['坏.csv'], waiting: ['未完.csv'], problem: null };
    const nothing = { answered: [], refused: [], waiting: [] };
    expect(await visits()).toEqual([
      { ...nothing, problem: expect.stringContaining('没有设置环境变量 RONGDAN_SFTP_KEY_B1') },
      found,
    ]);
    const { rows } = await test.db.read(systemActor, (tx) => listPickups(tx, {}, undefined, 10));
    const told = rows.map(({ name, state, accepted, bad }) => `${name} ${state} ${accepted}/${bad}`);
    expect(told.sort()).toEqual(['P1.csv done 1/1', '坏.csv refused null/null', '未完.csv seen null/null']);
  });

  it('来源有日期：今天照现行一版，停用的不取，明天起的明天才用；银行自有的列照其映射读', async () => {
    const own = { ...templateProfile, code: 'core', title: '核心系统导出' };
    const fields = { ...own.fields, contractNo: '合同流水', principal: { column: '金额万', unit: '万元' as const } };
    await test.db.transaction(systemActor, (tx) => saveProfile(tx, context, 9, { ...own, fields }));
    const mapped = await setUp({ profileCode: 'core' });
    drop(
      '自有.csv',
      csvOf([row(1)])
        .replace('担保业务编号', '合同流水')
        .replace('贷款金额', '金额万')
        .replace('1000000.00', '100'),
    );
    expect((await visitSource(test.db, context.clock, mapped!))?.answered).toEqual(['自有.csv']);
    expect((await test.owner.query('select principal::text from guarantees.guarantee')).rows).toEqual([
      { principal: '100000000' },
    ]);
    const off = await setUp({ isActive: false });
    expect(off).toBeUndefined();
    await setUp({ fromOn: addDays(today, 1), isActive: true });
    const on = (day: typeof today) => test.db.read(systemActor, (tx) => sourcesOn(tx, day));
    expect([(await on(today)).length, (await on(addDays(today, 1))).length]).toEqual([0, 1]);
    await expect(setUp({ fromOn: addDays(today, -1) })).rejects.toMatchObject({ refusals: [{ code: 'from-past' }] });
    await expect(setUp({ profileCode: 'nobody' })).rejects.toMatchObject({ refusals: [{ code: 'profile-unknown' }] });
  });
});
