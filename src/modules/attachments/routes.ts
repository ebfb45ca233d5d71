import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { MultipartFile } from '@fastify/multipart';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, textColumn } from '../../platform/sheets/index.ts';
import { drained, type KeptUpload, mediaTypes, pathOf } from '../../platform/uploads/index.ts';
import { addAttachment, attachmentsFolder, receiveFile, removeAttachment } from './actions.ts';
import * as contract from './contract.ts';
import { type AttachmentRow, attachmentById, listAttachments } from './store.ts';

const tag = '附件';
const base = '/api/attachments';

/** /api/attachments. */
export function attachmentRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: base,
    tag,
    summary: '上传附件（multipart：先字段 subject、item、note、bankId、lat、lng、takenAt，后文件 file；至多 200 MB）',
    permission: 'attachments.write',
    answer: contract.uploaded,
    handle: async ({ request, context, write }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused(
          { code: 'file-missing', field: 'file', message: '请求里没有文件：请用 multipart 上传字段 file' },
          400,
        );
      const { fields, kept } = await receivePart(request, part, (fields) =>
        receiveFile(deps.db, context, { ...fields, name: part.filename, source: part.file }),
      );
      return write(async (tx) => {
        const { id } = await addAttachment(tx, context, { ...fields, itemCode: fields.item, kept });
        return { id: String(id), sm3: kept.sm3, type: kept.type };
      });
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '一项业务的附件',
    permission: 'attachments.read',
    query: contract.attachmentQuery,
    answer: contract.attachmentPage,
    handle: (input) =>
      answerList(input, {
        title: '附件清单',
        columns,
        footer: [`归属 ${input.query.subject}　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listAttachments(tx, input.query.subject, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: toWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:guarantorId/:id/content`,
    tag,
    summary: '下载附件',
    permission: 'attachments.read',
    params: contract.ofGuarantor,
    answer: z.any(),
    file: 'application/octet-stream',
    handle: async ({ params, read, reply }) => {
      const row = await read((tx) => attachmentById(tx, params.guarantorId, BigInt(params.id)));
      if (!row) throw new Refused({ code: 'attachment-unknown', message: '没有这份附件，或不在您的权限范围内' }, 404);
      const path = pathOf(attachmentsFolder(), row.sm3);
      const found = await stat(path).catch(() => undefined);
      if (found?.size !== Number(row.bytes))
        throw new Refused({ code: 'file-damaged', message: '附件原件缺失或不完整：请联系系统管理员从备份恢复' }, 409);
      reply.header('content-length', String(row.bytes));
      return sendFile(reply, row.name, mediaTypes[row.type], createReadStream(path));
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:guarantorId/:id/remove`,
    tag,
    summary: '移除附件（写明原因；原件与记录仍保留备查）',
    permission: 'attachments.write',
    status: 200,
    params: contract.ofGuarantor,
    body: contract.removal,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ params, body, context, write }) => {
      await write((tx) =>
        removeAttachment(tx, context, { guarantorId: params.guarantorId, id: BigInt(params.id), reason: body.reason }),
      );
      return { ok: true as const };
    },
  });
}

type Fields = z.output<typeof contract.uploadFields>;

/** Hands on the fields, and what was received. */
const receivePart = (request: FastifyRequest, part: MultipartFile, receive: (fields: Fields) => Promise<KeptUpload>) =>
  drained(request, async () => {
    const fields = fieldsOf(part);
    return { fields, kept: await receive(fields) };
  });

/** The fields that came before the file. */
function fieldsOf(part: MultipartFile): Fields {
  const given: Record<string, unknown> = {};
  for (const [name, one] of Object.entries(part.fields)) {
    const field = Array.isArray(one) ? one[0] : one;
    if (field?.type === 'field' && field.value !== '') given[name] = field.value;
  }
  const parsed = contract.uploadFields.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new Refused(
    parsed.error.issues.map((issue) => ({
      code: 'malformed',
      field: issue.path.join('.'),
      message:
        given.subject === undefined && issue.path[0] === 'subject'
          ? '缺少归属 subject：字段须排在文件之前'
          : issue.message,
    })),
    400,
  );
}

const columns: readonly Column[] = [
  textColumn('itemCode', '资料项'),
  textColumn('name', '文件名', 40),
  textColumn('typeTitle', '类型', 12),
  { key: 'bytes', title: '字节数', type: 'integer' },
  textColumn('note', '说明', 30),
  textColumn('place', '拍摄地点', 24),
  textColumn('takenText', '拍摄时间', 20),
  textColumn('uploadedBy', '上传人'),
  textColumn('recordedText', '上传时间', 20),
  textColumn('sm3', '摘要（SM3）', 66),
];

const wordsOf = (row: AttachmentRow) => ({
  typeTitle: contract.fileTypeTitles[row.type],
  place: row.lat && `${row.lat}，${row.lng}`,
  takenText: row.takenAt && textOfInstant(row.takenAt),
  recordedText: textOfInstant(row.recordedAt),
});

const toWire = (row: AttachmentRow) => ({
  ...row,
  id: String(row.id),
  bytes: Number(row.bytes),
  takenAt: row.takenAt?.toISOString() ?? null,
  recordedAt: row.recordedAt.toISOString(),
});
