import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildApp } from './app.ts';
import { day } from './kernel/day.ts';
import { createPerson, grantRole, roles, syncRoles } from './modules/identity/index.ts';
import { createInstitution, loadRegions } from './modules/institutions/index.ts';
import { fixedClock } from './platform/clock.ts';
import { systemActor } from './platform/db.ts';
import { createTestDatabase, type TestDatabase } from './platform/testing/index.ts';

/** Reachable by everybody, each for its reason. Anything else without a permission fails. */
const publicRoutes: Readonly<Record<string, string>> = {
  'POST /api/sign-in': '登录',
  'POST /api/sign-out': '退出：持有令牌即有权结束它',
  'POST /api/public/my-case/codes': '客户获取验证码：有无此客户，回答相同',
  'POST /api/public/my-case/sessions': '客户凭验证码进入',
  'DELETE /api/public/my-case/sessions': '客户结束查询：持有令牌即有权结束它',
  'POST /api/public/my-case/files': '客户提交资料：须持有进入后的令牌',
  'POST /api/public/my-case/applications': '客户自助申请：须持有进入后的令牌',
  'GET /api/demo-accounts': '演示环境之外为空',
  'POST /oauth/token': '换取令牌',
  'GET /api/openapi.json': '接口说明',
  'GET /api/docs': '接口说明的网页',
  'GET /api/subsidies/letters/verify': '核验文件的真伪：持有文件的人凭编号与验证码查询',
};
/** A verification page is for whoever holds a paper: addresses that begin so may be public. */
const publicByPurpose = /^GET \/api\/(verify|certificates\/verify|public)\b/;

/** Tables that name an institution or a place and yet are for everyone, each for its reason. */
const openTables: Readonly<Record<string, string>> = {
  'institutions.institution': '机构名录是公开的参照数据',
  'institutions.region': '行政区划是公开的参照数据',
  'banks.branch': '银行分支机构是公开的参照数据',
  'banks.alias': '银行名称对照全省共用',
  'audit.head': '链头只有序号与摘要',
  'audit.checkpoint': '封存点只有序号、摘要与签名',
};
/** Under row security for writing, and for others to read: one for the whole province. */
const publishedTables = [
  // One standard (条16).
  'subsidies.scheme',
  'subsidies.scheme_version',
  'subsidies.adoption',
  // One admission and one line serve the whole system (条13 集中准入、统一授信).
  'admissions.admission',
  'admissions.document',
  'admissions.evaluation',
  'admissions.event',
  'admissions.suspension',
  'limits.bank_line',
  // Public keys, by which anyone checks a paper.
  'documents.signing_key',
];
/** One admission of a bank and one line of it serve the whole system (条13): every guarantor sees them; a bank only its own. */
const sharedByGuarantors = [
  'admissions.admission',
  'admissions.document',
  'admissions.evaluation',
  'admissions.event',
  'admissions.suspension',
  'limits.bank_line',
];
/** Tables the application cannot read at all; it reads these views, which keep rows back as row security would. */
const readThroughView: Readonly<Record<string, string>> = {
  'reconciliation.other_record': 'reconciliation.seen_other_record',
  'subsidies.entitlement': 'subsidies.seen_entitlement',
};
/** Rows that administrators and nobody else of another institution may see. */
const forAdministrators = [
  'identity.user_account',
  'identity.role_grant',
  'identity.client',
  'webhooks.subscription',
  'webhooks.event',
  'webhooks.delivery',
  'webhooks.attempt',
  'batches.source',
  'batches.visit',
];
/** Rows of one user alone, or of the program alone: not even the province sees them. */
const ofOneUser = [
  'kernel.request',
  'identity.session',
  'identity.client',
  'webhooks.secret',
  // Codes and sessions of customers are the program's alone; what a credit platform said is the authorised guarantor's alone.
  'portal.code',
  'portal.session',
  'portal.session_customer',
  'creditinfo.query',
];

const context = { actor: systemActor, clock: fixedClock(day('2026-09-30')) };
const password = 'security probe 1';
let test: TestDatabase;
let app: Awaited<ReturnType<typeof buildApp>>;
let superUser: pg.Client;
const cookies = new Map<string, string>();
const users = new Map<string, number>();
const ids: Record<string, number> = {};

beforeAll(async () => {
  test = await createTestDatabase();
  await syncRoles(test.ownerUrl);
  await test.db.transaction(systemActor, async (tx) => {
    await loadRegions(tx);
    const make = async (key: string, kind: string, level: number, regionCode: number) => {
      ids[key] = (await createInstitution(tx, context, { code: key, name: `机构${key}`, kind, level, regionCode })).id;
    };
    const kinds = [...new Set(roles.flatMap((role) => role.at.map((kind) => `${kind}/${role.levels.at(-1)}`)))];
    // All of them in Taiyuan, where the probed rows are not.
    for (const each of kinds) {
      const [kind, level] = each.split('/') as [string, string];
      await make(
        each.toUpperCase().replace('/', '-'),
        kind,
        Number(level),
        [0, 140000, 140100, 140105][Number(level)]!,
      );
    }
    await make('OTHER', 'guarantor', 2, 140200);
    await make('OTHERBANK', 'bank', 1, 140000);
    for (const role of roles) {
      const at = `${role.at[0]}-${role.levels.at(-1)}`.toUpperCase();
      const { id } = await createPerson(tx, context, {
        account: role.code,
        name: role.title,
        personKey: `security ${role.code}`,
        institutionId: ids[at]!,
        password,
      });
      await grantRole(tx, context, { userId: id, role: role.code });
      users.set(role.code, id);
    }
    const other = { account: 'other', name: '别处', personKey: 'security other', institutionId: ids.OTHER!, password };
    users.set('other', (await createPerson(tx, context, other)).id);
    await grantRole(tx, context, { userId: users.get('other')!, role: 'r06-statistics' });
  });
  app = await buildApp({ db: test.db, clock: context.clock, rateLimitPerMinute: 0 });
  await app.ready();
  for (const role of roles) {
    const answer = await app.inject({ method: 'POST', url: '/api/sign-in', payload: { account: role.code, password } });
    cookies.set(role.code, String(answer.headers['set-cookie']).split(';')[0]!);
  }
  const address = new URL(inject('testServer').superUrl);
  address.pathname = new URL(test.ownerUrl).pathname;
  superUser = new pg.Client({ connectionString: address.href });
  await superUser.connect();
});
afterAll(async () => {
  await superUser.end();
  await app.close();
  await test.close();
});

const name = (route: { method: string; url: string }) => `${route.method} ${route.url}`;
/** Ids that exist nowhere, so that an allowed call changes nothing. */
const addressOf = (url: string) => url.replace(/:[A-Za-z]+/g, '999999').replace('*', '999999');
const call = (route: { method: string; url: string }, headers: Record<string, string>) =>
  app.inject({
    method: route.method as 'GET',
    url: addressOf(route.url),
    headers: { 'x-requested-with': 'rongdan', ...headers },
    ...(route.method === 'GET' ? {} : { payload: {} }),
  });

describe('每条路由 × 每个角色', () => {
  it('每条路由都声明了权限；公开的只有列明的几条', () => {
    const known = new Set(['public', 'signed-in', ...roles.flatMap((role) => role.permissions)]);
    expect(app.apiRoutes.length).toBeGreaterThan(40);
    expect(
      app.apiRoutes
        .filter((route) => !known.has(route.permission))
        .map((route) => `${name(route)} ${route.permission}`),
    ).toEqual([]);
    const open = app.apiRoutes.filter((route) => route.permission === 'public').map(name);
    expect(open.filter((each) => !(each in publicRoutes) && !publicByPurpose.test(each))).toEqual([]);
    expect(Object.keys(publicRoutes).filter((each) => !open.includes(each))).toEqual([]);
  });

  it('未登录：除公开者外一律 401', async () => {
    const wrong: string[] = [];
    for (const route of app.apiRoutes.filter((each) => each.permission !== 'public')) {
      const { statusCode } = await call(route, {});
      if (statusCode !== 401) wrong.push(`${name(route)} → ${statusCode}`);
    }
    expect(wrong).toEqual([]);
  });

  it.each(roles)('$code：有权限的进得去，没有的 403', async (role) => {
    const wrong: string[] = [];
    let asked = 0;
    for (const route of app.apiRoutes) {
      // Without RONGDAN_DEMO nobody has demo.control, whatever the table of roles says.
      const may =
        route.permission === 'signed-in' ||
        (role.permissions.includes(route.permission) && route.permission !== 'demo.control');
      if (route.permission === 'public') continue;
      const { statusCode } = await call(route, { cookie: cookies.get(role.code)! });
      asked++;
      if (may ? statusCode === 401 || statusCode === 403 || statusCode === 500 : statusCode !== 403)
        wrong.push(`${name(route)}（${route.permission}）→ ${statusCode}`);
    }
    expect(asked).toBeGreaterThan(40);
    expect(wrong).toEqual([]);
  });
});

type Column = { name: string; type: string; generated: boolean; nullable: boolean };
type Table = { name: string; secured: boolean; columns: Column[] };

async function tablesOf(): Promise<Table[]> {
  const { rows } = await superUser.query<Table>(`
    select n.nspname || '.' || c.relname as name, c.relrowsecurity as secured,
           jsonb_agg(jsonb_build_object('name', a.attname, 'type', coalesce(base.typname, t.typname),
             'generated', a.attgenerated <> '', 'nullable', not a.attnotnull) order by a.attnum) as columns
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_type t on t.oid = a.atttypid
      left join pg_type base on base.oid = t.typbasetype
     where c.relkind in ('r', 'p') and not c.relispartition
       and n.nspname not in ('pg_catalog', 'information_schema', 'public', 'pg_toast') and n.nspname not like 'pgboss%'
     group by 1, 2 order by 1`);
  return rows;
}

/** Columns that make a row somebody's. */
const owning = /^(guarantor_id|county|county_code|region_code|bank_id|chain_id|institution_id)$/;

/** A value for a column of the row of another city, guarantor and bank. */
function valueFor({ name: column, type }: Column): unknown {
  if (/guarantor_id$|^chain_id$|institution_id$|^predecessor_id$|^successor_id$/.test(column) && type.startsWith('int'))
    return ids.OTHER;
  if (/(^|_)bank_id$/.test(column)) return ids.OTHERBANK;
  if (/county/.test(column) && type.startsWith('int')) return 140212;
  if (/region_code$/.test(column)) return 140200;
  if (/user_id$|_by$/.test(column) && type.startsWith('int')) return users.get('other');
  const plain: Record<string, unknown> = {
    int2: 1,
    int4: 7001,
    int8: 7001,
    numeric: 0,
    float8: 0,
    bool: false,
    text: 'probe-7001',
    date: '2026-01-01',
    timestamptz: '2026-01-01T00:00:00Z',
    jsonb: '{}',
    json: '{}',
    bytea: Buffer.from('x'),
    uuid: '00000000-0000-0000-0000-000000007001',
  };
  if (type.startsWith('_')) return '{}';
  return plain[type];
}

const insertOf = (table: Table) => {
  const columns = table.columns.filter((each) => !each.generated && !(valueFor(each) === undefined && each.nullable));
  const names = columns.map((each) => `"${each.name}"`).join(', ');
  const marks = columns.map((_, at) => `$${at + 1}`).join(', ');
  return {
    text: `insert into ${table.name} (${names}) overriding system value values (${marks})`,
    values: columns.map(valueFor),
  };
};

describe('每张表 × 直接 SQL 探查', () => {
  let tables: Table[];
  const places = new Map<string, string>();

  beforeAll(async () => {
    tables = await tablesOf();
    // The rows need not be a sensible book, only somebody's: rules that would refuse them are switched off here, row security is not.
    await superUser.query(`do $$ declare each record; begin
      for each in select conrelid::regclass as of_table, conname from pg_constraint
        where contype = 'c' and conrelid <> 0 and connamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'public')
      loop execute format('alter table %s drop constraint %I', each.of_table, each.conname); end loop; end $$`);
    await superUser.query(`set session_replication_role = replica`);
    for (const table of tables.filter((each) => each.secured || each.name in readThroughView)) {
      const { text, values } = insertOf(table);
      const { rows } = await superUser
        .query<{ ctid: string }>(`${text} returning ctid::text`, values)
        .catch((error: Error) => {
          throw new Error(`${table.name}：${error.message}`);
        });
      places.set(table.name, rows[0]!.ctid);
    }
  });

  /** Every table with a row of somebody else in it, but those that are published to all. */
  const probed = () => [...places.keys()].filter((each) => !publishedTables.includes(each));

  const sees = (userId: number, table: string) =>
    test.db.read({ userId }, async (tx) => {
      const { rows } = await sql<{ n: bigint }>`
        select count(*) as n from ${sql.raw(readThroughView[table] ?? table)}
         where ${readThroughView[table] ? sql`true` : sql`ctid = ${places.get(table)}::tid`}`
        .execute(tx)
        .catch((error) => {
          // No right to read at all is as good as seeing nothing.
          if ((error as { code?: string }).code === '42501') return { rows: [{ n: 0n }] };
          throw error;
        });
      return rows[0]!.n > 0n;
    });

  it('带机构、区划或银行的表都有行级权限，例外逐一列明', () => {
    expect(tables.length).toBeGreaterThan(20);
    const unsecured = tables
      .filter((each) => !each.secured && each.columns.some((column) => owning.test(column.name)))
      .map((each) => each.name);
    expect(unsecured.filter((each) => !(each in openTables) && !(each in readThroughView))).toEqual([]);
    const ofGuarantors = tables.filter((each) => each.columns.some((column) => column.name === 'guarantor_id'));
    expect(
      ofGuarantors.filter((each) => !each.secured && !(each.name in readThroughView)).map((each) => each.name),
    ).toEqual([]);
  });

  it('经视图读取的表，程序的数据库角色不能直接读：42501', async () => {
    for (const table of Object.keys(readThroughView))
      await expect(test.db.pool.query(`select from ${table}`)).rejects.toMatchObject({ code: '42501' });
  });

  it.each(roles.filter((role) => role.rowScope !== 'province'))(
    '$code 看不到别的市、别的机构、别的银行的任何一行',
    async (role) => {
      const seen: string[] = [];
      for (const table of probed()) {
        if (role.administrator && forAdministrators.includes(table)) continue;
        if (role.rowScope === 'guarantor' && sharedByGuarantors.includes(table)) continue;
        if (role.administrator === 'audit' && table === 'audit.entry') continue;
        if (await sees(users.get(role.code)!, table)) seen.push(table);
      }
      expect(seen).toEqual([]);
    },
  );

  it.each(roles.filter((role) => role.rowScope === 'province'))('$code 看得到全省：探查本身是有效的', async (role) => {
    const missed: string[] = [];
    for (const table of places.keys())
      if (!ofOneUser.includes(table) && !(await sees(users.get(role.code)!, table))) missed.push(table);
    expect(missed).toEqual([]);
  });

  it('行的主人看得到自己的行', async () => {
    const own = tables.filter(
      (each) =>
        each.secured &&
        each.columns.some((column) => column.name === 'guarantor_id') &&
        each.name !== 'portal.session_customer',
    );
    const missed: string[] = [];
    for (const table of own) if (!(await sees(users.get('other')!, table.name))) missed.push(table.name);
    expect(own.length).toBeGreaterThan(8);
    expect(missed).toEqual([]);
  });

  it('未进入身份的连接什么也看不到', async () => {
    const seen: string[] = [];
    for (const table of probed().filter((each) => !(each in readThroughView))) {
      const { rows } = await test.db.pool
        .query(`select count(*)::int as n from ${table} where ctid = $1::tid`, [places.get(table)])
        .catch(() => ({ rows: [{ n: 0 }] }));
      if (rows[0].n > 0) seen.push(table);
    }
    expect(seen).toEqual([]);
  });

  it('不能以别家机构的名义写入：42501', async () => {
    const wrong: string[] = [];
    for (const table of tables.filter(
      (each) => each.secured && each.columns.some((column) => column.name === 'guarantor_id'),
    )) {
      const { text, values } = insertOf(table);
      const client = await test.db.pool.connect();
      await client.query('begin');
      await client.query('select identity.enter($1)', [users.get('r01-client-manager')]);
      const code = await client.query(text, values).then(
        () => 'inserted',
        (error: { code: string }) => error.code,
      );
      await client.query('rollback');
      client.release();
      if (code !== '42501') wrong.push(`${table.name} → ${code}`);
    }
    expect(wrong).toEqual([]);
  });
});
