import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium } from 'playwright-core';
import { fontEnvironment } from './fonts.ts';

/** A Chromium that starts on this machine. */
interface Candidate {
  readonly from: string;
  readonly file: string;
  readonly env: Record<string, string>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = promisify(execFile);

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--font-render-hinting=none',
  '--lang=zh-CN',
];

/**
 * Starts a real Chromium with Chinese fonts: CHROMIUM_PATH, else the machine's, else the one inside npm, else one that Playwright
 * or (as root) apt-get installs; the first that really starts. Throws with every reason when none does.
 */
export async function launchChromium(): Promise<Browser> {
  const reasons: string[] = [];
  const finders = [given, installed, packaged, fromPlaywright, fromApt];
  for (const find of finders) {
    try {
      const candidate = await find();
      if (candidate) return await launch(candidate);
    } catch (error) {
      reasons.push(`${find.name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(`没有可用的 Chromium，请安装 chromium 或用 CHROMIUM_PATH 指定。${reasons.join('；')}`);
}

function launch(candidate: Candidate): Promise<Browser> {
  const env = { ...(process.env as Record<string, string>), ...fontEnvironment(), ...candidate.env };
  return chromium.launch({ executablePath: candidate.file, args: flags, env, headless: true, timeout: 60_000 });
}

async function given(): Promise<Candidate | undefined> {
  const file = process.env.CHROMIUM_PATH;
  return file ? { from: 'CHROMIUM_PATH', file, env: {} } : undefined;
}

async function installed(): Promise<Candidate | undefined> {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/bin', '/snap/bin'];
  const files = names.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const file = [...files, mac].find((one) => existsSync(one));
  return file ? { from: 'machine', file, env: {} } : undefined;
}

/** The browser packed inside @sparticuz/chromium. It is unpacked under another name and renamed, so that a half one is never used. */
async function packaged(): Promise<Candidate | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined;
  const require = createRequire(import.meta.url);
  const home = path.join(root, '.cache', 'chromium', versionOf('@sparticuz/chromium'));
  if (!existsSync(home)) {
    const draft = `${home}.${process.pid}`;
    mkdirSync(draft, { recursive: true });
    // The package unpacks into TMPDIR, with its shared libraries only where it believes to be on Lambda.
    const script = `import(${JSON.stringify(require.resolve('@sparticuz/chromium'))}).then((one) => (one.default.default ?? one.default).executablePath())`;
    await run(process.execPath, ['-e', script], {
      cwd: root,
      env: { ...process.env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' },
    });
    if (existsSync(home)) rmSync(draft, { recursive: true, force: true });
    else renameSync(draft, home);
  }
  const file = path.join(home, 'chromium');
  const lacks = spawnSync('ldd', [file], { encoding: 'utf8' }).stdout?.includes('not found') ?? false;
  const env = lacks ? { LD_LIBRARY_PATH: path.join(home, 'al2023', 'lib') } : {};
  return { from: 'npm', file, env: env as Record<string, string> };
}

async function fromPlaywright(): Promise<Candidate | undefined> {
  const file = chromium.executablePath();
  if (!existsSync(file)) {
    await run('npx', ['--yes', `playwright@${versionOf('playwright-core')}`, 'install', 'chromium'], {
      cwd: root,
      timeout: 300_000,
    });
  }
  return { from: 'playwright', file, env: {} };
}

async function fromApt(): Promise<Candidate | undefined> {
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], { env, stdio: 'ignore' });
  return installed();
}

function versionOf(name: string): string {
  const file = path.join(root, 'node_modules', name, 'package.json');
  return (createRequire(import.meta.url)(file) as { version: string }).version;
}
