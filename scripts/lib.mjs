import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const isWindows = process.platform === 'win32';

/** The repository's root. */
export const root = fileURLToPath(new URL('..', import.meta.url));

const inRoot = (...parts) => path.join(root, ...parts);

endWithNpm();

/**
 * npm starts us through a shell, which dies of a SIGTERM to npm without passing it on. So we look whether those above us are
 * still there, and take their end for a SIGTERM of our own.
 */
function endWithNpm() {
  if (!process.env.npm_lifecycle_event || isWindows) return;
  const above = ancestry();
  const timer = setInterval(() => {
    if (ancestry() === above) return;
    clearInterval(timer);
    if (!process.emit('SIGTERM', 'SIGTERM')) process.exit(143);
  }, 250);
  timer.unref();
}

/** Our parent, and its parent where ours is only npm's shell: who started npm may leave without ending it. */
function ancestry() {
  const parent = process.ppid;
  if (!/(^|\/)(sh|dash|bash)\0-c\0/.test(readProc(parent, 'cmdline'))) return `${parent}`;
  const fields = readProc(parent, 'stat')
    .replace(/^.*\) /s, '')
    .split(' ');
  return `${parent} ${fields[1]}`;
}

function readProc(pid, name) {
  try {
    return fs.readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** Prints one line and leaves with code 1. */
export function fail(line) {
  process.stderr.write(`${line}\n`);
  process.exit(1);
}

/** Children find our own programs first: scripts that begin with `env node` then run on Node 24 too. */
export function childEnv(extra = {}) {
  const bin = inRoot('node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, ...extra };
}

/** Installs what package-lock.json asks for unless it is there already; answers the Node 24 that runs the sources. */
export async function prepare() {
  if (Number(process.versions.node.split('.')[0]) < 20) {
    fail(`当前 Node.js 是 ${process.version}，需要 20 及以上：请升级后重新执行。`);
  }
  process.chdir(root);
  if (!isInstalled()) await withInstallLock(install);
  return findNode() ?? fail('没有可用的 Node.js 24：请执行 npm ci 重新安装依赖，或自行安装 Node.js 24 后重新执行。');
}

/**
 * Does node_modules hold every package of the lockfile, in its version? npm writes the record that is read here at the very end,
 * so an installation that was killed half-way counts as missing.
 */
function isInstalled() {
  const wanted = readJson(inRoot('package-lock.json'));
  const found = readJson(inRoot('node_modules', '.package-lock.json'));
  if (!wanted || !found) return false;
  return Object.entries(wanted.packages)
    .filter(([name, info]) => name !== '' && !info.optional && !info.link)
    .every(([name, info]) => found.packages[name]?.version === info.version);
}

async function install() {
  if (isInstalled()) return;
  const started = Date.now();
  process.stdout.write('正在安装依赖（首次约需一两分钟）……\n');
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(isWindows ? 'npm.cmd' : 'npm', flags, {
    cwd: root,
    shell: isWindows,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const forward = (signal) => child.kill(signal);
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, forward);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    if (complaint.length < 20_000) complaint += chunk;
  });
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      complaint += String(error.message);
      resolve(1);
    });
    child.on('close', (exit, signal) => resolve(signal ? 130 : exit));
  });
  for (const signal of signals) process.off(signal, forward);
  if (code !== 0 || !isInstalled()) {
    const told = complaint.split('\n').filter((line) => /npm error/i.test(line) && line.trim().length > 9);
    process.stderr.write(`${told.slice(0, 6).join('\n')}\n`);
    fail('依赖安装失败：请检查网络与 npm 镜像设置（npm config get registry）及磁盘空间，然后重新执行同一命令。');
  }
  process.stdout.write(`依赖已安装（${Math.round((Date.now() - started) / 1000)} 秒）。\n`);
}

/** Two commands started at once on a fresh clone must not both empty node_modules: the second waits for the first. */
async function withInstallLock(work) {
  const lock = inRoot('.cache', 'install.lock');
  fs.mkdirSync(path.dirname(lock), { recursive: true });
  for (;;) {
    try {
      fs.writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') fail(`无法写入 ${root}：请检查该目录的权限与磁盘空间。`);
      const holder = Number(fs.existsSync(lock) ? fs.readFileSync(lock, 'utf8') : 0);
      if (!isAlive(holder)) fs.rmSync(lock, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  const release = () => fs.rmSync(lock, { force: true });
  process.on('exit', release);
  await work();
  process.off('exit', release);
  release();
}

function isAlive(pid) {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Node 24: from npm; where its install script was not allowed to run, fetched once more; else the one that runs us. */
function findNode() {
  const packaged = inRoot('node_modules', 'node', 'bin', isWindows ? 'node.exe' : 'node');
  if (isNode24(packaged)) return packaged;
  if (isNode24(process.execPath)) return process.execPath;
  spawnSync(isWindows ? 'npm.cmd' : 'npm', ['rebuild', 'node'], { cwd: root, shell: isWindows, stdio: 'ignore' });
  return isNode24(packaged) ? packaged : undefined;
}

function isNode24(file) {
  const answer = spawnSync(file, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && Number(/^v(\d+)/.exec(answer.stdout)?.[1]) >= 24;
}

// A small nursery: bulk work then lives in 360 MB instead of 550, and is no slower (bench/README.md).
const memory = ['--max-semi-space-size=8'];

/**
 * Runs a program in the foreground and answers its exit code. Signals are handed on; the channel between us lets the program see
 * when this launcher is killed outright.
 */
export function runForeground(file, args, env = childEnv()) {
  const child = spawn(file, [...memory, ...args], { cwd: root, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    child.on('error', (error) => fail(`无法启动 ${file}：${error.message}`));
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

/** Builds the web bundle into dist/web when its sources changed since the last build. The old one stays until the new one is whole. */
export async function buildWeb(node) {
  if (!fs.existsSync(inRoot('vite.config.ts'))) return;
  const stamp = hashSources();
  const target = inRoot('dist', 'web');
  if (readText(path.join(target, '.stamp')) === stamp) return;
  process.stdout.write('正在构建网页……\n');
  for (const name of fs.existsSync(inRoot('dist')) ? fs.readdirSync(inRoot('dist')) : []) {
    const owner = /^web\.(?:new|old)\.(\d+)$/.exec(name);
    if (owner && !isAlive(Number(owner[1]))) fs.rmSync(inRoot('dist', name), { recursive: true, force: true });
  }
  const draft = inRoot('dist', `web.new.${process.pid}`);
  const vite = inRoot('node_modules', 'vite', 'bin', 'vite.js');
  // Relative to the page root, as the configuration's own value is.
  const flags = [vite, 'build', '--outDir', `../dist/web.new.${process.pid}`, '--emptyOutDir', '--logLevel', 'error'];
  if ((await runOnce(node, flags)) !== 0) {
    fs.rmSync(draft, { recursive: true, force: true });
    fail('网页构建失败（原因见上）：请修正后重新执行；已有的网页未受影响。');
  }
  fs.writeFileSync(path.join(draft, '.stamp'), stamp);
  const old = inRoot('dist', `web.old.${process.pid}`);
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(draft, target);
  fs.rmSync(old, { recursive: true, force: true });
}

function runOnce(file, args) {
  const child = spawn(file, args, { cwd: root, env: childEnv(), stdio: ['ignore', 'ignore', 'inherit'] });
  const forward = (signal) => {
    child.kill(signal);
    process.exitCode = 130;
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, forward);
  return new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (code) => {
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, forward);
      if (process.exitCode === 130) process.exit(130);
      resolve(code);
    });
  });
}

/** One hash over all that the bundle is made of: the pages, and from the server side what pages may import. */
function hashSources() {
  const shared = listFiles(inRoot('src')).filter((file) =>
    /src\/(kernel|law|wire)\/|\/contract(\/.*)?\.ts$/.test(slashed(file)),
  );
  const single = ['vite.config.ts', 'tsconfig.json', 'package-lock.json'].map((name) => inRoot(name));
  const files = [...listFiles(inRoot('web')), ...shared, ...single].filter((file) => !file.includes('.test.')).sort();
  const hash = createHash('sha256');
  for (const file of files) {
    if (fs.existsSync(file))
      hash
        .update(`${slashed(path.relative(root, file))}\0`)
        .update(fs.readFileSync(file))
        .update('\0');
  }
  return hash.digest('hex');
}

/** Every file under a folder, deepest included; none when it does not exist. */
export function listFiles(folder) {
  if (!fs.existsSync(folder)) return [];
  const entries = fs.readdirSync(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const file = path.join(folder, entry.name);
    return entry.isDirectory() ? listFiles(file) : entry.isFile() ? [file] : [];
  });
}

const slashed = (file) => file.split(path.sep).join('/');

/** The text of a file, '' when it does not exist. */
export function readText(file) {
  return fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
}

/** The value of a JSON file; undefined when it is missing or unreadable. */
export function readJson(file) {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
