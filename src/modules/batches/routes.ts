import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import { type Context, type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { secondLook } from '../../platform/second-look.ts';
import { drained } from '../../platform/uploads/index.ts';
import { auditRoutes } from './audit-routes.ts';
import * as contract from './contract.ts';
import { profilesOf, saveProfile } from './profiles.ts';
import { writeBadRows, writeResult, writeTemplate } from './results.ts';
import { startRun } from './run.ts';
import { batchColumns, batchWords, verdictColumns, verdictWords } from './sheet-columns.ts';
import { sourceRoutes } from './source-routes.ts';
import { type BatchRow, listBatches, listVerdicts, ownBank } from './store.ts';
import { acceptBatch, batchFolder, rowsAsFile, type SubmitCommand, submitBatch } from './submit.ts';
import { uploadRoutes } from './upload-routes.ts';
import { batchOf, batchToWire, metersOf, verdictToWire, wholeBatch } from './wire-rows.ts';

const tag = '批量业务';
const base = '/api/batches';
const mediaTypes = {
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;

/** The doors of batches: submitting, progress, verdicts, files to take back, meters, and the audit after the fact. */
export function batchRoutes(app: FastifyInstance, deps: Deps): void {
  submitRoutes(app, deps);
  sourceRoutes(app, deps);
  profileRoutes(app, deps);
  meterRoutes(app, deps);
  auditRoutes(app, deps);
  readRoutes(app, deps);
}

function submitRoutes(app: FastifyInstance, deps: Deps): void {
  const submit = async (context: Context, command: SubmitCommand) => {
    const { batch } = await submitBatch(deps.db, context, command);
    return started(context, batch);
  };
  const started = async (context: Context, batch: BatchRow) => {
    if (batch.phase !== 'done' && batch.phase !== 'tried') await startRun(deps.db, deps.clock, batch);
    return secondLook(() => deps.db.read(context.actor, (tx) => wholeBatch(tx, String(batch.id))));
  };
  uploadRoutes(app, deps, submit);
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/files`,
    tag,
    summary:
      '报送一批（multipart，字段 file；CSV 或 XLSX，至多 512 MB）：逐行判断，通过的即承保；同号同内容再报，答复不变。dryRun=true 只试算',
    permission: 'batches.submit',
    query: contract.fileQuery,
    answer: contract.batchWire,
    handle: async ({ request, query, context }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused({ code: 'file-missing', message: '请求里没有文件：请用 multipart 上传字段 file' }, 400);
      const { dryRun, ...named } = query;
      const command = { ...named, isTrial: dryRun === 'true', fileName: part.filename, source: part.file };
      return drained(request, () => submit(context, command));
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: base,
    tag,
    summary: '逐笔报送一批（JSON，至多 20,000 笔）：第 n 笔的行号为 n+1；同号同内容再报，答复不变',
    permission: 'batches.submit',
    query: contract.trialQuery,
    body: contract.rowsBody,
    bodyLimit: 32 * 2 ** 20,
    answer: contract.batchWire,
    handle: ({ query, body, context }) => {
      const { rows, ...named } = body;
      const source = rowsAsFile(rows as Record<string, string>[]);
      const isTrial = query.dryRun === 'true';
      return submit(context, { ...named, isTrial, channel: 'rows', fileName: `${body.batchNo}.csv`, source });
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:id/acceptance`,
    tag,
    summary: '接受试算过的一批：照此刻的台账重新逐行判断，通过的即承保',
    permission: 'batches.submit',
    params: contract.byId,
    answer: contract.batchWire,
    status: 200,
    handle: async ({ params, context }) => started(context, await acceptBatch(deps.db, context, BigInt(params.id))),
  });
}

function profileRoutes(app: FastifyInstance, deps: Deps): void {
  const toWire = ({ body, hash, version }: { body: contract.BatchProfile; hash: string; version: number }) => ({
    code: body.code,
    title: body.title,
    version,
    hash,
    profile: body,
  });
  const template = { body: contract.templateProfile, version: 1, hash: hashOf(contract.templateProfile) };
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/template`,
    tag,
    summary: '标准模板（CSV 或 XLSX，含一行示例）',
    permission: 'batches.read',
    query: contract.templateQuery,
    answer: z.any(),
    file: 'application/octet-stream',
    handle: async ({ query, reply }) => {
      const out = new PassThrough();
      const sent = sendFile(reply, `批量业务模板.${query.format}`, mediaTypes[query.format], out);
      await writeTemplate(out, query.format);
      return sent;
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/profiles`,
    tag,
    summary: '本行可用的映射：标准模板与自己保存的',
    permission: 'batches.submit',
    answer: contract.profileList,
    handle: ({ read }) =>
      read(async (tx) => {
        const bankId = await ownBank(tx);
        const own = bankId === undefined ? [] : await profilesOf(tx, bankId);
        return { rows: [template, ...own].map(toWire) };
      }),
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: `${base}/profiles`,
    tag,
    summary: '保存本行的映射（成为新版本；旧批次仍按当时的版本）',
    permission: 'batches.submit',
    body: contract.profileBody,
    answer: contract.profileWire,
    handle: ({ body, context, write }) =>
      write(async (tx) => {
        const bankId = await ownBank(tx);
        if (bankId === undefined)
          throw new Refused({ code: 'bank-required', message: '只有合作银行可以保存批量业务的映射' }, 403);
        return toWire(await saveProfile(tx, context, bankId, body.profile));
      }),
  });
}

function meterRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/meters`,
    tag,
    summary: '代偿率上限仪表：银行 × 产品 × 起始年，累计代偿、累计解除、可代偿额度与余地',
    permission: 'batches.read',
    query: contract.metersQuery,
    answer: contract.metersWire,
    handle: async ({ query, read }) => ({
      rows: await read((tx) => {
        const { guarantorId, productCode = 'batch', ...rest } = query;
        const filter = { ...rest, productCode, ...(guarantorId === undefined ? {} : { guarantorIds: [guarantorId] }) };
        return metersOf(tx, filter, deps.clock.today());
      }),
    }),
  });
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '批次列表',
    permission: 'batches.read',
    query: contract.batchQuery,
    answer: contract.batchPage,
    handle: (input) =>
      answerList(input, {
        title: '批量业务',
        columns: batchColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listBatches(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...batchWords(row) })) };
        },
        wire: (row) => batchToWire(row),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:id`,
    tag,
    summary: '批次：实时进度、各规则行数、代偿率仪表前后',
    permission: 'batches.read',
    params: contract.byId,
    answer: contract.batchWire,
    handle: ({ params, read }) => secondLook(() => read((tx) => wholeBatch(tx, params.id))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:id/rows`,
    tag,
    summary: '逐行结论，按行号',
    permission: 'batches.read',
    params: contract.byId,
    query: contract.rowsQuery,
    answer: contract.rowsPage,
    handle: (input) =>
      answerList(input, {
        title: '逐行结论',
        columns: verdictColumns,
        footer: [`单位：元　批次 ${input.params.id}　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const batch = await batchOf(tx, input.params.id);
          const page = await listVerdicts(tx, batch, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...verdictWords(row) })) };
        },
        wire: verdictToWire,
      }),
  });
  for (const { name, summary, title, write } of [
    {
      name: 'bad-rows',
      summary: '退回行：原文件格式，首列为原因；改好后换批次号只送这些行',
      title: '退回',
      write: writeBadRows,
    },
    {
      name: 'result',
      summary: '结果文件：原文件格式的全部行，首列为结论、受理编号或原因',
      title: '结果',
      write: writeResult,
    },
  ]) {
    endpoint(app, deps, {
      method: 'GET',
      url: `${base}/:id/${name}`,
      tag,
      summary,
      permission: 'batches.read',
      params: contract.byId,
      answer: z.any(),
      file: 'application/octet-stream',
      handle: async ({ params, context, reply, read }) => {
        const batch = await read((tx) => batchOf(tx, params.id));
        await mkdir(batchFolder(), { recursive: true });
        const at = path.join(batchFolder(), `.${randomUUID()}.out`);
        await write(deps.db, context.actor, batch, at);
        const stream = createReadStream(at);
        stream.once('close', () => void rm(at, { force: true }));
        return sendFile(reply, `${title}-${batch.fileName}`, mediaTypes[batch.fileKind], stream);
      },
    });
  }
}
