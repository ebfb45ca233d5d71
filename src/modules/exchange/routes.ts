import { PassThrough, Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, writeCsv, writeXlsx } from '../../platform/sheets/index.ts';
import { boardOf } from './board.ts';
import { restatePackage } from './build.ts';
import * as contract from './contract.ts';
import { fileNameOf } from './link-folder.ts';
import { listPackages, packageDetailOf, packageOrRefuse, packageSheet, sheetRowOf, wireOf } from './packages.ts';
import { outgoingOf, sendPackage } from './send.ts';
import { openLink, openSigner } from './settings.ts';
import { standInRoutes } from './stand-in-routes.ts';
import { partsOf } from './store.ts';
import { submitDay } from './submit.ts';

const tag = '每日报送';

/** /api/exchange: the board, packages, and what a person may do with them. */
export function exchangeRoutes(app: FastifyInstance, deps: Deps): void {
  readingRoutes(app, deps);
  writingRoutes(app, deps);
  standInRoutes(app, deps);
}

function readingRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/exchange/board',
    tag,
    summary: '报送看板：机构 × 业务日',
    permission: 'exchange.read',
    query: contract.boardQuery,
    answer: contract.board,
    handle: async ({ read, query, reply }) => {
      const found = await read((tx) => boardOf(tx, query.from, query.to, deps.clock.today(), query.region));
      return query.format === 'json' ? found : ((await sendBoard(reply, found, query.format)) as never);
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/exchange/packages',
    tag,
    summary: '数据包清单',
    permission: 'exchange.read',
    query: contract.packageQuery,
    answer: contract.packagePage,
    handle: (input) =>
      answerList(input, {
        title: '每日数据包',
        columns: packageSheet,
        footer: ['单位：元　口径：合同口径（主债权本金），按发生日'],
        fetch: async (tx, after, limit) => {
          const page = await listPackages(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map(sheetRowOf) };
        },
        wire: wireOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/exchange/packages/:guarantorId/:id',
    tag,
    summary: '数据包：清单、发送经过、回执',
    permission: 'exchange.read',
    params: contract.packageKey,
    answer: contract.packageDetail,
    handle: ({ read, params }) => read((tx) => packageDetailOf(tx, params.guarantorId, BigInt(params.id))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/exchange/packages/:guarantorId/:id/content',
    tag,
    summary: '下载数据包（与发送的逐字节相同）',
    permission: 'exchange.read',
    params: contract.packageKey,
    answer: contract.packageDetail,
    file: 'application/gzip',
    handle: async ({ read, params, reply }) => {
      const outgoing = await read(async (tx) => {
        const row = await packageOrRefuse(tx, params.guarantorId, BigInt(params.id));
        return outgoingOf(row, await partsOf(tx, row.guarantorId, row.id));
      });
      return sendFile(reply, fileNameOf(outgoing.manifest), 'application/gzip', Readable.from(outgoing.body)) as never;
    },
  });
}

function writingRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/exchange/submissions',
    tag,
    summary: '立即报送一日（缺省为昨日）',
    permission: 'exchange.submit',
    body: contract.submitCommand,
    answer: contract.submitReport,
    status: 200,
    handle: ({ body, context }) => submitDay(deps.db, deps.clock, { ...body, actor: context.actor }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/exchange/packages/:guarantorId/:id/sendings',
    tag,
    summary: '再次发送',
    permission: 'exchange.submit',
    params: contract.packageKey,
    answer: contract.sendAnswer,
    status: 200,
    handle: async ({ params, context }) => {
      const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
      const row = await deps.db.read(context.actor, (tx) => packageOrRefuse(tx, key.guarantorId, key.id));
      if (row.status === 'refused')
        throw new Refused({ code: 'package-refused', message: '该数据包已被退回，请更正后重报' }, 409);
      return { id: params.id, status: await sendNow(deps, key, context.actor) };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/exchange/packages/:guarantorId/:id/restatements',
    tag,
    summary: '说明原因，按现有数据重报该日',
    permission: 'exchange.restate',
    params: contract.packageKey,
    body: contract.restateCommand,
    answer: contract.sendAnswer,
    handle: async ({ write, params, body, context, request }) => {
      const signer = await openSigner();
      const made = await write(async (tx) => {
        const row = await packageOrRefuse(tx, params.guarantorId, BigInt(params.id));
        const command = { guarantorId: row.guarantorId, businessDay: row.businessDay, cause: body.cause };
        const { id, status } = await restatePackage(tx, context, signer, command);
        return { id: String(id), status };
      });
      if ((request.query as { dryRun?: string }).dryRun === 'true') return made;
      const key = { guarantorId: params.guarantorId, id: BigInt(made.id) };
      return { id: made.id, status: await sendNow(deps, key, context.actor) };
    },
  });
}

async function sendNow(deps: Deps, key: { guarantorId: number; id: bigint }, actor: { userId: number }) {
  const link = openLink();
  try {
    return await sendPackage(deps.db, deps.clock, link, key, undefined, actor);
  } finally {
    await link.close();
  }
}

async function sendBoard(reply: Parameters<typeof sendFile>[0], found: contract.Board, format: 'xlsx' | 'csv') {
  const columns: Column[] = [
    { key: 'code', title: '机构代码', type: 'text' },
    { key: 'name', title: '机构', type: 'text' },
    { key: 'regionName', title: '所在地', type: 'text' },
    ...found.days.map(({ day }) => ({ key: day, title: day, type: 'text' as const })),
  ];
  const rows = found.rows.map((row) => ({
    code: row.code,
    name: row.name,
    regionName: row.regionName,
    ...Object.fromEntries(row.cells.map((cell) => [cell.day, contract.cellTitles[cell.status]])),
  }));
  const table = { title: '每日报送情况', columns, rows, footer: [`数据截至 ${found.today}　${found.dueUnverified}`] };
  const name = `每日报送情况_${found.from}_${found.to}.${format}`;
  const out = new PassThrough();
  const type =
    format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
  sendFile(reply, name, type, out);
  await (format === 'csv' ? writeCsv(out, table) : writeXlsx(out, table));
  return reply;
}
