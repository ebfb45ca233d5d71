import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { loadCertificate, loadToken } from '../monitor/certificate.ts';
import { addDays } from '../src/kernel/day.ts';
import { systemClock } from '../src/platform/clock.ts';
import { constantTimeEqual, hashOf, loadOrCreateSigner, type Signer } from '../src/platform/crypto/index.ts';
import { reportOf } from './report.ts';

export type CreditPlatformOptions = {
  readonly dataDir: string;
  /** 0 or absent: any free one. */
  readonly port?: number | undefined;
  readonly say?: (line: string) => void;
};
export type RunningCreditPlatform = {
  readonly url: string;
  readonly token: string;
  readonly publicKey: string;
  readonly caFile: string | undefined;
  stop(): Promise<void>;
};

const question = z.object({
  queryId: z.string().min(8).max(200),
  institution: z.string(),
  purpose: z.string(),
  name: z.string(),
  identityKind: z.string(),
  identityNo: z.string().min(1),
  authorisation: z.object({ number: z.string().min(1), until: z.string(), evidenceSm3: z.string().length(64) }),
});
const fault = z.object({
  kind: z.enum(['slow', 'fail', 'drop', 'no-record', 'bad-signature', 'bad-hash']),
  count: z.number().int().min(1).max(1000).default(1),
  ms: z.number().int().min(0).max(600_000).default(1000),
});
type Fault = { kind: z.output<typeof fault>['kind']; left: number; ms: number };
type Answer = Readonly<Record<string, unknown>>;
type State = { readonly signer: Signer; readonly answers: Map<string, Answer>; readonly file: string; faults: Fault[] };

/** Starts the stand-in and leaves DATA_DIR/link.json for the product to find it by. */
export async function startCreditPlatform(options: CreditPlatformOptions): Promise<RunningCreditPlatform> {
  const say = options.say ?? (() => {});
  const { dataDir } = options;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const note = join(dataDir, 'link.json');
  rmSync(note, { force: true });
  const certificate = loadCertificate(dataDir);
  const token = loadToken(dataDir);
  const signer = await loadOrCreateSigner(join(dataDir, 'keys'), 'credit-platform');
  const file = join(dataDir, 'answers.ndjson');
  const state: State = { signer, file, answers: readAnswers(file), faults: [] };
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    const isKnown = constantTimeEqual(request.headers.authorization ?? '', `Bearer ${token}`);
    void handle(state, request, response, isKnown).catch(() => response.destroy());
  };
  const server: Server = certificate ? createSecureServer(certificate, answer) : createServer(answer);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `${certificate ? 'https' : 'http'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const caFile = certificate?.caFile;
  const link = { url, token, publicKey: signer.publicKey, ...(caFile ? { caFile } : {}) };
  // Whoever waits for this file must find it whole.
  writeFileSync(`${note}.part`, JSON.stringify(link), { mode: 0o600 });
  renameSync(`${note}.part`, note);
  say(`信用平台替身（不是真实的信用平台）已就绪：${url}`);
  return {
    ...link,
    caFile,
    stop: async () => {
      rmSync(note, { force: true });
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function readAnswers(file: string): Map<string, Answer> {
  if (!existsSync(file)) return new Map();
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return new Map(lines.map((line) => JSON.parse(line) as Answer).map((each) => [String(each.queryId), each]));
}

async function handle(
  state: State,
  request: IncomingMessage,
  response: ServerResponse,
  isAllowed: boolean,
): Promise<void> {
  const route = `${request.method} ${new URL(request.url ?? '/', 'http://stand-in').pathname}`;
  if (route === 'GET /v1/health') return send(response, 200, { ok: true, name: '信用平台替身' });
  if (!isAllowed) return send(response, 401, { message: '缺少令牌或令牌不符' });
  if (route === 'GET /v1/queries/count') return send(response, 200, { count: state.answers.size });
  if (route === 'DELETE /v1/faults') {
    state.faults = [];
    return send(response, 200, { cleared: true });
  }
  const body = await text(request).then(parse);
  if (route === 'POST /v1/faults') {
    const asked = fault.safeParse(body);
    if (!asked.success) return send(response, 422, { message: '没有这种差错' });
    const { kind, count, ms } = asked.data;
    state.faults.push({ kind, left: count, ms });
    return send(response, 201, { kind, count });
  }
  if (route === 'POST /v1/queries') return answerQuestion(state, body, request, response);
  send(response, 404, { message: '没有这个接口' });
}

async function answerQuestion(
  state: State,
  body: unknown,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = question.safeParse(body);
  if (!asked.success) return send(response, 422, { message: '请求缺少必填内容' });
  const trouble = takeFault(state);
  if (trouble === 'drop') return void request.socket.destroy();
  if (trouble === 'fail') return send(response, 503, { message: '替身按要求出错' });
  if (typeof trouble === 'number') await delay(trouble);
  const { queryId, authorisation } = asked.data;
  const today = systemClock.today();
  if (authorisation.until < today) return send(response, 403, { message: '授权已过期' });
  const answer = state.answers.get(queryId) ?? newAnswer(state, asked.data, trouble === 'no-record');
  if (trouble === 'bad-signature') return send(response, 200, { ...answer, signature: state.signer.sign('别的内容') });
  if (trouble === 'bad-hash') return send(response, 200, { ...answer, report: { sections: [] } });
  send(response, 200, answer);
}

function newAnswer(state: State, asked: z.output<typeof question>, isForcedEmpty: boolean): Answer {
  const { queryId } = asked;
  const report = isForcedEmpty ? undefined : reportOf(asked);
  const reportHash = report && hashOf(report);
  const answer = report
    ? {
        queryId,
        outcome: 'found',
        report,
        reportHash,
        signature: state.signer.sign(`credit-report/1\n${queryId}\n${reportHash}\n`),
        validUntil: addDays(systemClock.today(), 30),
      }
    : { queryId, outcome: 'no-record' };
  state.answers.set(queryId, answer);
  appendFileSync(state.file, `${JSON.stringify(answer)}\n`, { mode: 0o600 });
  return answer;
}

/** The next fault that was asked for; milliseconds to wait for a slow one. */
function takeFault(state: State): Exclude<Fault['kind'], 'slow'> | number | undefined {
  const next = state.faults.find((each) => each.left > 0);
  if (!next) return undefined;
  next.left -= 1;
  return next.kind === 'slow' ? next.ms : next.kind;
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify({ standIn: true, ...body }));
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
