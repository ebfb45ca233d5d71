import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { loadToken } from '../monitor/certificate.ts';
import { systemClock, textOfInstant } from '../src/platform/clock.ts';
import { constantTimeEqual } from '../src/platform/crypto/index.ts';

export type SmsGatewayOptions = {
  readonly dataDir: string;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
  readonly say?: (line: string) => void;
};
export type RunningSmsGateway = {
  readonly url: string;
  readonly token: string;
  /** The page that shows what would have been sent. */
  readonly outbox: string;
  stop(): Promise<void>;
};

const message = z.object({
  id: z.string().min(1).max(200),
  phone: z.string().min(5).max(20),
  text: z.string().min(1).max(500),
});
const fault = z.object({ kind: z.enum(['fail', 'drop']), count: z.number().int().min(1).max(1000).default(1) });
type Kept = z.output<typeof message> & { readonly at: string };
type State = { readonly messages: Kept[]; readonly faults: { kind: 'fail' | 'drop'; left: number }[] };

const keptMax = 1000;
const shownMax = 50;

/** Starts the stand-in and leaves DATA_DIR/link.json for the product to find it by. */
export async function startSmsGateway(options: SmsGatewayOptions): Promise<RunningSmsGateway> {
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const note = join(dataDir, 'link.json');
  rmSync(note, { force: true });
  const token = loadToken(dataDir);
  const state: State = { messages: [], faults: [] };
  const server = createServer((request, response) => {
    const isKnown = constantTimeEqual(request.headers.authorization ?? '', `Bearer ${token}`);
    void handle(state, request, response, isKnown).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const link = { url, token, outbox: `${url}/` };
  // Whoever waits for this file must find it whole.
  writeFileSync(`${note}.part`, JSON.stringify(link), { mode: 0o600 });
  renameSync(`${note}.part`, note);
  options.say?.(`短信网关替身（不发短信）已就绪，收到的短信看这里：${link.outbox}`);
  return {
    ...link,
    stop: async () => {
      rmSync(note, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function handle(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  isKnown: boolean,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in');
  const route = `${request.method} ${url.pathname}`;
  if (route === 'GET /v1/health') return send(response, 200, { ok: true, name: '短信网关替身' });
  if (route === 'GET /') return sendPage(response, state.messages);
  if (route === 'GET /v1/messages') {
    const phone = url.searchParams.get('phone');
    const rows = state.messages.filter((each) => phone === null || each.phone === phone).slice(-shownMax);
    return send(response, 200, { rows: rows.map((each) => ({ phone: each.phone, text: each.text, at: each.at })) });
  }
  if (!isKnown) return send(response, 401, { message: '缺少令牌或令牌不符' });
  const body: unknown = JSON.parse((await text(request)) || 'null');
  if (route === 'POST /v1/faults') {
    const { kind, count } = fault.parse(body);
    state.faults.push({ kind, left: count });
    return send(response, 201, { kind, count });
  }
  if (route !== 'POST /v1/messages') return send(response, 404, { message: '没有这个接口' });
  const trouble = state.faults.find((each) => each.left > 0);
  if (trouble) trouble.left -= 1;
  if (trouble?.kind === 'drop') return void request.socket.destroy();
  if (trouble) return send(response, 503, { message: '替身按要求出错' });
  const given = message.parse(body);
  if (!state.messages.some((each) => each.id === given.id)) {
    state.messages.push({ ...given, at: textOfInstant(systemClock.now()) });
    if (state.messages.length > keptMax) state.messages.shift();
  }
  send(response, 200, { id: given.id, accepted: true });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ standIn: true, ...body }));
}

const escaped = (value: string): string => value.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

function sendPage(response: ServerResponse, messages: readonly Kept[]): void {
  const rows = messages
    .slice(-shownMax)
    .reverse()
    .map((each) => `<tr><td>${escaped(each.at)}</td><td>${escaped(each.phone)}</td><td>${escaped(each.text)}</td></tr>`)
    .join('');
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="3"><title>短信网关替身</title>
<style>body{font:15px/1.6 sans-serif;margin:24px;max-width:860px}td,th{padding:6px 10px;border-bottom:1px solid #ddd;text-align:left}
b{background:#fff5e2;padding:2px 8px}</style>
<h1>短信网关替身</h1><p><b>演示用替身：不发短信，也不是本产品的一部分。</b> 下面是产品请它发送的短信，每 3 秒刷新。</p>
<table><tr><th>时间</th><th>手机号</th><th>内容</th></tr>${rows || '<tr><td colspan=3>还没有短信</td></tr>'}</table></html>`);
}
