import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Context, Deps } from '../../platform/http.ts';
import { endpoint } from '../../platform/http.ts';
import { applyAsCustomer, applyChoices } from './apply.ts';
import { portalActor } from './codes.ts';
import { applied, applyChoicesWire, newApplication } from './contract.ts';

const tag = '客户查询';
const url = '/api/public/my-case/applications';

/** 客户自助申请: where one may apply, and applying. */
export function applyRoutes(
  app: FastifyInstance,
  deps: Deps,
  tokenOf: (request: FastifyRequest) => string | undefined,
) {
  const context: Context = { actor: portalActor, clock: deps.clock };
  endpoint(app, deps, {
    method: 'GET',
    url,
    tag,
    summary: '可以申请的担保机构与合作银行（请求头 x-portal-session）',
    permission: 'public',
    answer: applyChoicesWire,
    handle: ({ request }) => deps.db.read(portalActor, (tx) => applyChoices(tx, context, tokenOf(request))),
  });
  endpoint(app, deps, {
    method: 'POST',
    url,
    tag,
    summary: '客户自助申请：转为担保机构客户经理待补全的草稿',
    permission: 'public',
    body: newApplication,
    answer: applied,
    rateLimit: { max: 10, timeWindow: '1 minute' },
    handle: ({ request, body }) =>
      deps.db.transaction(portalActor, (tx) => applyAsCustomer(tx, context, { ...body, token: tokenOf(request) })),
  });
}
