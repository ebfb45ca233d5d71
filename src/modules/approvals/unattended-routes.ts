import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { type Caller, type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import { roleTitle } from '../identity/index.ts';
import { assignment, peopleAnswer, unattendedAnswer } from './contract.ts';
import { assignableTo, assignUnattended, unattendedTasks } from './unattended.ts';

const tag = '审批';
const key = z.object({ id: idWire, seq: z.coerce.number().int().positive().max(32767) });
const mayLook = (caller: Caller) => ['users.read', 'approvals.configure'].some((each) => caller.permissions.has(each));

/** Only who manages users or configures chains gives away what nobody can do. */
function requireAssigner(caller: Caller): void {
  if (['users.manage', 'approvals.configure'].some((each) => caller.permissions.has(each))) return;
  throw new Refused({ code: 'forbidden', message: '无人可办的审批由系统管理员或再担保机构指派' }, 403);
}

/** 无人可办: what nobody can do, who could, giving it to one of them. */
export function unattendedRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/unattended',
    tag,
    summary: '无人可办的审批（管理员与再担保机构）',
    permission: 'signed-in',
    answer: unattendedAnswer,
    handle: async ({ read, caller }) => {
      if (!mayLook(caller)) return { rows: [] };
      return read(async (tx) => ({
        rows: (await unattendedTasks(tx)).map((each) => ({
          ...each,
          instanceId: String(each.instanceId),
          role: each.role === null ? '发起人' : roleTitle(each.role),
        })),
      }));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/unattended/:id/:seq/people',
    tag,
    summary: '可以指派的人员',
    permission: 'signed-in',
    params: key,
    answer: peopleAnswer,
    handle: async ({ read, params, caller }) => {
      requireAssigner(caller);
      const people = await read((tx) => assignableTo(tx, BigInt(params.id), params.seq));
      return { rows: people.map((each) => ({ ...each, roles: each.roles.map(roleTitle), mayDecide: true })) };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/unattended/:id/:seq/assign',
    tag,
    summary: '把无人可办的一项指派给能办的人',
    permission: 'signed-in',
    params: key,
    body: assignment,
    answer: z.object({ ok: z.boolean() }),
    status: 200,
    handle: ({ write, params, body, context, caller }) => {
      requireAssigner(caller);
      return write(async (tx) => {
        await assignUnattended(tx, context, { instanceId: BigInt(params.id), seq: params.seq, ...body });
        return { ok: true };
      });
    },
  });
}
