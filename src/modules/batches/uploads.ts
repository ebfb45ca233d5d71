import type { Readable } from 'node:stream';
import { sql } from 'kysely';
import { fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { judgeFile, type KeptFile, KeyIndex, keepFile, sheetRows } from '../imports/index.ts';
import type { BatchProfile } from './contract/profile.ts';
import type { TryAnswer } from './contract.ts';
import { decideChunk, loadFacts } from './judge.ts';
import { judgedRow } from './judged.ts';
import { batchReader, readOptions } from './read.ts';
import { Reference } from './reference.ts';
import { Rooms } from './rooms.ts';
import { Weigher } from './rules/weigh.ts';
import { ownBank } from './store.ts';
import { batchBytesMax, batchFolder } from './submit.ts';

/** A file that a bank uploaded to make a mapping on. */
export type UploadRow = {
  id: bigint;
  bankId: number;
  name: string;
  bytes: bigint;
  hash: string;
  kind: 'csv' | 'xlsx';
  encoding: string | null;
  delimiter: string | null;
  sheets: string[];
  path: string;
};

/** Keeps a file for making a mapping on; nothing of it is judged yet. Refused to whoever works for no bank, and where it is no table. */
export async function keepUpload(db: Db, context: Context, name: string, source: Readable): Promise<UploadRow> {
  const bankId = await db.read(context.actor, ownBank);
  if (bankId === undefined)
    throw new Refused({ code: 'bank-required', message: '只有合作银行可以建立批量业务的映射' }, 403);
  const { sheet, ...kept } = await keepFile(source, batchFolder(), batchBytesMax);
  const isCsv = sheet.kind === 'csv';
  return db.transaction(context.actor, async (tx) => {
    const { rows } = await sql<{ id: bigint }>`
      insert into batches.upload (bank_id, name, bytes, hash, kind, encoding, delimiter, sheets, path, recorded_by)
      values (${bankId}, ${name.slice(0, 200)}, ${kept.bytes}, ${kept.hash}, ${sheet.kind}, ${isCsv ? sheet.encoding : null},
        ${isCsv ? sheet.delimiter : null}, ${isCsv ? [] : sheet.sheets}::text[], ${kept.path}, ${context.actor.userId})
      returning id`.execute(tx);
    return uploadOf(tx, rows[0]!.id);
  });
}

/** An upload of the caller's bank. Refused (404) where there is none. */
export async function uploadOf(tx: Tx, id: bigint): Promise<UploadRow> {
  const { rows } = await sql<UploadRow>`
    select id, bank_id as "bankId", name, bytes, hash, kind, encoding, delimiter, sheets, path from batches.upload where id = ${id}`.execute(
    tx,
  );
  if (!rows[0]) throw new Refused({ code: 'file-unknown', message: '没有这个文件，请重新上传' }, 404);
  return rows[0];
}

/** The upload as a file to submit: where it lies, judged anew. */
export const uploadedFile = (upload: UploadRow): Promise<KeptFile> => judgeFile(upload.path);

type Trying = {
  readonly profile: BatchProfile;
  readonly guarantorId: number | null;
  readonly productCode: string;
  readonly count: number;
};

/** What a mapping, saved or not, would make of the first rows: every rule and limit, as if they were a batch of their own. Writes nothing. */
export async function tryProfile(
  db: Db,
  context: Context,
  { path, bankId }: UploadRow,
  { profile, guarantorId, productCode, count }: Trying,
): Promise<TryAnswer['rows']> {
  const [header, ...sheet] = await sheetRows(path, readOptions(profile), count + 1);
  if (!header) throw new Refused({ code: 'file-empty', message: '文件没有标题行：请核对标题所在行' });
  const today = context.clock.today();
  const reader = batchReader(profile, header);
  const weigher = new Weigher(today);
  const rooms = new Rooms({ batchId: 0n, bankId, productCode }, today);
  const of = { bankId, productCode, rooms, weigher, lines: new KeyIndex(), reader };
  const { rows, verdicts } = await db.read(systemActor, async (tx) => {
    const reference = await Reference.load(tx, { bankId, productCode, guarantorId }, today);
    const judged = sheet.map((row) => judgedRow(reader.read(row), reference));
    const facts = await loadFacts(tx, judged, of, today, true);
    return { rows: judged, verdicts: decideChunk(judged, facts, of, today).verdicts };
  });
  const held = new Map(verdicts.map((each) => [each.line, each]));
  return rows.map(({ line, values }) => ({
    line,
    verdict: held.get(line)?.verdict ?? 'accepted',
    values: Object.fromEntries(
      Object.entries(values).flatMap(([field, value]) => (value === undefined ? [] : [[field, show(value)]])),
    ),
    reasons: (held.get(line)?.reasons ?? []).map((reason) => ({ ...reason })),
  }));
}

const show = (value: string | number | bigint): string =>
  typeof value === 'bigint' ? formatYuan(fen(value)) : String(value);
