import { readFile, stat } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import cookie from '@fastify/cookie';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import swagger from '@fastify/swagger';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest } from 'fastify';
import {
  createJsonSchemaTransform,
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { Refused } from '../kernel/refusal.ts';
import { speakChinese } from './chinese-issues.ts';
import { type Caller, problem } from './http.ts';

export type ServerOptions = {
  /** Who calls: from the session cookie or a bearer token; null when nobody is signed in. */
  authenticate(request: FastifyRequest): Promise<Caller | null>;
  /** Requests a minute for one caller or address; 0 switches the limit off (benches). */
  rateLimitPerMinute?: number;
  /** Where the built web page lies; undefined serves the API alone. */
  webRoot?: string;
  log?: boolean;
  version: string;
};

/** One registered API route, as the security test and the API page list them. */
export type ApiRoute = { method: string; url: string; permission: string };

declare module 'fastify' {
  interface FastifyInstance {
    apiRoutes: ApiRoute[];
  }
}

/**
 * The HTTP server without any business: sessions resolved, permissions enforced by route, problem+json errors in Chinese,
 * OpenAPI, rate limits, security headers, the web page. Modules add their endpoints with `endpoint`.
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  speakChinese();
  const app = fastify({
    bodyLimit: 4 * 1024 * 1024,
    trustProxy: process.env.TRUST_PROXY === '1',
    logger: options.log ? { level: 'info', redact: ['req.headers.authorization', 'req.headers.cookie'] } : false,
    ajv: { customOptions: { coerceTypes: false } },
  });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  app.decorate('apiRoutes', []);
  app.decorateRequest('caller', null);
  app.addHook('onRoute', (route) => {
    if (!route.url.startsWith('/api') && !route.url.startsWith('/oauth')) return;
    for (const method of [route.method].flat()) {
      if (method === 'HEAD' || method === 'OPTIONS') continue;
      app.apiRoutes.push({
        method,
        url: route.url,
        permission: (route.config as { permission?: string })?.permission ?? '',
      });
    }
  });
  await app.register(cookie);
  await app.register(multipart, { limits: { fileSize: 4 * 1024 ** 3, files: 1, fields: 20 } });
  if (options.rateLimitPerMinute !== 0) await app.register(rateLimit, limits(options.rateLimitPerMinute ?? 1200));
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: '融担一体化平台 API',
        version: options.version,
        description: '金额均为元的十进制字符串；日期为 YYYY-MM-DD。',
      },
      components: {
        securitySchemes: {
          session: { type: 'apiKey', in: 'cookie', name: 'rongdan_session' },
          client: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } } },
        },
      },
      security: [{ session: [] }, { client: [] }],
    },
    transform: createJsonSchemaTransform({}),
  });
  guard(app, options);
  answerErrors(app);
  return app;
}

function limits(perMinute: number) {
  return {
    max: perMinute,
    timeWindow: '1 minute',
    hook: 'preHandler' as const,
    keyGenerator: (request: FastifyRequest) => (request.caller ? `u${request.caller.userId}` : request.ip),
    errorResponseBuilder: (_: FastifyRequest, context: { after: string }) => ({
      statusCode: 429,
      ...problem(429, '请求过于频繁', [], `请在 ${context.after} 后再试`),
    }),
    allowList: (request: FastifyRequest) => !request.url.startsWith('/api') && !request.url.startsWith('/oauth'),
  };
}

/** Resolves the caller, then enforces the permission each route declares. A route that declares none is a bug and answers 500. */
function guard(app: FastifyInstance, options: ServerOptions): void {
  app.addHook('onRequest', async (request, reply) => {
    reply
      .header('x-content-type-options', 'nosniff')
      .header('x-frame-options', 'DENY')
      .header('referrer-policy', 'same-origin');
    if (!request.url.startsWith('/api') && !request.url.startsWith('/oauth')) return;
    if (request.is404) return;
    reply.header('cache-control', 'no-store');
    const permission = request.routeOptions.config.permission;
    if (!permission) throw new Error(`路由未声明权限：${request.routeOptions.url}`);
    request.caller = await options.authenticate(request);
    if (permission === 'public') return;
    if (!request.caller) {
      return reply.code(401).type('application/problem+json').send(problem(401, '尚未登录或会话已过期，请重新登录'));
    }
    if (permission !== 'signed-in' && !request.caller.permissions.has(permission)) {
      return reply
        .code(403)
        .type('application/problem+json')
        .send(problem(403, '您的角色没有此项权限', [], permission));
    }
    if (request.caller.viaCookie && request.method !== 'GET' && request.headers['x-requested-with'] !== 'rongdan') {
      return reply.code(403).type('application/problem+json').send(problem(403, '请求来源不明，已拒绝'));
    }
  });
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    reply.type('application/problem+json');
    if (error instanceof Refused)
      return reply.code(error.status).send(problem(error.status, '未予办理', error.refusals));
    if (hasZodFastifySchemaValidationErrors(error)) {
      const refusals = error.validation.map((each) => ({
        code: 'malformed',
        field: each.instancePath.replace(/^\//, '').replaceAll('/', '.') || undefined,
        message: each.message ?? '格式不符',
      }));
      return reply.code(400).send(problem(400, '提交内容格式不符', refusals));
    }
    const status = error.statusCode ?? 500;
    if (status === 429) return reply.code(429).send(error);
    if (status < 500) return reply.code(status).send(problem(status, titleOf(status), [], error.message));
    request.log.error({ err: error, url: request.routeOptions?.url }, 'unexpected');
    if (process.env.RONGDAN_DEBUG) console.error(error);
    return reply.code(500).send(problem(500, '系统内部错误，未作任何更改，请联系管理员并提供请求编号', [], request.id));
  });
}

const titleOf = (status: number): string =>
  ({ 400: '提交内容格式不符', 404: '没有找到', 413: '文件过大', 415: '内容类型不支持' })[status] ?? '请求未被接受';

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

/** Serves the built page; every path that is no file and no API is the page itself (the browser routes it). */
export function serveWeb(app: FastifyInstance, root: string): void {
  app.setNotFoundHandler(async (request, reply) => {
    const path = decodeURIComponent(request.url.split('?')[0] ?? '/');
    if (path.startsWith('/api') || path.startsWith('/oauth') || request.method !== 'GET') {
      return reply.code(404).type('application/problem+json').send(problem(404, '没有这个接口'));
    }
    const inside = normalize(join(root, path));
    const file =
      inside.startsWith(root) && extname(inside) && (await isFile(inside)) ? inside : join(root, 'index.html');
    const hashed = path.startsWith('/assets/');
    reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
    reply.header(
      'content-security-policy',
      "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; frame-ancestors 'none'",
    );
    return reply.type(types[extname(file)] ?? 'application/octet-stream').send(await readFile(file));
  });
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (each) => each.isFile(),
    () => false,
  );
