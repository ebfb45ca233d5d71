import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { day } from '../../kernel/day.ts';
import { fixedClock, minutesAfter } from '../../platform/clock.ts';
import { systemActor } from '../../platform/db.ts';
import type { Jobs } from '../../platform/jobs.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/testing/index.ts';
import { createSubscription, redeliver, setSubscriptionStatus } from './actions.ts';
import { addressPolicy } from './addresses.ts';
import { collectEvents, dueIds } from './collect.ts';
import { deliver } from './deliver.ts';
import { webhookJobs } from './jobs.ts';
import { retryAfterSeconds, urlRefusal } from './rules.ts';
import { signatureOf } from './sign.ts';
import { listDeliveries, listSubscriptions } from './store.ts';

const clock = fixedClock(day('2026-09-30'));
const context = { actor: systemActor, clock };
/** As a demo: may call itself, also without encryption. */
const loopback = addressPolicy({ RONGDAN_DEMO: '1' });
type Seen = { headers: IncomingHttpHeaders; body: string };
let test_: TestDatabase;
let receiver: Server;
let url: string;
let answers: number[] = [];
let seen: Seen[] = [];

beforeAll(async () => {
  test_ = await createTestDatabase();
  await test_.owner.query(`
    insert into institutions.region (code, name, level, parent_code) values (140000, '山西省', 1, null), (140100, '太原市', 2, 140000),
      (140200, '大同市', 2, 140000), (140105, '小店区', 3, 140100) on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value values
      (1, 'G1', '甲担保', '甲', 'guarantor', 2, 140100), (2, 'G2', '乙担保', '乙', 'guarantor', 2, 140200),
      (3, 'RG', '省再担保', '省再', 'reguarantor', 1, 140000), (4, 'CZ1', '太原市财政局', '太原财政', 'finance-bureau', 2, 140100),
      (5, 'CZ2', '大同市财政局', '大同财政', 'finance-bureau', 2, 140200)`);
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(answers.shift() ?? 200).end('ok');
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
});
afterEach(async () => {
  answers = [];
  seen = [];
  await test_.owner.query(
    'truncate webhooks.subscription, webhooks.event, exchange.package, exchange.receipt, feedback.certificate cascade',
  );
});
afterAll(async () => {
  receiver.close();
  await test_.close();
});

const subscribe = (
  institutionId: number,
  kinds = ['package.accepted', 'package.refused', 'certificate.published'] as const,
) =>
  test_.db.transaction(systemActor, (tx) =>
    createSubscription(tx, context, { institutionId, name: '接收系统', url, kinds: [...kinds] }, loopback),
  );
const subscriptions = () => test_.db.read(systemActor, async (tx) => (await listSubscriptions(tx)).rows);
const collect = () => test_.db.transaction(systemActor, (tx) => collectEvents(tx, clock));
const due = () => test_.db.read(systemActor, (tx) => dueIds(tx, clock));
const deliveriesOf = (id: bigint) =>
  test_.db.read(systemActor, async (tx) => (await listDeliveries(tx, { subscriptionId: id }, undefined, 50)).rows);

async function packageAnswered(guarantorId: number, number: number, verdict: 'accepted' | 'refused'): Promise<void> {
  await test_.owner.query(
    `insert into exchange.package (guarantor_id, id, business_day, version, kind, sequence, known_at, manifest, content_hash, signature,
       public_key, bytes, status, built_by) overriding system value
     values ($1::integer, $2::integer, date '2026-09-01' + $2::integer, 1, 'daily', $2::integer, now(), '{}', $3, 's', 'k', 1, $4, 0)`,
    [guarantorId, number, `hash-${guarantorId}-${number}`, verdict],
  );
  await test_.owner.query(
    `insert into exchange.receipt (guarantor_id, package_id, receipt_no, verdict, reasons, raw, received_at)
     values ($1::integer, $2::integer, 'R' || $2::integer, $3, '[]', '{}', $4)`,
    [guarantorId, number, verdict, minutesAfter(clock.now(), number)],
  );
}

test('失败两次后送达：签名可验，同一投递编号，间隔加长，逐次留痕', async () => {
  const { id, secret } = await subscribe(1);
  await packageAnswered(1, 1, 'accepted');
  expect(await collect()).toBe(1);
  answers = [500, 503];
  const [delivery] = await due();
  expect(await deliver(test_.db, clock, delivery!, loopback)).toBe(60);
  expect(await deliver(test_.db, clock, delivery!, loopback)).toBe(300);
  expect(await deliver(test_.db, clock, delivery!, loopback)).toBe(null);
  expect(seen).toHaveLength(3);
  expect(new Set(seen.map((each) => each.headers['x-rongdan-delivery']))).toEqual(new Set([String(delivery)]));
  for (const { headers, body } of seen) {
    expect(headers['x-rongdan-event']).toBe('package.accepted');
    expect(headers['x-rongdan-signature']).toBe(signatureOf(secret, String(headers['x-rongdan-timestamp']), body));
    expect(JSON.parse(body)).toMatchObject({
      event: 'package.accepted',
      subject: 'package:1/1',
      data: { receiptNo: 'R1' },
    });
  }
  expect(await deliveriesOf(id)).toMatchObject([{ status: 'delivered', attempts: 3, lastStatusCode: 200 }]);
  const { rows } = await test_.owner.query('select status_code from webhooks.attempt order by number');
  expect(rows.map((row) => row.status_code)).toEqual([500, 503, 200]);
  // Asked again, nothing more is sent.
  expect(await deliver(test_.db, clock, delivery!, loopback)).toBe(null);
  expect(seen).toHaveLength(3);
});

test('签名随正文、时间与密钥而变', () => {
  const signed = signatureOf('secret', '1790000000', '{"a":1}');
  expect(signed).toMatch(/^sm3=[0-9a-f]{64}$/);
  expect(
    new Set([
      signed,
      signatureOf('secreu', '1790000000', '{"a":1}'),
      signatureOf('secret', '1790000001', '{"a":1}'),
      signatureOf('secret', '1790000000', '{"a":2}'),
    ]).size,
  ).toBe(4);
});

test('只通知有关的机构：本机构、所辖地区的主管部门、省级；重复收集不重复；订阅之前的不补', async () => {
  const own = await subscribe(1);
  const other = await subscribe(2);
  const province = await subscribe(3);
  const city = await subscribe(4);
  const otherCity = await subscribe(5);
  await packageAnswered(1, 1, 'refused');
  expect(await collect()).toBe(3);
  expect(await collect()).toBe(0);
  const counts: number[] = [];
  for (const { id } of [own, other, province, city, otherCity]) counts.push((await deliveriesOf(id)).length);
  expect(counts).toEqual([1, 0, 1, 1, 0]);
  await test_.owner.query(`insert into webhooks.subscription (institution_id, name, url, kinds, created_by, recorded_at)
    values (1, '后来的', '${url}', '{package.refused}', 0, '2027-01-01')`);
  await packageAnswered(1, 2, 'refused');
  expect(await collect()).toBe(3);
});

test('一直不通：七次重试后放弃；连续十条放弃即停用，启用后失败计数归零，可重新投递', async () => {
  const { id } = await subscribe(1);
  for (let number = 1; number <= 10; number++) await packageAnswered(1, number, 'accepted');
  expect(await collect()).toBe(10);
  answers = Array.from({ length: 100 }, () => 404);
  const ids = await due();
  const waits: (number | null)[] = [];
  for (let attempt = 0; attempt < 8; attempt++) waits.push(await deliver(test_.db, clock, ids[0]!, loopback));
  expect(waits).toEqual([60, 300, 1800, 7200, 21600, 43200, 86400, null]);
  expect((await deliveriesOf(id)).filter((each) => each.status === 'failed')).toHaveLength(1);
  await test_.owner.query(`update webhooks.delivery set attempts = 7 where status = 'waiting'`);
  for (const each of ids.slice(1)) await deliver(test_.db, clock, each, loopback);
  const [subscription] = await subscriptions();
  expect(subscription).toMatchObject({ status: 'disabled', failures: 10 });
  expect(subscription!.disabledReason).toContain('10');
  const before = seen.length;
  await test_.db.transaction(systemActor, async (tx) => {
    await redeliver(tx, context, ids[0]!);
    expect(await dueIds(tx, clock)).toEqual([]);
    await setSubscriptionStatus(tx, context, { id, status: 'active' });
  });
  answers = [];
  expect(await due()).toEqual([ids[0]]);
  await deliver(test_.db, clock, ids[0]!, loopback);
  expect(seen.length).toBe(before + 1);
  expect((await subscriptions())[0]).toMatchObject({ status: 'active', failures: 0 });
});

test('任务：每分钟收集并逐条排队；一次失败按等待时间再排', async () => {
  await subscribe(1);
  await packageAnswered(1, 1, 'accepted');
  let tick = async (): Promise<void> => {};
  let handler = async (_: { id: string }): Promise<void> => {};
  const sent: { id: string; startAfterSeconds?: number }[] = [];
  const jobs = {
    work: async (_: string, given: typeof handler) => {
      handler = given;
    },
    send: async (_: string, data: { id: string }, options: { startAfterSeconds?: number }) => {
      sent.push({ ...data, ...(options.startAfterSeconds ? { startAfterSeconds: options.startAfterSeconds } : {}) });
      return true;
    },
    schedule: async (_: string, cron: string, given: typeof tick) => {
      expect(cron).toBe('* * * * *');
      tick = given;
    },
    stop: async () => {},
  } as unknown as Jobs;
  await webhookJobs(jobs, test_.db, clock, loopback);
  await tick();
  expect(sent).toHaveLength(1);
  answers = [500];
  await handler(sent[0]!);
  expect(sent[1]).toEqual({ id: sent[0]!.id, startAfterSeconds: 60 });
  await handler(sent[1]!);
  expect(sent).toHaveLength(2);
  expect(seen).toHaveLength(2);
});

test('不许指向内部网络：http、内网地址、域名解析到内网，演示环境之外一律拒绝', async () => {
  const closed = addressPolicy({});
  expect(urlRefusal('http://example.com/x', closed.allowsHttp)?.code).toBe('webhook-url');
  expect(urlRefusal(url, closed.allowsHttp)?.code).toBe('webhook-url');
  expect(urlRefusal('https://u:p@example.com/', closed.allowsHttp)?.code).toBe('webhook-url');
  expect(urlRefusal('https://example.com/x', closed.allowsHttp)).toBeUndefined();
  for (const address of [
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '::1',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
    '0.0.0.0',
  ])
    expect(closed.mayReach(address), address).toBe(false);
  for (const address of ['8.8.8.8', '172.32.0.1', '2400:3200::1']) expect(closed.mayReach(address), address).toBe(true);
  const named = addressPolicy({ RONGDAN_WEBHOOK_ALLOW: '10.1.0.0/16' });
  expect([named.mayReach('10.1.9.9'), named.mayReach('10.2.0.1')]).toEqual([true, false]);
  const { id } = await subscribe(1);
  await packageAnswered(1, 1, 'accepted');
  await collect();
  const [delivery] = await due();
  await deliver(test_.db, clock, delivery!, closed);
  const port = new URL(url).port;
  for (const target of [`https://127.0.0.1:${port}/`, `https://localhost:${port}/`]) {
    await test_.owner.query('update webhooks.subscription set url = $1', [target]);
    await deliver(test_.db, clock, delivery!, closed);
    expect((await deliveriesOf(id))[0]!.lastDetail, target).toContain('已拒绝');
  }
  expect(seen).toEqual([]);
  expect(retryAfterSeconds(8)).toBe(null);
});

test('密钥只有程序自己读得到', async () => {
  await subscribe(1);
  for (const userId of [1, -1]) {
    const rows = await test_.db.read({ userId }, (tx) =>
      tx
        .selectFrom('webhooks.secret' as never)
        .selectAll()
        .execute(),
    );
    expect(rows).toEqual([]);
  }
});
