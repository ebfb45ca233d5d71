import { spawn } from 'node:child_process';

/** A process that runs beside us and ends with us. */
export interface Companion {
  /** Asks it to end, and ends it after 5 seconds if it does not. */
  stop(): Promise<void>;
}

const STOP_LIMIT_MS = 5_000;

/**
 * Starts a TypeScript file of this repository as a process of its own. It gets a channel to us and must leave on 'disconnect',
 * so that it ends even when we are killed outright. `onEnd` is called when it ends without having been asked.
 */
export function startCompanion(
  file: string,
  env: Record<string, string>,
  onEnd: (code: number | null) => void,
): Companion {
  const child = spawn(process.execPath, [file], {
    env: { ...process.env, ...env },
    // Ctrl-C goes to us alone; we stop it in order.
    detached: true,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  child.unref();
  child.channel?.unref();
  let isStopping = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', (code) => {
      resolve();
      if (!isStopping) onEnd(code);
    });
  });
  return {
    stop: async () => {
      isStopping = true;
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      child.kill('SIGTERM');
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
      await ended;
      clearTimeout(force);
    },
  };
}
