import type { Refusal } from '../../kernel/refusal.ts';

const minute = 60;
const waits = [minute, 5 * minute, 30 * minute, 2 * 60 * minute, 6 * 60 * minute, 12 * 60 * minute, 24 * 60 * minute];

/** Seconds to wait after the given number of failed tries: 1, 5, 30 minutes, 2, 6, 12, 24 hours; null: give up. */
export const retryAfterSeconds = (attempts: number): number | null => waits[attempts - 1] ?? null;

/** After so many given-up deliveries in a row the subscription is switched off. */
export const failuresBeforeDisabled = 10;

/** Does this answer mean that the receiver has taken the notification? */
export const isTaken = (statusCode: number): boolean => statusCode >= 200 && statusCode < 300;

/** Why an address cannot be subscribed, or nothing. Where a name leads is checked again at every try (`addresses.ts`). */
export function urlRefusal(text: string, allowsHttp: (host: string) => boolean): Refusal | undefined {
  const refuse = (message: string): Refusal => ({ code: 'webhook-url', field: 'url', message });
  if (!URL.canParse(text)) return refuse('接收地址不是完整的网址');
  const url = new URL(text);
  if (url.username || url.password) return refuse('接收地址不能带用户名和密码');
  if (url.protocol === 'https:' || (url.protocol === 'http:' && allowsHttp(url.hostname))) return undefined;
  return refuse('接收地址须为 https');
}
