// `node scripts/build-web.mjs`: builds the web bundle into dist/web unless it is up to date.
import { buildWeb, prepare } from './lib.mjs';

await buildWeb(await prepare());
