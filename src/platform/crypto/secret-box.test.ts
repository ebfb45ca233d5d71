import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isSealed, loadOrCreateSecretBox, secretBox } from './secret-box.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'secret-box-'));
});
afterAll(() => rm(dir, { recursive: true }));

const box = secretBox('ab'.repeat(32));

it('封存后只在原处、用原密钥打得开；两次封存不相同', () => {
  const sealed = box.seal('JBSWY3DPEHPK3PXP', 'totp:7');
  expect(isSealed(sealed)).toBe(true);
  expect(sealed).not.toContain('JBSWY3DP');
  expect(box.open(sealed, 'totp:7')).toBe('JBSWY3DPEHPK3PXP');
  expect(box.seal('JBSWY3DPEHPK3PXP', 'totp:7')).not.toBe(sealed);
  expect(() => box.open(sealed, 'totp:8')).toThrow();
  expect(() => secretBox('cd'.repeat(32)).open(sealed, 'totp:7')).toThrow();
});

it('改动任何一个字节都打不开；截短也不行', () => {
  const sealed = box.seal('x', 'p');
  const bytes = Buffer.from(sealed.slice(3), 'base64');
  for (let at = 0; at < bytes.length; at += 1) {
    const bad = Buffer.from(bytes);
    bad[at]! ^= 1;
    expect(() => box.open(`v1:${bad.toString('base64')}`, 'p'), `第 ${at} 字节`).toThrow();
  }
  expect(() => box.open(`v1:${bytes.subarray(0, 20).toString('base64')}`, 'p')).toThrow();
});

it('两个进程同时首次启动得到同一把密钥，文件仅本人可读；可被他人读取或损坏则拒绝', async () => {
  const [a, b] = await Promise.all([loadOrCreateSecretBox(dir, 'k'), loadOrCreateSecretBox(dir, 'k')]);
  expect(b.open(a.seal('同一把', 'p'), 'p')).toBe('同一把');
  expect(await readdir(dir)).toEqual(['k.key']);
  expect((await stat(join(dir, 'k.key'))).mode & 0o777).toBe(0o600);
  await chmod(join(dir, 'k.key'), 0o644);
  await expect(loadOrCreateSecretBox(dir, 'k')).rejects.toThrow('可被他人读取');
  await writeFile(join(dir, 'bad.key'), 'zz', { mode: 0o600 });
  await expect(loadOrCreateSecretBox(dir, 'bad')).rejects.toThrow('64位十六进制');
});
