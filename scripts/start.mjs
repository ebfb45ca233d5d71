// `npm start`: sets up what is missing, then runs the product until it is told to stop.
import { buildWeb, childEnv, prepare, runForeground } from './lib.mjs';

const startedAt = Date.now();
const node = await prepare();
await buildWeb(node);
process.exitCode = await runForeground(node, ['src/main.ts'], childEnv({ RONGDAN_STARTED_AT: String(startedAt) }));
