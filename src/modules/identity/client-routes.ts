import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { forgetUser } from './caller.ts';
import { createClient, issueToken, listClients, setClientStatus } from './clients.ts';
import { clientWire, createClientBody } from './contract.ts';
import { limits } from './limits.ts';

const tag = '接入系统';

/** Other systems: their registration, and the token endpoint of OAuth 2.0 client credentials. */
export function clientRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/clients',
    tag,
    summary: '接入系统列表',
    permission: 'clients.manage',
    answer: z.object({ rows: z.array(clientWire) }),
    handle: async ({ read }) => ({
      rows: (await read(listClients)).map((row) => ({
        ...row,
        userId: String(row.userId),
        institution: { ...row.institution, id: String(row.institution.id) },
        recordedAt: row.recordedAt.toISOString(),
      })),
    }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/clients',
    tag,
    summary: '登记接入系统；密钥只显示这一次，角色由安全管理员授予其服务账号',
    permission: 'clients.manage',
    body: createClientBody,
    answer: z.object({ id: z.string(), userId: z.string(), secret: z.string() }),
    // Not through `write`: a secret must not be stored with the answers to repeated requests.
    handle: async ({ context, body }) => {
      const made = await deps.db.transaction(context.actor, (tx) => createClient(tx, context, body));
      return { ...made, userId: String(made.userId) };
    },
  });
  for (const status of ['active', 'disabled'] as const)
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/clients/:id/${status === 'active' ? 'enable' : 'disable'}`,
      tag,
      summary: status === 'active' ? '启用接入系统' : '停用接入系统；其令牌随即失效',
      permission: 'clients.manage',
      status: 200,
      params: z.object({ id: z.string().max(60) }),
      answer: z.object({ ok: z.literal(true) }),
      handle: async ({ write, context, params }) => {
        const { userId } = await write((tx) => setClientStatus(tx, context, { id: params.id, status }));
        forgetUser(deps.db, userId);
        return { ok: true as const };
      },
    });
  // In a scope of its own, so that no other endpoint learns to read forms: a form can be posted by any web page.
  app.register(async (scope) => {
    scope.addContentTypeParser('application/x-www-form-urlencoded', { parseAs: 'string' }, (_, body, finish) => {
      finish(null, Object.fromEntries(new URLSearchParams(String(body))));
    });
    tokenRoute(scope, deps);
  });
}

const tokenForm = z.object({
  grant_type: z.string().max(60).optional().meta({ description: "固定为 'client_credentials'" }),
  client_id: z.string().max(100).optional(),
  client_secret: z.string().max(200).optional(),
  scope: z.string().max(200).optional(),
});

function tokenRoute(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: '/oauth/token',
    tag,
    summary: '以客户端凭据换取访问令牌（OAuth 2.0，RFC 6749 4.4），表单提交',
    permission: 'public',
    status: 200,
    body: tokenForm,
    answer: z.object({ access_token: z.string(), token_type: z.literal('Bearer'), expires_in: z.number().int() }),
    rateLimit: { max: 120, timeWindow: '1 minute' },
    handle: async ({ request, reply, body }) => {
      reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
      if (!body.grant_type) return refuse(reply, 400, 'invalid_request', 'grant_type is missing');
      if (body.grant_type !== 'client_credentials')
        return refuse(reply, 400, 'unsupported_grant_type', 'only client_credentials');
      const given = credentialsOf(request, body);
      const session = given && (await issueToken(deps, given));
      if (!session) {
        if (request.headers.authorization) reply.header('www-authenticate', 'Basic realm="rongdan"');
        return refuse(reply, 401, 'invalid_client', 'unknown client or wrong secret');
      }
      return {
        access_token: session.token,
        token_type: 'Bearer' as const,
        expires_in: limits.clientTokenMinutes * 60,
      };
    },
  });
}

/** The client's id and secret from the Basic header, else from the form; null when neither has both. */
function credentialsOf(
  request: FastifyRequest,
  body: z.output<typeof tokenForm>,
): { id: string; secret: string } | null {
  const basic = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (basic) {
    const [id, ...rest] = Buffer.from(basic, 'base64').toString().split(':');
    try {
      return id && rest.length > 0 ? { id: decodeURIComponent(id), secret: decodeURIComponent(rest.join(':')) } : null;
    } catch {
      return null;
    }
  }
  return body.client_id && body.client_secret ? { id: body.client_id, secret: body.client_secret } : null;
}

/** An error as RFC 6749 5.2 wants it. */
function refuse(reply: FastifyReply, status: 400 | 401, error: string, text: string): never {
  reply.code(status).type('application/json').send({ error, error_description: text });
  return undefined as never;
}
