import { createHmac } from 'node:crypto';

/** The headers of a notification; README.md tells receivers how to check them. */
export const headerNames = {
  event: 'x-rongdan-event',
  delivery: 'x-rongdan-delivery',
  timestamp: 'x-rongdan-timestamp',
  signature: 'x-rongdan-signature',
} as const;

/** `sm3=` and the hexadecimal HMAC-SM3 of `timestamp.body` under the subscription's secret; `timestamp` in seconds. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sm3=${createHmac('sm3', secret).update(`${timestamp}.${body}`).digest('hex')}`;
