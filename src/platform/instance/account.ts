import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { StartupProblem } from './problem.ts';

/** The unprivileged operating-system account PostgreSQL runs as when we are root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account to run PostgreSQL as: undefined for an ordinary user (PostgreSQL runs as that user); as root, one found or made. */
export function databaseAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = lookUp('rongdan') ?? lookUp('postgres') ?? create('rongdan') ?? lookUp('nobody');
  if (!found) {
    throw new StartupProblem(
      '以 root 运行时需要一个普通账号来运行数据库，请先执行 useradd --system rongdan，或改用普通用户启动。',
    );
  }
  return found;
}

/** May the account walk down to `target`? Ancestors that do not exist yet count as open. */
export function canReach(account: Account, target: string): boolean {
  for (let folder = path.resolve(target); ; folder = path.dirname(folder)) {
    if (isClosed(account, folder)) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

function isClosed(account: Account, folder: string): boolean {
  const entry = statSync(folder, { throwIfNoEntry: false });
  if (!entry) return false;
  if (entry.uid === account.uid) return (entry.mode & 0o100) === 0;
  if (entry.gid === account.gid) return (entry.mode & 0o010) === 0;
  return (entry.mode & 0o001) === 0;
}

function lookUp(name: string): Account | undefined {
  try {
    const ask = (flag: string) => Number(execFileSync('id', [flag, name], { stdio: ['ignore', 'pipe', 'ignore'] }));
    const account = { name, uid: ask('-u'), gid: ask('-g') };
    return account.uid > 0 ? account : undefined;
  } catch {
    return undefined;
  }
}

function create(name: string): Account | undefined {
  try {
    const shell = '/usr/sbin/nologin';
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', shell, name], {
      stdio: 'ignore',
    });
  } catch {
    return undefined;
  }
  return lookUp(name);
}
