import { Refused } from '../../kernel/refusal.ts';
import type { Db } from '../../platform/db.ts';
import { runLockClass } from './store.ts';

/** Told of each chunk that is done: tests break off there. */
export type RunHooks = { readonly onChunk?: (no: number) => void | Promise<void> };

/**
 * Works on a batch as the only one: holds it by an advisory lock, which ends with the process whatever becomes of it, so that everybody sees
 * whether somebody is at it. Refused (409) where somebody is.
 */
export async function withRunLock<T>(db: Db, id: bigint, work: () => Promise<T>): Promise<T> {
  const client = await db.pool.connect();
  try {
    const { rows } = await client.query('select pg_try_advisory_lock($1, $2) as taken', [runLockClass, Number(id)]);
    if (!rows[0].taken) throw new Refused({ code: 'batch-running', message: '此批次正在处理，请稍候查看进度' }, 409);
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => {});
    // A connection that ends gives the lock back whatever state it is in.
    client.release(true);
  }
}

/** What people are told of a run or trial that broke off. */
export function failureOf(error: unknown): string {
  if (error instanceof Refused) return error.message;
  const { code } = error as { code?: string };
  if (code === 'ENOENT') return '报送的文件已不在磁盘上，请用同一批次号重新报送同一文件';
  if (code === '23505') return '账上同一批业务不断被他人改动，请稍后用同一批次号重新报送；已承保的行不会重复';
  return '处理中断（内部错误），已承保的行保留；用同一批次号重新报送同一文件会从中断处继续';
}
