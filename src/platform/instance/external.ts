import pg from 'pg';
import { StartupProblem } from './problem.ts';
import { appRole, ensureLogin, isConfined, withLogin } from './roles.ts';

/** A PostgreSQL that somebody else runs, checked and with both logins known. */
export interface ExternalDatabase {
  readonly ownerUrl: string;
  readonly appUrl: string;
}

const OLDEST_SERVER = 15;
const CONNECT_LIMIT_MS = 10_000;

/**
 * Checks the server behind DATABASE_URL (reachable, new enough) and the application role: given as APP_DATABASE_URL, or
 * created with `appPassword` where the owner may create roles. Throws StartupProblem, which never holds a password.
 */
export async function openExternal(
  ownerUrl: string,
  givenAppUrl: string | undefined,
  appPassword: string,
): Promise<ExternalDatabase> {
  const client = await connect(ownerUrl, 'DATABASE_URL');
  try {
    await refuseOldServer(client);
    if (givenAppUrl) {
      await refuseUnconfined(givenAppUrl);
      return { ownerUrl, appUrl: givenAppUrl };
    }
    await ensureAppRole(client, ownerUrl, appPassword);
    return { ownerUrl, appUrl: withLogin(ownerUrl, appRole, appPassword) };
  } finally {
    await client.end();
  }
}

async function ensureAppRole(client: pg.Client, ownerUrl: string, password: string): Promise<void> {
  if (await canSignIn(withLogin(ownerUrl, appRole, password))) return;
  try {
    await ensureLogin(client, appRole, password);
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error;
    throw new StartupProblem(
      `DATABASE_URL 的用户无权创建角色 ${appRole}：请数据库管理员执行「create role ${appRole} login password '…';」，` +
        `再把该角色的连接串写入 APP_DATABASE_URL（形如 postgres://${appRole}:密码@主机:5432/库名）后重新启动。`,
    );
  }
  if (!(await isConfined(client, appRole))) throw tooPowerful(appRole);
}

async function refuseUnconfined(appUrl: string): Promise<void> {
  const client = await connect(appUrl, 'APP_DATABASE_URL');
  try {
    const role = client.user ?? '';
    if (!(await isConfined(client, role))) throw tooPowerful(role);
  } finally {
    await client.end();
  }
}

const tooPowerful = (role: string) =>
  new StartupProblem(
    `角色 ${role} 能绕过行级权限，不能供程序使用：请数据库管理员执行「alter role ${role} nosuperuser nobypassrls;」后重新启动。`,
  );

async function canSignIn(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function connect(url: string, variable: string): Promise<pg.Client> {
  const client = clientFor(url, variable);
  client.on('error', () => {});
  try {
    await client.connect();
    return client;
  } catch (error) {
    await client.end().catch(() => {});
    throw explain(error as Error & { code?: string }, client, variable);
  }
}

function clientFor(url: string, variable: string): pg.Client {
  const isUrl = URL.canParse(url) && /^postgres(ql)?:$/.test(new URL(url).protocol);
  if (!isUrl) throw new StartupProblem(`${variable} 不是有效的连接串：应形如 postgres://用户:密码@主机:5432/库名。`);
  return new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_LIMIT_MS });
}

function explain(error: Error & { code?: string }, client: pg.Client, variable: string): StartupProblem {
  const target = `${client.host}:${client.port}/${client.database ?? ''}`;
  switch (error.code) {
    case '28P01':
    case '28000':
      return new StartupProblem(
        `数据库 ${target} 拒绝登录（用户 ${client.user}）：请检查 ${variable} 中的用户名和密码。`,
      );
    case '3D000':
      return new StartupProblem(
        `服务器上没有数据库 ${client.database}：请先执行「create database ${client.database};」或修改 ${variable}。`,
      );
    case '53300':
      return new StartupProblem(`数据库 ${target} 的连接数已满：请稍后重试，或请数据库管理员提高 max_connections。`);
    case '57P03':
      return new StartupProblem(`数据库 ${target} 正在启动或关闭：请稍后重试。`);
    default:
      return new StartupProblem(
        `连接不上数据库 ${target}（${error.code ?? error.message}）：请确认它已启动、网络可达，并检查 ${variable}。`,
      );
  }
}

async function refuseOldServer(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  );
  const major = Math.floor(Number(rows[0]?.number) / 10_000);
  if (major >= OLDEST_SERVER) return;
  throw new StartupProblem(
    `数据库版本是 PostgreSQL ${rows[0]?.name}，本程序需要 ${OLDEST_SERVER} 及以上：请升级数据库，或去掉 DATABASE_URL 使用内置数据库。`,
  );
}
