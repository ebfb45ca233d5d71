import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf } from '../../platform/crypto/index.ts';
import { checkIfMatch, type Deps, endpoint, etagOf, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { secondLook } from '../../platform/second-look.ts';
import { drained } from '../../platform/uploads/index.ts';
import { guarantorFor, registerBatch, saveProfile, startBatch, uploadFile, writeBadRows } from './actions.ts';
import {
  batchBody,
  batchPage,
  batchQuery,
  batchWire,
  commitBody,
  fieldsOf,
  fileWire,
  ofGuarantor,
  previewQuery,
  previewWire,
  profileBody,
  profileList,
  profileQuery,
  profileWire,
  suggestBody,
  suggestWire,
  tryBody,
  tryWire,
  uploadQuery,
  verdictPage,
  verdictQuery,
} from './contract.ts';
import { filesFolder } from './files.ts';
import { previewFile, tryProfile } from './preview.ts';
import { usableProfiles } from './profiles.ts';
import { suggestFields } from './rules/suggest.ts';
import { batchColumns, batchWords, verdictColumns, verdictWords } from './sheet-columns.ts';
import { batchById, fileById, listBatches, listVerdicts } from './store.ts';
import { batchToWire, batchWithReasons, fileToWire, profileToWire } from './wire-rows.ts';

const tag = '导入';
const permission = 'imports.run';
const base = '/api/imports';

/** The doors of imports: files, profiles, batches with their progress, verdicts and rows to correct. */
export function importRoutes(app: FastifyInstance, deps: Deps): void {
  fileRoutes(app, deps);
  profileRoutes(app, deps);
  batchRoutes(app, deps);
  verdictRoutes(app, deps);
}

function fileRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/files`,
    tag,
    summary: '上传台账文件（multipart，字段 file；CSV 或 XLSX，至多 4 GB）',
    permission,
    query: uploadQuery,
    answer: fileWire,
    handle: async ({ request, query, context }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused({ code: 'file-missing', message: '请求里没有文件：请用 multipart 上传字段 file' }, 400);
      const command = { ...query, name: part.filename, source: part.file };
      return fileToWire(await drained(request, () => uploadFile(deps.db, context, command)));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/files/:guarantorId/:id/preview`,
    tag,
    summary: '文件的列与前 20 行',
    permission,
    params: ofGuarantor,
    query: previewQuery,
    answer: previewWire,
    handle: async ({ params, query, read }) => previewFile(await read((tx) => fileOf(tx, params)), query),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/files/:guarantorId/:id/try`,
    tag,
    summary: '用一份（可未保存的）映射试读前若干行，不落库',
    permission,
    params: ofGuarantor,
    body: tryBody,
    answer: tryWire,
    status: 200,
    handle: async ({ params, body, context, read }) => {
      const file = await read((tx) => fileOf(tx, params));
      return { rows: await tryProfile(deps.db, context, file, body.profile, body.rows) };
    },
  });
}

async function fileOf(tx: Parameters<typeof fileById>[0], params: { guarantorId: number; id: string }) {
  const file = await fileById(tx, params.guarantorId, BigInt(params.id));
  if (!file) throw new Refused({ code: 'file-unknown', message: '没有这个文件，请重新上传' }, 404);
  return file;
}

function profileRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/profiles`,
    tag,
    summary: '可用的导入映射（本机构的与随系统提供的）',
    permission,
    query: profileQuery,
    answer: profileList,
    handle: ({ query, read }) =>
      read(async (tx) => {
        const guarantorId = await guarantorFor(tx, query.guarantorId);
        return { rows: (await usableProfiles(tx, guarantorId)).map(profileToWire) };
      }),
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: `${base}/profiles`,
    tag,
    summary: '保存导入映射（成为新版本；旧批次仍按当时的版本）',
    permission,
    body: profileBody,
    answer: profileWire,
    handle: ({ body, context, write, request, reply }) =>
      write(async (tx) => {
        const guarantorId = await guarantorFor(tx, body.guarantorId);
        const usable = await usableProfiles(tx, guarantorId);
        const current = usable.find(
          (each) => each.guarantorId === guarantorId && each.profile.code === body.profile.code,
        );
        checkIfMatch(request, current?.version ?? 0);
        const { version, recordedAt } = await saveProfile(tx, context, guarantorId, body.profile);
        const { profile } = body;
        reply.header('etag', etagOf(version));
        return profileToWire({ guarantorId, version, hash: hashOf(profile), profile, recordedAt });
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/profiles/suggest`,
    tag,
    summary: '按列名猜目标字段，供建映射时预填',
    permission,
    body: suggestBody,
    answer: suggestWire,
    status: 200,
    handle: async ({ body }) => ({ fields: suggestFields(fieldsOf(body.target), body.columns) }),
  });
}

function batchRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/batches`,
    tag,
    summary: '登记批次：同一文件用同一映射永远是同一批次',
    permission,
    body: batchBody,
    answer: batchWire,
    handle: ({ body, context, write }) =>
      write(async (tx) => {
        const { guarantorId, id } = await registerBatch(tx, context, { ...body, fileId: BigInt(body.fileId) });
        return batchWithReasons(tx, guarantorId, id);
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/batches`,
    tag,
    summary: '批次列表',
    permission,
    query: batchQuery,
    answer: batchPage,
    handle: (input) =>
      answerList(input, {
        title: '导入批次',
        columns: batchColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listBatches(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...batchWords(row) })) };
        },
        wire: (row) => batchToWire(row, []),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/batches/:guarantorId/:id`,
    tag,
    summary: '批次与实时进度',
    permission,
    params: ofGuarantor,
    answer: batchWire,
    handle: ({ params, read }) =>
      secondLook(() => read((tx) => batchWithReasons(tx, params.guarantorId, BigInt(params.id)))),
  });
  const passes = [
    { verb: 'check', summary: '试算：逐行给出结论，不入账', body: z.object({}) },
    {
      verb: 'commit',
      summary: '入账：通过的行（good）或须全部通过（all）；中断后再次提交从中断处继续',
      body: commitBody,
    },
  ] as const;
  for (const { verb, summary, body } of passes) {
    endpoint(app, deps, {
      method: 'POST',
      url: `${base}/batches/:guarantorId/:id/${verb}`,
      tag,
      summary,
      permission,
      params: ofGuarantor,
      body,
      answer: batchWire,
      status: 202,
      handle: async ({ params, body: asked, context, read }) => {
        const { guarantorId } = params;
        const batchId = BigInt(params.id);
        const take = (asked as { take?: 'good' | 'all' }).take ?? 'good';
        await startBatch(deps.db, context, { guarantorId, batchId, kind: verb, take });
        return secondLook(() => read((tx) => batchWithReasons(tx, guarantorId, batchId)));
      },
    });
  }
}

function verdictRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/batches/:guarantorId/:id/verdicts`,
    tag,
    summary: '未入账行的结论，按行号',
    permission,
    params: ofGuarantor,
    query: verdictQuery,
    answer: verdictPage,
    handle: (input) =>
      answerList(input, {
        title: '未入账行',
        columns: verdictColumns,
        footer: [`批次 ${input.params.id}　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const batch = await batchOf(tx, input.params);
          if (batch.passNo === null) return { rows: [], next: null };
          const of = { guarantorId: input.params.guarantorId, batchId: batch.id, passNo: batch.passNo };
          const page = await listVerdicts(tx, of, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...verdictWords(row) })) };
        },
        wire: ({ line, verdict, contractNo, reasons }) => ({ line: Number(line), verdict, key: contractNo, reasons }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/batches/:guarantorId/:id/bad-rows`,
    tag,
    summary: '退回行：原文件格式，首列为退回原因；改好后只送这些行',
    permission,
    params: ofGuarantor,
    answer: z.any(),
    file: 'application/octet-stream',
    handle: async ({ params, context, reply, read }) => {
      const batch = await read((tx) => batchOf(tx, params));
      await mkdir(filesFolder(), { recursive: true });
      const at = path.join(filesFolder(), `.${randomUUID()}.bad`);
      await writeBadRows(deps.db, context, batch, at);
      const type =
        batch.fileKind === 'csv' ? 'text/csv' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
      const stream = createReadStream(at);
      stream.once('close', () => void rm(at, { force: true }));
      return sendFile(reply, `退回-${batch.fileName}`, type, stream);
    },
  });
}

async function batchOf(tx: Parameters<typeof batchById>[0], params: { guarantorId: number; id: string }) {
  const batch = await batchById(tx, params.guarantorId, BigInt(params.id));
  if (!batch) throw new Refused({ code: 'batch-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  return batch;
}
