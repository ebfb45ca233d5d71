import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { readSheet } from '../../platform/sheets/index.ts';
import { isSameName } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { ReadBackAnswer } from './contract.ts';

/** One line of the file that the re-guarantor's own system gives back. */
export type ReadBackLine = {
  readonly line: number;
  readonly businessNo: string;
  readonly verdict: 'confirm' | 'deny' | undefined;
  readonly reason: string;
  readonly certificateNo: string;
  readonly fundBatch: string;
  readonly borrowerName: string;
  readonly contractNo: string;
  readonly fault?: string;
};

const titles: readonly (readonly [
  key: 'businessNo' | 'verdict' | 'reason' | 'certificateNo' | 'fundBatch' | 'borrowerName' | 'contractNo',
  names: readonly string[],
])[] = [
  ['businessNo', ['唯一业务编号', '业务编号']],
  ['verdict', ['审核结果', '备案结果', '结果']],
  ['reason', ['驳回原因', '原因']],
  ['certificateNo', ['项目备案证', '备案证号']],
  ['fundBatch', ['上报融担基金批次', '国担批次']],
  ['borrowerName', ['借款人名称', '借款人']],
  ['contractNo', ['保证合同号', '合同号']],
];
const yes = ['确认', '通过', '已备案', '同意'];
const no = ['驳回', '退回', '不通过', '不予备案'];
const rowsMax = 100_000;
const shownMax = 500;

/** Reads the file, every line of it. Refused when a column is missing that the answer cannot be told without, or it is no table. */
export async function readReadBack(path: string): Promise<ReadBackLine[]> {
  const lines: ReadBackLine[] = [];
  let columns: Map<string, number> | undefined;
  for await (const rows of readSheet(path)) {
    for (const row of rows) {
      if (!columns) {
        columns = columnsOf(row.cells);
        continue;
      }
      if (lines.length >= rowsMax)
        throw new Refused({ code: 'read-back-too-long', message: `回读文件超过 ${rowsMax} 行，请拆分后再导入` });
      lines.push(lineOf(row.line, row.cells, row.problems[0]?.message, columns));
    }
  }
  if (lines.length === 0) throw new Refused({ code: 'read-back-empty', message: '回读文件没有数据行' });
  return lines;
}

function columnsOf(header: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const [key, names] of titles) {
    const at = header.findIndex((cell) => names.some((name) => isSameName(cell, name)));
    if (at >= 0) found.set(key, at);
  }
  const missing = titles.filter(([key]) => (key === 'businessNo' || key === 'verdict') && !found.has(key));
  if (missing.length > 0)
    throw new Refused({
      code: 'read-back-columns',
      message: `回读文件缺少列：${missing.map(([, names]) => names[0]).join('、')}；表头须有「唯一业务编号」「审核结果」`,
    });
  return found;
}

function lineOf(
  line: number,
  cells: readonly string[],
  fault: string | undefined,
  columns: ReadonlyMap<string, number>,
): ReadBackLine {
  const of = (key: string) => (cells[columns.get(key) ?? -1] ?? '').trim();
  const said = of('verdict');
  const verdict = yes.includes(said) ? 'confirm' : no.includes(said) ? 'deny' : undefined;
  return {
    line,
    businessNo: of('businessNo'),
    verdict,
    reason: of('reason'),
    certificateNo: of('certificateNo'),
    fundBatch: of('fundBatch'),
    borrowerName: of('borrowerName'),
    contractNo: of('contractNo'),
    ...(fault ? { fault } : {}),
  };
}

type Known = {
  guarantorId: number;
  id: bigint;
  businessNo: string;
  status: string;
  borrowerName: string;
  contractNo: string;
};
type Outcome = ReadBackAnswer['lines'][number]['outcome'];
type Judged = {
  readonly given: ReadBackLine;
  readonly known?: Known;
  readonly outcome: Outcome;
  readonly message: string;
};

/**
 * 回读: takes the re-guarantor's verdicts from its file, line by line: what agrees with a row that waits is confirmed or denied, what was
 * taken before is said to be, everything else is refused with its reason and changes nothing. The same file twice changes nothing more.
 */
export async function applyReadBack(
  tx: Tx,
  context: Context,
  { lines, fileHash }: { readonly lines: readonly ReadBackLine[]; readonly fileHash: string },
): Promise<ReadBackAnswer> {
  const { rows } = await sql<Known>`
    select r.guarantor_id as "guarantorId", r.id, r.business_no as "businessNo", r.status, r.content ->> 'borrowerName' as "borrowerName",
           r.contract_no as "contractNo"
      from filings.record r
     where r.business_no = any (${[...new Set(lines.map((each) => each.businessNo))]}::text[])
       for update`.execute(tx);
  const known = new Map(rows.map((row) => [row.businessNo, row]));
  const seen = new Set<string>();
  const judged = lines.map((given): Judged => {
    const repeated = seen.has(given.businessNo);
    seen.add(given.businessNo);
    return judge(given, known.get(given.businessNo), repeated);
  });
  await write(tx, context, judged);
  const count = (outcome: Outcome) => judged.filter((each) => each.outcome === outcome).length;
  const answer = {
    fileHash,
    rows: lines.length,
    confirmed: count('confirmed'),
    denied: count('denied'),
    already: count('already'),
    refused: count('refused'),
  };
  for (const [guarantorId, own] of Map.groupBy(
    judged.filter((each) => each.outcome === 'confirmed' || each.outcome === 'denied'),
    (each) => each.known!.guarantorId,
  ))
    await appendAudit(tx, context, {
      chain: guarantorId,
      action: 'filings.read-back',
      subject: `filing-file:${fileHash.slice(0, 16)}`,
      detail: { fileHash, rows: own.length, accepted: own.filter((each) => each.outcome === 'confirmed').length },
    });
  return {
    ...answer,
    lines: judged
      .filter((each) => each.outcome === 'refused')
      .slice(0, shownMax)
      .map(({ given, outcome, message }) => ({ line: given.line, businessNo: given.businessNo, outcome, message })),
  };
}

function judge(given: ReadBackLine, known: Known | undefined, repeated: boolean): Judged {
  const refuse = (message: string): Judged => ({ given, outcome: 'refused', message, ...(known ? { known } : {}) });
  if (given.fault) return refuse(given.fault);
  if (given.businessNo === '') return refuse(`第 ${given.line} 行没有唯一业务编号`);
  if (repeated) return refuse(`第 ${given.line} 行的业务编号在文件中重复，只取第一行`);
  if (!known) return refuse(`没有业务编号 ${given.businessNo} 的备案，请核对是否为本系统申报`);
  if (!given.verdict) return refuse(`第 ${given.line} 行审核结果无法识别：请写「确认」或「驳回」`);
  if (given.borrowerName !== '' && !isSameName(given.borrowerName, known.borrowerName))
    return refuse(`第 ${given.line} 行借款人名称与申报的不一致，未采纳；请先核对是否串行`);
  if (given.contractNo !== '' && given.contractNo !== known.contractNo)
    return refuse(`第 ${given.line} 行保证合同号 ${given.contractNo} 与申报的 ${known.contractNo} 不一致，未采纳`);
  if (given.verdict === 'deny' && given.reason === '') return refuse(`第 ${given.line} 行驳回没有写原因`);
  const wanted = given.verdict === 'confirm' ? 'confirmed' : 'denied';
  if (known.status === wanted) return { given, known, outcome: 'already', message: '' };
  if (known.status !== 'submitted') return refuse(`业务编号 ${given.businessNo} 现不在待审核状态，未采纳`);
  return { given, known, outcome: wanted, message: '' };
}

async function write(tx: Tx, context: Context, judged: readonly Judged[]): Promise<void> {
  const now = context.clock.now();
  const rowsOf = (outcome: Outcome) =>
    JSON.stringify(
      judged
        .filter((each) => each.outcome === outcome)
        .map(({ given, known }) => ({
          g: known!.guarantorId,
          i: String(known!.id),
          certificate: given.certificateNo || null,
          fund: given.fundBatch || null,
          reason: given.reason,
        })),
    );
  const table = sql`as x (g integer, i bigint, certificate text, fund text, reason text)`;
  const confirmNo = `QR-${context.clock.today().replaceAll('-', '')}-F`;
  await sql`
    update filings.record r
       set status = 'confirmed', decided_at = ${now}, decided_by = ${context.actor.userId}, confirm_no = ${confirmNo}, fund_batch = x.fund,
           certificate_no = coalesce(x.certificate, 'BZ-' || r.business_no), deny_reason = null
      from jsonb_to_recordset(${rowsOf('confirmed')}::jsonb) ${table}
     where r.guarantor_id = x.g and r.id = x.i`.execute(tx);
  await sql`
    with denied as (
      update filings.record r
         set status = 'denied', decided_at = ${now}, decided_by = ${context.actor.userId}, deny_reason = x.reason
        from jsonb_to_recordset(${rowsOf('denied')}::jsonb) ${table}
       where r.guarantor_id = x.g and r.id = x.i
      returning r.guarantor_id, r.id, r.revision, r.batch_id, x.reason)
    insert into filings.step (guarantor_id, record_id, at, action, revision, batch_id, reason, user_id)
    select guarantor_id, id, ${now}, 'deny', revision, batch_id, reason, ${context.actor.userId} from denied`.execute(
    tx,
  );
}
