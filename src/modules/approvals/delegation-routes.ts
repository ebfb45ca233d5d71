import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { pageQuery } from '../../wire/wire.ts';
import { roleTitle } from '../identity/index.ts';
import { delegationPage, newDelegation, peopleAnswer } from './contract.ts';
import { colleaguesOf, type DelegationRow, delegate, listDelegations, revokeDelegation } from './delegations.ts';

const tag = '审批';
const stateTitles = { ahead: '未开始', 'in-force': '生效中', over: '已到期', revoked: '已撤销' };

/** 委托: given and received, to whom, giving and ending one. */
export function delegationRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/delegations',
    tag,
    summary: '我委托他人、他人委托我',
    permission: 'approvals.act',
    query: pageQuery,
    answer: delegationPage,
    handle: (input) =>
      answerList(input, {
        title: '审批委托',
        columns: [
          { key: 'fromName', title: '委托人', type: 'text' },
          { key: 'toName', title: '受托人', type: 'text' },
          { key: 'from', title: '起', type: 'day' },
          { key: 'to', title: '止', type: 'day' },
          { key: 'reason', title: '事由', type: 'text' },
          { key: 'stateTitle', title: '状态', type: 'text' },
        ],
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listDelegations(tx, input.caller.userId, after, limit);
          return { ...page, rows: page.rows.map((row) => withState(row, deps.clock.today())) };
        },
        wire: (row) => ({
          ...row,
          mayRevoke: row.fromUser === input.caller.userId && ['ahead', 'in-force'].includes(row.state),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/colleagues',
    tag,
    summary: '可受托的同事',
    permission: 'approvals.act',
    answer: peopleAnswer,
    handle: ({ read, caller }) =>
      read(async (tx) => ({
        rows: (await colleaguesOf(tx, caller.userId)).map((each) => ({
          ...each,
          roles: each.roles.map(roleTitle),
          mayDecide: false,
        })),
      })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/delegations',
    tag,
    summary: '委托他人代办审批',
    permission: 'approvals.act',
    body: newDelegation,
    answer: z.object({ id: z.number().int() }),
    handle: ({ write, body, context }) => write((tx) => delegate(tx, context, body)),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/delegations/:id/revoke',
    tag,
    summary: '撤销委托',
    permission: 'approvals.act',
    params: z.object({ id: z.coerce.number().int().positive().max(2147483647) }),
    answer: z.object({ ok: z.boolean() }),
    status: 200,
    handle: ({ write, params, context }) =>
      write(async (tx) => {
        await revokeDelegation(tx, context, params.id);
        return { ok: true };
      }),
  });
}

function withState(row: DelegationRow, today: Day) {
  const state = row.isRevoked ? 'revoked' : row.to < today ? 'over' : row.from > today ? 'ahead' : 'in-force';
  return { ...row, state, stateTitle: stateTitles[state] } as const;
}
