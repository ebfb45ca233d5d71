import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { chown, mkdir, rename, rm } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import type { Account } from './account.ts';
import type { Binaries } from './binaries.ts';
import { StartupProblem } from './problem.ts';
import { commandLine, isRunning, waitUntil } from './process-table.ts';

/** What a PostgreSQL data folder needs to be made or run. `account` only as root. */
export interface ClusterSite {
  readonly dir: string;
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly logFile: string;
}

/** A running PostgreSQL. */
export interface RunningCluster {
  readonly port: number;
  /** Stops the server: 'fast' writes everything out first, 'immediate' is for data nobody wants. Safe to call again. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>;
  /** Calls back when the server ends without `stop`. */
  onCrash(listener: () => void): void;
}

/** The superuser of an embedded cluster; only this folder uses it. */
export const superUser = 'postgres';

const SHUTDOWN_LIMIT_MS = 60_000;
// Crash recovery after a power cut replays up to max_wal_size, which takes a while on a slow disk.
const READY_LIMIT_MS = 180_000;

/** Makes the data folder, complete or not at all: it is filled under another name and renamed at the end. */
export async function createCluster(site: ClusterSite, superPassword: string, throwAway = false): Promise<void> {
  const draft = `${site.dir}.new`;
  const passwordFile = `${site.dir}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, `${superPassword}\n`, { mode: 0o600 });
  try {
    if (site.account) {
      await chown(draft, site.account.uid, site.account.gid);
      await chown(passwordFile, site.account.uid, site.account.gid);
    }
    await runInitdb(site, draft, passwordFile, throwAway);
    await rename(draft, site.dir);
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function runInitdb(site: ClusterSite, draft: string, passwordFile: string, throwAway: boolean): Promise<void> {
  const flags = [
    `--pgdata=${draft}`,
    `--username=${superUser}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(throwAway ? ['--no-sync'] : []),
  ];
  const child = spawn(site.binaries.initdb, flags, { ...identityOf(site), stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw explainFailure(complaint, site);
}

/**
 * Starts the server on a free port of 127.0.0.1 and answers when it takes connections.
 * It runs in a session of its own, so that Ctrl-C in a terminal reaches us first and we stop it in order; a watchdog stops it
 * should this process be killed outright (and removes the folder around the cluster when `removeWhenOrphaned`).
 */
export async function startCluster(
  site: ClusterSite,
  settings: Readonly<Record<string, string>>,
  removeWhenOrphaned = false,
): Promise<RunningCluster> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const logStart = existsSync(site.logFile) ? statSync(site.logFile).size : 0;
    const server = launch(site, { ...settings, port: String(port) });
    const watchdog = startWatchdog(server, site, removeWhenOrphaned);
    if (await becomesReady(server, site)) return supervise(server, watchdog, port);
    watchdog.stdin?.end('stopped\n');
    const log = readFileSync(site.logFile).subarray(logStart).toString();
    // Another program may have taken the port between the look and the bind.
    if (attempt >= 3 || !/could not bind|Address already in use/.test(log)) throw explainFailure(log, site);
  }
}

function launch(site: ClusterSite, settings: Readonly<Record<string, string>>): ChildProcess {
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const log = openSync(site.logFile, 'a', 0o600);
  try {
    const server = spawn(site.binaries.postgres, ['-D', site.dir, ...flags], {
      ...identityOf(site),
      detached: true,
      stdio: ['ignore', log, log],
    });
    // Reported through the exit code that `becomesReady` sees.
    server.on('error', () => {});
    return server;
  } finally {
    closeSync(log);
  }
}

async function becomesReady(server: ChildProcess, site: ClusterSite): Promise<boolean> {
  const file = path.join(site.dir, 'postmaster.pid');
  const isReady = () => {
    const lines = readLines(file);
    return Number(lines[0]) === server.pid && lines[7]?.trim() === 'ready';
  };
  const hasEnded = () => server.pid === undefined || server.exitCode !== null || server.signalCode !== null;
  const settled = await waitUntil(() => hasEnded() || isReady(), READY_LIMIT_MS);
  if (!settled) server.kill('SIGINT');
  return settled && !hasEnded();
}

function supervise(server: ChildProcess, watchdog: ChildProcess, port: number): RunningCluster {
  let isStopping = false;
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  server.unref();
  return {
    port,
    stop: async (mode = 'fast') => {
      isStopping = true;
      if (server.exitCode === null && server.signalCode === null) {
        server.ref();
        server.kill(mode === 'fast' ? 'SIGINT' : 'SIGQUIT');
        await ended;
      }
      watchdog.stdin?.end('stopped\n');
    },
    onCrash: (listener) => {
      server.once('exit', () => {
        if (!isStopping) listener();
      });
    },
  };
}

/** A shell that waits on a pipe from us. A line on it means all is well; end of file without one means we were killed. */
function startWatchdog(server: ChildProcess, site: ClusterSite, remove: boolean): ChildProcess {
  const script = `
    read -r _ && exit 0
    kill -INT "$1" || exit 0
    tries=0
    while [ -f "$2/postmaster.pid" ] && [ "$tries" -lt 600 ]; do sleep 0.1; tries=$((tries + 1)); done
    [ "$3" = remove ] && rm -rf "\${2%/*}"`;
  const watchdog = spawn(
    '/bin/sh',
    ['-c', script, 'rongdan-watchdog', String(server.pid), site.dir, remove ? 'remove' : 'keep'],
    {
      ...identityOf(site),
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  );
  watchdog.on('error', () => {});
  watchdog.stdin.on('error', () => {});
  watchdog.unref();
  (watchdog.stdin as unknown as net.Socket).unref();
  return watchdog;
}

/** Stops a server that a killed program left behind on this folder. Answers whether there was one. */
export async function stopOrphan(dir: string): Promise<boolean> {
  const pid = Number(readLines(path.join(dir, 'postmaster.pid'))[0]);
  const isOurs = () => pid > 0 && isRunning(pid) && commandLine(pid).includes(`postgres -D ${dir} `);
  if (!isOurs()) return false;
  process.kill(pid, 'SIGINT');
  if (!(await waitUntil(() => !isOurs(), SHUTDOWN_LIMIT_MS))) {
    throw new StartupProblem(`上次遗留的数据库进程（进程号 ${pid}）没有退出，请执行 kill -INT ${pid} 后重新启动。`);
  }
  return true;
}

/** Major version of the PostgreSQL that made the folder; undefined when there is no cluster in it. */
export function clusterMajor(dir: string): number | undefined {
  const line = readLines(path.join(dir, 'PG_VERSION'))[0];
  return line ? Number.parseInt(line, 10) : undefined;
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}

function explainFailure(log: string, site: ClusterSite): StartupProblem {
  if (/No space left on device/.test(log)) {
    return new StartupProblem(`数据目录 ${site.dir} 所在磁盘已满，请清理磁盘后重新启动（已有数据未受影响）。`);
  }
  if (/shared memory|out of memory|Cannot allocate/i.test(log)) {
    return new StartupProblem(
      '内存不足，内置数据库无法启动：请关闭其他程序，或用 DATABASE_URL 指向另一台 PostgreSQL。',
    );
  }
  const reason = log.split('\n').findLast((line) => /FATAL|PANIC|error:/.test(line));
  return new StartupProblem(`内置数据库无法启动${reason ? `（${reason.trim()}）` : ''}，详见日志 ${site.logFile}。`);
}

function identityOf(site: ClusterSite) {
  const { account } = site;
  const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'Asia/Shanghai' };
  return account ? { env, cwd: '/', uid: account.uid, gid: account.gid } : { env, cwd: '/' };
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
