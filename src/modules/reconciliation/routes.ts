import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { loadOrCreateSigner, type Signer } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint, etagOf, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { openRequests, requestRun, runStateOf } from './actions/request.ts';
import { seenBy } from './actions/resolve.ts';
import type { FetchRecords } from './actions/run.ts';
import { sealRun, verifySeal } from './actions/seal.ts';
import { uploadOtherSide } from './actions/upload.ts';
import { changeRoutes } from './change-routes.ts';
import * as contract from './contract.ts';
import { fetchFromMonitor } from './monitor.ts';
import { differenceColumns, printPdf, printXlsx, sheetRowOf } from './print.ts';
import { sendRun } from './queue.ts';
import { listDifferences, matching } from './store/read-differences.ts';
import { listRuns } from './store/read-runs.ts';
import { differenceDetailOf, differenceRowOf, heatMapOf, runDetailOf, runRowOf } from './view.ts';
import { runWordsOf } from './words.ts';

const tag = '数据核对';
const byId = z.object({ id: idWire });

/** What the routes need besides the usual; absent: the environment's monitoring link and this installation's own key. */
export type ReconciliationDeps = Deps & { readonly fetchRecords?: FetchRecords; readonly signer?: Signer };

/** This installation's key for sealing runs, made on first use under DATA_DIR/keys. */
export const openSealSigner = (): Promise<Signer> =>
  loadOrCreateSigner(`${process.env.DATA_DIR || '.data'}/keys`, 'reconciliation');

/** /api/reconciliation/… */
export function reconciliationRoutes(app: FastifyInstance, deps: ReconciliationDeps): void {
  runRoutes(app, deps);
  differenceRoutes(app, deps);
  changeRoutes(app, deps);
  sealRoutes(app, deps);
}

async function stateOf(tx: Tx, runId: bigint): Promise<contract.RunState> {
  const state = await runStateOf(tx, runId);
  if (state) return state;
  throw new Refused({ code: 'run-unknown', message: '没有这个核对批次，或不在您的权限范围内' }, 404);
}

function runRoutes(app: FastifyInstance, deps: ReconciliationDeps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/reconciliation/runs',
    tag,
    summary: '发起核对：受理后在后台进行，用 state 查看进度',
    permission: 'reconciliation.run',
    body: contract.startRun,
    status: 202,
    answer: contract.runState,
    handle: async ({ write, body, context }) => {
      const made = await write(async (tx) => stateOf(tx, await requestRun(tx, context, body)));
      await sendRun(deps, BigInt(made.runId), { fetchRecords: deps.fetchRecords ?? fetchFromMonitor });
      return made;
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/requests',
    tag,
    summary: '已受理而尚无结果的核对：排队、进行中，以及七日内失败的及其原因',
    permission: 'reconciliation.read',
    answer: contract.requestsAnswer,
    handle: async ({ read, context }) => ({ rows: await read((tx) => openRequests(tx, context.clock.now())) }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs/:id/state',
    tag,
    summary: '核对进行到哪一步；失败的原因',
    permission: 'reconciliation.read',
    params: byId,
    answer: contract.runState,
    handle: ({ read, params }) => read((tx) => stateOf(tx, BigInt(params.id))),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/reconciliation/uploads',
    tag,
    summary: '上传对方数据文件（multipart，一个文件）',
    permission: 'reconciliation.run',
    answer: contract.uploadAnswer,
    handle: async ({ write, context, request }) => {
      const part = await request.file();
      if (!part) throw new Refused({ code: 'file-missing', message: '请选择要上传的文件' }, 400);
      return write((tx) => uploadOtherSide(tx, context, { name: part.filename, content: part.file }));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs',
    tag,
    summary: '核对批次',
    permission: 'reconciliation.read',
    query: contract.runsQuery,
    answer: contract.runsAnswer,
    handle: (input) =>
      answerList(input, {
        title: '核对批次',
        columns: [
          { key: 'id', title: '批次', type: 'integer' },
          { key: 'guarantorName', title: '范围', type: 'text', width: 24 },
          { key: 'asOf', title: '截至', type: 'day' },
          { key: 'otherTitle', title: '对方', type: 'text', width: 30 },
          { key: 'statusTitle', title: '状态', type: 'text' },
          { key: 'oursCount', title: '我方笔数', type: 'integer' },
          { key: 'theirsCount', title: '对方笔数', type: 'integer' },
          { key: 'matched', title: '一致', type: 'integer' },
          { key: 'openCount', title: '待处理', type: 'integer' },
          { key: 'explainedCount', title: '已说明', type: 'integer' },
          { key: 'fixedCount', title: '待复核', type: 'integer' },
          { key: 'startedByName', title: '发起', type: 'text' },
          { key: 'startedText', title: '发起时间', type: 'text', width: 20 },
        ],
        footer: [`导出日 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listRuns(tx, input.query as never, after, limit);
          return { ...page, rows: page.rows.map((run) => ({ ...run, ...runWordsOf(run) })) };
        },
        wire: runRowOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs/:id',
    tag,
    summary: '核对批次详情：小结、差额分解、分字段、分机构',
    permission: 'reconciliation.read',
    params: byId,
    answer: contract.runDetail,
    handle: ({ read, params }) => read((tx) => runDetailOf(tx, BigInt(params.id))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/heat-map',
    tag,
    summary: '热力图：机构 × 日的一致率',
    permission: 'reconciliation.read',
    query: contract.heatMapQuery,
    answer: contract.heatMap,
    handle: ({ read, query }) => read((tx) => heatMapOf(tx, query.from, query.to)),
  });
}

function differenceRoutes(app: FastifyInstance, deps: ReconciliationDeps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs/:id/differences',
    tag,
    summary: '差异清单',
    permission: 'reconciliation.read',
    params: byId,
    query: contract.differencesQuery,
    answer: contract.differencesAnswer,
    handle: (input) => {
      const where = matching(input.query, seenBy(input.query, deps.clock.today()));
      const list = (tx: Parameters<typeof listDifferences>[0], after: string | undefined, limit: number) =>
        listDifferences(tx, BigInt(input.params.id), where, after, limit);
      return input.query.format === 'json'
        ? answerList(input, {
            ...{ title: '差异清单', columns: differenceColumns, footer: [], fetch: list },
            wire: (row) => differenceRowOf(row, deps.clock.today()),
          })
        : answerList(input, {
            ...{ title: '差异清单', columns: differenceColumns, wire: (row) => row as never },
            footer: [`第 ${input.params.id} 次核对　单位：元　导出日 ${deps.clock.today()}`],
            fetch: async (tx, after, limit) => {
              const page = await list(tx, after, limit);
              return { ...page, rows: page.rows.map(sheetRowOf) };
            },
          });
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/differences/:id',
    tag,
    summary: '差异详情：两边记录、依据、经过',
    permission: 'reconciliation.read',
    params: byId,
    answer: contract.differenceDetail,
    handle: async ({ read, params, reply }) => {
      const found = await read((tx) => differenceDetailOf(tx, BigInt(params.id), deps.clock.today()));
      reply.header('etag', etagOf(found.version));
      return found;
    },
  });
}

function sealRoutes(app: FastifyInstance, deps: ReconciliationDeps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/reconciliation/runs/:id/seal',
    tag,
    summary: '封存（SM3 摘要、SM2 签名），不可撤回',
    permission: 'reconciliation.seal',
    params: byId,
    answer: z.object({ contentHash: z.string() }),
    handle: async ({ write, params, context }) => {
      const signer = deps.signer ?? (await openSealSigner());
      return write((tx) => sealRun(tx, context, BigInt(params.id), signer));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs/:id/verify',
    tag,
    summary: '验证封存内容未被改动',
    permission: 'reconciliation.seal',
    params: byId,
    answer: contract.verifyAnswer,
    handle: async ({ read, params }) => {
      const checks = await read((tx) => verifySeal(tx, BigInt(params.id)));
      return { ok: checks.every((each) => each.ok), checks: [...checks] };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/reconciliation/runs/:id/print',
    tag,
    summary: '打印已封存批次（PDF 或 XLSX）',
    permission: 'reconciliation.seal',
    params: byId,
    query: contract.printQuery,
    answer: z.any(),
    file: 'application/pdf',
    handle: async ({ read, params, query, reply }) => {
      const id = BigInt(params.id);
      return query.format === 'pdf'
        ? sendFile(reply, `数据核对表-${id}.pdf`, 'application/pdf', await read((tx) => printPdf(tx, id)))
        : sendFile(
            reply,
            `数据核对表-${id}.xlsx`,
            'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
            await read((tx) => printXlsx(tx, id)),
          );
    },
  });
}
