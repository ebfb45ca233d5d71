import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { returnBadRows, writeXlsx } from '../../platform/sheets/index.ts';
import { answerQuestion, startReports } from './actions.ts';
import * as contract from './contract.ts';
import { type AfterReport, handIn } from './hand-in.ts';
import { keptAt, receiveReportFile, reportsFolder } from './read-file.ts';
import type { ParsedRow } from './rows.ts';
import { checkLine, mayEnter } from './rules.ts';
import * as sheets from './sheet-columns.ts';
import * as view from './view.ts';

const tag = '银行逐笔状态';
const base = '/api/bank-reports';
const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** /api/bank-reports. `after`: what else follows from a report once it is in the book. */
export const bankReportRoutesWith =
  (after: readonly AfterReport[]) =>
  (app: FastifyInstance, deps: Deps): void => {
    handInRoutes(app, deps, after);
    listRoutes(app, deps);
    fileRoutes(app, deps);
    questionRoutes(app, deps);
  };

/** The bank a caller reports for: the own one, or for the province the one named. */
async function bankFor(tx: Tx, asked: number | undefined): Promise<number> {
  const own = await view.ownBank(tx);
  if (own !== undefined && asked !== undefined && asked !== own)
    throw new Refused({ code: 'other-bank', field: 'bankId', message: '只能报送本行的逐笔状态' }, 403);
  const bankId = own ?? asked;
  if (bankId === undefined) throw new Refused({ code: 'bank-missing', field: 'bankId', message: '请选择银行' });
  return bankId;
}

function handInRoutes(app: FastifyInstance, deps: Deps, after: readonly AfterReport[]): void {
  endpoint(app, deps, {
    method: 'POST',
    url: base,
    tag,
    summary: '报送一个业务日的逐笔状态（接口或网页逐笔）',
    permission: 'reports.submit',
    bodyLimit: 16 * 2 ** 20,
    body: contract.newReport,
    answer: contract.reportAnswer,
    handle: async ({ body, context, read }) => {
      const bankId = await read((tx) => bankFor(tx, body.bankId));
      const rows = body.lines.map((line, index) => rowOf(line, index + 1));
      // A person at a form corrects at once; a system gets its bad rows back with the receipt.
      const problems = body.via === 'form' ? rows.flatMap((row) => row.problems) : [];
      if (problems.length > 0) throw new Refused(problems);
      return handIn(deps.db, context, { bankId, businessDay: body.businessDay, source: body.via, rows }, after);
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/files`,
    tag,
    summary: '上传一个业务日的逐笔状态（multipart：先字段 businessDay、bankId，后文件 file；CSV 或 XLSX，按模板）',
    permission: 'reports.submit',
    answer: contract.reportAnswer,
    handle: async ({ request, context, read }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused(
          { code: 'file-missing', field: 'file', message: '请求里没有文件：请用 multipart 上传字段 file' },
          400,
        );
      const fields = fieldsOf(part);
      const bankId = await read((tx) => bankFor(tx, fields.bankId));
      const { businessDay } = fields;
      const { file, rows } = await receiveReportFile(part.file, part.filename, businessDay);
      return handIn(deps.db, context, { bankId, businessDay, source: 'file', file, rows }, after);
    },
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: `${base}/starts/:bankId`,
    tag,
    summary: '规定银行自哪一日起逐笔报送',
    permission: 'admissions.write',
    params: z.object({ bankId: z.coerce.number().int() }),
    body: contract.newStart,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ params, body, context, write }) => {
      await write((tx) => startReports(tx, context, { ...params, ...body }));
      return { ok: true as const };
    },
  });
}

function fieldsOf(part: MultipartFile): z.output<typeof contract.uploadFields> {
  const given: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(part.fields)) {
    const field = Array.isArray(one) ? one[0] : one;
    if (field?.type === 'field' && field.value !== '') given[name] = field.value;
  }
  const parsed = contract.uploadFields.safeParse(given);
  if (parsed.success) return parsed.data;
  part.file.resume();
  throw new Refused(
    parsed.error.issues.map((issue) => ({
      code: 'malformed',
      field: issue.path.join('.'),
      message: given.businessDay === undefined ? '缺少业务日 businessDay：字段须排在文件之前' : issue.message,
    })),
    400,
  );
}

/** A line of a request as a row; its faults are found as in a file. */
function rowOf(line: z.output<typeof contract.reportLine>, at: number): ParsedRow {
  const parsed = {
    ...{ status: line.status, overdueDays: line.overdueDays, dueOn: line.dueOn },
    ...{ disbursed: yuan(line.disbursed), repaid: yuan(line.repaid) },
    ...{ overdueAmount: yuan(line.overdueAmount), balance: yuan(line.balance) },
  };
  return {
    ...{ line: at, contractNo: line.contractNo, guarantorCode: line.guarantorCode ?? null, parsed },
    problems: checkLine(parsed),
    text: JSON.stringify(line),
  };
}

function listRoutes(app: FastifyInstance, deps: Deps): void {
  const permission = 'aftercare.read';
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/board`,
    tag,
    summary: '看板：银行 × 业务日',
    permission,
    query: contract.boardQuery,
    answer: contract.board,
    handle: ({ read, query }) => read((tx) => view.boardOf(tx, query.to, query.days, deps.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/gaps`,
    tag,
    summary: '应报未报清单：当日在保而没有状态的保函',
    permission,
    query: contract.gapQuery,
    answer: contract.gapPage,
    handle: (input) =>
      answerList(input, {
        title: '应报未报',
        columns: sheets.gapColumns,
        footer: [`业务日 ${input.query.day}　数据截至 ${deps.clock.today()}　单位：元　口径：合同口径（主债权本金）`],
        fetch: (tx, after, limit) => view.listGaps(tx, input.query, after, limit),
        wire: ({ startsOn: _, fromOn: __, ...row }) => ({
          ...row,
          id: String(row.id),
          outstanding: formatYuan(row.outstanding),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '报送记录与回执',
    permission,
    query: contract.reportQuery,
    answer: contract.reportPage,
    handle: (input) =>
      answerList(input, {
        title: '逐笔状态报送记录',
        columns: sheets.reportColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: (tx, after, limit) => view.listReports(tx, input.query, after, limit),
        wire: view.reportWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/lines`,
    tag,
    summary: '逐笔状态',
    permission,
    query: contract.lineQuery,
    answer: contract.linePage,
    handle: (input) =>
      answerList(input, {
        title: '逐笔状态',
        columns: sheets.lineColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元`],
        fetch: async (tx, after, limit) => {
          const page = await view.listLines(tx, input.query, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({ ...row, statusTitle: contract.lineStatusTitles[row.status] })),
          };
        },
        wire: (row) => ({
          ...row,
          guaranteeId: String(row.guaranteeId),
          disbursed: formatYuan(row.disbursed),
          repaid: formatYuan(row.repaid),
          overdueAmount: formatYuan(row.overdueAmount),
          balance: formatYuan(row.balance),
        }),
      }),
  });
}

function fileRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/template`,
    tag,
    summary: '模板：本行全部在保业务，已按台账预填',
    permission: 'reports.submit',
    query: contract.uploadFields,
    answer: z.any(),
    file: xlsx,
    handle: async ({ query, read, reply }) => {
      const out = new PassThrough();
      sendFile(reply, `逐笔状态-${query.businessDay}.xlsx`, xlsx, out);
      const rows = await read(async (tx) => view.templateRows(tx, await bankFor(tx, query.bankId)));
      await writeXlsx(out, sheets.templateTable(rows, query.businessDay));
      return undefined;
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:bankId/:id`,
    tag,
    summary: '一次报送的回执',
    permission: 'aftercare.read',
    params: contract.ofReport,
    answer: contract.reportAnswer,
    handle: ({ read, params }) => read((tx) => view.answerOf(tx, params.bankId, BigInt(params.id), false)),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:bankId/:id/bad-rows`,
    tag,
    summary: '退回行：原文件格式，首列为退回原因；改好后只送这些行',
    permission: 'aftercare.read',
    params: contract.ofReport,
    answer: z.any(),
    file: 'application/octet-stream',
    handle: async ({ read, params, reply }) => {
      const { report, bad } = await read(async (tx) => ({
        report: await view.reportById(tx, params.bankId, BigInt(params.id)),
        bad: await view.badRowsOf(tx, params.bankId, BigInt(params.id), 300_000),
      }));
      if (!report.filePath || bad.length === 0)
        throw new Refused({ code: 'no-bad-rows', message: '这次报送没有可下载的退回行' }, 404);
      await mkdir(reportsFolder(), { recursive: true });
      const at = join(reportsFolder(), `.${randomUUID()}.bad`);
      const verdicts = bad.map((row) => ({
        line: row.line,
        reason: row.reasons.map((each) => each.message).join('；'),
      }));
      await returnBadRows(keptAt(report.filePath), verdicts, at);
      const stream = createReadStream(at);
      stream.once('close', () => void rm(at, { force: true }));
      const isCsv = report.fileName?.toLowerCase().endsWith('.csv');
      return sendFile(reply, `退回-${report.fileName}`, isCsv ? 'text/csv' : xlsx, stream);
    },
  });
}

function questionRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/questions`,
    tag,
    summary: '银行与台账不一致、待核实的事项',
    permission: 'aftercare.read',
    query: contract.questionQuery,
    answer: contract.questionPage,
    handle: (input) =>
      answerList(input, {
        title: '逐笔状态疑问',
        columns: sheets.questionColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await view.listQuestions(tx, input.query, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({ ...row, statusTitle: contract.questionTitles[row.status] })),
          };
        },
        wire: (row) => ({
          ...row,
          id: String(row.id),
          guaranteeId: String(row.guaranteeId),
          mayEnter: mayEnter(row.code),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/questions/:guarantorId/:id/answer`,
    tag,
    summary: '处理疑问：按银行所报登记、退银行更正、说明',
    permission: 'aftercare.write',
    status: 200,
    params: contract.ofQuestion,
    body: contract.questionAnswer,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ params, body, context, write }) => {
      await write((tx) =>
        answerQuestion(tx, context, { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) }),
      );
      return { ok: true as const };
    },
  });
}
