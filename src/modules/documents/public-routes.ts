import type { FastifyInstance } from 'fastify';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import * as contract from './contract.ts';
import { allKeys } from './store.ts';
import { checkLetter } from './verify.ts';

/** Where anyone who holds a letter checks it, and the keys to check one without us. Nothing personal is answered. */
export function publicRoutes(app: FastifyInstance, deps: Deps): void {
  const tag = '公开验证';
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/public/letters',
    tag,
    summary: '查验文书：二维码内容 d，或文号 number 与核验码 code',
    permission: 'public',
    query: contract.letterQuery,
    answer: contract.letterCheck,
    rateLimit: { max: 30, timeWindow: '1 minute' },
    handle: ({ read, query }) => {
      if (query.d === undefined && (!query.number || !query.code))
        throw new Refused({ code: 'letter-not-named', message: '请扫描二维码，或同时填写文号与核验码' }, 400);
      return read((tx) => checkLetter(tx, { payload: query.d, number: query.number, code: query.code }));
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/public/letter-keys',
    tag,
    summary: '各机构的签名公钥（SM2），供脱机验签',
    permission: 'public',
    answer: contract.keyList,
    rateLimit: { max: 30, timeWindow: '1 minute' },
    handle: ({ read }) =>
      read(async (tx) => ({
        rows: (await allKeys(tx)).map(({ recordedAt, ...key }) => ({ ...key, since: recordedAt.toISOString() })),
      })),
  });
}
