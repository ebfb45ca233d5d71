import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Caller, checkIfMatch, type Deps, endpoint, etagOf } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { registerCustomer } from './actions.ts';
import {
  customerChange,
  customerChanged,
  customerDetail,
  customerKindTitles,
  customerPage,
  customerQuery,
  newCustomer,
} from './contract.ts';
import { groupRoutes } from './group-routes.ts';
import { formerNames } from './rename.ts';
import { maskIdentity } from './rules.ts';
import { type CustomerListRow, customerById, listCustomers } from './store.ts';
import { changeCustomer } from './update.ts';

const tag = '客户';
const yuanOrNull = (amount: Fen | null) => (amount === null ? null : formatYuan(amount));

/** /api/customers. */
export function customerRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/customers',
    tag,
    summary: '客户列表',
    permission: 'customers.read',
    query: customerQuery,
    answer: customerPage,
    handle: (input) =>
      answerList(input, {
        title: '客户台账',
        columns: [
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'name', title: '客户名称', type: 'text', width: 36 },
          { key: 'kindTitle', title: '类别', type: 'text' },
          { key: 'identityNo', title: '证件号码', type: 'text' },
          { key: 'countyName', title: '所在县（市、区）', type: 'text' },
          { key: 'industryCode', title: '行业代码', type: 'text', whenNull: '—' },
          { key: 'sizeClass', title: '划型', type: 'text' },
          { key: 'groupName', title: '关联集团', type: 'text', whenNull: '—' },
          { key: 'outstanding', title: '在保余额', type: 'money' },
        ],
        footer: [`数据截至 ${deps.clock.today()}　口径：合同口径`],
        fetch: async (tx, after, limit) => {
          const page = await listCustomers(tx, input.query, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({
              ...row,
              identityNo: shown(row.identityNo, input.caller),
              kindTitle: customerKindTitles[row.kind],
            })),
          };
        },
        wire: wireOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/customers/:guarantorId/:id',
    tag,
    summary: '客户详情',
    permission: 'customers.read',
    params: z.object({ guarantorId: z.coerce.number().int(), id: idWire }),
    answer: customerDetail,
    handle: async ({ read, params, caller, reply }) => {
      const { row, former } = await read(async (tx) => ({
        row: await customerById(tx, params.guarantorId, BigInt(params.id)),
        former: await formerNames(tx, params.guarantorId, BigInt(params.id)),
      }));
      if (!row) throw new Refused({ code: 'customer-unknown', message: '没有这个客户，或不在您的权限范围内' }, 404);
      reply.header('etag', etagOf(row.version));
      return {
        ...wireOf({ ...row, identityNo: shown(row.identityNo, caller) }),
        staff: row.staff,
        revenue: yuanOrNull(row.revenue),
        assets: yuanOrNull(row.assets),
        declaredOn: row.declaredOn,
        sizeEvidence: row.sizeEvidence,
        contactName: row.contactName,
        contactPhone: row.contactPhone && shown(row.contactPhone, caller),
        tags: row.tags,
        primaryTag: row.primaryTag,
        issuerRating: row.issuerRating,
        issuerRatingOn: row.issuerRatingOn,
        formerNames: former.map((each) => ({ ...each, learntAt: each.learntAt.toISOString() })),
        version: row.version,
        recordedAt: row.recordedAt.toISOString(),
      };
    },
  });
  endpoint(app, deps, {
    method: 'PATCH',
    url: '/api/customers/:guarantorId/:id',
    tag,
    summary: '修改客户：申报数据、联系人、标签、主体信用评级；划型重新计算，原申报留存',
    permission: 'customers.write',
    params: z.object({ guarantorId: z.coerce.number().int(), id: idWire }),
    body: customerChange,
    answer: customerChanged,
    ifMatch: 'required',
    handle: async ({ write, params, body, context, request, reply }) => {
      const command = { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) };
      const changed = await write((tx) =>
        changeCustomer(tx, context, command, (version) => checkIfMatch(request, version, true)),
      );
      reply.header('etag', etagOf(changed.version));
      return changed as z.input<typeof customerChanged>;
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/customers',
    tag,
    summary: '客户建档',
    permission: 'customers.write',
    body: newCustomer,
    answer: z.object({ id: idWire }),
    handle: ({ write, body, context }) =>
      write(async (tx) => ({ id: String((await registerCustomer(tx, context, body)).id) })),
  });
  groupRoutes(app, deps);
}

const shown = (identityNo: string, caller: Caller): string =>
  caller.seesIdentity ? identityNo : maskIdentity(identityNo);
const wireOf = (row: CustomerListRow) => ({ ...row, id: String(row.id), outstanding: formatYuan(row.outstanding) });
