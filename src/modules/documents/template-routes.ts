import { buffer } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { showDay } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { blocksOf, plainParagraphs, writeDocx } from '../../platform/docx/index.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, textColumn } from '../../platform/sheets/index.ts';
import { chineseDay } from '../../platform/text/index.ts';
import { mediaTypes } from '../../platform/uploads/index.ts';
import { type Field, type KindCode, kinds, ownFields } from './contract/kinds.ts';
import * as contract from './contract.ts';
import { read as readFile } from './files.ts';
import { wantedGuarantor } from './guarantor.ts';
import { blocksFor, pdfOf } from './render.ts';
import { diffParagraphs, numberOf } from './rules.ts';
import { issuerOf } from './store.ts';
import { submitTemplate } from './template-approval.ts';
import { listVersions, type TemplateRow, templateById, templatesOn } from './template-store.ts';
import {
  type OpenTemplate,
  openNamed,
  openSample,
  setNumbering,
  uploadTemplate,
  withdrawTemplate,
} from './templates.ts';
import { printValues, sampleValues } from './values.ts';

const tag = '文书模板';
const base = '/api/document-templates';
const ok = z.object({ ok: z.literal(true) });

/** /api/document-templates. */
export function templateRoutes(app: FastifyInstance, deps: Deps): void {
  readRoutes(app, deps);
  writeRoutes(app, deps);
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  const permission = 'documents.read';
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '各种文书、可用字段与本机构现行模板',
    permission,
    query: contract.kindQuery,
    answer: contract.kindList,
    handle: ({ query, read }) =>
      read(async (tx) => {
        const guarantorId = await wantedGuarantor(tx, query.guarantorId);
        const issuer = await issuerOf(tx, guarantorId);
        const inForce = new Map(
          (await templatesOn(tx, guarantorId, deps.clock.today())).map((each) => [each.code, each]),
        );
        const rows = (Object.keys(kinds) as KindCode[]).map((code) => kindWire(code, inForce.get(code)));
        return { guarantorId, guarantor: issuer?.name ?? '', prefix: issuer?.prefix ?? '', rows };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:code/versions`,
    tag,
    summary: '一种文书的模板版本，新的在前',
    permission,
    params: contract.ofKind,
    query: contract.versionQuery,
    answer: contract.versionPage,
    handle: (input) =>
      answerList(input, {
        title: `${kinds[input.params.code].title}模板版本`,
        columns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const guarantorId = await wantedGuarantor(tx, input.query.guarantorId);
          const page = await listVersions(tx, guarantorId, input.params.code, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: (row: TemplateRow) => ({ ...row, recordedAt: row.recordedAt.toISOString() }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:code/compare`,
    tag,
    summary: '比较两个版本的文字，逐段给出增删',
    permission,
    params: contract.ofKind,
    query: contract.compareQuery,
    answer: contract.comparison,
    handle: ({ params, query, read }) =>
      read(async (tx) => {
        const guarantorId = await wantedGuarantor(tx, query.guarantorId);
        const textOf = async (id: number | 'sample') =>
          plainParagraphs(blocksOf((await openNamed(tx, guarantorId, params.code, id)).parts));
        return { lines: diffParagraphs(await textOf(query.from), await textOf(query.to)) };
      }),
  });
  for (const format of ['json', 'pdf'] as const)
    endpoint(app, deps, {
      method: 'GET',
      url: `${base}/:code/preview${format === 'pdf' ? '.pdf' : ''}`,
      tag,
      summary: `用样例数据预览${format === 'pdf' ? '（PDF）' : ''}`,
      permission,
      params: contract.ofKind,
      query: contract.previewQuery,
      answer: format === 'pdf' ? z.any() : contract.preview,
      ...(format === 'pdf' ? { file: mediaTypes.pdf } : {}),
      handle: async ({ params, query, read, reply }) => {
        const { template, issuer } = await read(async (tx) => {
          const guarantorId = await wantedGuarantor(tx, query.guarantorId);
          return {
            template: await openNamed(tx, guarantorId, params.code, query.version),
            issuer: await issuerOf(tx, guarantorId),
          };
        });
        const seen = previewOf(template, issuer ?? { name: '', prefix: '' }, deps);
        if (format === 'json') return { blocks: seen.blocks };
        return sendFile(
          reply,
          `${template.kind.title}预览.pdf`,
          mediaTypes.pdf,
          await pdfOf({ ...seen, isSample: template.id === null }),
        );
      },
    });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:code/sample.docx`,
    tag,
    summary: '下载随系统提供的样例文本，供改成本机构的模板',
    permission,
    params: contract.ofKind,
    answer: z.any(),
    file: mediaTypes.docx,
    handle: async ({ params, reply }) =>
      sendFile(
        reply,
        `${kinds[params.code].title}（样例）.docx`,
        mediaTypes.docx,
        await writeDocx(openSample(params.code).parts),
      ),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/versions/:guarantorId/:id/content`,
    tag,
    summary: '下载一个版本的 DOCX',
    permission,
    params: contract.ofVersion,
    answer: z.any(),
    file: mediaTypes.docx,
    handle: async ({ params, read, reply }) => {
      const row = await read((tx) => templateById(tx, params.guarantorId, params.id));
      if (!row) throw new Refused({ code: 'template-unknown', message: '没有这个模板版本，或不在您的权限范围内' }, 404);
      return sendFile(reply, row.fileName, mediaTypes.docx, await readFile(row.sm3));
    },
  });
}

function writeRoutes(app: FastifyInstance, deps: Deps): void {
  const permission = 'templates.write';
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:code/versions`,
    tag,
    summary: '上传新版本（multipart：先字段 note，后文件 file，DOCX，至多 10 MB），成为草稿',
    permission,
    params: contract.ofKind,
    query: contract.kindQuery,
    answer: contract.uploadedVersion,
    handle: async ({ params, query, request, context, write }) => {
      const part = request.isMultipart() ? await request.file({ limits: { fileSize: 10 * 2 ** 20 } }) : undefined;
      if (!part)
        throw new Refused(
          { code: 'file-missing', field: 'file', message: '请求里没有文件：请用 multipart 上传字段 file' },
          400,
        );
      const bytes = await buffer(part.file);
      if (part.file.truncated)
        throw new Refused(
          { code: 'docx-too-large', field: 'file', message: '模板超过 10 MB：请删去大图片后再上传' },
          413,
        );
      const note = part.fields.note;
      const said = note && 'value' in note ? String(note.value).slice(0, 500) : '';
      return write(async (tx) => {
        const guarantorId = await wantedGuarantor(tx, query.guarantorId);
        return uploadTemplate(tx, context, {
          guarantorId,
          code: params.code,
          fileName: part.filename,
          note: said,
          bytes,
        });
      });
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/versions/:guarantorId/:id/submit`,
    tag,
    summary: '草稿提交审批，批准后自某日起启用',
    permission,
    params: contract.ofVersion,
    body: contract.forceBody,
    answer: contract.submitted,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const { instanceId } = await submitTemplate(tx, context, { ...params, fromOn: body.fromOn });
        return { instanceId: String(instanceId) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/versions/:guarantorId/:id/withdraw`,
    tag,
    summary: '停用一个版本：恢复使用前一版本或样例文本',
    permission,
    status: 200,
    params: contract.ofVersion,
    body: contract.revocation,
    answer: ok,
    handle: async ({ params, body, context, write }) => {
      await write((tx) => withdrawTemplate(tx, context, { ...params, reason: body.reason }));
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: `${base}/numbering`,
    tag,
    summary: '设定本机构字号，此后制作的文书使用',
    permission,
    body: contract.numberingBody,
    answer: ok,
    handle: async ({ body, context, write }) => {
      await write(async (tx) =>
        setNumbering(tx, context, { guarantorId: await wantedGuarantor(tx, body.guarantorId), prefix: body.prefix }),
      );
      return { ok: true as const };
    },
  });
}

const fieldsWire = (fields: Readonly<Record<string, Field>>) =>
  Object.entries(fields).map(([name, { type }]) => ({ name, type }));

function kindWire(code: KindCode, row: TemplateRow | undefined) {
  const { title, mark, fields, rows } = kinds[code];
  const groups = Object.entries(rows).map(([name, own]) => ({
    name,
    fields: fieldsWire(own as Readonly<Record<string, Field>>),
  }));
  const inForce = row ? { id: row.id, version: row.version, fromOn: row.fromOn!, fields: row.fields } : null;
  return { code, title, mark, fields: fieldsWire(fields), groups, ownFields: [...ownFields], inForce };
}

/** A template with sample values: what it prints, and what its PDF would be. */
function previewOf(template: OpenTemplate, issuer: { name: string; prefix: string }, deps: Deps) {
  const { kind, scan } = template;
  const today = deps.clock.today();
  const number = numberOf(issuer.prefix, kind.mark, Number(today.slice(0, 4)), 0);
  const { fields, rows } = sampleValues(kind);
  const own = {
    文号: number,
    出具日期: showDay(today),
    出具日期大写: chineseDay(today),
    担保机构: issuer.name,
    印章: '',
  };
  const printed = printValues(kind, scan, fields, rows, own);
  if (printed.refusals.length > 0) throw new Refused(printed.refusals);
  const blocks = blocksFor(template, printed.values, printed.rows);
  return { title: kind.title, number, issuer: issuer.name, at: deps.clock.now(), blocks };
}

const columns: readonly Column[] = [
  { key: 'version', title: '版本', type: 'integer' },
  textColumn('statusTitle', '状态', 10),
  { key: 'fromOn', title: '启用日', type: 'day', whenNull: '—' },
  textColumn('note', '说明', 40),
  textColumn('fileName', '文件', 30),
  textColumn('fieldNames', '字段', 60),
  textColumn('uploadedBy', '上传人', 12),
  textColumn('recordedText', '上传时间', 20),
  textColumn('sm3', '摘要（SM3）', 66),
];
const wordsOf = (row: TemplateRow) => ({
  statusTitle: contract.versionStatusTitles[row.status],
  fieldNames: row.fields.join('、'),
  recordedText: textOfInstant(row.recordedAt),
});
