import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { type Account, canReach, databaseAccount } from './account.ts';
import { findBinaries, SYSTEM_FOLDER } from './binaries.ts';
import {
  type ClusterSite,
  clusterMajor,
  createCluster,
  type RunningCluster,
  startCluster,
  stopOrphan,
  superUser,
} from './cluster.ts';
import { StartupProblem } from './problem.ts';
import { appRole, ensureLogin, ownerRole } from './roles.ts';
import type { Secrets } from './secrets.ts';

/** A running embedded database with its two logins. */
export interface EmbeddedDatabase {
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly cluster: RunningCluster;
  /** Drops the product's database and makes it anew, empty. */
  recreate(): Promise<void>;
  /** Address of another database on the same server with a login of its own, made when missing. */
  side(name: string): Promise<string>;
}

const databaseName = 'rongdan';
const LOG_LIMIT_BYTES = 20 * 1024 * 1024;

const settings = {
  shared_buffers: '256MB',
  work_mem: '64MB',
  maintenance_work_mem: '256MB',
  synchronous_commit: 'on',
  wal_compression: 'on',
  max_wal_size: '4GB',
  max_parallel_workers_per_gather: '2',
  jit: 'off',
  max_connections: '60',
  timezone: 'Asia/Shanghai',
  log_timezone: 'Asia/Shanghai',
  log_line_prefix: '%m [%p] ',
  // Statements and the values in error details may hold personal data; neither goes to the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_parameter_max_length_on_error: '0',
};

/** Opens the embedded PostgreSQL of a data folder that this process has locked: makes it, recovers it, starts it, as needed. */
export async function openEmbedded(
  dataDir: string,
  secrets: Secrets,
  say: (line: string) => void,
): Promise<EmbeddedDatabase> {
  const site = prepareSite(dataDir, say);
  if (await stopOrphan(site.dir)) say('已停止上次异常退出时遗留的数据库进程。');
  refuseForeignCluster(site, dataDir);
  if (clusterMajor(site.dir) === undefined) {
    say('正在创建内置数据库……');
    await createCluster(site, secrets.superPassword);
  }
  rotateLog(site);
  const cluster = await startCluster(site, settings);
  try {
    const url = (user: string, password: string, database: string) =>
      `postgres://${user}:${password}@127.0.0.1:${cluster.port}/${database}`;
    const superUrl = url(superUser, secrets.superPassword, 'postgres');
    await withClient(superUrl, (client) => prepareDatabase(client, secrets));
    return {
      ownerUrl: url(ownerRole, secrets.ownerPassword, databaseName),
      appUrl: url(appRole, secrets.appPassword, databaseName),
      cluster,
      recreate: () => withClient(superUrl, (client) => recreateDatabase(client, secrets)),
      side: async (name) => {
        await withClient(superUrl, (client) => prepareSide(client, name, secrets.ownerPassword));
        return url(name, secrets.ownerPassword, name);
      },
    };
  } catch (error) {
    await cluster.stop();
    throw explainLogin(error, dataDir);
  }
}

function prepareSite(dataDir: string, say: (line: string) => void): ClusterSite {
  const account = databaseAccount();
  const binaries = findBinaries(account);
  const home = clusterHome(dataDir, account, say);
  const site = { dir: path.join(home, 'postgres'), logFile: path.join(home, 'postgres.log'), account, binaries };
  if (!existsSync(site.logFile)) writeFileSync(site.logFile, '', { mode: 0o600 });
  if (account) chownSync(site.logFile, account.uid, account.gid);
  return site;
}

/** Where the cluster lies: in the data folder, or under SYSTEM_FOLDER when the database account cannot reach that. */
function clusterHome(dataDir: string, account: Account | undefined, say: (line: string) => void): string {
  const home = path.join(dataDir, 'db');
  if (!account) return ensureFolder(home, undefined);
  // The folder's owner must be able to pass through it; what is in it has its own, narrower rights.
  chmodSync(dataDir, statSync(dataDir).mode | 0o111);
  if (canReach(account, home)) return ensureFolder(home, account);
  return folderElsewhere(dataDir, account, say);
}

/** The place is noted in the data folder: a moved data folder keeps its database, an emptied one gets a new database. */
function folderElsewhere(dataDir: string, account: Account, say: (line: string) => void): string {
  const note = path.join(dataDir, 'db-folder');
  if (existsSync(note)) {
    const noted = readFileSync(note, 'utf8').trim();
    if (existsSync(noted)) return noted;
    throw new StartupProblem(
      `数据库文件夹 ${noted} 不见了：请从备份恢复；确认不再需要原有数据时，删除 ${dataDir} 后重新启动。`,
    );
  }
  const folder = path.join(SYSTEM_FOLDER, randomBytes(6).toString('hex'));
  mkdirSync(SYSTEM_FOLDER, { recursive: true, mode: 0o755 });
  ensureFolder(folder, account);
  writeFileSync(note, `${folder}\n`);
  say(`账号 ${account.name} 无法进入 ${dataDir}，数据库文件放在 ${folder}。`);
  return folder;
}

function ensureFolder(folder: string, account: Account | undefined): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (account) chownSync(folder, account.uid, account.gid);
  return folder;
}

function refuseForeignCluster(site: ClusterSite, dataDir: string): void {
  const major = clusterMajor(site.dir);
  if (major !== undefined && major !== site.binaries.major) {
    const remedy =
      major > site.binaries.major ? '请改用新版程序' : '请先用原版本程序执行 npm run rongdan -- backup，再用新版恢复';
    throw new StartupProblem(
      `数据目录 ${dataDir} 由 PostgreSQL ${major} 创建，本程序自带的是 ${site.binaries.major}：${remedy}（数据未动）。`,
    );
  }
  const owner = statSync(site.dir, { throwIfNoEntry: false })?.uid;
  const self = site.account?.uid ?? process.getuid?.();
  if (owner !== undefined && self !== undefined && owner !== self) {
    throw new StartupProblem(
      `数据目录 ${dataDir} 属于另一个用户（uid ${owner}）：请用原来的用户启动，或用 DATA_DIR 另选目录。`,
    );
  }
}

function rotateLog(site: ClusterSite): void {
  if (statSync(site.logFile).size < LOG_LIMIT_BYTES) return;
  renameSync(site.logFile, `${site.logFile}.1`);
  writeFileSync(site.logFile, '', { mode: 0o600 });
  if (site.account) chownSync(site.logFile, site.account.uid, site.account.gid);
}

/** Idempotent: logins and database are made when missing, so that a kill in the middle of the first start heals itself. */
async function prepareDatabase(client: pg.Client, secrets: Secrets): Promise<void> {
  await ensureLogin(client, ownerRole, secrets.ownerPassword);
  await ensureLogin(client, appRole, secrets.appPassword);
  await ensureDatabase(client, databaseName, ownerRole);
}

async function recreateDatabase(client: pg.Client, secrets: Secrets): Promise<void> {
  await client.query(`drop database if exists ${databaseName} with (force)`);
  await prepareDatabase(client, secrets);
}

async function prepareSide(client: pg.Client, name: string, password: string): Promise<void> {
  await ensureLogin(client, name, password);
  await ensureDatabase(client, name, name);
}

async function ensureDatabase(client: pg.Client, name: string, owner: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_database where datname = $1', [name]);
  if (rowCount !== 0) return;
  await client.query(`create database ${pg.escapeIdentifier(name)} owner ${pg.escapeIdentifier(owner)}`);
  await client.query(`revoke connect on database ${pg.escapeIdentifier(name)} from public`);
  const guests = name === databaseName ? [owner, appRole] : [owner];
  for (const guest of guests) await client.query(`grant connect on database ${pg.escapeIdentifier(name)} to ${guest}`);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function explainLogin(error: unknown, dataDir: string): unknown {
  if ((error as { code?: string }).code !== '28P01') return error;
  const file = path.join(dataDir, 'secrets.json');
  const age = existsSync(file) ? readFileSync(file).length : 0;
  return new StartupProblem(`密钥文件 ${file} 与数据库不符${age === 0 ? '（文件为空）' : ''}：请从备份恢复该文件。`);
}
