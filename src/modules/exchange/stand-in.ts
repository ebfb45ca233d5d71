import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { Refused } from '../../kernel/refusal.ts';
import { type FaultOrder, type FaultWire, faultTitles } from './contract.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Wire = {
  kind: string;
  request: { field?: string };
  remaining: number | null;
  rows: { contractNo: string; field: string | null; before: unknown; after: unknown; days: number | null }[];
  hits: unknown[];
};

/** The stand-in's own controls, for demos: what it was told to do wrong, one thing more, or all taken back. */
export type StandIn = {
  faults(): Promise<FaultWire[]>;
  order(order: FaultOrder): Promise<void>;
  takeBack(): Promise<void>;
  close(): Promise<void>;
};

const timeoutMs = 10_000;

/**
 * The stand-in that runs beside us (DATA_DIR/monitor/link.json). Refuses (404) when this installation talks to anything else: orders
 * to err must never reach a real monitoring system. Each call refuses (503) when the stand-in does not answer, (422) with its words
 * when it will not. The caller closes it.
 */
export function openStandIn(env: Environment = process.env): StandIn {
  const file = join(env.DATA_DIR || '.data', 'monitor', 'link.json');
  if (env.MONITOR_FOLDER || env.MONITOR_URL || !existsSync(file))
    throw new Refused({ code: 'no-stand-in', message: '本系统没有连接监测系统替身，无从造错' }, 404);
  const link = JSON.parse(readFileSync(file, 'utf8')) as { url: string; token: string; caFile?: string };
  const ca = link.caFile ? readFileSync(link.caFile, 'utf8') : undefined;
  const dispatcher = new Agent({
    connect: { timeout: timeoutMs, ...(ca ? { ca } : {}) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
  });
  const ask = async (method: 'GET' | 'POST' | 'DELETE', body?: object): Promise<unknown> => {
    const headers = { authorization: `Bearer ${link.token}`, 'content-type': 'application/json' };
    const sent = body ? { body: JSON.stringify(body) } : {};
    const answer = await request(`${link.url}/v1/faults`, { method, dispatcher, headers, ...sent }).catch(absent);
    const text = await answer.body.text();
    if (answer.statusCode < 300) return JSON.parse(text);
    throw new Refused({ code: 'stand-in-refused', message: `监测系统替身没有照办（${answer.statusCode}）：${text}` });
  };
  return {
    faults: async () => ((await ask('GET')) as { faults: Wire[] }).faults.map(wireOf),
    order: async (order) => void (await ask('POST', { ...order, seed: crypto.randomUUID() })),
    takeBack: async () => void (await ask('DELETE')),
    close: () => dispatcher.close(),
  };
}

function absent(): never {
  throw new Refused({ code: 'stand-in-absent', message: '监测系统替身没有应答，请稍候再试或重新启动' }, 503);
}

const text = (value: unknown): string | null => (value === null || value === undefined ? null : String(value));

function wireOf(fault: Wire): FaultWire {
  const title = faultTitles[fault.kind as FaultOrder['kind']] ?? fault.kind;
  return {
    kind: fault.kind,
    title,
    remaining: fault.remaining,
    hits: fault.hits.length,
    rows: fault.rows.map(({ contractNo, field, before, after, days }) => ({
      contractNo,
      field,
      before: text(before),
      after: text(after),
      days,
    })),
  };
}
