import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Delivery, MonitorLink, Outgoing } from './link.ts';
import { readReceipt } from './link-https.ts';
import type { Manifest } from './manifest.ts';

/** The name of a package's file, the same on every try. */
export const fileNameOf = (manifest: Pick<Manifest, 'institution' | 'businessDay' | 'sequence'>): string =>
  `${manifest.institution}_${manifest.businessDay}_${String(manifest.sequence).padStart(6, '0')}.jsonl.gz`;

/**
 * Through a folder both sides reach: the package appears under its final name only when complete, then an empty `.done` beside it;
 * receipts come back as `receipts/<contentHash>.json`.
 */
export function folderLink(folder: string): MonitorLink {
  const receipts = join(folder, 'receipts');
  const readReceiptOf = async (contentHash: string) => {
    const text = await readFile(join(receipts, `${contentHash}.json`), 'utf8').catch(absent);
    return text === undefined ? undefined : readReceipt(text, contentHash);
  };
  return {
    kind: 'folder',
    send: async (outgoing): Promise<Delivery> => {
      try {
        const receipt = await readReceiptOf(outgoing.contentHash);
        if (receipt) return { outcome: 'receipt', receipt };
        await mkdir(receipts, { recursive: true });
        const target = join(folder, fileNameOf(outgoing.manifest));
        await drop(target, outgoing);
        return { outcome: 'delivered', detail: `已放入交换目录：${fileNameOf(outgoing.manifest)}` };
      } catch (error) {
        return { outcome: 'network', detail: `写交换目录未成：${(error as Error).message}` };
      }
    },
    receiptOf: (row) => readReceiptOf(row.contentHash),
    records: () => Promise.reject(new Error('交换目录方式不能在线取数，请导入对方提供的文件')),
    close: async () => {},
  };
}

async function drop(target: string, outgoing: Outgoing): Promise<void> {
  const isComplete = (await stat(`${target}.done`).catch(absent)) !== undefined;
  if (isComplete) return;
  const draft = `${target}.part`;
  const file = await open(draft, 'w', 0o640);
  try {
    for (const part of outgoing.body) await file.write(part);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, target);
  await writeFile(`${target}.done`, '', { flush: true });
  await rm(draft, { force: true });
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
