import type { Writable } from 'node:stream';
import { cite } from '../../kernel/article.ts';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { hashOf, sm3File } from '../../platform/crypto/index.ts';
import { type Actor, type Db, systemActor } from '../../platform/db.ts';
import { returnBadRows, writeCsv, writeXlsx } from '../../platform/sheets/index.ts';
import { batchFields } from './contract/fields.ts';
import { readOptions } from './read.ts';
import type { RowReason } from './rules/reasons.ts';
import { type BatchRow, listVerdicts, reasonCounts, type VerdictRow } from './store.ts';

/** Verdicts in Chinese. */
export const verdictTitles: Readonly<Record<VerdictRow['verdict'], string>> = {
  accepted: '接受',
  already: '已受理',
  'needs-completing': '待补正',
  refused: '拒绝',
};

/** A reason as a bank's person reads it: column, what is wrong, by which clause (with its mark), what cures it, the rule's code. */
export function reasonText(reason: RowReason): string {
  const { code, column, message, remedy, article, clause, unverified } = reason;
  const source = article ? cite(article) : clause;
  const grounds = source ? `，依据：${source}${unverified ? `［未核实：${unverified}］` : ''}` : '';
  return `${column ? `【${column}】` : ''}${message}${grounds}，${remedy}（${code}）`;
}

/** Writes the rows to correct in the file's own format, reasons first; only these need to be sent again. Answers how many. */
export const writeBadRows = (db: Db, actor: Actor, batch: BatchRow, outPath: string): Promise<number> =>
  writeBack(db, actor, batch, outPath, true);

/** Writes the whole file back in its own format: before each row its verdict with reasons, or the number it was accepted under. */
export const writeResult = (db: Db, actor: Actor, batch: BatchRow, outPath: string): Promise<number> =>
  writeBack(db, actor, batch, outPath, false);

async function writeBack(db: Db, actor: Actor, batch: BatchRow, outPath: string, bad: boolean): Promise<number> {
  if (batch.phase !== 'done' && batch.phase !== 'tried')
    throw new Refused({ code: 'batch-not-done', message: '此批次尚未处理完毕，请稍候再取结果' }, 409);
  const { rows } = await returnBadRows(batch.path, linesOf(db, actor, batch, bad), outPath, readOptions(batch.profile));
  return rows;
}

/** As the actor may see them: of a batch for several guarantors, each sees the rows of its own. */
async function* linesOf(db: Db, actor: Actor, batch: BatchRow, bad: boolean) {
  const trial = batch.isTrial ? '试算：' : '';
  let after: string | undefined;
  do {
    const page = await db.read(actor, (tx) => listVerdicts(tx, batch, { bad }, after, 5000));
    for (const row of page.rows) {
      const reasons = row.reasons.map(reasonText).join('；');
      const number = row.guaranteeId === null ? '' : `：受理编号 ${row.guarantorId}-${row.guaranteeId}`;
      yield {
        line: Number(row.line),
        reason: bad ? reasons : `${trial}${verdictTitles[row.verdict]}${number}${reasons ? `：${reasons}` : ''}`,
      };
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
}

/** What goes back beside the result file: counts, rules and a hash over all of it. */
export async function receiptOf(db: Db, batch: BatchRow, resultPath: string) {
  const rules = await db.read(systemActor, (tx) => reasonCounts(tx, batch));
  const body = {
    batchNo: batch.batchNo,
    batchId: String(batch.id),
    product: batch.productCode,
    fileName: batch.fileName,
    contentHash: batch.contentHash,
    resultHash: await sm3File(resultPath),
    receivedAt: textOfInstant(batch.recordedAt),
    doneAt: batch.endedAt === null ? null : textOfInstant(batch.endedAt),
    rows: batch.accepted + batch.already + batch.needsCompleting + batch.refused,
    accepted: batch.accepted,
    already: batch.already,
    needsCompleting: batch.needsCompleting,
    refused: batch.refused,
    acceptedPrincipal: formatYuan(batch.principal),
    rules: rules.map(({ code, verdict, rows }) => ({ code, verdict, rows })),
  };
  return { ...body, receiptHash: hashOf(body) };
}

/** The published template: titles and one example row. */
export async function writeTemplate(out: Writable, format: 'csv' | 'xlsx'): Promise<void> {
  const columns = Object.entries(batchFields).map(([key, { title }]) => ({
    key,
    title,
    type: 'text' as const,
    width: 18,
  }));
  const table = { columns, rows: [exampleRow], sheetName: '批量业务' };
  if (format === 'csv') await writeCsv(out, { ...table, encoding: 'utf-8-bom' });
  else await writeXlsx(out, table);
}

/** A row as the template shows it; its borrower exists nowhere. */
export const exampleRow: Readonly<Record<string, string>> = {
  guarantorCode: '（整批指定机构时留空）',
  contractNo: 'ZDZ-2026-000001',
  loanContractNo: 'JK-2026-000001',
  dueBillNo: '',
  customerName: '示例商贸有限公司',
  customerKind: '企业',
  identityKind: '统一社会信用代码',
  identityNo: '（18位）',
  industryCode: '5191',
  staff: '12',
  revenue: '8000000.00',
  assets: '',
  county: '140105',
  principal: '1000000.00',
  guaranteedShare: '',
  feeRate: '0.008',
  startsOn: '2026-11-02',
  endsOn: '2027-11-01',
  disbursedOn: '2026-11-02',
  disbursed: '1000000.00',
  feeOn: '',
  fee: '',
  tags: '支小',
  primaryTag: '支小',
  flags: '',
};
