import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import * as contract from './contract.ts';
import { inputs } from './rules/inputs.ts';
import { showUnit } from './rules/units.ts';
import { addSchemeVersion, adoptScheme, createScheme } from './schemes.ts';
import { schemesWire } from './wire-row.ts';

const tag = '补偿补贴';
const key = z.object({ id: z.coerce.number().int() });
const made = z.object({ id: z.number().int(), versionId: z.number().int() });

/** Schemes, versions, adoption. */
export function schemeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/subsidies/schemes',
    tag,
    summary: '补偿补贴办法、版本与采用情况；公式可用的输入项',
    permission: 'subsidies.read',
    answer: contract.schemeList,
    handle: async ({ read }) => ({
      rows: await read((tx) => schemesWire(tx, deps.clock.today())),
      inputs: [...inputs].map(([name, { unit, title }]) => ({ name, unit: showUnit(unit), title })),
    }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/schemes',
    tag,
    summary: '制定办法（仅省级）；dryRun=true 只校验公式与单位',
    permission: 'subsidies.adopt',
    body: contract.newScheme,
    answer: made,
    handle: ({ write, body, context }) => write((tx) => createScheme(tx, context, body)),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/schemes/:id/versions',
    tag,
    summary: '办法的新版本（仅省级）',
    permission: 'subsidies.adopt',
    params: key,
    body: contract.newVersion,
    answer: made,
    handle: ({ write, body, params, context }) =>
      write(async (tx) => ({ id: params.id, versionId: await addSchemeVersion(tx, context, params.id, body) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/subsidies/schemes/:id/adoptions',
    tag,
    summary: '本地区采用办法（不能改动标准）',
    permission: 'subsidies.adopt',
    params: key,
    body: contract.newAdoption,
    answer: z.object({ ok: z.boolean() }),
    handle: ({ write, body, params, context }) =>
      write(async (tx) => {
        await adoptScheme(tx, context, params.id, body);
        return { ok: true };
      }),
  });
}
