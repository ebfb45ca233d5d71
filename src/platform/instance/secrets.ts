import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { StartupProblem } from './problem.ts';

/** What a data folder keeps secret, made once and readable by its owner only. */
export interface Secrets {
  readonly superPassword: string;
  readonly ownerPassword: string;
  readonly appPassword: string;
  /** Key of session cookies: changing it signs everybody out. */
  readonly sessionSecret: string;
}

/** Reads DATA_DIR/secrets.json, making it on first use. */
export function loadSecrets(dataDir: string): Secrets {
  const file = path.join(dataDir, 'secrets.json');
  const text = readIfThere(file);
  if (text !== undefined) return parse(text, file);
  const make = () => randomBytes(24).toString('base64url');
  const secrets = { superPassword: make(), ownerPassword: make(), appPassword: make(), sessionSecret: make() };
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
}

function parse(text: string, file: string): Secrets {
  try {
    const value = JSON.parse(text) as Secrets;
    const all = [value.superPassword, value.ownerPassword, value.appPassword, value.sessionSecret];
    if (all.every((secret) => typeof secret === 'string' && secret.length >= 16)) return value;
  } catch {
    // Falls through to the same answer as a file that parses but lacks a secret.
  }
  throw new StartupProblem(`密钥文件 ${file} 已损坏：请从备份恢复该文件（删除它会使已有的内置数据库无法打开）。`);
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
