import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { newKeyPair, publicKeyOf, sign } from './sm2.ts';

/** Who signs for this installation. The private key stays inside. */
export type Signer = {
  readonly name: string;
  readonly publicKey: string;
  readonly sign: (content: Uint8Array | string) => string;
};

/**
 * The signer whose private key lies in `dir/name.sm2key` (mode 0600, directory 0700); made on first use.
 * Two processes starting at once end up with the same key. Throws when the file is damaged or readable by others:
 * a key that may have leaked must be replaced by a person, not used in silence.
 */
export async function loadOrCreateSigner(dir: string, name: string): Promise<Signer> {
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name)) throw new RangeError(`签名密钥名只能用字母、数字、点、横线：${name}`);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${name}.sm2key`);
  const privateKey = (await readKey(path)) ?? (await createKey(path));
  return { name, publicKey: publicKeyOf(privateKey), sign: (content) => sign(content, privateKey) };
}

async function readKey(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(ifMissing);
  if (found === undefined) return undefined;
  if ((found.mode & 0o077) !== 0) throw new Error(`签名私钥文件可被他人读取，请改为0600或更换密钥：${path}`);
  const text = (await readFile(path, 'utf8')).trim();
  if (!/^[0-9a-f]{64}$/.test(text)) throw new Error(`签名私钥文件已损坏：${path}`);
  return text;
}

/** Written aside and linked into place: the link fails when another process was first, and its key is taken. */
async function createKey(path: string): Promise<string> {
  const aside = `${path}.${randomUUID()}`;
  const { privateKey } = newKeyPair();
  await writeFile(aside, `${privateKey}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(aside, path);
    return privateKey;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await readKey(path))!;
  } finally {
    await rm(aside);
  }
}

function ifMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
