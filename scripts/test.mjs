// `npm test`: sets up what is missing, runs every check, ends with the plain line `N passed, N failed`.
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { buildWeb, childEnv, listFiles, prepare, readJson, readText, root } from './lib.mjs';

const node = await prepare();
const total = { passed: 0, failed: 0, skipped: 0 };
const packageFile = (...parts) => path.join(root, 'node_modules', ...parts);

await check('类型检查（tsc）', () => run(packageFile('typescript', 'bin', 'tsc'), ['-p', '.']));
await check('格式与静态检查（biome）', () =>
  run(packageFile('@biomejs', 'biome', 'bin', 'biome'), ['ci', '--log-level=error', '.']),
);
if (fs.existsSync(path.join(root, 'tools', 'gen.ts')))
  await check('生成文件与源一致（npm run gen）', generatedIsCurrent);
await suite('单元与数据库测试（vitest）', []);
if (fs.existsSync(path.join(root, 'e2e', 'vitest.config.ts'))) {
  await check('网页构建（vite）', () => buildWeb(node).then(() => true));
  await suite('浏览器测试（e2e）', ['--config', 'e2e/vitest.config.ts']);
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;

async function check(title, work) {
  const started = Date.now();
  process.stdout.write(`\n== ${title}\n`);
  const isGood = await work();
  total[isGood ? 'passed' : 'failed'] += 1;
  process.stdout.write(`${isGood ? '通过' : '未通过'}（${seconds(started)} 秒）\n`);
}

/** Runs a test project; a file that does not even load counts as one failure. */
async function suite(title, flags) {
  const started = Date.now();
  process.stdout.write(`\n== ${title}\n`);
  const report = path.join(root, '.cache', `vitest-${process.pid}.json`);
  fs.mkdirSync(path.dirname(report), { recursive: true });
  const vitest = packageFile('vitest', 'vitest.mjs');
  const reporters = ['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`];
  const isGood = await run(vitest, ['run', ...flags, ...reporters]);
  const found = readJson(report);
  fs.rmSync(report, { force: true });
  const files = found?.testResults ?? [];
  const notLoaded = files.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some((one) => one.status === 'failed'),
  );
  const failed = (found?.numFailedTests ?? 0) + notLoaded.length;
  total.passed += found?.numPassedTests ?? 0;
  total.skipped += (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0);
  total.failed += isGood ? failed : Math.max(failed, 1);
  for (const file of files) {
    const broken = file.assertionResults.filter((one) => one.status === 'failed');
    for (const one of broken) process.stdout.write(`未通过：${path.relative(root, file.name)} › ${one.fullName}\n`);
  }
  for (const file of notLoaded) process.stdout.write(`未能运行：${path.relative(root, file.name)}\n`);
  process.stdout.write(`用时 ${seconds(started)} 秒\n`);
}

/** Generates anew and compares: what differs was either edited by hand or not generated after a change. */
async function generatedIsCurrent() {
  const before = snapshot();
  if (!(await run('tools/gen.ts', []))) return false;
  const after = snapshot();
  const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
    (file) => before.get(file) !== after.get(file),
  );
  for (const file of changed) process.stdout.write(`与源不一致，已重新生成，请提交：${path.relative(root, file)}\n`);
  return changed.length === 0;
}

function snapshot() {
  const single = ['src/law/law-map.generated.json', 'src/platform/tables.ts'].map((name) => path.join(root, name));
  const folders = [path.join(root, 'docs', 'reference')];
  const generated = ['src', 'web'].flatMap((name) =>
    listFiles(path.join(root, name)).filter((file) => /[\\/]generated[\\/]/.test(file)),
  );
  const files = [...single, ...folders.flatMap(listFiles), ...generated];
  return new Map(files.map((file) => [file, readText(file)]));
}

/** Runs one tool to its end; a signal that reaches us reaches it, and nothing further is started. */
async function run(script, args) {
  const child = spawn(node, [script, ...args], {
    cwd: root,
    env: childEnv({ CI: '1', ...(process.stdout.isTTY ? {} : { NO_COLOR: '1' }) }),
    stdio: 'inherit',
  });
  let isStopped = false;
  const stop = (signal) => {
    isStopped = true;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(1));
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
  if (isStopped) process.exit(130);
  return code === 0;
}

function seconds(since) {
  return Math.round((Date.now() - since) / 100) / 10;
}
