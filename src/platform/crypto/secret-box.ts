import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Encrypts what must be read again (unlike a password) before it is stored. The key stays inside. */
export type SecretBox = {
  /** The text encrypted (AES-256-GCM) for one place, such as 'totp:42': sealed for another place it does not open. */
  readonly seal: (text: string, place: string) => string;
  /** What `seal` was given. Throws when it was altered, moved to another place, or sealed with another key. */
  readonly open: (sealed: string, place: string) => string;
};

const prefix = 'v1:';
const ivBytes = 12;
const tagBytes = 16;

/** Was the text made by `seal`? */
export const isSealed = (text: string): boolean => text.startsWith(prefix);

/** A box with the given key: 64 hexadecimal digits. Throws RangeError on anything else. */
export function secretBox(keyHex: string): SecretBox {
  if (!/^[0-9a-f]{64}$/i.test(keyHex)) throw new RangeError('数据加密密钥须为64位十六进制');
  const key = Buffer.from(keyHex, 'hex');
  return {
    seal: (text, place) => {
      const iv = randomBytes(ivBytes);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return prefix + Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
    },
    open: (sealed, place) => {
      if (!isSealed(sealed)) throw new Error('不是加密的内容');
      const bytes = Buffer.from(sealed.slice(prefix.length), 'base64');
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes });
      decipher.setAAD(Buffer.from(place)).setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

/**
 * The box whose key lies in `dir/name.key` (mode 0600); made on first use, the same for two processes that start at once.
 * Throws when the file is damaged or readable by others. Without the file what was sealed cannot be read again.
 */
export async function loadOrCreateSecretBox(dir: string, name: string): Promise<SecretBox> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const path = join(dir, `${name}.key`);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (!found) await createKey(path);
  else if ((found.mode & 0o077) !== 0) throw new Error(`数据加密密钥文件可被他人读取，请改为0600：${path}`);
  return secretBox((await readFile(path, 'utf8')).trim());
}

/** Written aside and linked into place: the link fails when another process was first, and its key stays. */
async function createKey(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  await writeFile(aside, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx', flush: true });
  try {
    await link(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(aside);
  }
}
