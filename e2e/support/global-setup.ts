import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';
import { startProduct } from './product.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the shared product listens, and its data folder. */
    product: { url: string; dataDir: string };
    /** The private key that the product has in RONGDAN_SFTP_KEY_E2E, for a test server to let it in. */
    sftpKey: string;
  }
}

/** Once per run: the web bundle is built from the sources as they are now, and the product that the journeys share is started. */
export default async function setup(project: TestProject): Promise<() => Promise<unknown>> {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root, stdio: 'inherit' });
  const sftpKey = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).privateKey;
  const env = { RONGDAN_DEMO_STORY: '0', RONGDAN_SFTP_KEY_E2E: sftpKey };
  const { url, dataDir, stop } = await startProduct({ size: 300, env });
  project.provide('product', { url, dataDir });
  project.provide('sftpKey', sftpKey);
  return stop;
}
