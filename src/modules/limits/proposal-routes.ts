import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { idWire, pageQuery } from '../../wire/wire.ts';
import * as contract from './contract.ts';
import { listEndpoint, tag } from './list-endpoint.ts';
import { listProposals, namesIn, proposalById } from './proposal-store.ts';
import { approvalOfProposal, submitProposal } from './proposals.ts';
import { approvalWire } from './wire-row.ts';

const url = '/api/limits/proposals';

/** What was proposed and waits for, or has had, a second person. */
export function proposalRoutes(app: FastifyInstance, deps: Deps): void {
  listEndpoint(app, deps, {
    url,
    title: '授信与公式的拟定',
    query: pageQuery,
    answer: contract.proposalPage,
    columns: [
      ['title', '事项', 'text'],
      ['statusTitle', '状态', 'text'],
      ['proposedBy', '拟定人', 'text'],
      ['proposedOn', '拟定日', 'day'],
      ['decidedBy', '审定人', 'text'],
      ['decidedOn', '审定日', 'day'],
    ],
    fetch: async (tx, _, after, limit) => {
      const page = await listProposals(tx, after, limit);
      return { ...page, rows: page.rows.map((row) => ({ ...row, statusTitle: statusTitles[row.status] })) };
    },
    wire: (row) => ({ ...row, id: String(row.id) }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${url}/:id`,
    tag,
    summary: '一份拟定的全文',
    permission: 'limits.read',
    params: z.object({ id: idWire }),
    answer: contract.proposalDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const found = await proposalById(tx, BigInt(params.id));
        if (!found) throw new Refused({ code: 'proposal-unknown', message: '没有这份拟定，或不在您的权限范围内' }, 404);
        const { content, ...row } = found;
        const bankLine = row.kind === 'bank-line' ? contract.newBankLine.parse(content) : null;
        return {
          ...row,
          id: String(row.id),
          approval: approvalWire(await approvalOfProposal(tx, row.id)),
          bankLine,
          formula: row.kind === 'formula' ? contract.newFormula.parse(content) : null,
          names: bankLine ? await namesIn(tx, bankLine) : {},
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${url}/:id/submission`,
    tag,
    summary: '退回后重新提交审定',
    permission: 'limits.write',
    params: z.object({ id: idWire }),
    answer: z.object({ ok: z.boolean() }),
    handle: ({ write, params, context }) =>
      write(async (tx) => {
        await submitProposal(tx, context, BigInt(params.id));
        return { ok: true };
      }),
  });
}

const statusTitles = { proposed: '待审定', approved: '已生效', refused: '未通过', withdrawn: '已撤回' } as const;
