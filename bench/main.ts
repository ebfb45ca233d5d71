import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** `npm run bench -- import|reconcile|position|list|headroom|batch|approvals|all [--size N]`: each bench in a process of its own, one JSON line each. */
const benches = ['import', 'reconcile', 'position', 'list', 'headroom', 'batch', 'approvals'];
const [which = 'all', ...options] = process.argv.slice(2);
const chosen = which === 'all' ? benches : benches.filter((each) => each === which);
if (chosen.length === 0) {
  console.error(`用法：npm run bench -- ${benches.join('|')}|all [--size 行数]`);
  process.exit(2);
}
for (const name of chosen) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, file, ...options], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) process.exitCode = 1;
}
