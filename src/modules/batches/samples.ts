import { randomBytes } from 'node:crypto';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { defaultRates, type Rates, type Stratum, sampleSize } from './rules/strata.ts';
import { batchById } from './store.ts';
import { drawnRows, insertSample, lockSampleRow, populationOf, sampleById, setResult } from './store-samples.ts';

const strata = ['high', 'middle', 'low'] as const;

/**
 * 抽样：Draws a guarantor's accepted rows of a batch for the audit after the fact, by risk stratum. Within a stratum rows stand in the order
 * of SHA-256 of `seed:line`: the same seed and rates draw the same rows, whoever does it. The same seed again answers the sample there is.
 */
export async function drawSample(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; batchId: bigint; seed?: string | undefined; rates?: Rates | undefined },
): Promise<{ id: bigint; seed: string }> {
  const { guarantorId, batchId } = command;
  const batch = await batchById(tx, batchId);
  if (!batch) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  if (batch.phase !== 'done')
    throw new Refused({ code: 'batch-not-done', message: '此批次尚未处理完毕，处理完毕后再抽样' }, 409);
  const seed = command.seed ?? randomBytes(8).toString('hex');
  const rates = command.rates ?? defaultRates;
  const population = await populationOf(tx, guarantorId, batchId);
  const total = strata.reduce((sum, stratum) => sum + population[stratum], 0);
  if (total === 0) throw new Refused({ code: 'nothing-accepted', message: '此批次没有本机构承保的业务，无可抽样' });
  const sizes = Object.fromEntries(
    strata.map((stratum) => [stratum, sampleSize(population[stratum], rates[stratum])]),
  ) as Record<Stratum, number>;
  const rows = await drawnRows(tx, { guarantorId, batchId, seed, sizes });
  const contentHash = hashOf({
    batchId: String(batchId),
    guarantorId,
    seed,
    rates,
    lines: rows.map(({ line }) => String(line)),
  });
  const made = { guarantorId, batchId, bankId: batch.bankId, seed, rates, population, contentHash };
  const { id, isNew } = await insertSample(tx, made, rows, context.actor.userId);
  const stands = isNew ? undefined : await sampleById(tx, guarantorId, id);
  if (stands && stands.contentHash !== contentHash)
    throw new Refused({ code: 'seed-used', field: 'seed', message: '这个种子已用另一组比例抽过，请换一个种子' }, 409);
  if (isNew)
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'batches.draw-sample',
      subject: `batch-sample:${guarantorId}/${id}`,
      detail: { batchId: String(batchId), seed, rows: rows.length, contentHash },
    });
  return { id, seed };
}

/** Enters what the audit found of one drawn row; a finding is needed unless it passed. A result stands: it is entered once. */
export async function recordResult(
  tx: Tx,
  context: Context,
  command: {
    guarantorId: number;
    sampleId: bigint;
    line: bigint;
    result: 'pass' | 'fail' | 'doubt';
    finding?: string | undefined;
  },
): Promise<void> {
  const { guarantorId, sampleId, line, result } = command;
  const finding = command.finding?.trim() || null;
  if (result !== 'pass' && !finding)
    throw new Refused({ code: 'finding-missing', field: 'finding', message: '不合格或存疑的，请写明发现的问题与依据' });
  const row = await lockSampleRow(tx, guarantorId, sampleId, line);
  if (!row) throw new Refused({ code: 'sample-row-unknown', message: '这一行不在样本中' }, 404);
  if (row.result !== null && row.result !== 'doubt')
    throw new Refused(
      { code: 'already-audited', message: `该行已由${row.auditedBy ?? '他人'}登记抽查结果，不能改写` },
      409,
    );
  await setResult(tx, { ...command, finding }, context.actor.userId, context.clock.now());
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'batches.audit-row',
    subject: `batch-sample:${guarantorId}/${sampleId}`,
    detail: { line: String(line), result },
  });
}
