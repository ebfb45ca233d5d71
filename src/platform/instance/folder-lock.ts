import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { StartupProblem } from './problem.ts';
import { isRunning, startStamp } from './process-table.ts';

interface Holder {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
}

/** Holds a folder for this process until `release`. */
export interface FolderLock {
  release(): void;
}

/**
 * Takes the folder for this process alone. A lock left by a process that no longer lives (kill -9, power cut) is taken over.
 * Throws StartupProblem naming the holder when a living process has it.
 */
export function lockFolder(folder: string): FolderLock {
  const file = path.join(folder, 'instance.lock');
  const mine = JSON.stringify({ pid: process.pid, started: startStamp(process.pid), host: os.hostname() });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, mine, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < 5; attempt++) {
      if (tryLink(draft, file)) {
        if (readText(file) === mine) return { release: () => releaseIfMine(file, mine) };
        continue;
      }
      const held = readText(file);
      const holder = parseHolder(held);
      if (holder && isAlive(holder)) throw inUse(folder, holder);
      setAside(file, held);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  throw new StartupProblem(`数据目录 ${folder} 正被另一个启动中的程序占用，请稍后重试。`);
}

/** The process that holds the folder now, or undefined when nobody living does. */
export function lockHolder(folder: string): number | undefined {
  const holder = parseHolder(readText(path.join(folder, 'instance.lock')));
  return holder && isAlive(holder) ? holder.pid : undefined;
}

function inUse(folder: string, holder: Holder): StartupProblem {
  const where = holder.host === os.hostname() ? '' : `（主机 ${holder.host}）`;
  return new StartupProblem(
    `数据目录 ${folder} 正被另一个进程使用（进程号 ${holder.pid}${where}）：请先停止它，或用 DATA_DIR 指定另一个目录。`,
  );
}

/** On another host the process table says nothing; such a lock is believed, because two servers on one folder would destroy it. */
function isAlive(holder: Holder): boolean {
  if (holder.host !== os.hostname()) return true;
  return isRunning(holder.pid) && startStamp(holder.pid) === holder.started;
}

function tryLink(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead lock away. Two starters may both see it dead: the one that moved a fresh lock by mistake puts it back. */
function setAside(file: string, held: string): void {
  const aside = `${file}.stale.${process.pid}`;
  try {
    renameSync(file, aside);
  } catch {
    return;
  }
  if (readText(aside) !== held) tryLink(aside, file);
  rmSync(aside, { force: true });
}

function releaseIfMine(file: string, mine: string): void {
  if (readText(file) === mine) rmSync(file, { force: true });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Holder;
    return Number.isInteger(value.pid) ? value : undefined;
  } catch {
    return undefined;
  }
}
