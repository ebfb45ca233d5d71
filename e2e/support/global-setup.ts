import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Once per run: the web bundle is built from the sources as they are now. */
export default function setup(): void {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  execFileSync(process.execPath, ['scripts/build-web.mjs'], { cwd: root, stdio: 'inherit' });
}
