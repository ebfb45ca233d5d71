import { checkTrialBalance, type Finding } from './ledger/index.ts';
import { checkAttachmentFiles } from './modules/attachments/index.ts';
import { trustedKeys, verifyAudit } from './modules/audit/index.ts';
import { checkPaperFiles, checkPaperNumbers } from './modules/documents/index.ts';
import { verifyCertificates } from './modules/feedback/index.ts';
import {
  checkBookEqualsLedger,
  checkCashEqualsLedger,
  checkClosings,
  checkMovementChain,
} from './modules/guarantees/index.ts';
import { checkLimits } from './modules/limits/index.ts';
import { checkSeals } from './modules/reconciliation/index.ts';
import { verifySubsidies } from './modules/subsidies/index.ts';
import { type Db, systemActor, type Tx } from './platform/db.ts';

/** One check of the whole: its name as people know it, and what it found; nothing found is good. */
export type Check = { readonly title: string; run(tx: Tx): Promise<Finding[]> };

/** Every check that `verify` runs, in the order of the chain from a movement to a subsidy. */
export const checks: readonly Check[] = [
  { title: '总账借贷平衡', run: checkTrialBalance },
  { title: '台账与总账一致', run: checkBookEqualsLedger },
  { title: '收付与总账一致', run: checkCashEqualsLedger },
  { title: '变动连续无缺号', run: checkMovementChain },
  { title: '月末结存等于变动合计', run: checkClosings },
  { title: '额度分配不超过额度', run: checkLimits },
  { title: '审计链完整', run: auditFindings },
  { title: '核对封存未被改动', run: sealFindings },
  { title: '季度反馈证书未被改动', run: (tx) => verifyCertificates(tx) },
  { title: '补偿补贴：应补＝预拨＋清算', run: verifySubsidies },
  { title: '文书编号连续', run: checkPaperNumbers },
  { title: '文书文件完好', run: checkPaperFiles },
  { title: '附件文件完好', run: checkAttachmentFiles },
];

export type VerifyReport = {
  readonly checks: readonly { title: string; seconds: number; findings: readonly Finding[] }[];
  readonly findings: number;
};

/** Runs every check on one snapshot. Reads only; `progress` is told before each. */
export function verifyAll(
  db: Db,
  progress: (title: string, done: number, total: number) => void = () => {},
): Promise<VerifyReport> {
  return db.read(systemActor, async (tx) => {
    const done: { title: string; seconds: number; findings: readonly Finding[] }[] = [];
    for (const check of checks) {
      progress(check.title, done.length, checks.length);
      const started = performance.now();
      const findings = await check.run(tx);
      done.push({ title: check.title, seconds: (performance.now() - started) / 1000, findings });
    }
    return { checks: done, findings: done.reduce((sum, each) => sum + each.findings.length, 0) };
  });
}

async function auditFindings(tx: Tx): Promise<Finding[]> {
  const found = await verifyAudit(tx, await trustedKeys());
  return found.map((each) => ({ check: '审计链', place: `链 ${each.chain} 第 ${each.seq} 条`, message: each.message }));
}

async function sealFindings(tx: Tx): Promise<Finding[]> {
  const sealed = await tx
    .selectFrom('reconciliation.run')
    .select('id')
    .where('status', '=', 'sealed')
    .orderBy('id')
    .limit(10_000)
    .execute();
  const failed = await checkSeals(
    tx,
    sealed.map((row) => row.id),
  );
  return failed.flatMap(({ runId, checks: broken }) =>
    broken.map((each) => ({ check: '核对封存', place: `核对 ${runId}`, message: `${each.name}：${each.detail}` })),
  );
}
