import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { addVersion, createAgreement } from './actions.ts';
import { agreementDetail, agreementPage, agreementQuery, newAgreement, newVersion, productRow } from './contract.ts';
import { listAgreements, versionsOf } from './store.ts';

const tag = '合作协议';
const key = z.object({ guarantorId: z.coerce.number().int(), agreementId: z.coerce.number().int() });

/** /api/agreements and /api/products. */
export function agreementRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/agreements',
    tag,
    summary: '合作协议列表',
    permission: 'agreements.read',
    query: agreementQuery,
    answer: agreementPage,
    handle: (input) =>
      answerList(input, {
        title: '银担合作协议',
        columns: [
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'bankName', title: '合作银行', type: 'text' },
          { key: 'productName', title: '产品', type: 'text' },
          { key: 'contractNo', title: '协议编号', type: 'text' },
        ],
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: (tx, after, limit) => listAgreements(tx, { ...input.query, on: deps.clock.today() }, after, limit),
        wire: (row) => row,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/agreements/:guarantorId/:agreementId',
    tag,
    summary: '合作协议及全部版本',
    permission: 'agreements.read',
    params: key,
    answer: agreementDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const { guarantorId, agreementId } = params;
        const filter = { guarantorId, id: agreementId, on: deps.clock.today() };
        const row = (await listAgreements(tx, filter, undefined, 1)).rows[0];
        if (!row) throw new Refused({ code: 'agreement-unknown', message: '没有这份协议，或不在您的权限范围内' }, 404);
        return { ...row, versions: await versionsOf(tx, params.guarantorId, params.agreementId) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/agreements',
    tag,
    summary: '登记合作协议',
    permission: 'agreements.write',
    body: newAgreement,
    answer: z.object({ id: z.number().int() }),
    handle: ({ write, body, context }) => write((tx) => createAgreement(tx, context, body)),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/agreements/:guarantorId/:agreementId/versions',
    tag,
    summary: '新增协议版本',
    permission: 'agreements.write',
    params: key,
    body: newVersion,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, body, params, context }) => write((tx) => addVersion(tx, context, { ...body, ...params })),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/products',
    tag,
    summary: '担保产品',
    permission: 'signed-in',
    answer: z.object({ rows: z.array(productRow) }),
    handle: ({ read }) =>
      read(async (tx) => ({
        rows: await tx.selectFrom('agreements.product').selectAll().orderBy('code').limit(500).execute(),
      })),
  });
}
