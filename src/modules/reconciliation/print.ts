import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import { dayOfInstant } from '../../platform/clock.ts';
import { verificationCode } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { createPaper } from '../../platform/papers/index.ts';
import { type Column, type TableRow, writeXlsx } from '../../platform/sheets/index.ts';
import { findRun } from './actions/resolve.ts';
import { verifySeal } from './actions/seal.ts';
import { causeTitles, kindTitles, type RunDetail, statusTitles } from './contract.ts';
import { type DifferenceRecord, listDifferences } from './store/read-differences.ts';
import { loadSeal, type SealRecord } from './store/seal.ts';
import { runDetailOf, titleOf } from './view.ts';
import { sidesInWords } from './words.ts';

/** Differences on paper; all of them are in the workbook. */
const onPaper = 500;

type Printed = { readonly detail: RunDetail; readonly seal: SealRecord };

/**
 * What a print of the sealed run says, with the names of the day of the seal. Refused when it is not sealed, and (409) when it is no
 * longer what was sealed: a print must not lend a changed run the seal's credit. For someone who sees the whole run.
 */
async function printed(tx: Tx, runId: bigint): Promise<Printed> {
  const run = await findRun(tx, runId);
  const seal = await loadSeal(tx, runId);
  if (run.status !== 'sealed' || !seal)
    throw new Refused({ code: 'not-sealed', message: '本批次尚未封存，封存后方可打印；清单可先导出' });
  const broken = (await verifySeal(tx, runId)).filter((each) => !each.ok);
  if (broken.length > 0)
    throw new Refused(
      broken.map((each) => ({ code: 'seal-broken', message: `封存内容已被改动（${each.name}）：${each.detail}` })),
      409,
    );
  const detail = await runDetailOf(tx, runId);
  return { detail, seal };
}

async function* rowsOf(tx: Tx, runId: bigint, seal: SealRecord): AsyncGenerator<DifferenceRecord> {
  for (let after: string | undefined; ; ) {
    const page = await listDifferences(tx, runId, sql`true`, after, 2000);
    for (const row of page.rows)
      yield { ...row, guarantorName: seal.names.institutions[row.guarantorId] ?? '机构不明' };
    if (page.next === null) return;
    after = page.next;
  }
}

const titleLine = ({ detail }: Printed): string => `数据核对表（第 ${detail.id} 次）`;
const footerOf = ({ detail, seal }: Printed): string[] => [
  `数据截至 ${detail.asOf}，${detail.knownAt} 所知　口径：${detail.ours.amountBasis === 'contract' ? '合同口径' : '实际承担口径'}　单位：元`,
  `封存于 ${dayOfInstant(seal.sealedAt)}　内容摘要 SM3 ${seal.contentHash}　签名方 ${seal.signer}`,
];

/** The sealed run as PDF: the same bytes every time. */
export async function printPdf(tx: Tx, runId: bigint): Promise<Buffer> {
  const it = await printed(tx, runId);
  const { detail, seal } = it;
  const paper = createPaper({
    ...{ title: titleLine(it), subtitle: detail.guarantorName, createdAt: seal.sealedAt, landscape: true },
    footerNote: footerOf(it)[0]!,
  });
  paper.paragraph(detail.summary, { indent: true });
  paper.heading('一、差额分解', 2);
  paper.table({
    columns: ['项目', '我方', '对方', '差额', '时间差', '口径差', '录入差', '遗漏', '容差内'].map((title, at) => ({
      title,
      align: at === 0 ? ('left' as const) : ('right' as const),
    })),
    rows: detail.decomposition.map((row) => [
      ...[row.title, row.ours, row.theirs, row.difference, row.byCause.timing, row.byCause.basis],
      ...[row.byCause.entry, row.byCause.omission, row.tolerated],
    ]),
    note: '单位：元。四类原因与容差内之和等于差额。',
  });
  paper.heading('二、分机构', 2);
  paper.table({
    columns: ['机构', '我方笔数', '对方笔数', '一致', '不一致', '仅我方', '仅对方', '重复', '空主键'].map((title) => ({
      title,
    })),
    rows: detail.byGuarantor.map(({ guarantorId, counts }) => [
      seal.names.institutions[guarantorId] ?? '机构不明',
      ...[counts.ours, counts.theirs, counts.matched, counts.different, counts.onlyOurs, counts.onlyTheirs].map(String),
      ...[counts.duplicateKey, counts.nullKey].map(String),
    ]),
  });
  paper.heading('三、差异与说明', 2);
  const rows: string[][] = [];
  let total = 0;
  for await (const row of rowsOf(tx, runId, seal)) if (++total <= onPaper) rows.push(cellsOf(row));
  const note = total > onPaper ? `共 ${total} 条，此处列前 ${onPaper} 条，全部见同批次工作簿。` : `共 ${total} 条。`;
  paper.table({
    columns: ['机构', '合同编号', '字段', '我方', '对方', '原因', '说明'].map((title) => ({ title })),
    rows,
    note,
  });
  paper.keyValues([
    ['内容摘要（SM3）', seal.contentHash],
    ['对方数据摘要（SM3）', detail.recordsHash],
    ['核验码', verificationCode(seal.contentHash)],
    ['签名方', seal.signer],
  ]);
  return paper.toBuffer();
}

function cellsOf(row: DifferenceRecord): string[] {
  const { ours, theirs } = sidesInWords(row);
  return [
    ...[row.guarantorName, row.contractNo ?? '—', row.field === 'record' ? kindTitles[row.kind] : titleOf(row.field)],
    ...[ours ?? '—', theirs ?? '—', causeTitles[row.cause], row.resolution ?? ''],
  ];
}

/** The columns of a list of differences. */
export const differenceColumns: readonly Column[] = [
  { key: 'guarantorName', title: '机构', type: 'text', width: 20 },
  { key: 'contractNo', title: '合同编号', type: 'text', width: 22, whenNull: '—' },
  { key: 'line', title: '对方行号', type: 'integer', whenNull: '—' },
  { key: 'kindTitle', title: '类别', type: 'text', width: 14 },
  { key: 'fieldTitle', title: '字段', type: 'text', width: 16 },
  { key: 'ours', title: '我方', type: 'text', width: 18, whenNull: '—' },
  { key: 'theirs', title: '对方', type: 'text', width: 18, whenNull: '—' },
  { key: 'deltaFen', title: '差额（我方−对方）', type: 'money', width: 18, whenNull: '—' },
  { key: 'causeTitle', title: '推测原因', type: 'text', width: 10 },
  { key: 'reason', title: '依据', type: 'text', width: 50 },
  { key: 'statusTitle', title: '状态', type: 'text', width: 14 },
  { key: 'firstSeenOn', title: '首次发现', type: 'day' },
  { key: 'resolution', title: '处理说明', type: 'text', width: 40 },
  { key: 'evidenceReference', title: '佐证', type: 'text', width: 24 },
];

/** A difference as a row of such a list. */
export const sheetRowOf = (row: DifferenceRecord): TableRow => ({
  ...{ guarantorName: row.guarantorName, contractNo: row.contractNo, line: row.line, kindTitle: kindTitles[row.kind] },
  ...{ fieldTitle: row.field === 'record' ? '整笔' : titleOf(row.field), ...sidesInWords(row), deltaFen: row.deltaFen },
  ...{ causeTitle: causeTitles[row.cause], reason: row.reason, statusTitle: statusTitles[row.status] },
  ...{ firstSeenOn: row.firstSeenOn, resolution: row.resolution, evidenceReference: row.evidenceReference },
});

/** The sealed run as a workbook: every difference with its resolution; the same content every time. */
export async function printXlsx(tx: Tx, runId: bigint): Promise<Buffer> {
  const it = await printed(tx, runId);
  const out = new PassThrough();
  const rows = async function* (): AsyncGenerator<TableRow> {
    for await (const row of rowsOf(tx, runId, it.seal)) yield sheetRowOf(row);
  };
  const table = {
    ...{ title: `${titleLine(it)}　${it.detail.guarantorName}`, columns: differenceColumns, rows: rows() },
    footer: [it.detail.summary, ...footerOf(it)],
  };
  const [content] = await Promise.all([buffer(out), writeXlsx(out, table)]);
  return content;
}
