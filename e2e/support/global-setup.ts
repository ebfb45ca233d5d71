import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startProduct } from './product.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the shared product listens, and its data folder. */
    product: { url: string; dataDir: string };
  }
}

/** Once per run: the web bundle is built from the sources as they are now, and the product that the journeys share is started. */
export default async function setup(project: TestProject): Promise<() => Promise<unknown>> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root, stdio: 'inherit' });
  const { url, dataDir, stop } = await startProduct({ size: 300, env: { RONGDAN_DEMO_STORY: '0' } });
  project.provide('product', { url, dataDir });
  return stop;
}
