import type { FastifyInstance } from 'fastify';
import { Refused } from '../../kernel/refusal.ts';
import { type Context, type Deps, endpoint } from '../../platform/http.ts';
import { drained } from '../../platform/uploads/index.ts';
import { previewFile, suggestFields } from '../imports/index.ts';
import * as contract from './contract.ts';
import type { SubmitCommand } from './submit.ts';
import { keepUpload, tryProfile, type UploadRow, uploadedFile, uploadOf } from './uploads.ts';

const tag = '批量业务';
const base = '/api/batches';
const permission = 'batches.submit';
type Submit = (context: Context, command: SubmitCommand) => Promise<contract.BatchWire>;

/** The doors of the mapping wizard: a file is uploaded, looked at, tried with a mapping, and sent as a batch without being uploaded again. */
export function uploadRoutes(app: FastifyInstance, deps: Deps, submit: Submit): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/uploads`,
    tag,
    summary: '上传一份文件以建立映射（multipart，字段 file），不判断也不承保',
    permission,
    answer: contract.fileWire,
    handle: async ({ request, context }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part)
        throw new Refused({ code: 'file-missing', message: '请求里没有文件：请用 multipart 上传字段 file' }, 400);
      return toWire(await drained(request, () => keepUpload(deps.db, context, part.filename, part.file)));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/uploads/:id/preview`,
    tag,
    summary: '文件的列与前 20 行',
    permission,
    params: contract.byId,
    query: contract.previewQuery,
    answer: contract.previewWire,
    handle: async ({ params, query, read }) => previewFile(await read((tx) => uploadOf(tx, BigInt(params.id))), query),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/uploads/:id/try`,
    tag,
    summary: '用一份（可未保存的）映射试读前若干行：规则与额度照判，不落库',
    permission,
    params: contract.byId,
    body: contract.tryBody,
    answer: contract.tryWire,
    status: 200,
    handle: async ({ params, body, context, read }) => {
      const upload = await read((tx) => uploadOf(tx, BigInt(params.id)));
      const { profile, productCode, rows: count, guarantorId = null } = body;
      return { rows: await tryProfile(deps.db, context, upload, { profile, productCode, guarantorId, count }) };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/uploads/:id/batch`,
    tag,
    summary: '把已上传的文件作为一批报送；dryRun=true 只试算',
    permission,
    params: contract.byId,
    query: contract.trialQuery,
    body: contract.uploadBatchBody,
    answer: contract.batchWire,
    handle: async ({ params, query, body, context, read }) => {
      const upload = await read((tx) => uploadOf(tx, BigInt(params.id)));
      const source = await uploadedFile(upload);
      const isTrial = query.dryRun === 'true';
      return submit(context, { ...body, isTrial, channel: 'web', fileName: upload.name, source });
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/profiles/suggest`,
    tag,
    summary: '按列名猜字段，供建映射时预填',
    permission,
    body: contract.suggestBody,
    answer: contract.suggestWire,
    status: 200,
    handle: async ({ body }) => ({ fields: suggestFields(contract.batchFields, body.columns) }),
  });
}

const toWire = ({ id, bytes, path: _, bankId: _bank, ...file }: UploadRow) => ({
  ...file,
  id: String(id),
  bytes: Number(bytes),
});
