import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { parseDay } from '../src/kernel/day.ts';
import { addFault, clearFaults, faultRequest, listFaults, noteHit, takePackageFault } from './faults.ts';
import { Unreadable } from './read-package.ts';
import { type Receipt, receiptOf, receive } from './receive.ts';
import { streamRecords } from './records.ts';

/** Answers one request. Every answer says that it comes from a stand-in. */
export async function handle(
  pool: pg.Pool,
  request: IncomingMessage,
  response: ServerResponse,
  isAllowed: boolean,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  try {
    if (!isAllowed) return send(response, 401, { message: '缺少令牌或令牌不符' });
    const route = `${request.method} ${url.pathname.split('/').slice(0, 3).join('/')}`;
    const rest = decodeURIComponent(url.pathname.split('/').slice(3).join('/'));
    if (route === 'GET /v1/health') return send(response, 200, { ok: true, name: '监测系统替身' });
    if (route === 'PUT /v1/senders') return await enrol(pool, request, response, rest);
    if (route === 'POST /v1/packages') return await takePackage(pool, request, response);
    if (route === 'GET /v1/receipts') {
      const receipt = await receiptOf(pool, rest);
      return receipt
        ? send(response, 200, { ...receipt, duplicate: true })
        : send(response, 404, { message: '没有这份回执' });
    }
    if (route === 'GET /v1/records') return await answerRecords(pool, url, response);
    if (route === 'GET /v1/faults') return send(response, 200, { faults: await listFaults(pool) });
    if (route === 'POST /v1/faults') return await setFault(pool, request, response);
    if (route === 'DELETE /v1/faults') {
      await clearFaults(pool);
      return send(response, 200, { cleared: true });
    }
    send(response, 404, { message: '没有这个接口' });
  } catch (error) {
    if (error instanceof Unreadable) return send(response, 400, { message: error.message });
    if (error instanceof SyntaxError) return send(response, 400, { message: '请求不是 JSON' });
    console.error(error);
    if (response.headersSent) response.destroy();
    else send(response, 500, { message: '替身内部出错' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ standIn: true, ...body }));
}

async function enrol(
  pool: pg.Pool,
  request: IncomingMessage,
  response: ServerResponse,
  institution: string,
): Promise<void> {
  const { publicKey } = JSON.parse(await text(request)) as { publicKey?: unknown };
  if (typeof publicKey !== 'string' || !/^04[0-9a-f]{128}$/.test(publicKey))
    return send(response, 422, { message: '公钥格式不符' });
  await pool.query('insert into monitor.sender (institution, public_key) values ($1, $2) on conflict do nothing', [
    institution,
    publicKey,
  ]);
  const { rows } = await pool.query<{ public_key: string }>(
    'select public_key from monitor.sender where institution = $1',
    [institution],
  );
  const isSame = rows[0]?.public_key === publicKey;
  send(response, isSame ? 200 : 409, isSame ? { institution } : { message: '该机构已登记另一把公钥' });
}

async function takePackage(pool: pg.Pool, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = await takePackageFault(pool);
  if (fault?.kind === 'drop-before') {
    await noteHit(pool, fault, {});
    request.once('data', () => request.socket.destroy());
    return;
  }
  if (fault?.kind === 'slow') await delay(fault.request.ms ?? 1000);
  const forcedReason = fault?.kind === 'refuse-package' ? (fault.request.reason ?? '替身按要求退回') : undefined;
  const receipt: Receipt = await receive(pool, request, { forcedReason, forget: fault?.kind === 'lose-package' });
  if (fault) await noteHit(pool, fault, receipt);
  if (fault?.kind === 'lose-package' || fault?.kind === 'drop-after') {
    request.socket.destroy();
    return;
  }
  send(response, 200, receipt);
}

async function answerRecords(pool: pg.Pool, url: URL, response: ServerResponse): Promise<void> {
  const asOf = url.searchParams.get('asOf') ?? '';
  const knownAt = url.searchParams.get('knownAt');
  if (!parseDay(asOf)) return send(response, 422, { message: 'asOf 须为 YYYY-MM-DD' });
  if (knownAt && Number.isNaN(Date.parse(knownAt))) return send(response, 422, { message: 'knownAt 须为 ISO 时间' });
  response.writeHead(200, { 'content-type': 'application/x-ndjson; charset=utf-8', 'x-stand-in': 'true' });
  await streamRecords(pool, { institution: url.searchParams.get('institution'), asOf, knownAt }, async (chunk) => {
    if (!response.write(chunk)) await drained(response);
    if (response.destroyed) throw new Error('取数方已断开');
  });
  response.end();
}

/** Until the answer takes more, or is gone. */
async function drained(response: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  // The loser of the race must not stay listening: a long answer waits thousands of times.
  await Promise.race([once(response, 'drain', { signal }), once(response, 'close', { signal })]).finally(() =>
    over.abort(),
  );
}

async function setFault(pool: pg.Pool, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const parsed = faultRequest.safeParse(JSON.parse(await text(request)));
  if (!parsed.success)
    return send(response, 422, {
      message: parsed.error.issues.map((issue) => `${issue.path.join('.')}：${issue.message}`).join('；'),
    });
  send(response, 201, await addFault(pool, parsed.data));
}
