import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { fen } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { recordMovements, type SetCommand } from '../guarantees/index.ts';
import { receiptOf } from './contract.ts';
import type { ParsedRow } from './rows.ts';
import { compare, movementOf } from './rules.ts';
import {
  type AskedQuestion,
  type BadRow,
  type ComparedRow,
  comparedRows,
  earlierReports,
  guaranteesByContract,
  insertReport,
  type KeptLine,
  keepQuestions,
  lockDay,
  reckonCoverage,
} from './store.ts';

/** One hand-in of a bank's day. */
export type SubmitReport = {
  readonly bankId: number;
  readonly businessDay: Day;
  readonly source: 'file' | 'api' | 'form';
  readonly file?: { readonly name: string; readonly path: string } | undefined;
  readonly rows: readonly ParsedRow[];
};
export type ReportKey = { readonly bankId: number; readonly id: bigint };

/**
 * Takes in what a bank says of a day: sound lines are kept, the others given back with every reason. The same content for the same
 * day is answered with the report it made the first time. A later hand-in of the day adds to it and, line by line, replaces it.
 * Moves nothing in the book: `applyReport` does, as the program. Locks the bank's day.
 */
export async function submitReport(
  tx: Tx,
  context: Context,
  command: SubmitReport,
): Promise<ReportKey & { isRepeat: boolean }> {
  const { bankId, businessDay, rows } = command;
  const today = context.clock.today();
  if (businessDay > today)
    throw new Refused({
      code: 'in-the-future',
      field: 'businessDay',
      message: `业务日 ${businessDay} 晚于今天 ${today}`,
    });
  if (rows.length === 0)
    throw new Refused({ code: 'no-rows', field: 'lines', message: '没有一行状态：当日无变动也须逐笔报送，不能报空表' });
  await lockDay(tx, bankId, businessDay);
  const contentHash = sm3(rows.map((row) => row.text).join('\n'));
  const earlier = await earlierReports(tx, bankId, businessDay, contentHash);
  if (earlier.sameId !== null) return { bankId, id: earlier.sameId, isRepeat: true };
  const { lines, bad } = await judge(tx, bankId, businessDay, rows);
  const id = await insertReport(
    tx,
    {
      ...{ bankId, businessDay, contentHash, version: earlier.version + 1, source: command.source },
      ...{ fileName: command.file?.name ?? null, filePath: command.file?.path ?? null, rowCount: rows.length },
      ...{ by: context.actor.userId, at: context.clock.now() },
    },
    lines,
    bad,
  );
  await reckonCoverage(tx, bankId, businessDay);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'bankreports.submit',
    subject: `bank-report:${bankId}/${id}`,
    detail: { businessDay, version: earlier.version + 1, rows: rows.length, taken: lines.length, contentHash },
  });
  return { bankId, id, isRepeat: false };
}

/** Finds each row's guarantee among the bank's own; a contract number twice in one hand-in is refused both times but the first. */
async function judge(
  tx: Tx,
  bankId: number,
  businessDay: Day,
  rows: readonly ParsedRow[],
): Promise<{ lines: KeptLine[]; bad: BadRow[] }> {
  const found = await guaranteesByContract(
    tx,
    bankId,
    rows.flatMap((row) => row.contractNo ?? []),
  );
  const lines: KeptLine[] = [];
  const bad: BadRow[] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const reasons: Refusal[] = [...row.problems];
    const all = row.contractNo === null ? [] : (found.get(row.contractNo) ?? []);
    const own = row.guarantorCode === null ? all : all.filter((each) => each.code === row.guarantorCode);
    const one = own[0];
    const refuse = (code: string, message: string) => reasons.push({ code, field: '保证合同号', message });
    if (row.contractNo !== null && !one)
      refuse('contract-unknown', `没有本行的保证合同 ${row.contractNo}：请核对合同号，或请担保机构先登记`);
    if (own.length > 1) refuse('contract-ambiguous', `合同号 ${row.contractNo} 在几家机构都有：请填“担保机构代码”`);
    if (one && businessDay < one.startsOn) refuse('before-start', `业务日 ${businessDay} 早于起始日 ${one.startsOn}`);
    const key = one ? `${one.guarantorId}/${one.id}` : '';
    const first = seen.get(key);
    if (one && first !== undefined) refuse('contract-twice', `与第 ${first} 行是同一保函，每笔每日只报一行`);
    else if (one) seen.set(key, row.line);
    if (reasons.length > 0 || !row.parsed || !one) bad.push({ line: row.line, contractNo: row.contractNo, reasons });
    else lines.push({ ...row.parsed, guarantorId: one.guarantorId, guaranteeId: one.id });
  }
  return { lines, bad };
}

/** What applying a report did. */
export type Applied = { readonly moved: number; readonly questions: number };

/**
 * Compares the lines of a report with the book: repayments that explain the whole difference and extensions agreed to are entered,
 * everything else becomes a question. Once per report: again, it answers what it did. Run as the program (a bank may not write the book).
 */
export async function applyReport(tx: Tx, context: Context, key: ReportKey): Promise<Applied> {
  const { rows } = await sql<{ day: Day; version: number; isApplied: boolean } & Applied>`
    select business_day as day, version, applied_at is not null as "isApplied", moved, questions
      from bankreports.report where bank_id = ${key.bankId} and id = ${key.id} for update`.execute(tx);
  const report = rows[0];
  if (!report) throw new Refused({ code: 'report-unknown', message: '没有这次报送' }, 404);
  if (report.isApplied) return report;
  const compared = await comparedRows(tx, { bankId: key.bankId, reportId: key.id });
  const asked: AskedQuestion[] = [];
  const commands: SetCommand[] = [];
  const reference = receiptOf(key.bankId, report.day, report.version);
  for (const row of compared) {
    const { movements, questions } = compare(lineOf(row), row, row.isExtensionAgreed);
    for (const refusal of questions) asked.push({ guarantorId: row.guarantorId, id: row.id, refusal });
    for (const movement of movements)
      commands.push({ ...movement, ...keyOf(row), occurredOn: report.day, cause: '银行逐笔状态', reference });
  }
  const origin = `bank-report:${key.bankId}/${key.id}`;
  let moved = 0;
  // A guarantee may have one movement a call: extensions go after repayments, so that what is extended is what is left.
  for (const kind of ['repay', 'extend'] as const) {
    const own = commands.filter((command) => command.kind === kind);
    const answers = await recordMovements(tx, context, own, origin);
    for (const [index, answer] of answers.entries()) {
      if ('seq' in answer) moved += 1;
      else
        asked.push({
          guarantorId: own[index]!.guarantorId,
          id: own[index]!.guaranteeId,
          refusal: refusedAs(answer.refusals),
        });
    }
  }
  await keepQuestions(tx, { bankId: key.bankId, reportId: key.id, day: report.day, at: context.clock.now() }, asked);
  await sql`
    update bankreports.report set moved = ${moved}, questions = ${asked.length}, applied_at = ${context.clock.now()}
     where bank_id = ${key.bankId} and id = ${key.id}`.execute(tx);
  return { moved, questions: asked.length };
}

const keyOf = (row: ComparedRow) => ({ guarantorId: row.guarantorId, guaranteeId: row.id });
const lineOf = (row: ComparedRow) => ({ ...row, status: row.lineStatus, dueOn: row.reportedDueOn ?? undefined });
const refusedAs = (refusals: readonly Refusal[]): Refusal => ({
  code: 'movement-refused',
  message: `银行所报变动未能登记：${refusals.map((each) => each.message).join('；')}`,
});

export type AnswerQuestion = {
  readonly guarantorId: number;
  readonly id: bigint;
  readonly answer: 'enter' | 'ask-bank' | 'explain';
  readonly note: string;
};

/**
 * The guarantor answers a question: enters what the bank says (a movement of that business day), sends it back to the bank, or explains
 * it. Locks the question; refused (409) when it was answered meanwhile.
 */
export async function answerQuestion(tx: Tx, context: Context, command: AnswerQuestion): Promise<void> {
  type Row = { guaranteeId: bigint; bankId: number; reportId: bigint; code: string; status: string; day: Day };
  const { rows } = await sql<Row>`
    select guarantee_id as "guaranteeId", bank_id as "bankId", report_id as "reportId", code, status, business_day as day
      from bankreports.question where guarantor_id = ${command.guarantorId} and id = ${command.id} for update`.execute(
    tx,
  );
  const question = rows[0];
  if (!question) throw new Refused({ code: 'question-unknown', message: '没有这项疑问，或不在您的权限范围内' }, 404);
  if (!['open', 'asked-bank'].includes(question.status))
    throw new Refused({ code: 'already-answered', message: '这项疑问已经处理，请刷新' }, 409);
  if (command.answer === 'enter') await enterAsReported(tx, context, command, question);
  const status = { enter: 'entered', 'ask-bank': 'asked-bank', explain: 'explained' }[command.answer];
  await sql`
    update bankreports.question set status = ${status}, answer = ${command.note}, answered_by = ${context.actor.userId}, answered_at = ${context.clock.now()}
     where guarantor_id = ${command.guarantorId} and id = ${command.id}`.execute(tx);
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'bankreports.answer',
    subject: `bank-question:${command.guarantorId}/${command.id}`,
    detail: { answer: command.answer, code: question.code },
  });
}

async function enterAsReported(
  tx: Tx,
  context: Context,
  command: AnswerQuestion,
  question: { guaranteeId: bigint; bankId: number; reportId: bigint; code: string; day: Day },
): Promise<void> {
  const key = { guarantorId: command.guarantorId, guaranteeId: question.guaranteeId };
  const row = (await comparedRows(tx, question, key))[0];
  const movement = row && movementOf(question.code, lineOf(row), row);
  if (!movement)
    throw new Refused({
      code: 'nothing-to-enter',
      message: '台账与银行所报已一致，或这项差异须由银行更正，没有可登记的变动',
    });
  const [answer] = await recordMovements(
    tx,
    context,
    [{ ...movement, ...key, amount: fen(movement.amount), occurredOn: question.day, cause: command.note }],
    `bank-question:${command.guarantorId}/${command.id}`,
  );
  if (answer && 'refusals' in answer) throw new Refused(answer.refusals);
}

/** From which day a bank owes the report; a new day replaces the old one. By the province. */
export async function startReports(
  tx: Tx,
  context: Context,
  command: { bankId: number; from: Day; document: string },
): Promise<void> {
  await sql`
    insert into bankreports.start (bank_id, from_on, document, recorded_by)
    values (${command.bankId}, ${command.from}, ${command.document}, ${context.actor.userId})
        on conflict (bank_id) do update set from_on = excluded.from_on, document = excluded.document`.execute(tx);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'bankreports.start',
    subject: `bank:${command.bankId}`,
    detail: { from: command.from, document: command.document },
  });
}

/** Notes that the guarantor agreed to an extension: the bank's report of it is then entered without asking. Twice is once. */
export async function agreeExtension(
  tx: Tx,
  context: Context,
  command: { guarantorId: number; guaranteeId: bigint; bankId: number; dueOn: Day; subject: string },
): Promise<void> {
  await sql`
    insert into bankreports.agreed_extension (guarantor_id, guarantee_id, due_on, bank_id, subject, recorded_by)
    values (${command.guarantorId}, ${command.guaranteeId}, ${command.dueOn}, ${command.bankId}, ${command.subject}, ${context.actor.userId})
        on conflict do nothing`.execute(tx);
}
