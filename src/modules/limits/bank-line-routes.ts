import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { allocationsOf, listBankLines } from './admin-store.ts';
import * as contract from './contract.ts';
import { listEndpoint, tag } from './list-endpoint.ts';
import { propose } from './proposals.ts';
import { bankLineWire } from './wire-row.ts';

const url = '/api/limits/bank-lines';

/** 统一授信: the lines of the banks with their allocations; a new one is proposed and put in force by a second person. */
export function bankLineRoutes(app: FastifyInstance, deps: Deps): void {
  listEndpoint(app, deps, {
    url,
    title: '银行统一授信额度',
    query: contract.bankLineQuery,
    answer: contract.bankLinePage,
    columns: [
      ['bankName', '银行', 'text'],
      ['from', '起', 'day'],
      ['to', '止', 'day'],
      ['amount', '授信额度', 'money'],
      ['allocated', '已分配', 'money'],
      ['used', '已用', 'money'],
      ['reserved', '预留', 'money'],
      ['document', '依据文件', 'text'],
    ],
    fetch: (tx, _, after, limit) => listBankLines(tx, { on: deps.clock.today() }, after, limit),
    wire: bankLineWire,
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${url}/:bankId`,
    tag,
    summary: '一家银行的统一授信额度与分配',
    permission: 'limits.read',
    params: z.object({ bankId: z.coerce.number().int() }),
    answer: contract.bankLineDetail,
    handle: ({ read, params: { bankId } }) =>
      read(async (tx) => {
        const on = deps.clock.today();
        const [row] = (await listBankLines(tx, { bankId, on }, undefined, 1)).rows;
        if (!row) throw new Refused({ code: 'line-unknown', message: '该银行没有核定统一授信额度' }, 404);
        const allocations = await allocationsOf(tx, row.bankId, row.version, on);
        return {
          ...bankLineWire(row),
          versions: row.version,
          allocations: allocations.map((each) => ({
            ...each,
            amount: formatYuan(each.amount),
            used: formatYuan(each.used),
            reserved: formatYuan(each.reserved),
          })),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url,
    tag,
    summary: '拟定银行统一授信额度与分配（新版本，整表替换），提交另一人审定后生效',
    permission: 'limits.write',
    body: contract.newBankLine,
    answer: contract.proposed,
    handle: ({ write, body, context }) =>
      write(async (tx) => ({ id: String((await propose(tx, context, { kind: 'bank-line', content: body })).id) })),
  });
}
