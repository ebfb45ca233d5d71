import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { createPerson, grantRole, resetPassword, revokeRole, setAccountStatus } from './actions.ts';
import { forgetUser } from './caller.ts';
import { createdUserWire, createUserBody, grantBody, userPage, userQuery, type userWire } from './contract.ts';
import { listUsers, type UserRow } from './store.ts';

const done = z.object({ ok: z.literal(true) });
const userId = z.object({ id: z.coerce.number().int().positive() });
const tag = '用户与授权';

/** Accounts (system administrator) and grants (security administrator): two doors, two people. */
export function userRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/users',
    tag,
    summary: '用户列表',
    permission: 'users.read',
    query: userQuery,
    answer: userPage,
    handle: (input) =>
      answerList(input, {
        title: '用户与授权',
        columns: [
          { key: 'account', title: '账号', type: 'text' },
          { key: 'name', title: '姓名', type: 'text' },
          { key: 'kindTitle', title: '类别', type: 'text' },
          { key: 'institutionName', title: '所属机构', type: 'text', width: 36, whenNull: '—' },
          { key: 'roleTitles', title: '岗位', type: 'text', width: 36 },
          { key: 'totpTitle', title: '动态口令', type: 'text' },
          { key: 'statusTitle', title: '状态', type: 'text' },
        ],
        footer: [`数据截至 ${input.context.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listUsers(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: wireUser,
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/users',
    tag,
    summary: '新建用户；未给密码则生成初始密码，只显示这一次',
    permission: 'users.manage',
    body: createUserBody,
    answer: createdUserWire,
    // A generated password must not be stored with the answers to repeated requests: the account name makes this once-only.
    handle: async ({ context, body }) => {
      const made = await deps.db.transaction(context.actor, (tx) => createPerson(tx, context, body));
      return { id: String(made.id), password: made.password };
    },
  });
  for (const status of ['active', 'disabled'] as const)
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/users/:id/${status === 'active' ? 'enable' : 'disable'}`,
      tag,
      summary: status === 'active' ? '启用用户' : '停用用户；其会话随即失效',
      permission: 'users.manage',
      status: 200,
      params: userId,
      answer: done,
      handle: async ({ write, context, params }) => {
        await write((tx) => setAccountStatus(tx, context, { userId: params.id, status }));
        forgetUser(deps.db, params.id);
        return { ok: true as const };
      },
    });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/users/:id/reset-password',
    tag,
    summary: '重置密码并解锁；新密码只显示这一次',
    permission: 'users.manage',
    status: 200,
    params: userId,
    answer: z.object({ password: z.string() }),
    handle: async ({ context, params }) => {
      const made = await deps.db.transaction(context.actor, (tx) => resetPassword(tx, context, params.id));
      forgetUser(deps.db, params.id);
      return made;
    },
  });
  grantRoutes(app, deps);
}

function grantRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/users/:id/roles',
    tag,
    summary: '授予角色',
    permission: 'roles.grant',
    params: userId,
    body: grantBody,
    answer: done,
    handle: async ({ write, context, params, body }) => {
      await write((tx) => grantRole(tx, context, { userId: params.id, role: body.role }));
      forgetUser(deps.db, params.id);
      return { ok: true as const };
    },
  });
  endpoint(app, deps, {
    method: 'DELETE',
    url: '/api/users/:id/roles/:role',
    tag,
    summary: '收回角色',
    permission: 'roles.grant',
    params: userId.extend({ role: z.string() }),
    answer: done,
    handle: async ({ write, context, params }) => {
      await write((tx) => revokeRole(tx, context, { userId: params.id, role: params.role }));
      forgetUser(deps.db, params.id);
      return { ok: true as const };
    },
  });
}

const wordsOf = (row: UserRow) => ({
  kindTitle: row.kind === 'person' ? '人员' : row.kind === 'service' ? '接入系统' : '程序',
  totpTitle: row.totp ? '已开通' : '未开通',
  statusTitle: row.status === 'disabled' ? '停用' : row.lockedUntil ? '已锁定' : '启用',
});

const wireUser = (row: UserRow): z.input<typeof userWire> => ({
  id: String(row.id),
  account: row.account,
  name: row.name,
  kind: row.kind,
  institution:
    row.institutionId === null
      ? null
      : { id: String(row.institutionId), name: row.institutionName ?? '', kind: row.institutionKind ?? '' },
  status: row.status,
  lockedUntil: row.lockedUntil?.toISOString() ?? null,
  totp: row.totp,
  roles: row.roles,
});
