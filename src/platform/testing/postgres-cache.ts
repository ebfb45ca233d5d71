import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { canReach, databaseAccount } from '../instance/account.ts';
import { findBinaries } from '../instance/binaries.ts';
import { type ClusterSite, createCluster, startCluster, superUser } from '../instance/cluster.ts';
import { appRole, ensureLogin, ownerRole } from '../instance/roles.ts';
import { migrate, migrationFiles } from '../migrate.ts';

/** How a test reaches its server: as superuser to clone, as owner and as the application to work. */
export interface TestServer {
  readonly superUrl: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
}

/** The migrated database that every test database is a copy of. */
export const templateName = 'rongdan_template';

// Nothing here outlives the run, so nothing needs to reach the disk.
const throwAwaySettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  shared_buffers: '128MB',
  work_mem: '32MB',
  max_connections: '200',
  max_wal_size: '2GB',
  jit: 'off',
  autovacuum_naptime: '15s',
  timezone: 'Asia/Shanghai',
};
const KEPT_CACHES = 3;
const cacheFolder = fileURLToPath(new URL('../../../.cache/test-postgres/', import.meta.url));

/** Starts a throw-away server whose template is migrated; `stop` leaves neither process nor file. */
export async function startThrowAway(): Promise<{ server: TestServer; stop: () => Promise<void> }> {
  const cached = await cachedCluster();
  const site = newSite();
  copyTree(path.join(cached, 'postgres'), site.dir);
  const passwords = JSON.parse(readFileSync(path.join(cached, 'passwords.json'), 'utf8')) as Omit<
    TestServer,
    'superUrl'
  > & {
    superPassword: string;
  };
  const cluster = await startCluster(site, throwAwaySettings, true);
  const superUrl = `postgres://${superUser}:${passwords.superPassword}@127.0.0.1:${cluster.port}/postgres`;
  return {
    server: { superUrl, ownerPassword: passwords.ownerPassword, appPassword: passwords.appPassword },
    stop: async () => {
      await cluster.stop('immediate');
      rmSync(path.dirname(site.dir), { recursive: true, force: true });
    },
  };
}

/** The folder of a stopped cluster with a template for these migrations and this server, made when there is none. */
async function cachedCluster(): Promise<string> {
  const account = databaseAccount();
  const files = await migrationFiles();
  const key = createHash('sha256')
    .update(
      JSON.stringify([
        findBinaries(account).version,
        account?.uid ?? process.getuid?.(),
        files.map((f) => [f.name, f.hash]),
      ]),
    )
    .digest('hex')
    .slice(0, 16);
  const target = path.join(cacheFolder, key);
  if (!existsSync(target)) await buildCluster(target);
  touch(target);
  prune();
  return target;
}

async function buildCluster(target: string): Promise<void> {
  const make = () => randomBytes(18).toString('base64url');
  const passwords = { superPassword: make(), ownerPassword: make(), appPassword: make() };
  const site = newSite();
  const draft = `${target}.${process.pid}`;
  try {
    await createCluster(site, passwords.superPassword, true);
    const cluster = await startCluster(site, throwAwaySettings, true);
    try {
      const superUrl = `postgres://${superUser}:${passwords.superPassword}@127.0.0.1:${cluster.port}/postgres`;
      await makeTemplate({ superUrl, ...passwords });
    } finally {
      await cluster.stop();
    }
    mkdirSync(draft, { recursive: true });
    writeFileSync(path.join(draft, 'passwords.json'), JSON.stringify(passwords), { mode: 0o600 });
    copyTree(site.dir, path.join(draft, 'postgres'));
    if (!existsSync(target)) renameSync(draft, target);
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(path.dirname(site.dir), { recursive: true, force: true });
  }
}

/** Makes the logins and the migrated template on a server; a template already there is replaced. */
export async function makeTemplate(server: TestServer): Promise<void> {
  const client = new pg.Client({ connectionString: server.superUrl });
  await client.connect();
  try {
    await ensureLogin(client, ownerRole, server.ownerPassword);
    await ensureLogin(client, appRole, server.appPassword);
    await client.query(`drop database if exists ${templateName} with (force)`);
    await client.query(`create database ${templateName} owner ${ownerRole}`);
    await migrate(urlOf(server, templateName, ownerRole, server.ownerPassword));
  } finally {
    await client.end();
  }
}

/** The server's address as another login, on another database. */
export function urlOf(server: TestServer, database: string, user: string, password: string): string {
  const url = new URL(server.superUrl);
  url.pathname = `/${database}`;
  url.username = user;
  url.password = password;
  return url.href;
}

/** A fresh place in memory where there is room, else on disk, that the database account can reach. */
function newSite(): ClusterSite {
  const account = databaseAccount();
  const candidates = ['/dev/shm', os.tmpdir(), '/tmp'].filter((folder) => existsSync(folder) && hasRoom(folder));
  const base = candidates.find((folder) => !account || canReach(account, folder)) ?? os.tmpdir();
  const home = mkdtempSync(path.join(base, 'rongdan-test-'));
  if (account) chownSync(home, account.uid, account.gid);
  const logFile = path.join(home, 'postgres.log');
  return { dir: path.join(home, 'postgres'), logFile, account, binaries: findBinaries(account) };
}

function hasRoom(folder: string): boolean {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 3 * 1024 ** 3;
}

/** `cp -a` keeps owner and mode, which PostgreSQL insists on. */
function copyTree(from: string, to: string): void {
  execFileSync('cp', ['-a', from, to], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function touch(folder: string): void {
  const { atime } = statSync(folder);
  utimesSync(folder, atime, performance.timeOrigin / 1000);
}

function prune(): void {
  const complete = readdirSync(cacheFolder).filter((name) => !name.includes('.'));
  const byAge = complete.map((name) => ({ name, at: statSync(path.join(cacheFolder, name)).mtimeMs }));
  byAge.sort((a, b) => b.at - a.at);
  for (const { name } of byAge.slice(KEPT_CACHES))
    rmSync(path.join(cacheFolder, name), { recursive: true, force: true });
}
