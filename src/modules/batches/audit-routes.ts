import type { FastifyInstance } from 'fastify';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import * as contract from './contract.ts';
import { previewExclusion, proposeExclusion } from './exclusions.ts';
import { drawSample, recordResult } from './samples.ts';
import {
  drawnColumns,
  drawnWords,
  exclusionColumns,
  exclusionWords,
  sampleColumns,
  sampleWords,
} from './sheet-columns.ts';
import { listExclusions } from './store-exclusions.ts';
import { listDrawn, listSamples, sampleById } from './store-samples.ts';
import { drawnToWire, exclusionToWire, sampleToWire } from './wire-rows.ts';

const tag = '批量业务';
const base = '/api/batches';

/** The audit after the fact: samples with their seed, results, exclusions decided by approval. */
export function auditRoutes(app: FastifyInstance, deps: Deps): void {
  sampleRoutes(app, deps);
  exclusionRoutes(app, deps);
}

function sampleRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:id/samples`,
    tag,
    summary: '抽样：按风险层、以种子定序；同一种子与比例抽出同样的行',
    permission: 'batches.audit',
    params: contract.byId,
    body: contract.sampleBody,
    answer: contract.sampleWire,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const { id } = await drawSample(tx, context, { ...body, batchId: BigInt(params.id) });
        return sampleToWire(await sampleOf(tx, body.guarantorId, id));
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/samples`,
    tag,
    summary: '抽样列表',
    permission: 'batches.read',
    query: contract.samplesQuery,
    answer: contract.samplePage,
    handle: (input) =>
      answerList(input, {
        title: '批量业务抽样',
        columns: sampleColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const { batchId } = input.query;
          const filter = batchId === undefined ? {} : { batchId: BigInt(batchId) };
          const page = await listSamples(tx, filter, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...sampleWords(row) })) };
        },
        wire: (row) => sampleToWire(row),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/samples/:guarantorId/:id`,
    tag,
    summary: '一份样本：种子、比例、各层行数',
    permission: 'batches.read',
    params: contract.ofGuarantor,
    answer: contract.sampleWire,
    handle: ({ params, read }) =>
      read(async (tx) => sampleToWire(await sampleOf(tx, params.guarantorId, BigInt(params.id)))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/samples/:guarantorId/:id/rows`,
    tag,
    summary: '样本中的业务与抽查结果',
    permission: 'batches.read',
    params: contract.ofGuarantor,
    query: contract.drawnQuery,
    answer: contract.drawnPage,
    handle: (input) =>
      answerList(input, {
        title: '抽查业务',
        columns: drawnColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const { guarantorId, id } = input.params;
          const page = await listDrawn(tx, { guarantorId, sampleId: BigInt(id) }, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...drawnWords(row) })) };
        },
        wire: drawnToWire,
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/samples/:guarantorId/:id/rows/:line/result`,
    tag,
    summary: '登记一笔的抽查结果；合格与不合格登记后不能改写，存疑可再定',
    permission: 'batches.audit',
    params: contract.drawnLine,
    body: contract.resultBody,
    answer: contract.done,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const of = { guarantorId: params.guarantorId, sampleId: BigInt(params.id), line: BigInt(params.line) };
        await recordResult(tx, context, { ...of, ...body });
        return { done: true as const };
      }),
  });
}

async function sampleOf(tx: Tx, guarantorId: number, id: bigint) {
  const sample = await sampleById(tx, guarantorId, id);
  if (!sample) throw new Refused({ code: 'sample-unknown', message: '没有这份样本，或不在您的权限范围内' }, 404);
  return sample;
}

function exclusionRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/exclusions`,
    tag,
    summary: '提出剔除，交审批（batch-exclusion）；批准前业务不变',
    permission: 'batches.audit',
    body: contract.exclusionBody,
    answer: contract.exclusionMade,
    handle: ({ body, context, write }) =>
      write(async (tx) => {
        const { guaranteeId, sampleId, ...rest } = body;
        const { id, effect } = await proposeExclusion(tx, context, {
          ...rest,
          guaranteeId: BigInt(guaranteeId),
          sampleId: sampleId === undefined ? undefined : BigInt(sampleId),
        });
        return { id: String(id), effect };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/exclusions`,
    tag,
    summary: '剔除列表',
    permission: 'batches.read',
    query: contract.exclusionsQuery,
    answer: contract.exclusionPage,
    handle: (input) =>
      answerList(input, {
        title: '批量业务剔除',
        columns: exclusionColumns,
        footer: [`单位：元　数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const { batchId, status } = input.query;
          const filter = { status, ...(batchId === undefined ? {} : { batchId: BigInt(batchId) }) };
          const page = await listExclusions(tx, filter, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...exclusionWords(row) })) };
        },
        wire: (row) => exclusionToWire(row, input.caller.userId),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/exclusions/effect`,
    tag,
    summary: '剔除的后果：解除的余额、退还的费用、银行应返还的代偿；提出之前先看',
    permission: 'batches.audit',
    query: contract.effectQuery,
    answer: contract.effectWire,
    handle: ({ query, context }) =>
      // Rolled back: the facts are read under the lock that the proposal takes.
      deps.db.dryRun(context.actor, (tx) =>
        previewExclusion(tx, { guarantorId: query.guarantorId, guaranteeId: BigInt(query.guaranteeId) }),
      ),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/exclusions/:guarantorId/:id`,
    tag,
    summary: '一项剔除：原因、条款、后果、决定',
    permission: 'batches.read',
    params: contract.ofGuarantor,
    answer: contract.exclusionWire,
    handle: ({ params, caller, read }) =>
      read(async (tx) => {
        const filter = { guarantorId: params.guarantorId, id: BigInt(params.id) };
        const { rows } = await listExclusions(tx, filter, undefined, 1);
        if (!rows[0])
          throw new Refused({ code: 'exclusion-unknown', message: '没有这项剔除，或不在您的权限范围内' }, 404);
        return exclusionToWire(rows[0], caller.userId);
      }),
  });
}
