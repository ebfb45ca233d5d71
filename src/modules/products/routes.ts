import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Refused } from '../../kernel/refusal.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { addProductVersion } from './actions.ts';
import * as contract from './contract.ts';
import { differencesOf, eligibility } from './rules.ts';
import { historyOf, listProducts, versionsOn } from './store.ts';

const tag = '产品';
const key = z.object({ code: z.string().max(40) });
const unknown = () => new Refused({ code: 'product-unknown', message: '没有这个产品' }, 404);

/** /api/products/…: versions, differences, the eligibility simulator. */
export function productRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/products/in-force',
    tag,
    summary: '产品及今日有效的版本',
    permission: 'products.read',
    answer: contract.productList,
    handle: ({ read }) =>
      read(async (tx) => {
        const current = new Map((await versionsOn(tx, deps.clock.today())).map((each) => [each.code, each]));
        const rows = await listProducts(tx);
        return { rows: rows.map((row) => ({ ...row, current: current.get(row.code) ?? null })) };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/products/:code',
    tag,
    summary: '产品及全部版本',
    permission: 'products.read',
    params: key,
    answer: contract.productDetail,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const row = (await listProducts(tx)).find((each) => each.code === params.code);
        if (!row) throw unknown();
        const history = await historyOf(tx, params.code);
        const today = deps.clock.today();
        const current = history.findLast((each) => each.from <= today && (each.to === null || each.to >= today));
        return { ...row, current: current ?? null, history };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/products/:code/differences',
    tag,
    summary: '两个版本之间的差异',
    permission: 'products.read',
    params: key,
    query: contract.diffQuery,
    answer: contract.versionDiff,
    handle: ({ read, params, query }) =>
      read(async (tx) => {
        const history = await historyOf(tx, params.code);
        const [before, after] = [query.from, query.to].map((number) => history.find((each) => each.version === number));
        if (!before || !after) throw new Refused({ code: 'version-unknown', message: '没有这个版本' }, 404);
        return { rows: differencesOf(before.terms, after.terms) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/products/:code/versions',
    tag,
    summary: '新增产品版本',
    permission: 'products.write',
    params: key,
    body: contract.newProductVersion,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, params, body, context }) =>
      write((tx) => addProductVersion(tx, context, { ...body, code: params.code })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/products/eligibility',
    tag,
    summary: '准入模拟：逐产品逐条给出是否通过、不通过的条款与怎样可以通过（不落库）',
    permission: 'products.read',
    body: contract.eligibilityFacts,
    status: 200,
    answer: contract.eligibilityAnswer,
    handle: ({ read, body }) =>
      read(async (tx) => {
        const on = body.on ?? deps.clock.today();
        const products = (await versionsOn(tx, on)).map(({ code, name, version, terms }) => {
          const findings = eligibility(body, terms);
          return { code, name, version, passes: findings.every((each) => each.passes), findings };
        });
        return { on, products };
      }),
  });
}
