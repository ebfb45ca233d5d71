import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { textOfInstant } from '../../platform/clock.ts';
import { checkIfMatch, type Deps, endpoint, etagOf } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import * as contract from './contract.ts';
import { startVisit } from './sftp.ts';
import { pickupColumns, pickupWords, visitColumns, visitWords } from './sheet-columns.ts';
import { saveSource } from './sources.ts';
import { listPickups, listVisits, type PickupRow, type VisitRow } from './store-pickups.ts';
import { lockSource, type SftpSource, sourcesOn, sourceVersions } from './store-sources.ts';

const tag = '批量业务';
const base = '/api/batches';
const permission = 'clients.manage';

/** The doors of the banks' SFTP servers: how they are set up, visits to them, and the files picked up. */
export function sourceRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/sources`,
    tag,
    summary: '各银行的 SFTP 来源：现行一版、以往各版、服务器上有没有私钥',
    permission,
    answer: contract.sourceList,
    handle: ({ read }) => read((tx) => sourcesToWire(tx, deps)),
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: `${base}/sources/:bankId`,
    tag,
    summary: '设置一家银行的 SFTP 来源（成为新的一版，从启用日起用）；私钥只写环境变量名',
    permission,
    params: contract.ofBank,
    body: contract.sourceBody,
    answer: contract.sourceList,
    handle: ({ params, body, context, request, reply, write }) =>
      write(async (tx) => {
        checkIfMatch(request, await lockSource(tx, params.bankId));
        reply.header('etag', etagOf(await saveSource(tx, context, params.bankId, body)));
        return sourcesToWire(tx, deps);
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/sources/:bankId/visits`,
    tag,
    summary: '现在取件：登录银行的服务器，取走写完的文件；进度与结果见取件记录',
    permission,
    params: contract.ofBank,
    answer: contract.visitWire,
    handle: async ({ params, context, read }) => {
      const today = deps.clock.today();
      const [source] = await read((tx) => sourcesOn(tx, today, params.bankId));
      if (!source)
        throw new Refused({ code: 'source-unknown', message: '这家银行今天没有启用的 SFTP 来源，请先设置' }, 404);
      await startVisit(deps.db, deps.clock, source, context.actor.userId);
      const { rows } = await read((tx) => listVisits(tx, params, undefined, 1));
      return visitToWire(rows[0]!);
    },
  });
  listRoutes(app, deps);
}

function listRoutes(app: FastifyInstance, deps: Deps): void {
  const footer = () => [`数据截至 ${textOfInstant(deps.clock.now())}`];
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/visits`,
    tag,
    summary: '取件记录：何时、由谁、取到什么、为何没取成',
    permission,
    query: contract.visitsQuery,
    answer: contract.visitPage,
    handle: (input) =>
      answerList(input, {
        title: 'SFTP 取件记录',
        columns: visitColumns,
        footer: footer(),
        fetch: async (tx, after, limit) => {
          const page = await listVisits(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...visitWords(row) })) };
        },
        wire: (row) => visitToWire(row),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/pickups`,
    tag,
    summary: '取件：银行服务器上见到的文件，走到哪一步，成了哪一批',
    permission: 'batches.read',
    query: contract.pickupsQuery,
    answer: contract.pickupPage,
    handle: (input) =>
      answerList(input, {
        title: 'SFTP 取件',
        columns: pickupColumns,
        footer: footer(),
        fetch: async (tx, after, limit) => {
          const page = await listPickups(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...pickupWords(row) })) };
        },
        wire: (row) => pickupToWire(row),
      }),
  });
}

async function sourcesToWire(
  tx: Parameters<typeof sourceVersions>[0],
  { clock }: Deps,
): Promise<z.input<typeof contract.sourceList>> {
  const inForce = new Set((await sourcesOn(tx, clock.today())).map(({ bankId, version }) => `${bankId}/${version}`));
  const banks = Map.groupBy(await sourceVersions(tx), ({ bankId }) => bankId);
  return {
    rows: [...banks.values()].map(([newest, ...earlier]) => ({
      ...sourceToWire(newest!),
      isInForce: inForce.has(`${newest!.bankId}/${newest!.version}`),
      earlier: earlier.map(sourceToWire),
    })),
  };
}

const sourceToWire = (source: SftpSource) => ({
  ...source,
  hasKey: Boolean(process.env[source.keyEnv]),
  recordedAt: source.recordedAt.toISOString(),
});

const visitToWire = ({ isBroken, ...row }: VisitRow): contract.VisitLine => ({
  id: String(row.id),
  bankId: row.bankId,
  bankName: row.bankName,
  startedAt: row.startedAt.toISOString(),
  startedBy: row.startedBy ?? '',
  endedAt: row.endedAt?.toISOString() ?? null,
  state: row.endedAt ? (row.problem === null ? 'done' : 'failed') : isBroken ? 'broken' : 'running',
  answered: row.answered,
  refused: row.refused,
  waiting: row.waiting,
  problem: row.problem,
});

const pickupToWire = (row: PickupRow): contract.PickupLine => ({
  id: String(row.id),
  bankId: row.bankId,
  bankName: row.bankName,
  name: row.name,
  bytes: Number(row.bytes),
  state: row.state,
  seenAt: row.seenAt.toISOString(),
  changedAt: row.changedAt.toISOString(),
  batchId: row.batchId === null ? null : String(row.batchId),
  accepted: row.accepted,
  bad: row.bad,
  problem: row.problem,
});
