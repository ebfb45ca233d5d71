import type { Readable } from 'node:stream';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { returnBadRows } from '../../platform/sheets/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { ImportProfile } from './contract.ts';
import { fileBytesMax, filesFolder, judgeFile, type KeptFile, keepFile } from './files.ts';
import { ChangedMeanwhile, NotAllGood, type PassHooks, readOptions, runPass } from './pass.ts';
import { profileByCode } from './profiles.ts';
import {
  type BatchRow,
  batchById,
  type FileRow,
  fileById,
  insertBatch,
  insertFile,
  insertPass,
  insertProfile,
  listVerdicts,
  newestPass,
  type PassRow,
  passLockClass,
  runningPasses,
  setPassState,
  writableGuarantor,
} from './store.ts';

/** Rows judged and written in one transaction. Large enough for COPY to pay, small enough to be redone after a crash. */
export const chunkRowsDefault = 5_000;

/** The guarantor a command is for: the one named, else the only one the caller works for. Refused when there is none. */
export async function guarantorFor(tx: Tx, named: number | undefined): Promise<number> {
  const found = await writableGuarantor(tx, named);
  if (found !== undefined) return found;
  if (named === undefined)
    throw new Refused({ code: 'guarantor-required', field: 'guarantorId', message: '请指明为哪家机构导入' });
  throw new Refused(
    { code: 'not-your-institution', field: 'guarantorId', message: '您只能为本机构导入，请核对机构或换用该机构的账号' },
    403,
  );
}

/** Keeps an uploaded file. The same content again is the file already there. */
export async function uploadFile(
  db: Db,
  context: Context,
  command: { guarantorId?: number | undefined; name: string; source: Readable; folder?: string; bytesMax?: number },
): Promise<FileRow> {
  const guarantorId = await db.read(context.actor, (tx) => guarantorFor(tx, command.guarantorId));
  const kept = await keepFile(command.source, command.folder ?? filesFolder(), command.bytesMax ?? fileBytesMax);
  return db.transaction(context.actor, (tx) => registerFile(tx, context, guarantorId, command.name, kept));
}

const registerFile = (
  tx: Tx,
  context: Context,
  guarantorId: number,
  name: string,
  kept: KeptFile,
): Promise<FileRow> => {
  const { sheet } = kept;
  const isCsv = sheet.kind === 'csv';
  return insertFile(
    tx,
    {
      guarantorId,
      hash: kept.hash,
      name: name.slice(0, 200),
      bytes: BigInt(kept.bytes),
      kind: sheet.kind,
      encoding: isCsv ? sheet.encoding : null,
      delimiter: isCsv ? sheet.delimiter : null,
      sheets: isCsv ? [] : sheet.sheets,
      path: kept.path,
    },
    context.actor.userId,
  );
};

/** Saves a profile of an institution as its next version. */
export async function saveProfile(tx: Tx, context: Context, guarantorId: number, profile: ImportProfile) {
  const saved = await insertProfile(tx, guarantorId, profile, hashOf(profile), context.actor.userId);
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'imports.save-profile',
    subject: `import-profile:${guarantorId}/${profile.code}`,
    detail: { version: saved.version, hash: saved.hash },
  });
  return saved;
}

/** Registers a file with a profile as a batch; the same two are always the same batch. */
export async function registerBatch(
  tx: Tx,
  context: Context,
  command: { guarantorId?: number | undefined; fileId: bigint; profileCode: string },
): Promise<{ guarantorId: number; id: bigint }> {
  const guarantorId = await guarantorFor(tx, command.guarantorId);
  const file = await fileById(tx, guarantorId, command.fileId);
  if (!file) throw new Refused({ code: 'file-unknown', message: '没有这个文件，请重新上传' }, 404);
  const { profile, hash } = await profileByCode(tx, guarantorId, command.profileCode);
  const id = await insertBatch(tx, { guarantorId, fileId: file.id, profile, profileHash: hash }, context.actor.userId);
  return { guarantorId, id };
}

type PassCommand = {
  readonly guarantorId: number;
  readonly batchId: bigint;
  readonly kind: 'check' | 'commit';
  readonly take?: 'good' | 'all';
  readonly chunkRows?: number;
} & PassHooks;

/**
 * Runs a dry run or a commit of a batch to its end, going on where a process that died had stopped. Holds the batch by an
 * advisory lock: a second runner is refused (409). `started` is called once the pass is under way.
 */
export async function runBatch(
  db: Db,
  context: Context,
  command: PassCommand,
  started?: () => void,
): Promise<BatchRow> {
  const { guarantorId, batchId } = command;
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [
      passLockClass,
      Number(batchId),
    ]);
    if (!rows[0].taken) throw new Refused({ code: 'batch-running', message: '此批次正在处理，请稍候查看进度' }, 409);
    const opened = await db.transaction(context.actor, (tx) => openPass(tx, context, command));
    started?.();
    if (opened) await finishPass(db, context, command, opened.batch, opened.pass);
  } finally {
    // A connection that ends gives the lock back whatever state it is in.
    client.release(true);
  }
  const batch = await db.read(context.actor, (tx) => batchById(tx, guarantorId, batchId));
  if (!batch) throw new Error(`批次 ${batchId} 不见了`);
  return batch;
}

/** The pass to run: the interrupted one, else a new one; undefined where nothing is left to do. */
async function openPass(
  tx: Tx,
  context: Context,
  command: PassCommand,
): Promise<{ batch: BatchRow; pass: PassRow } | undefined> {
  const { guarantorId, batchId, kind } = command;
  const take = command.take ?? 'good';
  const batch = await batchById(tx, guarantorId, batchId);
  if (!batch) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  const newest = await newestPass(tx, guarantorId, batchId);
  if (newest?.state === 'running' && newest.kind === 'commit' && kind === 'commit') return { batch, pass: newest };
  if (newest?.state === 'running')
    await setPassState(tx, { guarantorId, batchId, passNo: newest.passNo }, 'failed', '处理中断，已由新一轮取代');
  const bad = batch.refused + batch.needsCompleting;
  if (kind === 'commit' && newest?.kind === 'commit' && newest.state === 'done' && bad === 0) return undefined;
  if (kind === 'commit' && take === 'all' && !(newest?.kind === 'check' && newest.state === 'done' && bad === 0)) {
    const message = bad > 0 ? `试算有 ${bad} 行未通过，“全部入账”不能进行` : '“全部入账”须先试算且全部通过';
    throw new Refused({ code: 'not-all-good', message: `${message}：请更正后重送，或改为只入账通过的行` });
  }
  const chunkRows = command.chunkRows ?? chunkRowsDefault;
  const passNo = await insertPass(tx, { guarantorId, batchId, kind, take, chunkRows }, context.actor.userId);
  const recordedBy = context.actor.userId;
  return { batch, pass: { passNo, kind, take, chunkRows, state: 'running', failure: null, recordedBy, doneChunks: 0 } };
}

async function finishPass(
  db: Db,
  context: Context,
  command: PassCommand,
  batch: BatchRow,
  pass: PassRow,
): Promise<void> {
  const { guarantorId, batchId } = command;
  const key = { guarantorId, batchId, passNo: pass.passNo };
  const { path, profile } = batch;
  const fileBytes = Number(batch.fileBytes);
  let doneChunks = pass.doneChunks;
  for (let tries = 0; ; tries += 1) {
    try {
      await runPass(db, context, { ...key, ...pass, path, profile, fileBytes, doneChunks }, command);
      break;
    } catch (error) {
      const reached = await db.read(context.actor, (tx) => newestPass(tx, guarantorId, batchId));
      const hasMoved = (reached?.doneChunks ?? 0) > doneChunks;
      doneChunks = reached?.doneChunks ?? 0;
      if (error instanceof ChangedMeanwhile && (hasMoved || tries < 20)) continue;
      await db.transaction(context.actor, (tx) => setPassState(tx, key, 'failed', failureOf(error)));
      if (error instanceof NotAllGood) return;
      throw error;
    }
  }
  await db.transaction(context.actor, async (tx) => {
    await setPassState(tx, key, 'done', null);
    if (pass.kind === 'check') return;
    const after = await batchById(tx, guarantorId, batchId);
    const { accepted = 0, already = 0, needsCompleting = 0, refused = 0, movements = 0 } = after ?? {};
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'imports.commit',
      subject: `import-batch:${guarantorId}/${batchId}`,
      detail: {
        fileHash: batch.fileHash,
        profile: batch.profileCode,
        accepted,
        already,
        needsCompleting,
        refused,
        movements,
      },
    });
  });
}

function failureOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  if (error instanceof NotAllGood) return `${error.message}：账上数据在试算后有变，“全部入账”停在此处，请重新试算`;
  if (error instanceof ChangedMeanwhile) return '账上同一批合同不断被他人改动，请稍后再试；已入账的行不会重复';
  const { code } = error as { code?: string };
  if (code === '42501') return '没有为此机构写入的权限';
  if (code === 'ENOENT') return '上传的文件已不在磁盘上，请重新上传同一文件';
  return '处理中断（内部错误），已入账的行保留；再次提交会从中断处继续';
}

/** Starts a pass and returns as soon as it is under way; its progress and its failure are read from the batch. */
export function startBatch(db: Db, context: Context, command: PassCommand): Promise<void> {
  return new Promise((resolve, reject) => {
    // A failure after the start has been written to the pass, where people see it.
    runBatch(db, context, command, resolve).catch(reject);
  });
}

/** Goes on with commits whose process died: called once at start-up. Returns how many were taken up. */
export async function resumeImports(db: Db, context: Context): Promise<number> {
  const running = await db.read(context.actor, runningPasses);
  const commits = running.filter(({ kind }) => kind === 'commit');
  await Promise.allSettled(
    commits.map(({ guarantorId, batchId, recordedBy }) =>
      startBatch(db, { ...context, actor: { userId: recordedBy } }, { guarantorId, batchId, kind: 'commit' }),
    ),
  );
  return commits.length;
}

/**
 * Brings a file of this machine in: registers it, judges it (dry run) or commits it, and returns the batch. The same file
 * with the same profile again changes nothing. `profile` is a code or a profile; `badRowsTo` receives the rows to correct.
 */
export async function importFile(
  db: Db,
  context: Context,
  command: {
    guarantorId?: number | undefined;
    path: string;
    profile: string | ImportProfile;
    dryRun?: boolean;
    take?: 'good' | 'all';
    badRowsTo?: string;
    chunkRows?: number;
  } & PassHooks,
): Promise<BatchRow & { badRows: number }> {
  const kept = await judgeFile(command.path);
  const name = command.path.split(/[\\/]/).at(-1) ?? command.path;
  const { guarantorId, id } = await db.transaction(context.actor, async (tx) => {
    const of = await guarantorFor(tx, command.guarantorId);
    const file = await registerFile(tx, context, of, name, kept);
    if (typeof command.profile === 'string')
      return registerBatch(tx, context, { guarantorId: of, fileId: file.id, profileCode: command.profile });
    const profileHash = hashOf(command.profile);
    const batch = { guarantorId: of, fileId: file.id, profile: command.profile, profileHash };
    return { guarantorId: of, id: await insertBatch(tx, batch, context.actor.userId) };
  });
  const pass = { guarantorId, batchId: id, ...(command.chunkRows ? { chunkRows: command.chunkRows } : {}) };
  const hooks = command.onChunk ? { onChunk: command.onChunk } : {};
  let batch: BatchRow | undefined;
  if (command.dryRun || command.take === 'all')
    batch = await runBatch(db, context, { ...pass, kind: 'check', ...hooks });
  if (!command.dryRun)
    batch = await runBatch(db, context, { ...pass, kind: 'commit', take: command.take ?? 'good', ...hooks });
  if (!batch) throw new Error('没有运行任何一轮');
  const badRows = command.badRowsTo ? await writeBadRows(db, context, batch, command.badRowsTo) : 0;
  return { ...batch, badRows };
}

/** Writes the refused and incomplete rows of the batch's last pass in the file's own format, with a column of reasons. */
export async function writeBadRows(db: Db, context: Context, batch: BatchRow, outPath: string): Promise<number> {
  if (batch.passNo === null)
    throw new Refused({ code: 'not-checked', message: '此批次尚未试算，没有可下载的退回行' }, 409);
  const of = { guarantorId: batch.guarantorId, batchId: batch.id, passNo: batch.passNo };
  const { rows } = await returnBadRows(batch.path, badRows(db, context, of), outPath, readOptions(batch.profile));
  return rows;
}

async function* badRows(db: Db, context: Context, of: { guarantorId: number; batchId: bigint; passNo: number }) {
  let after: string | undefined;
  do {
    const page = await db.read(context.actor, (tx) => listVerdicts(tx, of, {}, after, 5000));
    for (const { line, verdict, reasons } of page.rows) {
      if (verdict === 'already') continue;
      const reason = reasons.map(
        ({ code, column, message, remedy }) => `${column ? `【${column}】` : ''}${message}，${remedy}（${code}）`,
      );
      yield { line: Number(line), reason: reason.join('；') };
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
}
