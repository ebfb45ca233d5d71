import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { blocksOf, readDocx } from '../../platform/docx/index.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { mergePapers } from '../../platform/papers/index.ts';
import { type Column, textColumn } from '../../platform/sheets/index.ts';
import { mediaTypes } from '../../platform/uploads/index.ts';
import { kindOf } from './contract/kinds.ts';
import * as contract from './contract.ts';
import { read as readFile } from './files.ts';
import { wantedGuarantor } from './guarantor.ts';
import { issueDocument, revokeDocument } from './issue.ts';
import { type PaperSources, prefill } from './prefill.ts';
import { publicRoutes } from './public-routes.ts';
import { type DocumentRow, documentById, listDocuments, ownGuarantor } from './store.ts';
import { templateRoutes } from './template-routes.ts';

const tag = '文书';
const base = '/api/documents';
const permission = 'documents.read';

/** /api/documents, /api/document-templates and what is public. `sources`: who knows the fields of papers, by subject. */
export const documentsRoutesWith =
  (sources: PaperSources) =>
  (app: FastifyInstance, deps: Deps): void => {
    paperRoutes(app, deps, sources);
    fileRoutes(app, deps);
    templateRoutes(app, deps);
    publicRoutes(app, deps);
  };

function paperRoutes(app: FastifyInstance, deps: Deps, sources: PaperSources): void {
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '文书列表，新的在前',
    permission,
    query: contract.documentQuery,
    answer: contract.documentPage,
    handle: (input) =>
      answerList(input, {
        title: '文书登记簿',
        columns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listDocuments(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: toWire,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/prefill`,
    tag,
    summary: '一份文书的字段：按业务预填，并指出还缺哪些',
    permission: 'documents.issue',
    query: contract.prefillQuery,
    answer: contract.prefilled,
    handle: ({ query, context, read, caller }) =>
      read(async (tx) => {
        const form = await prefill(tx, context, sources, query);
        if (caller.seesIdentity) return form;
        // Who may not see identity numbers types what the paper needs.
        const fields = form.fields.map((each) => (/证件号码/.test(each.name) ? { ...each, value: null } : each));
        return { ...form, fields };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: base,
    tag,
    summary: '制作文书：按本机构现行模板填写、编号、签名',
    permission: 'documents.issue',
    body: contract.issueBody,
    answer: contract.issued,
    handle: ({ body, context, write }) =>
      write(async (tx) => {
        const guarantorId = await wantedGuarantor(tx, body.guarantorId);
        const { rows, customerName, bankId, ...given } = body;
        const more = {
          ...(rows ? { rows } : {}),
          ...(customerName ? { customerName } : {}),
          ...(bankId ? { bankId } : {}),
        };
        const { documentId, number } = await issueDocument(tx, context, { ...given, guarantorId, ...more });
        return { guarantorId, id: String(documentId), number };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:guarantorId/:id`,
    tag,
    summary: '一份文书：要素、摘要、签名与正文',
    permission,
    params: contract.ofGuarantor,
    answer: contract.documentDetail,
    handle: async ({ params, read, caller }) => {
      const { row, isOwn } = await read(async (tx) => ({
        row: await wanted(tx, params),
        isOwn: (await ownGuarantor(tx, params.guarantorId)) !== undefined,
      }));
      const blocks = blocksOf(await readDocx(await readFile(row.docxSm3)));
      const fields = Object.entries(row.fields).map(([name, value]) => [
        name,
        /证件号码/.test(name) && !caller.seesIdentity ? masked(value) : value,
      ]);
      return {
        ...row,
        ...toWire(row),
        fields: Object.fromEntries(fields),
        issuedAt: row.issuedAt.toISOString(),
        revokedAt: row.revokedAt?.toISOString() ?? null,
        blocks,
        mayRevoke: isOwn && row.status === 'issued' && caller.permissions.has('documents.seal'),
      };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:guarantorId/:id/revoke`,
    tag,
    summary: '作废文书：此后查验均告知已作废',
    permission: 'documents.seal',
    status: 200,
    params: contract.ofGuarantor,
    body: contract.revocation,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ params, body, context, write }) => {
      await write((tx) =>
        revokeDocument(tx, context, {
          guarantorId: params.guarantorId,
          documentId: BigInt(params.id),
          reason: body.reason,
        }),
      );
      return { ok: true as const };
    },
  });
}

function fileRoutes(app: FastifyInstance, deps: Deps): void {
  for (const [kind, sm3Of] of [
    ['pdf', (row: DocumentRow) => row.pdfSm3],
    ['docx', (row: DocumentRow) => row.docxSm3],
  ] as const) {
    endpoint(app, deps, {
      method: 'GET',
      url: `${base}/:guarantorId/:id/${kind}`,
      tag,
      summary: `下载 ${kind.toUpperCase()}${kind === 'pdf' ? '（inline=true 在浏览器中打开）' : ''}`,
      permission,
      params: contract.ofGuarantor,
      query: contract.fileQuery,
      answer: z.any(),
      file: mediaTypes[kind],
      handle: async ({ params, query, read, reply }) => {
        const row = await read((tx) => wanted(tx, params));
        const content = await readFile(sm3Of(row));
        if (kind === 'pdf' && query.inline === 'true')
          return reply.header('content-type', mediaTypes.pdf).header('content-disposition', 'inline').send(content);
        return sendFile(reply, `${titleOf(row)}${row.number}.${kind}`, mediaTypes[kind], content);
      },
    });
  }
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/print.pdf`,
    tag,
    summary: '批量打印：几份文书合成一个 PDF，页面与原件相同',
    permission,
    query: contract.printQuery,
    answer: z.any(),
    file: mediaTypes.pdf,
    handle: async ({ query, read, reply }) => {
      const asked = query.ids.split(',').map((each) => each.split('/'));
      const rows = await read(async (tx) => {
        const found: DocumentRow[] = [];
        for (const [guarantorId, id = ''] of asked)
          found.push(await wanted(tx, { guarantorId: Number(guarantorId), id }));
        return found;
      });
      const papers = await Promise.all(rows.map((row) => readFile(row.pdfSm3)));
      return sendFile(reply, `文书合并打印（${rows.length}份）.pdf`, mediaTypes.pdf, mergePapers(papers));
    },
  });
}

async function wanted(tx: Tx, params: { guarantorId: number; id: string }): Promise<DocumentRow> {
  const row = await documentById(tx, params.guarantorId, BigInt(params.id));
  if (!row) throw new Refused({ code: 'document-unknown', message: '没有这份文书，或不在您的权限范围内' }, 404);
  return row;
}

const titleOf = (row: DocumentRow): string => kindOf(row.template)?.title ?? row.template;
const masked = (value: string): string => (value.length <= 8 ? '****' : `${value.slice(0, 4)}****${value.slice(-4)}`);

const columns: readonly Column[] = [
  textColumn('number', '文号', 26),
  textColumn('title', '文书', 14),
  textColumn('guarantor', '机构', 32),
  textColumn('customerName', '客户', 32),
  textColumn('bankName', '银行'),
  { key: 'amount', title: '金额', type: 'money', whenNull: '—' },
  { key: 'issuedOn', title: '签发日', type: 'day' },
  textColumn('issuedBy', '制作人', 12),
  textColumn('statusTitle', '状态', 10),
  textColumn('revokedWhy', '作废原因', 30),
  textColumn('contentHash', '内容摘要（SM3）', 66),
];
const wordsOf = (row: DocumentRow) => ({
  title: titleOf(row),
  statusTitle: row.status === 'issued' ? '有效' : '已作废',
});

const toWire = (row: DocumentRow) => ({
  ...row,
  id: String(row.documentId),
  title: titleOf(row),
  amount: row.amount === null ? null : formatYuan(row.amount),
});
