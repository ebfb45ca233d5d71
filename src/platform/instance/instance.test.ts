import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { urlOf } from '../testing/postgres-cache.ts';
import { listenEarly, portOf } from './front-door.ts';
import { openInstance, StartupProblem } from './index.ts';
import { appRole, ownerRole } from './roles.ts';

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-instance-'));
  folders.push(folder);
  return folder;
};
let server: { superUrl: string; ownerPassword: string; appPassword: string };
beforeAll(() => {
  server = inject('testServer');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

test('内置数据库：首次创建，再次打开数据仍在，停止后可立即重开', async () => {
  const env = { DATA_DIR: newFolder() };
  const first = await openInstance(env);
  await query(first.ownerUrl, 'create table public.kept (id integer); insert into public.kept values (7)');
  await first.stop();
  const second = await openInstance(env);
  expect(await query(second.ownerUrl, 'select id from public.kept')).toEqual([{ id: 7 }]);
  expect(second.sessionSecret).toBe(first.sessionSecret);
  await second.stop();
  expect(statSync(path.join(env.DATA_DIR, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('内置数据库：正在使用时第二个程序被拒并说出进程号，命令行可以借用', async () => {
  const env = { DATA_DIR: newFolder() };
  const first = await openInstance(env);
  await expect(openInstance(env)).rejects.toThrow(new RegExp(`正被另一个进程使用（进程号 ${process.pid}）`));
  const borrowed = await openInstance(env, { borrow: true });
  await borrowed.stop();
  expect(await query(first.ownerUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  await first.stop();
});

test('内置数据库：死进程留下的锁自动接管', async () => {
  const env = { DATA_DIR: newFolder() };
  const dead = { pid: 4_194_300, started: '1', host: os.hostname() };
  writeFileSync(path.join(env.DATA_DIR, 'instance.lock'), JSON.stringify(dead));
  const instance = await openInstance(env);
  await instance.stop();
  expect(readdirSync(env.DATA_DIR).filter((name) => name.startsWith('instance.lock'))).toEqual([]);
});

test('内置数据库：应用角色不能绕过行级权限，业主角色不是超级用户', async () => {
  const instance = await openInstance({ DATA_DIR: newFolder() });
  const roles = await query(
    instance.appUrl,
    `select rolname, rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname in ('${appRole}', '${ownerRole}') order by 1`,
  );
  const confined = { rolsuper: false, rolbypassrls: false, rolcreaterole: false };
  expect(roles).toEqual([
    { rolname: appRole, ...confined },
    { rolname: ownerRole, ...confined },
  ]);
  await instance.stop();
});

test('密钥文件损坏：说明应恢复，不改动该文件', async () => {
  const env = { DATA_DIR: newFolder() };
  const file = path.join(env.DATA_DIR, 'secrets.json');
  writeFileSync(file, '{"superPassword": "');
  await expect(openInstance(env)).rejects.toThrow(/密钥文件 .* 已损坏/);
  expect(statSync(file).size).toBe(19);
});

test('数据目录由更新的 PostgreSQL 创建：拒绝且不动数据', async () => {
  const env = { DATA_DIR: newFolder() };
  await (await openInstance(env)).stop();
  const version = path.join(env.DATA_DIR, 'db', 'postgres', 'PG_VERSION');
  writeFileSync(version, '99\n');
  await expect(openInstance(env)).rejects.toThrow(/由 PostgreSQL 99 创建.*请改用新版程序/);
  writeFileSync(version, '18\n');
  await (await openInstance(env)).stop();
});

test('数据目录其实是文件：一行中文', async () => {
  const file = path.join(newFolder(), 'file');
  writeFileSync(file, '');
  await expect(openInstance({ DATA_DIR: file })).rejects.toThrow(/无法使用数据目录 .*：不是目录/);
});

test.each([
  ['连接串写错', 'localhost:5432', /DATABASE_URL 不是有效的连接串/],
  ['没有人监听', 'postgres://a:secret@127.0.0.1:1/x', /连接不上数据库 127\.0\.0\.1:1\/x（ECONNREFUSED）/],
])('外部数据库不可用：%s', async (_title, url, message) => {
  const problem = await openInstance({ DATA_DIR: newFolder(), DATABASE_URL: url }).catch((error: Error) => error);
  expect(problem).toBeInstanceOf(StartupProblem);
  expect((problem as Error).message).toMatch(message);
  expect((problem as Error).message).not.toMatch(/secret|\n/);
});

test('外部数据库：密码不对、库不存在，各有一句话', async () => {
  const wrong = urlOf(server, 'postgres', ownerRole, 'wrong-password');
  await expect(openInstance({ DATA_DIR: newFolder(), DATABASE_URL: wrong })).rejects.toThrow(
    /拒绝登录（用户 rongdan_owner）/,
  );
  const missing = urlOf(server, 'missing_database', ownerRole, server.ownerPassword);
  await expect(openInstance({ DATA_DIR: newFolder(), DATABASE_URL: missing })).rejects.toThrow(
    /没有数据库 missing_database：请先执行「create database missing_database;」/,
  );
});

test('外部数据库：无权建角色时给出要执行的 SQL；给了 APP_DATABASE_URL 就直接用', async () => {
  const owner = urlOf(server, 'postgres', ownerRole, server.ownerPassword);
  await expect(openInstance({ DATA_DIR: newFolder(), DATABASE_URL: owner })).rejects.toThrow(
    /create role rongdan_app login/,
  );
  const app = urlOf(server, 'postgres', appRole, server.appPassword);
  const instance = await openInstance({ DATA_DIR: newFolder(), DATABASE_URL: owner, APP_DATABASE_URL: app });
  expect(instance).toMatchObject({ ownerUrl: owner, appUrl: app, embedded: false });
  await expect(
    openInstance({ DATA_DIR: newFolder(), DATABASE_URL: owner, APP_DATABASE_URL: server.superUrl }),
  ).rejects.toThrow(/角色 postgres 能绕过行级权限/);
});

test('外部数据库版本太旧：说出版本和要求', async () => {
  const old = await oldServer();
  const url = `postgres://a:b@127.0.0.1:${old.port}/x`;
  await expect(openInstance({ DATA_DIR: newFolder(), DATABASE_URL: url })).rejects.toThrow(
    /PostgreSQL 13\.4，本程序需要 15 及以上/,
  );
  old.close();
});

test('端口被占用：一句话给出另一个端口；未就绪时回答 503', async () => {
  const door = await listenEarly(0, '127.0.0.1');
  const port = Number(new URL(door.url).port);
  await expect(listenEarly(port, '127.0.0.1')).rejects.toThrow(`PORT=${port + 1} npm start`);
  const early = await fetch(`${door.url}/healthz`);
  expect([early.status, await early.text()]).toEqual([503, '系统正在启动，请稍候……\n']);
  door.open(
    (_request, response) => response.end('产品'),
    async () => {},
  );
  expect((await fetch(`${door.url}/healthz`)).status).toBe(200);
  expect(await (await fetch(door.url)).text()).toBe('产品');
  door.open(
    () => {},
    () => Promise.reject(new Error('gone')),
  );
  expect((await fetch(`${door.url}/healthz`)).status).toBe(503);
  await door.close();
});

test('PORT 写错：一句话', () => {
  expect(portOf(undefined)).toBe(8080);
  expect(portOf('65535')).toBe(65_535);
  expect(() => portOf('65536')).toThrow(/PORT=65536 不是端口号/);
  expect(() => portOf('http')).toThrow(StartupProblem);
});

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows as unknown[];
  } finally {
    await client.end();
  }
}

/** Just enough of the wire protocol to say that it is version 13.4. */
async function oldServer(): Promise<{ port: number; close(): void }> {
  const message = (type: string, body: Buffer) => {
    const head = Buffer.alloc(5);
    head.write(type);
    head.writeInt32BE(body.length + 4, 1);
    return Buffer.concat([head, body]);
  };
  const ready = message('Z', Buffer.from('I'));
  const column = (name: string) =>
    Buffer.concat([
      Buffer.from(`${name}\0`),
      Buffer.from('000000000000000000190000ffffffff0000', 'hex').subarray(0, 18),
    ]);
  const cell = (text: string) => {
    const size = Buffer.alloc(4);
    size.writeInt32BE(text.length);
    return Buffer.concat([size, Buffer.from(text)]);
  };
  const two = Buffer.from([0, 2]);
  const answer = Buffer.concat([
    message('T', Buffer.concat([two, column('number'), column('name')])),
    message('D', Buffer.concat([two, cell('130004'), cell('13.4')])),
    message('C', Buffer.from('SELECT 1\0')),
    ready,
  ]);
  const listener = net.createServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', Buffer.alloc(4)), ready]));
      socket.on('data', (data) => (data.toString().startsWith('Q') ? socket.write(answer) : socket.end()));
    });
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { port: (listener.address() as net.AddressInfo).port, close: () => listener.close() };
}
