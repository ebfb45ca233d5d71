import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Refused } from '../../kernel/refusal.ts';
import { loadOrCreateSigner, type Signer } from '../../platform/crypto/index.ts';
import type { MonitorLink } from './link.ts';
import { folderLink } from './link-folder.ts';
import { httpsLink } from './link-https.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The way to the monitoring system that this installation is set up for: MONITOR_FOLDER (drop folder), or MONITOR_URL with
 * MONITOR_TOKEN and MONITOR_CA, or else the stand-in that runs beside us (DATA_DIR/monitor/link.json).
 * Refuses (503) when there is none. The caller closes it.
 */
export function openLink(env: Environment = process.env): MonitorLink {
  if (env.MONITOR_FOLDER) return folderLink(env.MONITOR_FOLDER);
  if (env.MONITOR_URL) {
    return httpsLink({ url: env.MONITOR_URL, token: env.MONITOR_TOKEN ?? '', caFile: env.MONITOR_CA || undefined });
  }
  const file = join(env.DATA_DIR || '.data', 'monitor', 'link.json');
  if (!existsSync(file)) {
    throw new Refused(
      {
        code: 'no-monitor-link',
        message: '尚未设置监测系统的连接：请设置 MONITOR_URL、MONITOR_TOKEN、MONITOR_CA，或 MONITOR_FOLDER',
      },
      503,
    );
  }
  return httpsLink(JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string; caFile?: string });
}

/** Who signs this installation's packages; the key is made on first use under DATA_DIR/keys. */
export const openSigner = (env: Environment = process.env): Promise<Signer> =>
  loadOrCreateSigner(join(env.DATA_DIR || '.data', 'keys'), 'exchange');
