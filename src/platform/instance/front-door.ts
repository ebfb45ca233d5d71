import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StartupProblem } from './problem.ts';

/** The listening socket, open before the product is ready so that a taken port is known before anything else is touched. */
export interface FrontDoor {
  readonly url: string;
  /** Hands every further request to the product; `GET /healthz` answers 200 while `check` does not throw, else 503. */
  open(handler: Handler, check: () => Promise<unknown>): void;
  /** Lets requests under way finish for a moment, then closes every connection. */
  close(): Promise<void>;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const GRACE_MS = 3_000;

/** Listens and answers 503 in Chinese until `open`. Throws StartupProblem when the port or host cannot be had. */
export async function listenEarly(port: number, host: string): Promise<FrontDoor> {
  let handle: Handler = notReady;
  const server = http.createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, port, host)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${address.port}`,
    open: (handler, check) => {
      handle = (request, response) => {
        if (request.url === '/healthz') void answerHealth(response, check);
        else handler(request, response);
      };
    },
    close: () =>
      new Promise((resolve) => {
        const force = setTimeout(() => server.closeAllConnections(), GRACE_MS);
        server.close(() => {
          clearTimeout(force);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

/** Reads PORT: 8080 when unset, 0 for any free one. Throws StartupProblem for anything that is not a port. */
export function portOf(text: string | undefined): number {
  if (text === undefined || text === '') return 8080;
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new StartupProblem(`PORT=${text} 不是端口号：应为 0 至 65535 的整数。`);
}

async function answerHealth(response: ServerResponse, check: () => Promise<unknown>): Promise<void> {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
  try {
    await check();
    response.writeHead(200, headers).end('正常\n');
  } catch {
    response.writeHead(503, headers).end('数据库暂时不可用\n');
  }
}

function notReady(_request: IncomingMessage, response: ServerResponse): void {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2', 'cache-control': 'no-store' };
  response.writeHead(503, headers).end('系统正在启动，请稍候……\n');
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new StartupProblem(
        `端口 ${port} 已被占用：请停止占用它的程序，或换一个端口，例如 PORT=${port === 65_535 ? 8081 : port + 1} npm start。`,
      );
    case 'EACCES':
      return new StartupProblem(`没有权限使用端口 ${port}：请用 PORT 指定 1024 以上的端口。`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new StartupProblem(`本机没有地址 ${host}：请检查 HOST，只在本机使用时不必设置。`);
    default:
      return error;
  }
}
