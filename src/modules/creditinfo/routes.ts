import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { textOfInstant } from '../../platform/clock.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, textColumn } from '../../platform/sheets/index.ts';
import { askPlatform, recordAuthorisation, revokeAuthorisation } from './actions.ts';
import * as contract from './contract.ts';
import { platformSettings } from './link.ts';
import { stateOn } from './rules.ts';
import { type AuthorisationListRow, listAuthorisations, listPlatforms, listQueries } from './store.ts';
import { queryDetailOf, wireOf } from './view.ts';

const tag = '信用信息';
const base = '/api/credit-info';
const permission = 'credit-info.query';

/** /api/credit-info. */
export function creditInfoRoutes(app: FastifyInstance, deps: Deps): void {
  authorisationRoutes(app, deps);
  queryRoutes(app, deps);
}

function authorisationRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/platforms`,
    tag,
    summary: '可以查询的信用平台',
    permission,
    answer: contract.platformList,
    handle: ({ read }) =>
      read(async (tx) => {
        const rows = await listPlatforms(tx);
        const settings = platformSettings();
        return {
          rows: rows.map((row) => ({
            ...row,
            isReachable: settings !== undefined,
            isStandIn: settings?.isStandIn ?? false,
          })),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/authorisations`,
    tag,
    summary: '信用信息查询授权台账',
    permission,
    query: contract.authorisationQuery,
    answer: contract.authorisationPage,
    handle: (input) =>
      answerList(input, {
        title: '信用信息查询授权台账',
        columns: authorisationColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const today = deps.clock.today();
          const page = await listAuthorisations(tx, input.query, today, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({
              ...row,
              state: stateOn(row, today),
              stateTitle: contract.stateTitles[stateOn(row, today)],
              purposeTitle: contract.purposeTitles[row.purpose],
            })),
          };
        },
        wire: ({ stateTitle, purposeTitle, isRevoked, ...row }: Named) => ({
          ...row,
          id: String(row.id),
          customerId: String(row.customerId),
          attachmentId: String(row.attachmentId),
          recordedAt: row.recordedAt.toISOString(),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/authorisations`,
    tag,
    summary: '登记客户授权',
    permission,
    body: contract.newAuthorisation,
    answer: contract.created,
    handle: ({ write, context, body }) =>
      write(async (tx) => {
        const { id } = await recordAuthorisation(tx, context, {
          ...body,
          customerId: BigInt(body.customerId),
          attachmentId: BigInt(body.attachmentId),
        });
        return { id: String(id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/authorisations/:guarantorId/:id/revocation`,
    tag,
    summary: '撤回授权，写明原因',
    permission,
    status: 200,
    params: contract.key,
    body: contract.revokeCommand,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ write, context, params, body }) => {
      await write((tx) =>
        revokeAuthorisation(tx, context, {
          guarantorId: params.guarantorId,
          id: BigInt(params.id),
          reason: body.reason,
        }),
      );
      return { ok: true as const };
    },
  });
}

function queryRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/queries`,
    tag,
    summary: '查询信用信息（须有有效授权；同一查询编号只查一次）',
    permission,
    status: 200,
    body: contract.askCommand,
    answer: contract.queryDetail,
    // Not through `write`: no transaction may wait for the platform. The question's own key makes a repeat harmless.
    handle: async ({ body, context, read }) => {
      const { id } = await askPlatform(deps.db, context, { ...body, customerId: BigInt(body.customerId) });
      return read((tx) => queryDetailOf(tx, body.guarantorId, id, deps.clock.today()));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/queries`,
    tag,
    summary: '信用信息查询记录',
    permission,
    query: contract.queriesQuery,
    answer: contract.queryPage,
    handle: (input) =>
      answerList(input, {
        title: '信用信息查询记录',
        columns: queryColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listQueries(tx, input.query, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({
              ...row,
              statusTitle: contract.queryStatusTitles[row.status],
              purposeTitle: contract.purposeTitles[row.purpose],
              askedText: textOfInstant(row.askedAt),
            })),
          };
        },
        wire: (row) => wireOf(row, deps.clock.today()),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/queries/:guarantorId/:id`,
    tag,
    summary: '一次查询的结果（脱敏）',
    permission,
    params: contract.key,
    answer: contract.queryDetail,
    handle: ({ read, params }) =>
      read((tx) => queryDetailOf(tx, params.guarantorId, BigInt(params.id), deps.clock.today())),
  });
}

type Named = AuthorisationListRow & { state: contract.AuthorisationState; stateTitle: string; purposeTitle: string };

const authorisationColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('customerName', '客户', 28),
  textColumn('purposeTitle', '用途'),
  textColumn('platformName', '平台', 22),
  { key: 'fromOn', title: '授权起', type: 'day' },
  { key: 'untilOn', title: '授权止', type: 'day' },
  textColumn('stateTitle', '状态', 12),
  textColumn('attachmentName', '授权书', 30),
  textColumn('recordedBy', '登记人', 12),
  { key: 'queries', title: '已查次数', type: 'integer' },
];
const queryColumns: readonly Column[] = [
  textColumn('customerName', '客户', 28),
  textColumn('purposeTitle', '用途'),
  textColumn('platformName', '平台', 22),
  textColumn('statusTitle', '结果', 12),
  textColumn('askedBy', '查询人', 12),
  textColumn('askedText', '查询时间', 20),
  { key: 'expiresOn', title: '有效至', type: 'day' },
  textColumn('failure', '未取得原因', 30),
  textColumn('reportHash', '结果摘要（SM3）', 66),
];
