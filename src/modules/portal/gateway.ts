import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Agent, request } from 'undici';

type Environment = Readonly<Record<string, string | undefined>>;

/** The way to the SMS gateway. */
export type SmsGateway = {
  /** The page of the stand-in that shows what would have been sent; null for a real gateway. */
  readonly outbox: string | null;
  /** Sends one message; the same id is sent once. Answers why not, or undefined. Never throws. */
  send(message: { readonly id: string; readonly phone: string; readonly text: string }): Promise<string | undefined>;
};

const timeoutMs = 5_000;

/**
 * The gateway of this installation: SMS_GATEWAY_URL with SMS_GATEWAY_TOKEN and SMS_GATEWAY_CA, or else the stand-in beside us
 * (DATA_DIR/sms-gateway/link.json). Undefined when there is neither: then the portal says so.
 */
export function openGateway(env: Environment = process.env): SmsGateway | undefined {
  if (env.SMS_GATEWAY_URL)
    return overHttp({
      url: env.SMS_GATEWAY_URL,
      token: env.SMS_GATEWAY_TOKEN ?? '',
      caFile: env.SMS_GATEWAY_CA || undefined,
      outbox: null,
    });
  const file = join(env.DATA_DIR || '.data', 'sms-gateway', 'link.json');
  if (!existsSync(file)) return undefined;
  return overHttp(JSON.parse(readFileSync(file, 'utf8')) as Settings);
}

type Settings = { url: string; token: string; caFile?: string | undefined; outbox: string | null };

function overHttp(settings: Settings): SmsGateway {
  return {
    outbox: settings.outbox,
    send: async (message) => {
      const ca = settings.caFile ? readFileSync(settings.caFile, 'utf8') : undefined;
      const dispatcher = new Agent({
        connect: { timeout: timeoutMs, ...(ca ? { ca } : {}) },
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      });
      try {
        for (let tries = 1; ; tries += 1) {
          const problem = await once(settings, message, dispatcher);
          if (problem === undefined || tries === 2) return problem;
        }
      } finally {
        await dispatcher.close();
      }
    },
  };
}

async function once(settings: Settings, message: object, dispatcher: Agent): Promise<string | undefined> {
  try {
    const answer = await request(`${settings.url.replace(/\/$/, '')}/v1/messages`, {
      method: 'POST',
      dispatcher,
      headers: { authorization: `Bearer ${settings.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    await answer.body.dump();
    return answer.statusCode === 200 ? undefined : `短信网关应答 ${answer.statusCode}`;
  } catch (error) {
    return `连不上短信网关（${(error as { code?: string }).code ?? 'unknown'}）`;
  }
}
