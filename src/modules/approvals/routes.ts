import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import type { Column } from '../../platform/sheets/index.ts';
import { idWire } from '../../wire/wire.ts';
import { roleTitle } from '../identity/index.ts';
import { decideTask, type Outcomes, requireApproval, withdrawApproval } from './actions.ts';
import { agreeToMany } from './batch.ts';
import { chainRoutes } from './chain-routes.ts';
import * as contract from './contract.ts';
import { delegationRoutes } from './delegation-routes.ts';
import { type ListRow, listCopied, listDone, listMatters, listTodo } from './lists.ts';
import { currentNode } from './rules/state.ts';
import { staffOf } from './store.ts';
import { unattendedRoutes } from './unattended-routes.ts';
import { detailOf } from './view.ts';

const tag = '审批';
const key = z.object({ id: idWire });
const boxTitles = { todo: '待办审批', done: '已办审批', copied: '抄送我的', mine: '我发起的', all: '全部审批' };

/** The doors of approvals. `outcomes` are asked for at each end of an approval: the composition root knows every module's. */
export const approvalRoutesWith =
  (outcomes: Outcomes) =>
  (app: FastifyInstance, deps: Deps): void => {
    listRoute(app, deps);
    actRoutes(app, deps, outcomes);
    batchRoute(app, deps, outcomes);
    readRoutes(app, deps);
    chainRoutes(app, deps);
    delegationRoutes(app, deps);
    unattendedRoutes(app, deps);
  };

function listRoute(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals',
    tag,
    summary: '审批列表：待办、已办、抄送、我发起的、全部',
    permission: 'approvals.read',
    query: contract.approvalQuery,
    answer: contract.approvalPage,
    handle: (input) => {
      const { query, caller } = input;
      const today = deps.clock.today();
      const { box, chain, status, q } = query;
      const filter = {
        ...{ userId: caller.userId, permissions: [...caller.permissions], today, chain, status, q },
        isLate: query.late === 'true',
      };
      return answerList(input, {
        title: boxTitles[box],
        columns,
        footer: [`数据截至 ${today}　金额单位：元`],
        fetch: async (tx, after, limit) => {
          const fetch = { todo: listTodo, done: listDone, copied: listCopied };
          const page =
            box === 'mine' || box === 'all'
              ? await listMatters(tx, { ...filter, isMine: box === 'mine' }, after, limit)
              : await fetch[box](tx, filter, after, limit);
          return { ...page, rows: page.rows.map(withWords) };
        },
        wire: (row) => wireOf(row, today),
      });
    },
  });
}

const columns: readonly Column[] = [
  { key: 'instanceId', title: '编号', type: 'text' },
  { key: 'guarantorName', title: '机构', type: 'text' },
  { key: 'chainTitle', title: '流程', type: 'text' },
  { key: 'title', title: '事项', type: 'text' },
  { key: 'amount', title: '金额', type: 'money' },
  { key: 'statusTitle', title: '状态', type: 'text' },
  { key: 'nodeTitle', title: '节点', type: 'text' },
  { key: 'initiator', title: '发起人', type: 'text' },
  { key: 'startedOn', title: '发起日', type: 'day' },
  { key: 'dueOn', title: '期限', type: 'day' },
  { key: 'verbTitle', title: '办理', type: 'text' },
  { key: 'opinion', title: '意见', type: 'text' },
];

const withWords = (row: ListRow) => ({
  ...row,
  statusTitle: contract.statusTitles[row.status],
  verbTitle: row.verb === null ? '' : (contract.verbTitles[row.verb] ?? row.verb),
});

const wireOf = (row: ReturnType<typeof withWords>, today: Parameters<typeof workingDaysBetween>[0]) => ({
  ...row,
  instanceId: String(row.instanceId),
  amount: row.amount === null ? null : formatYuan(row.amount),
  verb: row.verb === null ? null : row.verbTitle,
  at: row.at?.toISOString() ?? null,
  remainingWorkingDays: row.dueOn === null ? null : workingDaysBetween(today, row.dueOn).value,
});

function actRoutes(app: FastifyInstance, deps: Deps, outcomes: Outcomes): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/:id/tasks/:seq',
    tag,
    summary: '办理一个待办：同意、不同意、加签、转办、退回、投票、回避、宣布结果',
    permission: 'approvals.act',
    params: key.extend({ seq: z.coerce.number().int().positive().max(32767) }),
    body: contract.decision,
    answer: contract.decided,
    status: 200,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const command = { instanceId: BigInt(params.id), seq: params.seq, decision: body };
        const state = await decideTask(tx, context, command, outcomes);
        const at = currentNode(state);
        const loaded = await requireApproval(tx, command.instanceId);
        const nodeTitle = loaded.tasks.findLast((each) => each.node === at)?.nodeTitle ?? null;
        return { status: state.status, nodeTitle: at === null ? null : nodeTitle };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/:id/withdraw',
    tag,
    summary: '撤回（发起人，无人办理之前）',
    permission: 'approvals.read',
    params: key,
    body: contract.withdrawal,
    answer: z.object({ ok: z.boolean() }),
    status: 200,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await withdrawApproval(tx, context, { instanceId: BigInt(params.id), reason: body.reason }, outcomes);
        return { ok: true };
      }),
  });
}

function batchRoute(app: FastifyInstance, deps: Deps, outcomes: Outcomes): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/batch',
    tag,
    summary: '批量同意同一流程、同一节点的待办；逐项给出结果，一项不成不影响其他',
    permission: 'approvals.act',
    body: contract.batchDecision,
    answer: contract.batchAnswer,
    status: 200,
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const items = body.items.map((each) => ({ instanceId: BigInt(each.instanceId), seq: each.seq }));
        const rows = await agreeToMany(tx, context, { items, opinion: body.opinion }, outcomes);
        return {
          agreed: rows.filter((each) => each.ok).length,
          rows: rows.map((each) => ({ ...each, instanceId: String(each.instanceId), refusals: [...each.refusals] })),
        };
      }),
  });
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/:id',
    tag,
    summary: '审批详情：流程图、我能办的、评审会、经过',
    permission: 'approvals.read',
    params: key,
    answer: contract.approvalDetail,
    handle: ({ read, params, context }) =>
      read(async (tx) => {
        return detailOf(tx, context, await requireApproval(tx, BigInt(params.id)));
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/:id/people',
    tag,
    summary: '可转办、可加签的人员',
    permission: 'approvals.act',
    params: key,
    answer: contract.peopleAnswer,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const { row } = await requireApproval(tx, BigInt(params.id));
        const staff = await staffOf(tx, row.guarantorId, row.permission);
        const users = Map.groupBy(staff, (each) => each.userId);
        return {
          rows: [...users.values()].map((rows) => ({
            userId: rows[0]!.userId,
            name: rows[0]!.name,
            institution: rows[0]!.institutionName,
            roles: rows.map((each) => roleTitle(each.role)),
            mayDecide: rows.some((each) => each.mayDecide),
          })),
        };
      }),
  });
}
