import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Is a process with this number running? A zombie, already dead but not yet collected, counts as gone. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  return statOf(pid)?.state !== 'Z';
}

/** What tells this process from a later one with the same number: its start tick. '' where the system does not say. */
export function startStamp(pid: number): string {
  return statOf(pid)?.started ?? '';
}

/** The command line of a running process, '' when it cannot be read. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    // Systems without /proc, such as macOS, have ps.
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}

/** Waits until `isDone` answers true, asking every 20 ms; false when `limitMs` passed first. */
export async function waitUntil(isDone: () => boolean, limitMs: number): Promise<boolean> {
  const giveUp = performance.now() + limitMs;
  while (!isDone()) {
    if (performance.now() > giveUp) return false;
    await delay(20);
  }
  return true;
}

function statOf(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', started: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}
