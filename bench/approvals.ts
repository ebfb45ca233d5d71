import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { buildApp } from '../src/app.ts';
import { systemClock } from '../src/platform/clock.ts';
import { askers, askersPassword, fillApprovals } from './approvals-fill.ts';
import { numberOption, report, rounded, startBenchDatabase } from './harness.ts';
import type { BareRequest } from './list-server.ts';
import { recorder } from './record.ts';

/**
 * Approvals over `size` cases with 5,000 open tasks: the detail page, the to-do list, other boxes and searches, each kind paced by itself at
 * 50 requests a second through the whole HTTP path, four people asking in turns; then all of them at 20 connections against a bare Fastify
 * route that runs the same statements as the owner. `--verbose` prints each address alone.
 */
const size = numberOption('size', 1_000_000);
const seconds = numberOption('seconds', 15);
const rate = 50;

type Asked = { path: string; cookie: string };
type Server = { process: ChildProcess; url: string; rssMb(): Promise<number> };

/** Addresses by what they are for; `{id}` is filled with approvals under way and done. */
const kinds = {
  detail: ['/api/approvals/{id}'],
  todo: ['/api/approvals?box=todo', '/api/approvals?box=todo&late=true', '/api/home/todo'],
  lists: [
    '/api/approvals?box=done',
    '/api/approvals?box=all',
    '/api/approvals?box=all&status=withdrawn',
    '/api/approvals?box=all&late=true',
    '/api/approvals?box=mine',
    '/api/cases',
    '/api/cases?state=review',
  ],
  search: [
    `/api/approvals?box=all&q=${encodeURIComponent('第12345号')}`,
    `/api/approvals?box=all&q=${encodeURIComponent('商贸')}`,
    `/api/cases?q=${encodeURIComponent('第54321')}`,
    `/api/cases?q=${encodeURIComponent('山西')}`,
    '/api/cases?q=sx4321',
    '/api/cases?q=XM2026-004321',
  ],
} as const;
type Kind = keyof typeof kinds;

const bench = await startBenchDatabase();
const servers: Server[] = [];
try {
  const begin = performance.now();
  await fillApprovals(bench, size);
  process.stderr.write(`填充用时 ${rounded((performance.now() - begin) / 1000, 0)} 秒\n`);
  const product = await start({ kind: 'product', url: bench.appUrl });
  const cookies = await Promise.all(askers.map((each) => signIn(product.url, each.account)));
  const asked = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, askedOf(kind as Kind, cookies)])) as Record<
    Kind,
    Asked[]
  >;
  const all = Object.values(asked).flat();
  if (process.argv.includes('--verbose')) await eachAlone(product, all);
  const bare = await start({ kind: 'bare', url: bench.ownerUrl, requests: await record(all) });
  const bareAsked = all.map((each, at) => ({ ...each, path: `/${at}` }));
  await shoot(product, all, { duration: 3, connections: 10 });
  await shoot(bare, bareAsked, { duration: 3, connections: 10 });
  const p99: Record<string, number> = {};
  for (const [kind, paths] of Object.entries(asked))
    p99[`${kind}_p99_ms`] = (
      await shoot(product, paths, { duration: seconds, connections: 10, overallRate: rate })
    ).latency.p99;
  const [ours, limit]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round += 1) {
    limit.push((await shoot(bare, bareAsked, { duration: seconds / 3, connections: 20 })).requests.average);
    ours.push((await shoot(product, all, { duration: seconds / 3, connections: 20 })).requests.average);
  }
  const [oursRps, limitRps] = [mean(ours), mean(limit)];
  report({
    ...{ bench: 'approvals', size, ...p99 },
    ...{ ours_rps: rounded(oursRps, 0), limit_rps: rounded(limitRps, 0), ratio: rounded(oursRps / limitRps) },
    rss_mb_max: await product.rssMb(),
  });
} finally {
  for (const server of servers) server.process.kill();
  await bench.stop();
}

/** Approvals of guarantor 1 that its people and the province may see: under way at each node, and done long ago. */
function idsAsked(): number[] {
  const own = (near: number) => near - (near % 52);
  return [size - 10, size - 1000, size - 4000, Math.floor(size / 2), 520].map(own);
}

function askedOf(kind: Kind, cookies: readonly string[]): Asked[] {
  const paths = kinds[kind].flatMap((path) =>
    path.includes('{id}') ? idsAsked().map((id) => path.replace('{id}', String(id))) : [path],
  );
  return paths.flatMap((path) => cookies.map((cookie) => ({ path, cookie })));
}

async function start(spec: { kind: 'product' | 'bare'; url: string; requests?: BareRequest[] }): Promise<Server> {
  const child = fork(fileURLToPath(new URL('list-server.ts', import.meta.url)), {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.send(spec);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  const server = {
    process: child,
    url: `http://127.0.0.1:${port}`,
    rssMb: async () => {
      child.send('rss');
      const [{ rss }] = (await once(child, 'message')) as [{ rss: number }];
      return Math.round(rss / 1024 / 1024);
    },
  };
  servers.push(server);
  return server;
}

async function signIn(url: string, account: string): Promise<string> {
  const answer = await fetch(`${url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'rongdan' },
    body: JSON.stringify({ account, password: askersPassword }),
  });
  if (!answer.ok) throw new Error(`登录失败：${await answer.text()}`);
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

/** The statements that the product runs for each address, the look at the session included. */
async function record(all: readonly Asked[]): Promise<BareRequest[]> {
  const { db, take } = recorder(bench.owner);
  const app = await buildApp({ db, clock: systemClock, rateLimitPerMinute: 0 });
  const recorded: BareRequest[] = [];
  for (const { path, cookie } of all) {
    take();
    const answer = await app.inject({ url: path, headers: { cookie } });
    if (answer.statusCode !== 200) throw new Error(`${path}：${answer.statusCode} ${answer.body}`);
    recorded.push(take());
  }
  await app.close();
  return recorded;
}

async function shoot(
  server: Server,
  asked: readonly Asked[],
  options: Partial<autocannon.Options>,
): Promise<autocannon.Result> {
  const requests = asked.map(({ path, cookie }) => ({ path, headers: { cookie } }));
  const result = await autocannon({ url: server.url, requests, ...options });
  if (result.non2xx + result.errors + result.timeouts > 0)
    throw new Error(`有请求未成功：${result.non2xx} 个状态码异常，${result.errors} 个出错，${result.timeouts} 个超时`);
  return result;
}

/** Each address ten times, one after the other: where the time goes. */
async function eachAlone(server: Server, all: readonly Asked[]): Promise<void> {
  for (const { path, cookie } of all) {
    const times: number[] = [];
    for (let turn = 0; turn < 10; turn += 1) {
      const begin = performance.now();
      const answer = await fetch(server.url + path, { headers: { cookie } });
      await answer.text();
      times.push(performance.now() - begin);
      if (!answer.ok) throw new Error(`${path}：${answer.status}`);
    }
    times.sort((a, b) => a - b);
    process.stderr.write(`${rounded(times[5]!, 1)} ms（最慢 ${rounded(times[9]!, 1)}）　${decodeURIComponent(path)}\n`);
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
