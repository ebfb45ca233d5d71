// `node scripts/run.mjs <file.ts> [arguments]`: runs a TypeScript file of this repository on Node 24.
import { fail, prepare, runForeground } from './lib.mjs';

const [file, ...rest] = process.argv.slice(2);
if (!file) fail('用法：node scripts/run.mjs <文件.ts> [参数……]');
const node = await prepare();
process.exitCode = await runForeground(node, [file, ...rest]);
