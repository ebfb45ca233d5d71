import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import SftpClient, { type FileInfo } from 'ssh2-sftp-client';
import { Refused } from '../../kernel/refusal.ts';
import { type Clock, textOfInstant } from '../../platform/clock.ts';
import { type Db, systemActor } from '../../platform/db.ts';
import { receiptOf, writeResult } from './results.ts';
import { runBatch } from './run.ts';
import { keyOfSource, problemOf } from './sources.ts';
import type { BatchRow } from './store.ts';
import {
  beginVisit,
  endVisit,
  type Pickup,
  pickupLockClass,
  pickupOf,
  savePickup,
  type Visit,
} from './store-pickups.ts';
import type { SftpSource } from './store-sources.ts';
import { batchFolder, submitBatch } from './submit.ts';

/** Where a visit may be broken off: tests do. `begun` is told the visit's number. */
export type VisitHooks = {
  readonly begun?: (visitId: bigint) => void;
  readonly after?: (step: 'taken' | 'entered' | 'answered' | 'moved', name: string) => void;
};

/**
 * Visits a bank's SFTP server: takes complete files from the inbox, judges and enters them, puts result and receipt into the outbox and
 * moves the source to done/. Every step can be done again: after a crash the next visit finds the file where it was left, the batch number
 * (the file's name without ending) makes it the same batch, and nothing is doubled. One visit at a time for a bank; a second answers undefined.
 * Every visit is on record with what came of it; throws what kept it from its end.
 */
export async function visitSource(
  db: Db,
  clock: Clock,
  source: SftpSource,
  hooks: VisitHooks = {},
  startedBy = systemActor.userId,
): Promise<Visit | undefined> {
  const { bankId } = source;
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [pickupLockClass, bankId]);
    if (!rows[0].taken) return undefined;
    const id = await db.transaction(systemActor, (tx) => beginVisit(tx, bankId, startedBy, clock.now()));
    hooks.begun?.(id);
    const found: Visit = { answered: [], refused: [], waiting: [] };
    const end = (problem: string | null) =>
      db.transaction(systemActor, (tx) => endVisit(tx, id, { ...found, problem }, clock.now()));
    try {
      await withSftp(source, (sftp) => new Visitor(db, clock, source, sftp, hooks).visit(found));
      await end(null);
    } catch (error) {
      await end(problemOf(error));
      throw error;
    }
    return found;
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    client.release(true);
  }
}

/** Starts a visit and returns as soon as it is under way. Refused (409) while another is. */
export async function startVisit(db: Db, clock: Clock, source: SftpSource, userId: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let hasBegun = false;
    const begun = () => {
      hasBegun = true;
      resolve();
    };
    const busy = new Refused({ code: 'visit-under-way', message: '正在从这家银行取件，请稍候查看结果' }, 409);
    visitSource(db, clock, source, { begun }, userId).then(
      (visit) => (visit ? resolve() : reject(busy)),
      // What breaks off a visit that has begun stands on its record.
      (error: unknown) => (hasBegun ? undefined : reject(error)),
    );
  });
}

async function withSftp<T>(source: SftpSource, work: (sftp: SftpClient) => Promise<T>): Promise<T> {
  const sftp = new SftpClient(`rongdan-${source.bankCode}`);
  try {
    await sftp.connect({
      host: source.host,
      port: source.port,
      username: source.username,
      privateKey: keyOfSource(source),
      readyTimeout: 20_000,
      hostHash: 'sha256',
      // A server that is not the bank's must not be given anything.
      hostVerifier: (hash) => Buffer.from(hash, 'hex').toString('base64').replace(/=+$/, '') === source.hostKeySha256,
    });
    return await work(sftp);
  } finally {
    await sftp.end().catch(() => {});
  }
}

class Visitor {
  readonly #db: Db;
  readonly #clock: Clock;
  readonly #source: SftpSource;
  readonly #sftp: SftpClient;
  readonly #hooks: VisitHooks;

  constructor(db: Db, clock: Clock, source: SftpSource, sftp: SftpClient, hooks: VisitHooks) {
    this.#db = db;
    this.#clock = clock;
    this.#source = source;
    this.#sftp = sftp;
    this.#hooks = hooks;
  }

  /** Adds to `visit` what becomes of each file as soon as it is settled. */
  async visit(visit: Visit): Promise<void> {
    const { inbox, outbox, done } = this.#source;
    for (const folder of [outbox, done])
      if ((await this.#sftp.exists(folder)) === false) await this.#sftp.mkdir(folder, true);
    const found = await this.#sftp.list(inbox);
    const names = new Set(found.map(({ name }) => name));
    const files = found.filter(({ type, name }) => type === '-' && isBatchFile(name));
    for (const file of files.sort((a, b) => a.modifyTime - b.modifyTime || (a.name < b.name ? -1 : 1))) {
      const pickup = await this.#note(file);
      if (!names.has(`${file.name}.ok`) && !this.#isStable(pickup)) visit.waiting.push(file.name);
      else visit[await this.#take(file, pickup)].push(file.name);
    }
  }

  /** Remembers a file as it was seen; one that has changed since is another. */
  async #note({ name, size, modifyTime }: FileInfo): Promise<Pickup> {
    const key = { bankId: this.#source.bankId, name, bytes: BigInt(size), modifiedAt: BigInt(Math.trunc(modifyTime)) };
    return this.#db.transaction(systemActor, (tx) => pickupOf(tx, key, this.#clock.now()));
  }

  #isStable({ seenAt }: Pickup): boolean {
    return this.#clock.now().getTime() - seenAt.getTime() >= this.#source.stableSeconds * 1000;
  }

  async #take(file: FileInfo, pickup: Pickup): Promise<'answered' | 'refused'> {
    const { inbox, bankId, productCode, guarantorCode, profileCode } = this.#source;
    await mkdir(batchFolder(), { recursive: true });
    const at = path.join(batchFolder(), `.${randomUUID()}.sftp`);
    try {
      await this.#sftp.fastGet(`${inbox}/${file.name}`, at);
      this.#hooks.after?.('taken', file.name);
      const context = { actor: systemActor, clock: this.#clock };
      const batchNo = stemOf(file.name);
      const { batch } = await submitBatch(this.#db, context, {
        ...{ bankId, batchNo, productCode },
        guarantorCode: guarantorCode ?? undefined,
        profileCode: profileCode ?? undefined,
        channel: 'sftp',
        fileName: file.name,
        source: createReadStream(at),
      });
      await this.#save(pickup, 'taken', batch.id, null);
      const ended = await runBatch(this.#db, this.#clock, batch.id);
      this.#hooks.after?.('entered', file.name);
      await this.#answer(file, ended);
      await this.#save(pickup, 'answered', batch.id, null);
      this.#hooks.after?.('answered', file.name);
      await this.#moveAway(file.name, '');
      this.#hooks.after?.('moved', file.name);
      await this.#save(pickup, 'done', batch.id, null);
      return 'answered';
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      await this.#refuse(file, error);
      await this.#save(pickup, 'refused', null, error.message);
      return 'refused';
    } finally {
      await rm(at, { force: true });
    }
  }

  /** The result in the file's own format, then its receipt: whoever sees the receipt sees the whole result. */
  async #answer(file: FileInfo, batch: BatchRow): Promise<void> {
    const ending = path.posix.extname(file.name);
    const at = path.join(batchFolder(), `.${randomUUID()}.result`);
    try {
      await writeResult(this.#db, systemActor, batch, at);
      const receipt = await receiptOf(this.#db, batch, at);
      await this.#put(createReadStream(at), `${stemOf(file.name)}.result${ending}`);
      await this.#put(Buffer.from(`${JSON.stringify(receipt, null, 2)}\n`), `${stemOf(file.name)}.receipt.json`);
    } finally {
      await rm(at, { force: true });
    }
  }

  /** A file that cannot be a batch at all: said in the outbox under a name of its own, the source moved away, the batch number unharmed. */
  async #refuse(file: FileInfo, error: Refused): Promise<void> {
    const told = {
      fileName: file.name,
      bytes: file.size,
      refusedAt: textOfInstant(this.#clock.now()),
      refusals: error.refusals.map(({ code, message, figures }) => ({
        code,
        message,
        ...(figures ? { figures } : {}),
      })),
    };
    const mark = `${Math.trunc(file.modifyTime / 1000)}-${file.size}`;
    const body = Buffer.from(`${JSON.stringify(told, null, 2)}\n`);
    await this.#put(body, `${stemOf(file.name)}.refused-${mark}.json`);
    await this.#moveAway(file.name, `.refused-${mark}`);
  }

  /** Under another name first, so that the bank never reads half a file. */
  async #put(content: Buffer | NodeJS.ReadableStream, name: string): Promise<void> {
    const target = `${this.#source.outbox}/${name}`;
    await this.#sftp.put(content, `${target}.part`);
    await this.#sftp.posixRename(`${target}.part`, target);
  }

  async #moveAway(name: string, suffix: string): Promise<void> {
    const { inbox, done } = this.#source;
    const taken = (await this.#sftp.exists(`${done}/${name}${suffix}`)) !== false;
    const again = taken ? `.again-${this.#clock.now().getTime()}` : '';
    await this.#sftp.posixRename(`${inbox}/${name}`, `${done}/${name}${suffix}${again}`);
    if ((await this.#sftp.exists(`${inbox}/${name}.ok`)) !== false) await this.#sftp.delete(`${inbox}/${name}.ok`);
  }

  #save(pickup: Pickup, state: Pickup['state'], batchId: bigint | null, problem: string | null): Promise<void> {
    const at = this.#clock.now();
    return this.#db.transaction(systemActor, (tx) => savePickup(tx, pickup, { state, batchId, problem }, at));
  }
}

const isBatchFile = (name: string): boolean => /^[^.].*\.(csv|txt|xlsx)$/i.test(name);
const stemOf = (name: string): string => name.replace(/\.[^.]+$/, '');
