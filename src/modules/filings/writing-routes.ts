import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addMonths } from '../../kernel/day.ts';
import { firstDayOfMonth, lastDayOfMonth, type Month } from '../../kernel/month.ts';
import { Refused } from '../../kernel/refusal.ts';
import { sm3File } from '../../platform/crypto/index.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { checkFilings } from './check.ts';
import * as contract from './contract.ts';
import { correctFiling, withdrawFiling } from './correct.ts';
import { decideFilings } from './decide.ts';
import { prepareFilings } from './prepare.ts';
import { applyReadBack, readReadBack } from './read-back.ts';
import { submitBatch } from './submit.ts';

const tag = '再担保备案';
const base = '/api/filings';

/** What guarantors and the re-guarantor do with filings. */
export function writingRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/preparations`,
    tag,
    summary: '从台账取数并校验（当月与上月）',
    permission: 'filings.submit',
    status: 200,
    body: contract.monthCommand,
    answer: contract.prepareAnswer,
    handle: ({ write, context, body }) =>
      write(async (tx) => {
        const month = body.month as Month;
        const from = addMonths(firstDayOfMonth(month), -1);
        const { prepared } = await prepareFilings(tx, context, {
          guarantorId: body.guarantorId,
          from,
          to: lastDayOfMonth(month),
        });
        const checked = await checkFilings(tx, context, {
          guarantorId: body.guarantorId,
          until: lastDayOfMonth(month),
          statuses: ['prepared'],
        });
        const blocked = checked.filter((each) => each.blocked).length;
        return { prepared, blocked, ready: checked.length - blocked };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/batches`,
    tag,
    summary: '申报一个月的备案',
    permission: 'filings.submit',
    body: contract.monthCommand,
    answer: contract.submitAnswer,
    handle: ({ write, context, body }) =>
      write(async (tx) => {
        const { batchId, ...made } = await submitBatch(tx, context, { ...body, month: body.month as Month });
        return { batchId: String(batchId), ...made };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:guarantorId/:id/corrections`,
    tag,
    summary: '更正：重新取数、补充资料、再校验',
    permission: 'filings.submit',
    status: 200,
    params: contract.filingKey,
    body: contract.correctCommand,
    answer: z.object({ blocked: z.boolean(), problems: z.array(contract.problemWire) }),
    handle: ({ write, context, params, body }) =>
      write(async (tx) => {
        const { blocked, problems } = await correctFiling(tx, context, {
          ...body,
          guarantorId: params.guarantorId,
          id: BigInt(params.id),
        });
        return { blocked, problems: [...problems] };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:guarantorId/:id/withdrawal`,
    tag,
    summary: '撤下一笔备案，写明原因',
    permission: 'filings.submit',
    status: 200,
    params: contract.filingKey,
    body: contract.withdrawCommand,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ write, context, params, body }) => {
      await write((tx) =>
        withdrawFiling(tx, context, { guarantorId: params.guarantorId, id: BigInt(params.id), reason: body.reason }),
      );
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/decisions`,
    tag,
    summary: '确认或驳回，逐笔或整批',
    permission: 'filings.confirm',
    status: 200,
    body: contract.decideCommand,
    answer: contract.decideAnswer,
    handle: ({ write, context, body }) =>
      write((tx) => {
        const { ids, batchId, ...rest } = body;
        return decideFilings(tx, context, {
          ...rest,
          ...(ids ? { ids: ids.map(BigInt) } : {}),
          ...(batchId ? { batchId: BigInt(batchId) } : {}),
        });
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/read-backs`,
    tag,
    summary: '导入回读文件（multipart，字段 file；CSV 或 XLSX）',
    permission: 'filings.confirm',
    status: 200,
    answer: contract.importedAnswer,
    handle: async ({ request, context, write }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused(
          { code: 'file-missing', field: 'file', message: '请求里没有文件：请用 multipart 上传字段 file' },
          400,
        );
      const folder = join(process.env.DATA_DIR || '.data', 'files', 'filings');
      await mkdir(folder, { recursive: true });
      const path = join(folder, `${randomUUID()}.part`);
      try {
        await pipeline(part.file, createWriteStream(path, { mode: 0o600 }));
        const [fileHash, lines] = [await sm3File(path), await readReadBack(path)];
        return await write((tx) => applyReadBack(tx, context, { lines, fileHash }));
      } finally {
        await rm(path, { force: true });
      }
    },
  });
}
