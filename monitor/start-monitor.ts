import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { constantTimeEqual } from '../src/platform/crypto/index.ts';
import { loadCertificate, loadToken } from './certificate.ts';
import { openDatabase } from './database.ts';
import { handle } from './routes.ts';

export type MonitorOptions = {
  /** Its own database, never the product's. */
  readonly databaseUrl: string;
  readonly dataDir: string;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
  readonly say?: (line: string) => void;
};

export type RunningMonitor = {
  readonly url: string;
  readonly token: string;
  /** The certificate to trust; undefined when this machine could not make one and plain HTTP on loopback is used. */
  readonly caFile: string | undefined;
  stop(): Promise<void>;
};

/** Starts the stand-in and leaves DATA_DIR/link.json for the product to find it by. */
export async function startMonitor(options: MonitorOptions): Promise<RunningMonitor> {
  const say = options.say ?? (() => {});
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  rmSync(join(options.dataDir, 'link.json'), { force: true });
  const pool = await openDatabase(options.databaseUrl);
  const certificate = loadCertificate(options.dataDir);
  const token = loadToken(options.dataDir);
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const isHealth = request.url?.startsWith('/v1/health') ?? false;
    const isKnown = constantTimeEqual(request.headers.authorization ?? '', `Bearer ${token}`);
    void handle(pool, request, response, isHealth || isKnown);
  };
  const server: Server = certificate ? createSecureServer(certificate, answer) : createServer(answer);
  server.requestTimeout = 600_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${port}`;
  const caFile = certificate?.caFile;
  const note = join(options.dataDir, 'link.json');
  // Whoever waits for this file must find it whole.
  writeFileSync(`${note}.part`, JSON.stringify({ url, token, ...(caFile ? { caFile } : {}) }), { mode: 0o600 });
  renameSync(`${note}.part`, note);
  if (!certificate) say('监测系统替身：本机没有 openssl，无法生成证书，改在 127.0.0.1 上使用 HTTP。');
  say(`监测系统替身（不是真实的监测系统）已就绪：${url}`);
  return {
    url,
    token,
    caFile,
    stop: async () => {
      rmSync(note, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
