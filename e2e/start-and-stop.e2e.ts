import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { isRunning, waitUntil } from '../src/platform/instance/process-table.ts';
import { ended, type RunningProduct, startProduct } from './support/product.ts';

const folders: string[] = [];
const running: RunningProduct[] = [];

afterEach(async () => {
  for (const product of running.splice(0)) await product.stop();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const newFolder = () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'rongdan-start-'));
  folders.push(folder);
  return folder;
};
const start = async (env: Record<string, string>) => {
  const product = await startProduct({ env: { RONGDAN_DEMO: '0', RONGDAN_STAND_IN: '0', ...env } });
  running.push(product);
  return product;
};
const serverOf = (folder: string) =>
  Number(readFileSync(path.join(folder, 'db', 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

test.each(['SIGINT', 'SIGTERM'] as const)('%s：连按两次也正常停止，不留进程、不留锁', async (signal) => {
  const folder = newFolder();
  const product = await start({ DATA_DIR: folder });
  const server = serverOf(folder);
  product.process.kill(signal);
  product.process.kill(signal);
  expect(await ended(product.process)).toBe(0);
  expect(isRunning(server)).toBe(false);
  expect(readdirSync(folder).filter((name) => /lock|running/.test(name))).toEqual([]);
});

test('被强行杀死后数据库随之停止，再次启动照常', async () => {
  const folder = newFolder();
  const first = await start({ DATA_DIR: folder });
  const server = serverOf(folder);
  first.process.kill('SIGKILL');
  await ended(first.process);
  expect(await waitUntil(() => !isRunning(server), 20_000)).toBe(true);
  const second = await start({ DATA_DIR: folder });
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200);
});

test('端口被占用、目录被占用：一行中文、退出码 1，先来的不受影响', async () => {
  const folder = newFolder();
  const first = await start({ DATA_DIR: folder });
  const port = new URL(first.url).port;
  await expect(start({ PORT: port, DATA_DIR: newFolder() })).rejects.toThrow(/端口 \d+ 已被占用/);
  await expect(start({ DATA_DIR: folder })).rejects.toThrow(/正被另一个进程使用/);
  expect((await fetch(`${first.url}/healthz`)).status).toBe(200);
});
