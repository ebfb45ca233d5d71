import { Refused } from '../../../kernel/refusal.ts';
import { type Signer, verify } from '../../../platform/crypto/index.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import { sealBlockers } from '../rules/words.ts';
import { loadRun, lockRun } from '../store/read-runs.ts';
import { contentHashOf, insertSeal, loadSeal, namesOf, recordsHashOf } from '../store/seal.ts';
import { findRun } from './resolve.ts';

/**
 * Seals a run that is clean or wholly explained: SM3 over its content, SM2 over the hash. Nothing of it can change afterwards, and
 * there is no unsealing. Refused while anything is open or corrected but not yet verified by a later run.
 */
export async function sealRun(
  tx: Tx,
  context: Context,
  runId: bigint,
  signer: Signer,
): Promise<{ contentHash: string }> {
  await lockRun(tx, runId);
  const run = await findRun(tx, runId);
  const blockers = sealBlockers({ status: run.status, open: run.openCount, fixed: run.fixedCount });
  if (blockers.length > 0)
    throw new Refused(
      blockers.map((message) => ({ code: 'not-sealable', message })),
      run.status === 'sealed' ? 409 : 422,
    );
  const names = await namesOf(tx, runId);
  const contentHash = await contentHashOf(tx, runId, names);
  await insertSeal(tx, runId, {
    ...{ contentHash, signature: signer.sign(contentHash), signer: signer.name, publicKey: signer.publicKey, names },
    ...{ sealedBy: context.actor.userId, sealedAt: context.clock.now() },
  });
  await appendAudit(tx, context, {
    chain: run.guarantorId ?? 0,
    action: 'reconciliation.seal',
    subject: `reconciliation:${runId}`,
    detail: { contentHash },
  });
  return { contentHash };
}

export type SealCheck = { readonly name: string; readonly ok: boolean; readonly detail: string };

/**
 * Is the sealed run as it was sealed? Recomputes the hash of the other side's records and of the content, and checks the signature.
 * Must be asked by someone who sees the whole run, else rows out of sight look removed.
 */
export async function verifySeal(tx: Tx, runId: bigint): Promise<readonly SealCheck[]> {
  const run = await loadRun(tx, runId);
  const seal = await loadSeal(tx, runId);
  if (!run || !seal) return [{ name: '封存', ok: false, detail: '本批次没有封存记录' }];
  const records = await recordsHashOf(tx, runId);
  const content = await contentHashOf(tx, runId, seal.names);
  const told = (ok: boolean, stored: string, now: string) => (ok ? `SM3 ${now}` : `存 ${stored}，现算 ${now}`);
  const recordsOk = records === run.recordsHash;
  const contentOk = content === seal.contentHash;
  const signatureOk = verify(seal.contentHash, seal.signature, seal.publicKey);
  return [
    { name: '对方数据', ok: recordsOk, detail: told(recordsOk, run.recordsHash, records) },
    { name: '封存内容', ok: contentOk, detail: told(contentOk, seal.contentHash, content) },
    { name: '签名', ok: signatureOk, detail: signatureOk ? `SM2，签名方 ${seal.signer}` : '签名与内容摘要不符' },
    {
      name: '批次状态',
      ok: run.status === 'sealed',
      detail: run.status === 'sealed' ? '已封存' : `状态为 ${run.status}`,
    },
  ];
}

/** Every sealed run's checks that fail, for `verify`; empty: all are as they were sealed. */
export async function checkSeals(
  tx: Tx,
  runIds: readonly bigint[],
): Promise<{ runId: bigint; checks: readonly SealCheck[] }[]> {
  const failed: { runId: bigint; checks: readonly SealCheck[] }[] = [];
  for (const runId of runIds) {
    const checks = (await verifySeal(tx, runId)).filter((each) => !each.ok);
    if (checks.length > 0) failed.push({ runId, checks });
  }
  return failed;
}
