import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { type Column, dayColumn, textColumn } from '../../platform/sheets/index.ts';
import { drained, mediaTypes } from '../../platform/uploads/index.ts';
import { askDocuments, handIn, withdrawRequest } from './actions.ts';
import { applyRoutes } from './apply-routes.ts';
import { enterByCode, leave, makeCode, noteFailure, portalActor } from './codes.ts';
import * as contract from './contract.ts';
import { deskOf, setDesk } from './desk.ts';
import { openGateway } from './gateway.ts';
import { letterFile } from './letters.ts';
import { limits } from './limits.ts';
import { myCase, visitOf } from './my-case.ts';
import { listRequests } from './store.ts';

const tag = '客户查询';
const base = '/api/public/my-case';

/** /api/public/my-case for customers without an account, /api/portal for whoever asks papers of them. */
export function portalRoutes(app: FastifyInstance, deps: Deps): void {
  codeRoutes(app, deps);
  caseRoutes(app, deps);
  requestRoutes(app, deps);
  deskRoutes(app, deps);
  applyRoutes(app, deps, tokenOf);
}

const tokenOf = (request: FastifyRequest): string | undefined => {
  const given = request.headers['x-portal-session'];
  return typeof given === 'string' ? given : undefined;
};

function codeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/codes`,
    tag,
    summary: '获取验证码（有无此客户，回答相同）',
    permission: 'public',
    status: 200,
    body: contract.askCode,
    answer: contract.codeAsked,
    rateLimit: { max: 20, timeWindow: '1 minute' },
    handle: async ({ body, request }) => {
      const gateway = openGateway();
      if (!gateway)
        throw new Refused({ code: 'no-sms-gateway', message: '短信服务尚未开通，请直接联系您的担保机构' }, 503);
      const made = await makeCode(deps.db, deps.clock, { ...body, address: request.ip });
      // The answer does not wait for the gateway: how long it takes would tell whether anything was sent.
      if (made.phone !== undefined)
        void gateway
          .send({
            id: `portal-${made.id}`,
            phone: made.phone,
            text: `【融担一体化平台】验证码 ${made.code}，${limits.codeMinutes} 分钟内有效，用于查询您的担保业务。任何人索要验证码都是诈骗。`,
          })
          .then((failure) => (failure ? noteFailure(deps.db, made.id, failure) : undefined))
          .catch(() => undefined);
      return {
        message: '如果该证件号码在担保机构登记过，且预留的是这个手机号，验证码短信会在一分钟内送达。',
        validMinutes: limits.codeMinutes,
        againInSeconds: limits.secondsBetweenCodes,
        outbox: gateway.outbox,
      };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/sessions`,
    tag,
    summary: '凭验证码进入',
    permission: 'public',
    body: contract.openSession,
    answer: contract.opened,
    rateLimit: { max: 20, timeWindow: '1 minute' },
    handle: async ({ body, request }) => {
      const { token, expiresAt } = await enterByCode(deps.db, deps.clock, { ...body, address: request.ip });
      return { token, expiresAt: expiresAt.toISOString() };
    },
  });
  endpoint(app, deps, {
    method: 'DELETE',
    url: `${base}/sessions`,
    tag,
    summary: '结束查询',
    permission: 'public',
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ request }) => {
      await leave(deps.db, deps.clock, tokenOf(request) ?? '');
      return { ok: true as const };
    },
  });
}

function caseRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '我的业务（请求头 x-portal-session）',
    permission: 'public',
    answer: contract.myCase,
    handle: ({ request }) =>
      deps.db.read(portalActor, async (tx) => myCase(tx, deps.clock, await visitOf(tx, deps.clock, tokenOf(request)))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/letters/:guarantorId/:id`,
    tag,
    summary: '下载开给本人的文书（缴费通知等，PDF，印有查验二维码）',
    permission: 'public',
    params: contract.letterKey,
    answer: z.any(),
    file: mediaTypes.pdf,
    rateLimit: { max: 60, timeWindow: '1 minute' },
    handle: async ({ params, request, reply }) => {
      const { name, pdf } = await deps.db.read(portalActor, async (tx) => {
        const { tokenHash } = await visitOf(tx, deps.clock, tokenOf(request));
        return letterFile(tx, tokenHash, { guarantorId: params.guarantorId, id: BigInt(params.id) });
      });
      return sendFile(reply, name, mediaTypes.pdf, pdf);
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/files`,
    tag,
    summary: '提交担保机构要的资料（multipart：先字段 guarantorId、requestId，后文件 file）',
    permission: 'public',
    answer: contract.uploaded,
    rateLimit: { max: 20, timeWindow: '1 minute' },
    handle: async ({ request }) => {
      const part = request.isMultipart() ? await request.file() : undefined;
      if (!part) throw new Refused({ code: 'file-missing', field: 'file', message: '没有收到文件，请重新选择' }, 400);
      return drained(request, async () => {
        const given = Object.fromEntries(
          Object.entries(part.fields).flatMap(([name, one]) => {
            const field = Array.isArray(one) ? one[0] : one;
            return field?.type === 'field' ? [[name, field.value]] : [];
          }),
        );
        const fields = contract.uploadFields.safeParse(given);
        if (!fields.success)
          throw new Refused(
            { code: 'malformed', field: 'requestId', message: '没有指明交的是哪份资料，请刷新后重试' },
            400,
          );
        const { name } = await handIn(deps.db, deps.clock, {
          token: tokenOf(request),
          guarantorId: fields.data.guarantorId,
          requestId: BigInt(fields.data.requestId),
          name: part.filename,
          source: part.file,
        });
        return { ok: true as const, name };
      });
    },
  });
}

function deskRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/portal/desk',
    tag,
    summary: '对客户公布的电话',
    permission: 'cases.read',
    query: contract.deskQuery,
    answer: contract.deskWire,
    handle: ({ query, read }) =>
      read(async (tx) => (await deskOf(tx, query.guarantorId)) ?? { phone: null, hours: '' }),
  });
  endpoint(app, deps, {
    method: 'PUT',
    url: '/api/portal/desk',
    tag,
    summary: '设置对客户公布的电话与接听时间',
    permission: 'cases.write',
    query: contract.deskQuery,
    body: contract.desk,
    answer: contract.deskWire,
    handle: ({ query, body, write, context }) =>
      write(async (tx) => {
        await setDesk(tx, context, { ...body, guarantorId: query.guarantorId });
        return body;
      }),
  });
}

function requestRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/portal/requests',
    tag,
    summary: '向客户要的资料',
    permission: 'cases.read',
    query: contract.requestQuery,
    answer: contract.requestPage,
    handle: (input) =>
      answerList(input, {
        title: '向客户要的资料',
        columns: requestColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listRequests(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, stateTitle: stateTitles[row.state] })) };
        },
        wire: ({ stateTitle, ...row }) => ({
          ...row,
          id: String(row.id),
          customerId: String(row.customerId),
          attachmentId: row.attachmentId === null ? null : String(row.attachmentId),
          askedAt: row.askedAt.toISOString(),
          answeredAt: row.answeredAt?.toISOString() ?? null,
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/portal/requests',
    tag,
    summary: '请客户经公开页面提交资料',
    permission: 'cases.write',
    body: contract.newRequests,
    answer: z.object({ asked: z.number().int() }),
    handle: ({ write, context, body }) =>
      write((tx) => askDocuments(tx, context, { ...body, customerId: BigInt(body.customerId) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/portal/requests/:guarantorId/:id/withdrawal',
    tag,
    summary: '不再要这份资料',
    permission: 'cases.write',
    status: 200,
    params: contract.requestKey,
    answer: z.object({ ok: z.literal(true) }),
    handle: async ({ write, context, params }) => {
      await write((tx) => withdrawRequest(tx, context, { guarantorId: params.guarantorId, id: BigInt(params.id) }));
      return { ok: true as const };
    },
  });
}

const stateTitles = { open: '待提交', answered: '已提交', withdrawn: '已撤回' } as const;
const requestColumns: readonly Column[] = [
  textColumn('guarantorName', '担保机构'),
  textColumn('customerName', '客户', 28),
  textColumn('title', '资料', 28),
  textColumn('note', '说明', 28),
  dayColumn('dueOn', '期限'),
  textColumn('stateTitle', '状态', 10),
  textColumn('askedBy', '经办人', 12),
  textColumn('fileName', '提交的文件', 30),
];
