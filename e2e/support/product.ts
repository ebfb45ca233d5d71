import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../src/platform/instance/cluster.ts';

/** The real product, started as `npm start` starts it, on its own port and data folder. */
export interface RunningProduct {
  readonly url: string;
  readonly dataDir: string;
  /** What it has printed so far. */
  output(): string;
  /** The process, for tests of how it ends. */
  readonly process: ChildProcess;
  /** Stops it as Ctrl-C would, waits, removes its data; answers the exit code. */
  stop(): Promise<number | null>;
}

/** `size`: guarantees in the demo book. `env`: further variables, such as DATA_DIR to keep one. */
export interface ProductOptions {
  readonly size?: number;
  readonly env?: Readonly<Record<string, string>>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const packagedNode = path.join(root, 'node_modules', 'node', 'bin', 'node');
/** Whatever runs the tests, the product runs on the Node it brings. */
const node = existsSync(packagedNode) ? packagedNode : process.execPath;
const READY_LIMIT_MS = 180_000;

/** Starts the product with a small demo province and waits until /healthz answers 200. Throws with its output if it ends first. */
export async function startProduct(options: ProductOptions = {}): Promise<RunningProduct> {
  const ownFolder = options.env?.DATA_DIR === undefined;
  const dataDir = options.env?.DATA_DIR ?? mkdtempSync(path.join(os.tmpdir(), 'rongdan-e2e-'));
  const port = options.env?.PORT ?? String(await freePort());
  const child = spawn(node, ['src/main.ts'], {
    cwd: root,
    env: {
      ...process.env,
      DATABASE_URL: '',
      RONGDAN_DEMO_SIZE: String(options.size ?? 200),
      ...options.env,
      DATA_DIR: dataDir,
      PORT: port,
    },
    // Through the channel the product learns that the test run was killed.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const code = await ended(child);
    if (ownFolder) rmSync(dataDir, { recursive: true, force: true });
    return code;
  };
  try {
    await untilReady(child, url, () => output.includes('已就绪'));
  } catch {
    await stop();
    throw new Error(`产品没有启动：\n${output}`);
  }
  return { url, dataDir, output: () => output, process: child, stop };
}

/** Waits for the end of a process; answers its exit code. */
export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

/** On a port that is taken another product may answer, hence the look at what this one says. */
async function untilReady(child: ChildProcess, url: string, saysReady: () => boolean): Promise<void> {
  const giveUp = performance.now() + READY_LIMIT_MS;
  while (performance.now() < giveUp) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    if (saysReady() && (await isHealthy(url))) return;
    await delay(100);
  }
  throw new Error('没有就绪');
}

async function isHealthy(url: string): Promise<boolean> {
  const answer = await fetch(`${url}/healthz`).catch(() => undefined);
  return answer?.status === 200;
}
