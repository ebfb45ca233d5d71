import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import { numberOption, report, rounded, startBenchDatabase } from './harness.ts';
import { pathsOf, recordSql } from './list-requests.ts';
import type { BareRequest } from './list-server.ts';
import { benchAccount, fillProvince } from './province.ts';

/**
 * The list of guarantees (filters, searches, deep pages) and the detail of one, half and half, over `size` rows: the product's whole
 * HTTP path as a province user, against a bare Fastify route that runs the same SQL as the owner on a pool of the same size and
 * answers the rows. Latency at 100 requests a second; throughput of both at 20 connections, in turns.
 */
const size = numberOption('size', 1_000_000);
const seconds = numberOption('seconds', 15);
const rate = 100;

type Server = { process: ChildProcess; url: string; rssMb(): Promise<number> };

const bench = await startBenchDatabase();
const servers: Server[] = [];
try {
  const userId = await fillProvince(bench, size);
  const paths = await pathsOf(bench.db, userId);
  const product = await start({ kind: 'product', url: bench.appUrl });
  const bare = await start({ kind: 'bare', url: bench.ownerUrl, requests: await recordSql(bench.owner, paths) });
  const cookie = await signIn(product.url);
  const ask = (server: Server, options: Partial<autocannon.Options>) =>
    shoot(server.url, server === product ? paths : paths.map((_, at) => `/${at}`), { headers: { cookie }, ...options });
  for (const server of servers) await ask(server, { duration: 3, connections: 10 });
  const paced = await ask(product, { duration: seconds, connections: 10, overallRate: rate });
  const [ours, limit]: [number[], number[]] = [[], []];
  for (let round = 0; round < 3; round += 1) {
    limit.push((await ask(bare, { duration: seconds / 3, connections: 20 })).requests.average);
    ours.push((await ask(product, { duration: seconds / 3, connections: 20 })).requests.average);
  }
  const [oursRps, limitRps] = [mean(ours), mean(limit)];
  report({
    bench: 'list',
    size,
    p99_ms: paced.latency.p99,
    ours_rps: rounded(oursRps, 0),
    limit_rps: rounded(limitRps, 0),
    ratio: rounded(oursRps / limitRps),
    rss_mb_max: await product.rssMb(),
  });
} finally {
  for (const server of servers) server.process.kill();
  await bench.stop();
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

async function signIn(url: string): Promise<string> {
  const answer = await fetch(`${url}/api/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'rongdan' },
    body: JSON.stringify(benchAccount),
  });
  if (!answer.ok) throw new Error(`登录失败：${await answer.text()}`);
  return answer.headers.getSetCookie()[0]!.split(';')[0]!;
}

async function shoot(
  url: string,
  paths: readonly string[],
  options: Partial<autocannon.Options>,
): Promise<autocannon.Result> {
  const result = await autocannon({ url, requests: paths.map((path) => ({ path })), ...options });
  if (result.non2xx + result.errors + result.timeouts > 0)
    throw new Error(
      `有请求未成功：${JSON.stringify(result.statusCodeStats)} ${result.non2xx} 个状态码异常，${result.errors} 个出错，${result.timeouts} 个超时`,
    );
  return result;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
