import path from 'node:path';
import { Readable } from 'node:stream';
import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import { type Db, systemActor, type Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { admissionStanding } from '../admissions/index.ts';
import { appendAudit } from '../audit/index.ts';
import { type KeptFile, keepFile } from '../imports/index.ts';
import { batchFields } from './contract/fields.ts';
import { type BatchProfile, templateProfile } from './contract/profile.ts';
import { profileByCode } from './profiles.ts';
import { checkHeader } from './read.ts';
import {
  acceptTried,
  type BatchRow,
  batchById,
  batchByNo,
  type Channel,
  insertBatch,
  ownBank,
  replaceTried,
} from './store.ts';

/** Rows judged and entered in one transaction. Large enough for COPY to pay, small enough not to keep a guarantor's limits locked for long. */
export const chunkRowsDefault = 5_000;
/** The largest batch file: 512 MB, a million rows and more. */
export const batchBytesMax = 512 * 2 ** 20;

/** Where batch files are kept: under DATA_DIR, as everything else of this installation. */
export const batchFolder = (): string => path.resolve(process.env.DATA_DIR || '.data', 'files', 'batches');

export type SubmitCommand = {
  /** Only the program names a bank; a bank's own people submit for their bank. */
  readonly bankId?: number | undefined;
  readonly batchNo: string;
  /** None: every row names its guarantor. */
  readonly guarantorCode?: string | undefined;
  /** The same by id. */
  readonly guarantorId?: number | undefined;
  readonly productCode: string;
  readonly profileCode?: string | undefined;
  readonly channel: Channel;
  readonly resendOf?: string | undefined;
  /** Tried first: every verdict, nothing entered until it is accepted. */
  readonly isTrial?: boolean | undefined;
  readonly fileName: string;
  /** The file, or where it lies already, kept under its hash. */
  readonly source: Readable | KeptFile;
  readonly folder?: string | undefined;
  readonly chunkRows?: number | undefined;
};

/**
 * Takes in a bank's batch; nothing is judged yet. The bank's number makes it one: the same number with the same content answers the batch
 * already there, with other content it is refused (409). What was only tried is still the bank's to change: the same content without a trial
 * accepts it, other content takes its place. A file that is no table, or lacks required columns, is refused before it is one.
 */
export async function submitBatch(
  db: Db,
  context: Context,
  command: SubmitCommand,
): Promise<{ batch: BatchRow; isNew: boolean }> {
  const batchNo = command.batchNo.trim();
  if (batchNo === '' || batchNo.length > 100)
    throw new Refused({ code: 'batch-no-missing', field: 'batchNo', message: '请填批次号（至多 100 字）' });
  const of = await db.read(context.actor, (tx) => partiesOf(tx, context, command));
  const earlier = await db.read(context.actor, (tx) => batchByNo(tx, of.bankId, batchNo));
  if (!earlier) await db.read(systemActor, (tx) => checkAdmission(tx, context, of.bankId, command.productCode));
  const { source } = command;
  const kept =
    source instanceof Readable ? await keepFile(source, command.folder ?? batchFolder(), batchBytesMax) : source;
  await checkHeader(kept.path, of.profile);
  const contentHash = hashOf({
    file: kept.hash,
    product: command.productCode,
    guarantor: of.guarantorId,
    profile: hashOf(of.profile),
  });
  return db.transaction(context.actor, (tx) => register(tx, context, { ...command, batchNo }, of, kept, contentHash));
}

/** 集中准入: a bank that was decided on and is not admitted today (expired, suspended, left) sends nothing new. */
async function checkAdmission(tx: Tx, context: Context, bankId: number, productCode: string): Promise<void> {
  const today = context.clock.today();
  if ((await admissionStanding(tx, bankId, today, productCode)) !== 'not-admitted') return;
  const message = `贵行就此产品于 ${today} 不在准入有效期（集中准入），不能报送新的批次；已报送的批次仍可查询与重取结果`;
  throw new Refused({ code: 'bank-not-admitted', field: 'productCode', message });
}

type Parties = { readonly bankId: number; readonly guarantorId: number | null; readonly profile: BatchProfile };

async function partiesOf(tx: Tx, context: Context, command: SubmitCommand): Promise<Parties> {
  const isProgram = context.actor.userId === systemActor.userId;
  const bankId = isProgram ? command.bankId : await ownBank(tx);
  if (bankId === undefined)
    throw new Refused({ code: 'bank-required', message: '只有合作银行可以报送批量业务，请用银行的账号' }, 403);
  const product = await sql`select from agreements.product where code = ${command.productCode}`.execute(tx);
  if (product.rows.length === 0)
    throw new Refused({ code: 'product-unknown', field: 'productCode', message: `没有产品“${command.productCode}”` });
  const { rows } = await sql<{ id: number }>`
    select id from institutions.institution
     where kind = 'guarantor' and (code = ${command.guarantorCode ?? null} or id = ${command.guarantorId ?? null})`.execute(
    tx,
  );
  if ((command.guarantorCode ?? command.guarantorId) !== undefined && !rows[0])
    throw new Refused({
      code: 'guarantor-unknown',
      field: 'guarantorCode',
      message: `没有担保机构“${command.guarantorCode ?? command.guarantorId}”`,
    });
  const profile =
    command.profileCode === undefined || command.profileCode === templateProfile.code
      ? templateProfile
      : (await profileByCode(tx, bankId, command.profileCode)).body;
  return { bankId, guarantorId: rows[0]?.id ?? null, profile };
}

async function register(
  tx: Tx,
  context: Context,
  command: SubmitCommand,
  of: Parties,
  kept: KeptFile,
  contentHash: string,
): Promise<{ batch: BatchRow; isNew: boolean }> {
  const resendOf = command.resendOf === undefined ? undefined : await batchByNo(tx, of.bankId, command.resendOf);
  if (command.resendOf !== undefined && !resendOf)
    throw new Refused({ code: 'resend-unknown', field: 'resendOf', message: `没有批次 ${command.resendOf}，不能补报` });
  const { batchNo, productCode, channel, fileName, isTrial = false } = command;
  const made = {
    bankId: of.bankId,
    batchNo,
    guarantorId: of.guarantorId,
    productCode,
    channel,
    contentHash,
    fileName: fileName.slice(0, 200),
    fileKind: kept.sheet.kind,
    fileBytes: BigInt(kept.bytes),
    path: kept.path,
    profile: of.profile,
    chunkRows: command.chunkRows ?? chunkRowsDefault,
    resendOf: resendOf?.id ?? null,
    isTrial,
  };
  const id = await insertBatch(tx, made, context.actor.userId);
  const taken = id === undefined ? await replaceTried(tx, made) : id;
  const batch = await batchByNo(tx, of.bankId, batchNo);
  if (!batch) throw new Error(`批次 ${batchNo} 不见了`);
  if (taken === undefined && batch.contentHash !== contentHash)
    throw new Refused(
      {
        code: 'batch-no-used',
        field: 'batchNo',
        message: `批次号 ${batchNo} 已用于另一份内容（${batch.fileName}）。更正或补报请换新的批次号；原批次未受影响`,
      },
      409,
    );
  if (taken !== undefined)
    await appendAudit(tx, context, {
      chain: of.guarantorId ?? 0,
      action: isTrial ? 'batches.try' : 'batches.submit',
      subject: `batch:${batch.id}`,
      detail: { bankId: of.bankId, batchNo, channel, contentHash, bytes: String(kept.bytes) },
    });
  return { batch, isNew: id !== undefined };
}

/**
 * Accepts a batch that was tried: from here on it runs as any other, judged anew against the book as it is then. Refused where it was not
 * tried to the end, or is the bank's no longer.
 */
export async function acceptBatch(db: Db, context: Context, id: bigint): Promise<BatchRow> {
  const batch = await db.read(context.actor, (tx) => batchById(tx, id));
  if (!batch) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  await db.read(systemActor, (tx) => checkAdmission(tx, context, batch.bankId, batch.productCode));
  return db.transaction(context.actor, async (tx) => {
    if (batch.phase !== 'tried' || !(await acceptTried(tx, id)))
      throw new Refused({ code: 'batch-not-tried', message: '此批次没有试算完毕，或已接受，请刷新查看' }, 409);
    const { bankId, batchNo, contentHash, guarantorId } = batch;
    await appendAudit(tx, context, {
      chain: guarantorId ?? 0,
      action: 'batches.accept',
      subject: `batch:${id}`,
      detail: { bankId, batchNo, contentHash },
    });
    return (await batchById(tx, id))!;
  });
}

/** Rows as they come over the API, written as the template's file: from here on there is one way. Row n stands on line n + 1. */
export function rowsAsFile(rows: readonly Readonly<Record<string, string>>[]): Readable {
  const fields = Object.entries(batchFields);
  const line = (cells: readonly string[]) => `${cells.map(quoted).join(',')}\r\n`;
  const lines = function* () {
    yield line(fields.map(([, { title }]) => title));
    for (const row of rows) yield line(fields.map(([field]) => row[field] ?? ''));
  };
  return Readable.from(lines());
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
