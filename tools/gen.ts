import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startThrowAway, templateName } from '../src/platform/testing/postgres-cache.ts';
import { generateTables } from './gen-tables.ts';

const { server, stop } = await startThrowAway();
try {
  const url = new URL(server.superUrl);
  url.pathname = `/${templateName}`;
  await generateTables(url.href);
} finally {
  await stop();
}
const lawMap = new URL('./gen-law-map.ts', import.meta.url);
if (existsSync(lawMap)) await (await import(lawMap.href)).generateLawMap();
const biome = fileURLToPath(new URL('../node_modules/@biomejs/biome/bin/biome', import.meta.url));
const formatted = spawnSync(
  process.execPath,
  [biome, 'format', '--write', '--log-level=error', 'src/platform/tables.ts'],
  { stdio: 'inherit' },
);
process.exitCode = formatted.status ?? 1;
