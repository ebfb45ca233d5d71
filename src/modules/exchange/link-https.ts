import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { z } from 'zod';
import type { Delivery, MonitorLink, Outgoing } from './link.ts';
import type { Receipt } from './store.ts';

export type HttpsLinkOptions = {
  readonly url: string;
  readonly token: string;
  /** PEM of the only authority trusted for this address; undefined: the machine's own. */
  readonly caFile?: string | undefined;
  readonly timeoutMs?: number;
};

const receiptWire = z.object({
  receiptNo: z.string().min(1).max(200),
  contentHash: z.string(),
  verdict: z.enum(['accepted', 'refused']),
  missing: z.array(z.number().int()).default([]),
  reasons: z.array(
    z.object({
      code: z.string(),
      message: z.string(),
      section: z.string().optional(),
      line: z.number().int().optional(),
      contractNo: z.string().optional(),
    }),
  ),
});

/** Reads a receipt as the receiver wrote it; undefined when it is none, or of another package. */
export function readReceipt(text: string, contentHash: string): Receipt | undefined {
  try {
    const parsed = receiptWire.parse(JSON.parse(text));
    return parsed.contentHash === contentHash
      ? { ...parsed, reasons: parsed.reasons as Receipt['reasons'], raw: text }
      : undefined;
  } catch {
    return undefined;
  }
}

/** Over HTTPS with a bearer token; the receiver's certificate must descend from the configured authority. */
export function httpsLink(options: HttpsLinkOptions): MonitorLink {
  const timeout = options.timeoutMs ?? 60_000;
  const ca = options.caFile ? readFileSync(options.caFile, 'utf8') : undefined;
  const dispatcher: Dispatcher = new Agent({
    connect: { timeout: Math.min(timeout, 10_000), ...(ca ? { ca } : {}) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
    connections: 4,
  });
  const authorization = `Bearer ${options.token}`;
  const base = options.url.replace(/\/$/, '');
  const enrolled = new Set<string>();

  const ask = (method: 'GET' | 'POST' | 'PUT', path: string, body?: string | Readable, type?: string) =>
    request(`${base}${path}`, {
      method,
      dispatcher,
      headers: { authorization, ...(type ? { 'content-type': type } : {}) },
      ...(body === undefined ? {} : { body }),
    });

  /** Makes the sender's public key known once; the receiver refuses another key for the same institution. */
  const enrol = async ({ manifest, publicKey }: Outgoing): Promise<string | undefined> => {
    if (enrolled.has(manifest.institution)) return undefined;
    const path = `/v1/senders/${encodeURIComponent(manifest.institution)}`;
    const answer = await ask('PUT', path, JSON.stringify({ publicKey }), 'application/json');
    const text = await answer.body.text();
    if (answer.statusCode >= 300) return `登记公钥未成（${answer.statusCode}）：${text}`;
    enrolled.add(manifest.institution);
    return undefined;
  };

  return {
    kind: 'https',
    send: async (outgoing): Promise<Delivery> => {
      try {
        const problem = await enrol(outgoing);
        if (problem) return { outcome: 'rejected', detail: problem };
        const answer = await ask('POST', '/v1/packages', Readable.from(outgoing.body), 'application/gzip');
        const text = await answer.body.text();
        const receipt = readReceipt(text, outgoing.contentHash);
        if (receipt) return { outcome: 'receipt', receipt };
        return { outcome: 'rejected', detail: `对方应答 ${answer.statusCode}：${text}` };
      } catch (error) {
        return failureOf(error);
      }
    },
    receiptOf: async (row) => {
      const answer = await ask('GET', `/v1/receipts/${row.contentHash}`);
      const text = await answer.body.text();
      return answer.statusCode === 200 ? readReceipt(text, row.contentHash) : undefined;
    },
    records: async ({ institutionCode, asOf, knownAt }) => {
      const query = new URLSearchParams({
        asOf,
        ...(institutionCode ? { institution: institutionCode } : {}),
        ...(knownAt ? { knownAt } : {}),
      });
      const answer = await ask('GET', `/v1/records?${query}`);
      if (answer.statusCode !== 200) throw new Error(`监测系统应答 ${answer.statusCode}：${await answer.body.text()}`);
      return answer.body as AsyncIterable<Buffer>;
    },
    close: () => dispatcher.close(),
  };
}

function failureOf(error: unknown): Delivery {
  const { code, message } = error as { code?: string; message: string };
  const isTimeout = code !== undefined && /TIMEOUT/.test(code);
  return { outcome: isTimeout ? 'timeout' : 'network', detail: code ? `${code}：${message}` : message };
}
