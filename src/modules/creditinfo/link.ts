import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { hashOf, verify } from '../../platform/crypto/index.ts';

/** What a platform is asked. `queryId` makes asking again harmless. */
export type Question = {
  readonly queryId: string;
  readonly institution: string;
  readonly purpose: string;
  readonly name: string;
  readonly identityKind: string;
  readonly identityNo: string;
  readonly authorisation: { readonly number: string; readonly until: string; readonly evidenceSm3: string };
};

/** A report is sections of lines; those of kind name and code are masked before anybody sees them. */
export const reportShape = z.object({
  sections: z
    .array(
      z.object({
        title: z.string().max(60),
        lines: z
          .array(
            z.object({
              name: z.string().max(60),
              value: z.string().max(300),
              kind: z.enum(['plain', 'good', 'bad', 'name', 'code']).default('plain'),
            }),
          )
          .max(200),
      }),
    )
    .max(40),
});
const answerShape = z.discriminatedUnion('outcome', [
  z.object({ queryId: z.string(), outcome: z.literal('no-record') }),
  z.object({
    queryId: z.string(),
    outcome: z.literal('found'),
    validUntil: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
    report: z.unknown(),
    reportHash: z.string().regex(/^[0-9a-f]{64}$/),
    signature: z.string().max(400),
  }),
]);

/** What came of asking. */
export type PlatformAnswer =
  | {
      readonly outcome: 'found';
      readonly report: unknown;
      readonly reportHash: string;
      readonly signature: string;
      readonly validUntil: string;
      readonly attempts: number;
    }
  | { readonly outcome: 'no-record'; readonly attempts: number }
  | { readonly outcome: 'failed'; readonly reason: string; readonly attempts: number };

/** The way to one credit platform. */
export type PlatformLink = {
  readonly publicKey: string;
  readonly isStandIn: boolean;
  /** Asks up to three times under the same id. Never throws for trouble on the way: it says what happened. */
  ask(question: Question): Promise<PlatformAnswer>;
  close(): Promise<void>;
};

type Settings = {
  readonly url: string;
  readonly token: string;
  readonly publicKey: string;
  readonly caFile?: string | undefined;
  readonly isStandIn: boolean;
  readonly timeoutMs?: number | undefined;
};
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * How this installation reaches the platform: CREDIT_PLATFORM_URL with CREDIT_PLATFORM_TOKEN, CREDIT_PLATFORM_KEY (its SM2 public key) and
 * CREDIT_PLATFORM_CA; or else the stand-in beside us (DATA_DIR/credit-platform/link.json). Undefined when there is neither.
 */
export function platformSettings(env: Environment = process.env): Settings | undefined {
  const timeoutMs = Number(env.CREDIT_PLATFORM_TIMEOUT_MS) || undefined;
  if (env.CREDIT_PLATFORM_URL)
    return {
      url: env.CREDIT_PLATFORM_URL,
      token: env.CREDIT_PLATFORM_TOKEN ?? '',
      publicKey: env.CREDIT_PLATFORM_KEY ?? '',
      caFile: env.CREDIT_PLATFORM_CA || undefined,
      isStandIn: false,
      timeoutMs,
    };
  const file = join(env.DATA_DIR || '.data', 'credit-platform', 'link.json');
  if (!existsSync(file)) return undefined;
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Omit<Settings, 'isStandIn'>), isStandIn: true, timeoutMs };
}

/** Opens the way to the platform. Refuses (503) when none is set up. The caller closes it. */
export function openPlatform(env: Environment = process.env): PlatformLink {
  const settings = platformSettings(env);
  if (!settings)
    throw new Refused(
      {
        code: 'no-credit-platform',
        message: '尚未设置信用平台的连接：请设置 CREDIT_PLATFORM_URL、CREDIT_PLATFORM_TOKEN、CREDIT_PLATFORM_KEY',
      },
      503,
    );
  return httpsPlatform(settings);
}

const tries = 3;
const pauseMs = 400;

/** Over HTTPS with a bearer token; trusts only the configured authority, believes only what the platform's key has signed. */
export function httpsPlatform(settings: Settings): PlatformLink {
  const timeout = settings.timeoutMs ?? 8_000;
  const ca = settings.caFile ? readFileSync(settings.caFile, 'utf8') : undefined;
  const dispatcher = new Agent({
    connect: { timeout: Math.min(timeout, 5_000), ...(ca ? { ca } : {}) },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const once = async (question: Question): Promise<{ answer: PlatformAnswer; isFinal: boolean }> => {
    const failed = (reason: string, isFinal: boolean) => ({
      answer: { outcome: 'failed' as const, reason, attempts: 1 },
      isFinal,
    });
    try {
      const answer = await request(`${settings.url.replace(/\/$/, '')}/v1/queries`, {
        method: 'POST',
        dispatcher,
        headers: { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(question),
      });
      const text = await answer.body.text();
      if (answer.statusCode >= 500) return failed(`平台应答 ${answer.statusCode}`, false);
      if (answer.statusCode !== 200) return failed(`平台拒绝查询（${answer.statusCode}）`, true);
      return judge(text, question, settings.publicKey);
    } catch (error) {
      const { code } = error as { code?: string };
      return failed(code !== undefined && /TIMEOUT/.test(code) ? '平台未在时限内应答' : '连不上平台', false);
    }
  };
  return {
    publicKey: settings.publicKey,
    isStandIn: settings.isStandIn,
    ask: async (question) => {
      for (let attempts = 1; ; attempts += 1) {
        const { answer, isFinal } = await once(question);
        if (answer.outcome !== 'failed' || isFinal || attempts === tries) return { ...answer, attempts };
        await wait(pauseMs * attempts);
      }
    },
    close: () => dispatcher.close(),
  };
}

function judge(text: string, question: Question, publicKey: string): { answer: PlatformAnswer; isFinal: boolean } {
  const failed = (reason: string) => ({ answer: { outcome: 'failed' as const, reason, attempts: 1 }, isFinal: true });
  const parsed = answerShape.safeParse(safeJson(text));
  if (!parsed.success || parsed.data.queryId !== question.queryId) return failed('平台的应答格式不符');
  if (parsed.data.outcome === 'no-record') return { answer: { outcome: 'no-record', attempts: 1 }, isFinal: true };
  const { report, reportHash, signature, validUntil } = parsed.data;
  if (hashOf(report) !== reportHash) return failed('报告内容与摘要不符，未采用');
  if (!verify(signedText(question.queryId, reportHash), signature, publicKey))
    return failed('平台签名验证不通过，未采用');
  if (!reportShape.safeParse(report).success) return failed('报告的格式不符，未采用');
  return { answer: { outcome: 'found', report, reportHash, signature, validUntil, attempts: 1 }, isFinal: true };
}

/** What the platform signs: the question's id and the hash of the report, so that no answer passes for another's. */
export const signedText = (queryId: string, reportHash: string): string =>
  `credit-report/1\n${queryId}\n${reportHash}\n`;

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
