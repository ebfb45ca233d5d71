import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import { type Refusal, Refused } from '../kernel/refusal.ts';
import type { Clock } from './clock.ts';
import type { Actor, Db, Tx } from './db.ts';
import { packAnswer, unpackAnswer } from './kept-answer.ts';

/** The signed-in caller of a request, whoever it is: a person with a session or another system with a token. */
export type Caller = {
  readonly userId: number;
  readonly permissions: ReadonlySet<string>;
  /** May see identity numbers in full. */
  readonly seesIdentity: boolean;
  readonly viaCookie: boolean;
};

/** What an action is told besides its command: for whom it acts and what time it is. */
export type Context = { readonly actor: Actor; readonly clock: Clock };

/** What a module's `routes(app, deps)` receives. */
export type Deps = { readonly db: Db; readonly clock: Clock };

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    permission?: string;
  }
}

type Shape = z.ZodType | undefined;
type Out<S extends Shape> = S extends z.ZodType ? z.output<S> : undefined;

/** What a handler is given. */
export type Input<P extends Shape, Q extends Shape, B extends Shape> = {
  readonly params: Out<P>;
  readonly query: Out<Q>;
  readonly body: Out<B>;
  readonly caller: Caller;
  readonly context: Context;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  /** One read-only snapshot as the caller. */
  read<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * One write transaction as the caller. With an Idempotency-Key header a repeat is answered with the first answer
   * and the same key with another body is refused (409). With `?dryRun=true` it is rolled back after answering.
   */
  write<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
};

/** One endpoint. `permission` is a permission code, 'signed-in' or 'public'; nothing is reachable without naming one. */
export type Endpoint<P extends Shape, Q extends Shape, B extends Shape, R extends z.ZodType> = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly tag: string;
  readonly summary: string;
  readonly permission: string;
  readonly params?: P;
  readonly query?: Q;
  readonly body?: B;
  readonly answer: R;
  readonly status?: number;
  /** Answers of another media type (files): the handler sends the reply itself. */
  readonly file?: string;
  readonly rateLimit?: { max: number; timeWindow: string };
  readonly bodyLimit?: number;
  /** The handler asks `checkIfMatch(request, version, true)`: said in the API document. */
  readonly ifMatch?: 'required';
  handle(input: Input<P, Q, B>): Promise<z.input<R>>;
};

export const nobody: Caller = { userId: -1, permissions: new Set(), seesIdentity: false, viaCookie: false };

/** Registers an endpoint: checks permission, parses by contract, opens transactions, answers with the contract's shape. */
export function endpoint<
  P extends Shape = undefined,
  Q extends Shape = undefined,
  B extends Shape = undefined,
  R extends z.ZodType = z.ZodType,
>(app: FastifyInstance, deps: Deps, spec: Endpoint<P, Q, B, R>): void {
  const status = spec.status ?? (spec.method === 'POST' ? 201 : 200);
  const isWrite = spec.method !== 'GET';
  const query = isWrite ? withDryRun(spec.query) : spec.query;
  app.route({
    method: spec.method,
    url: spec.url,
    config: { permission: spec.permission, ...(spec.rateLimit ? { rateLimit: spec.rateLimit } : {}) } as never,
    ...(spec.bodyLimit ? { bodyLimit: spec.bodyLimit } : {}),
    schema: {
      tags: [spec.tag],
      summary: spec.summary,
      ...(spec.params ? { params: spec.params } : {}),
      ...(query ? { querystring: query } : {}),
      ...(spec.body ? { body: spec.body } : {}),
      ...(isWrite && spec.permission !== 'public' ? { headers: spec.ifMatch ? ifMatchHeader : idempotencyHeader } : {}),
      ...(spec.file ? { produces: [spec.file] } : { response: { [status]: spec.answer } }),
    },
    handler: async (request, reply) => {
      const caller = request.caller ?? nobody;
      const context: Context = { actor: { userId: caller.userId }, clock: deps.clock };
      reply.code(status);
      const answer = await spec.handle({
        params: request.params as Out<P>,
        query: request.query as Out<Q>,
        body: request.body as Out<B>,
        caller,
        context,
        request,
        reply,
        read: (work) => deps.db.read(context.actor, work),
        write: (work) => writeOnce(deps.db, context.actor, request, reply, work),
      });
      return reply.sent ? reply : answer;
    },
  });
}

const idempotencyHeader = z.object({
  'idempotency-key': z.string().min(8).max(200).optional().meta({ description: '幂等键：同键重复提交只办一次' }),
});

// Optional in the shape: its absence is answered with 428 and what to do, not with 400.
const ifMatchHeader = idempotencyHeader.extend({
  'if-match': z.string().max(100).optional().meta({ description: '必填：读取时的 ETag；他人已先改则 412，缺少则 428' }),
});

function withDryRun(query: Shape): z.ZodType {
  const dryRun = { dryRun: z.enum(['true', 'false']).optional().meta({ description: '试算：执行后回滚，不落库' }) };
  return query instanceof z.ZodObject ? query.extend(dryRun) : z.object(dryRun);
}

async function writeOnce<T>(
  db: Db,
  actor: Actor,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  if ((request.query as { dryRun?: string } | undefined)?.dryRun === 'true') return db.dryRun(actor, work);
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || actor.userId < 0) return db.transaction(actor, work);
  const bodyHash = createHash('sm3')
    .update(`${request.method} ${request.url}\n`)
    .update(JSON.stringify(request.body ?? null, (_, part) => (typeof part === 'bigint' ? String(part) : part)))
    .digest('hex');
  return db.transaction(actor, async (tx) => {
    await sql`select pg_advisory_xact_lock(hashtextextended(${`${actor.userId}:${key}`}, 17))`.execute(tx);
    const earlier = await tx
      .selectFrom('kernel.request')
      .select(['body_hash', 'response'])
      .where('user_id', '=', actor.userId)
      .where('key', '=', key)
      .executeTakeFirst();
    if (earlier && earlier.body_hash !== bodyHash) {
      throw new Refused(
        { code: 'idempotency-key-reused', message: '同一幂等键已用于另一份内容，请换用新的幂等键' },
        409,
      );
    }
    if (earlier) {
      reply.header('idempotent-replayed', 'true');
      return unpackAnswer(earlier.response) as T;
    }
    const answer = await work(tx);
    await tx
      .insertInto('kernel.request')
      .values({
        user_id: actor.userId,
        key,
        body_hash: bodyHash,
        status: reply.statusCode,
        response: packAnswer(answer),
      })
      .execute();
    return answer;
  });
}

/** The version tag of something people edit together. */
export const etagOf = (version: string | number | bigint): string => `"${version}"`;

/** Refuses (412) when If-Match is present and names another version than the one stored; (428) when required and absent. */
export function checkIfMatch(request: FastifyRequest, version: string | number | bigint, required = false): void {
  const given = request.headers['if-match'];
  if (given === undefined && !required) return;
  if (given === undefined)
    throw new Refused({ code: 'if-match-required', message: '请先读取最新内容再修改（缺少 If-Match）' }, 428);
  if (given !== etagOf(version)) {
    throw new Refused(
      { code: 'changed-meanwhile', message: '他人已先行修改，请刷新后重新提交，您填写的内容不会丢失' },
      412,
    );
  }
}

/** Answers a file: sets its name (Chinese allowed) and type; the handler returns the result of `reply.send(stream)`. */
export function sendFile(
  reply: FastifyReply,
  name: string,
  type: string,
  content: NodeJS.ReadableStream | Buffer,
): FastifyReply {
  return reply
    .header('content-type', type)
    .header('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
    .send(content);
}

/** A problem+json body. */
export const problem = (status: number, title: string, refusals: readonly Refusal[] = [], detail?: string) => ({
  type: 'about:blank',
  title,
  status,
  ...(detail ? { detail } : {}),
  refusals,
});
