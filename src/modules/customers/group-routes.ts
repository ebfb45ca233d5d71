import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { groupPage, groupQuery, groupRow, memberRemoval, newGroup, newMember } from './contract.ts';
import { type GroupListRow, groupById, listGroups } from './group-store.ts';
import { addMember, formGroup, removeMember } from './groups.ts';

const tag = '客户';
const key = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
const done = z.object({ ok: z.literal(true) });

/** /api/customers/groups: related groups, whose limits count together (条例第十六条). */
export function groupRoutes(app: FastifyInstance, deps: Deps): void {
  readRoutes(app, deps);
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/customers/groups',
    tag,
    summary: '建立关联关系',
    permission: 'customers.write',
    body: newGroup,
    answer: z.object({ id: idWire }),
    handle: ({ write, body, context }) =>
      write(async (tx) => ({ id: String((await formGroup(tx, context, body)).id) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/customers/groups/:guarantorId/:id/members',
    tag,
    summary: '关联集团增加成员',
    permission: 'customers.write',
    params: key,
    body: newMember,
    answer: done,
    handle: async ({ write, params, body, context }) => {
      const command = { ...keyOf(params), customerId: BigInt(body.customerId), because: body.evidence };
      await write((tx) => addMember(tx, context, command));
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/customers/groups/:guarantorId/:id/members/:customerId/remove',
    tag,
    summary: '关联集团移出成员',
    permission: 'customers.write',
    status: 200,
    params: key.extend({ customerId: idWire }),
    body: memberRemoval,
    answer: done,
    handle: async ({ write, params, body, context }) => {
      const command = { ...keyOf(params), customerId: BigInt(params.customerId), because: body.reason };
      await write((tx) => removeMember(tx, context, command));
      return { ok: true as const };
    },
  });
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/customers/groups',
    tag,
    summary: '关联集团列表',
    permission: 'customers.read',
    query: groupQuery,
    answer: groupPage,
    handle: (input) =>
      answerList(input, {
        title: '关联集团',
        columns: [
          { key: 'guarantorName', title: '担保机构', type: 'text' },
          { key: 'name', title: '关联集团', type: 'text', width: 32 },
          { key: 'members', title: '成员（户）', type: 'integer' },
          { key: 'outstanding', title: '在保余额合计', type: 'money' },
          { key: 'evidence', title: '认定依据', type: 'text', width: 50 },
          { key: 'recordedText', title: '登记时间', type: 'text', width: 20 },
        ],
        footer: [`数据截至 ${deps.clock.today()}　口径：合同口径`],
        fetch: async (tx, after, limit) => {
          const page = await listGroups(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, recordedText: textOfInstant(row.recordedAt) })) };
        },
        wire: wireOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/customers/groups/:guarantorId/:id',
    tag,
    summary: '关联集团',
    permission: 'customers.read',
    params: key,
    answer: groupRow,
    handle: async ({ read, params }) => {
      const found = await read((tx) => groupById(tx, params.guarantorId, BigInt(params.id)));
      if (!found) throw new Refused({ code: 'group-unknown', message: '没有这个关联集团，或不在您的权限范围内' }, 404);
      return wireOf(found);
    },
  });
}

const keyOf = (params: z.output<typeof key>) => ({ guarantorId: params.guarantorId, groupId: BigInt(params.id) });
const wireOf = (row: GroupListRow) => ({
  ...row,
  id: String(row.id),
  outstanding: formatYuan(row.outstanding),
  recordedAt: row.recordedAt.toISOString(),
});
