import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { sql } from 'kysely';
import { Refused } from '../../../kernel/refusal.ts';
import type { Tx } from '../../../platform/db.ts';

const chunkBytes = 1024 * 1024;

/** Runs with the path of a file of one's own that is gone afterwards. */
export async function withTemporaryFile<T>(name: string, work: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-'));
  try {
    return await work(path.join(folder, name));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Keeps a file byte for byte, in pieces, with its SM3. */
export async function storeUpload(
  tx: Tx,
  file: { readonly path: string; readonly name: string; readonly userId: number },
): Promise<{ id: bigint; bytes: number; hash: string }> {
  const hash = createHash('sm3');
  let bytes = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: chunkBytes })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  const digest = hash.digest('hex');
  const { rows } = await sql<{ id: bigint }>`
    insert into reconciliation.upload (name, bytes, hash, uploaded_by)
    values (${file.name}, ${bytes}, ${digest}, ${file.userId})
    returning id`.execute(tx);
  const { id } = rows[0]!;
  let seq = 0;
  for await (const chunk of createReadStream(file.path, { highWaterMark: chunkBytes }))
    await sql`insert into reconciliation.upload_chunk (upload_id, seq, content) values (${id}, ${++seq}, ${chunk as Buffer})`.execute(
      tx,
    );
  return { id, bytes, hash: digest };
}

/** An upload by its id. `within` walks what a reader makes of the file. Refused (404) when it is not there for the caller. */
export async function uploadToFile(tx: Tx, id: bigint) {
  const { rows } = await sql<{ name: string; hash: string }>`
    select name, hash from reconciliation.upload where id = ${id}`.execute(tx);
  const upload = rows[0];
  if (!upload)
    throw new Refused({ code: 'upload-unknown', field: 'uploadId', message: '没有这个上传文件，请重新上传' }, 404);
  return {
    ...upload,
    within: async function* <T>(read: (path: string) => AsyncIterable<T>): AsyncGenerator<T> {
      const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-'));
      try {
        const file = path.join(folder, 'upload');
        await pipeline(chunks(tx, id), createWriteStream(file));
        yield* read(file);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

async function* chunks(tx: Tx, id: bigint): AsyncGenerator<Buffer> {
  for (let seq = 1; ; seq++) {
    const { rows } = await sql<{ content: Buffer }>`
      select content from reconciliation.upload_chunk where upload_id = ${id} and seq = ${seq}`.execute(tx);
    if (!rows[0]) return;
    yield rows[0].content;
  }
}
