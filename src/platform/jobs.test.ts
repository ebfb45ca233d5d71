import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Jobs, openJobs } from './jobs.ts';
import { createTestDatabase, type TestDatabase } from './testing/index.ts';

let database: TestDatabase;
let jobs: Jobs;
const troubles: Error[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  jobs = await openJobs(database.ownerUrl, (error) => troubles.push(error));
});
afterAll(async () => {
  await jobs.stop();
  await database.close();
  expect(troubles).toEqual([]);
});

test('失败的任务会再做，直到成功', async () => {
  const seen: string[] = [];
  const { promise: done, resolve } = Promise.withResolvers<void>();
  // Sent before its queue is there, a job would be nobody's.
  await jobs.work<{ name: string }>(
    'flaky',
    async ({ name }) => {
      seen.push(name);
      if (seen.length < 3) throw new Error('再来');
      resolve();
    },
    { retries: 3, retrySeconds: 0 },
  );
  await jobs.send('flaky', { name: '甲' });
  await done;
  expect(seen).toEqual(['甲', '甲', '甲']);
}, 120_000);

test('同键的任务在等待时只排一个；无键的各排各的', async () => {
  expect(await jobs.send('later', {}, { singletonKey: 'a', startAfterSeconds: 600 })).toBe(true);
  expect(await jobs.send('later', {}, { singletonKey: 'a', startAfterSeconds: 600 })).toBe(false);
  expect(await jobs.send('later', {}, { singletonKey: 'b', startAfterSeconds: 600 })).toBe(true);
  expect(await jobs.send('later', {})).toBe(true);
  expect(await jobs.send('later', {})).toBe(true);
});

test('定时按北京时间登记', async () => {
  await jobs.schedule('daily', '0 6 * * *', async () => {});
  const { rows } = await database.owner.query('select cron, timezone from pgboss.schedule where name = $1', ['daily']);
  expect(rows).toEqual([{ cron: '0 6 * * *', timezone: 'Asia/Shanghai' }]);
});

test('程序的角色动不了任务表', async () => {
  await expect(database.db.pool.query('select * from pgboss.job')).rejects.toMatchObject({ code: '42501' });
});
