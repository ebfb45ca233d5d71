import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { pageQuery } from '../../wire/wire.ts';
import { confirmAlias, createBranch } from './actions.ts';
import {
  aliasPage,
  branchPage,
  branchQuery,
  confirmAliasBody,
  createBranchBody,
  matchBody,
  matchWire,
} from './contract.ts';
import { matchBank } from './match.ts';
import { listAliases, listBranches } from './store.ts';

const tag = '银行';

/** Branches, aliases, and what names stand for. */
export function bankRoutes(app: FastifyInstance, deps: Deps): void {
  branchRoutes(app, deps);
  aliasRoutes(app, deps);
}

function branchRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/bank-branches',
    tag,
    summary: '银行分支机构列表',
    permission: 'institutions.read',
    query: branchQuery,
    answer: branchPage,
    handle: (input) =>
      answerList(input, {
        title: '银行分支机构',
        columns: [
          { key: 'bankName', title: '银行', type: 'text', width: 30 },
          { key: 'code', title: '机构编码', type: 'text', width: 20 },
          { key: 'name', title: '分支机构', type: 'text', width: 40 },
          { key: 'regionName', title: '所在区划', type: 'text' },
        ],
        footer: [`数据截至 ${input.context.clock.today()}`],
        fetch: (tx, after, limit) => listBranches(tx, input.query, after, limit),
        wire: (row) => ({
          ...row,
          id: String(row.id),
          bankId: String(row.bankId),
          regionCode: row.regionCode === null ? null : String(row.regionCode),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/bank-branches',
    tag,
    summary: '登记银行分支机构',
    permission: 'institutions.write',
    body: createBranchBody,
    answer: z.object({ id: z.string() }),
    handle: ({ write, context, body }) =>
      write(async (tx) => ({ id: String((await createBranch(tx, context, body)).id) })),
  });
}

function aliasRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/bank-aliases',
    tag,
    summary: '已确认的银行名称对照',
    permission: 'institutions.read',
    query: pageQuery,
    answer: aliasPage,
    handle: (input) =>
      answerList(input, {
        title: '银行名称对照',
        columns: [
          { key: 'alias', title: '名称', type: 'text', width: 40 },
          { key: 'bankName', title: '银行', type: 'text', width: 30 },
          { key: 'branchName', title: '分支机构', type: 'text', width: 40 },
          { key: 'confirmedBy', title: '确认人', type: 'text' },
        ],
        footer: [`数据截至 ${input.context.clock.today()}`],
        fetch: (tx, after, limit) => listAliases(tx, after, limit),
        wire: (row) => ({
          ...row,
          bankId: String(row.bankId),
          branchId: row.branchId === null ? null : String(row.branchId),
          confirmedAt: row.confirmedAt.toISOString(),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/bank-aliases',
    tag,
    summary: '确认一个名称指哪家银行或分支机构',
    permission: 'imports.run',
    body: confirmAliasBody,
    answer: z.object({ alias: z.string() }),
    handle: ({ write, context, body }) => write((tx) => confirmAlias(tx, context, body)),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/banks/match',
    tag,
    summary: '成批辨认银行名称；不确定的给出候选，由人确认',
    permission: 'institutions.read',
    status: 200,
    body: matchBody,
    answer: matchWire,
    handle: async ({ read, body }) => {
      const found = await read((tx) => matchBank(tx, body.names));
      return {
        rows: found.map((each) => ({
          given: each.given,
          match: each.match && wireTarget(each.match),
          suggestions: each.suggestions.map((one) => ({ ...wireTarget(one), likeness: one.likeness })),
        })),
      };
    },
  });
}

const wireTarget = (of: { bankId: number; branchId: number | null }) => ({
  bankId: String(of.bankId),
  branchId: of.branchId === null ? null : String(of.branchId),
});
