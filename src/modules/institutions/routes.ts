import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Fen, formatYuan, yuan } from '../../kernel/money.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { changeStatus, createInstitution, recordCapital, recordLicence, recordLineage } from './actions.ts';
import {
  capitalBody,
  createInstitutionBody,
  institutionDetailWire,
  institutionPage,
  institutionQuery,
  type institutionWire,
  kindTitles,
  licenceBody,
  licenceTitles,
  lineageBody,
  regionLevels,
  regionsWire,
  statusBody,
  statusTitles,
} from './contract.ts';
import { capitalOf, type InstitutionRow, institutionOf, lineageOf, listInstitutions, listRegions } from './store.ts';

const tag = '机构';
const done = z.object({ ok: z.literal(true) });
const idParam = z.object({ id: z.coerce.number().int().positive() });
const levelWord = (level: number) => regionLevels[level - 1] ?? 'county';
const levelNumber = (word: string | undefined) =>
  word === undefined ? undefined : regionLevels.indexOf(word as (typeof regionLevels)[number]) + 1;

/** Regions and institutions: to read for all who may, to change for those who keep them. */
export function institutionRoutes(app: FastifyInstance, deps: Deps): void {
  readRoutes(app, deps);
  changeRoutes(app, deps);
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/regions',
    tag,
    summary: '行政区划（GB/T 2260）与已撤销代码',
    permission: 'signed-in',
    answer: regionsWire,
    handle: async ({ read }) => {
      const { regions, retired } = await read(listRegions);
      return {
        rows: regions.map((row) => ({
          code: String(row.code),
          name: row.name,
          level: levelWord(row.level),
          parentCode: row.parentCode === null ? null : String(row.parentCode),
        })),
        retired: retired.map((row) => ({
          ...row,
          code: String(row.code),
          successors: row.successors.map(String),
        })),
      };
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/institutions',
    tag,
    summary: '机构列表',
    permission: 'institutions.read',
    query: institutionQuery,
    answer: institutionPage,
    handle: (input) =>
      answerList(input, {
        title: '机构名录',
        columns: [
          { key: 'code', title: '机构代码', type: 'text', width: 22 },
          { key: 'name', title: '机构名称', type: 'text', width: 40 },
          { key: 'kindTitle', title: '类别', type: 'text', width: 20 },
          { key: 'regionName', title: '所在区划', type: 'text' },
          { key: 'licenceNo', title: '许可证号', type: 'text', width: 22, whenNull: '—' },
          { key: 'licenceTitle', title: '许可证状态', type: 'text', whenNull: '—' },
          { key: 'statusTitle', title: '状态', type: 'text' },
        ],
        footer: [`数据截至 ${input.context.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const filter = { ...input.query, level: levelNumber(input.query.level) };
          const page = await listInstitutions(tx, filter, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...wordsOf(row) })) };
        },
        wire: wireInstitution,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/institutions/:id',
    tag,
    summary: '机构详情：沿革与资本',
    permission: 'institutions.read',
    params: idParam,
    answer: institutionDetailWire,
    handle: ({ read, params }) =>
      read(async (tx) => {
        const found = await institutionOf(tx, params.id);
        const lineage = await lineageOf(tx, params.id);
        const capital = await capitalOf(tx, params.id);
        return {
          ...wireInstitution(found),
          predecessors: lineage.predecessors.map(wireRelative),
          successors: lineage.successors.map(wireRelative),
          capital: capital.map((row) => ({
            ...row,
            recordedAt: row.recordedAt.toISOString(),
            registeredCapital: formatYuan(row.registeredCapital),
            netAssets: formatYuan(row.netAssets),
            stakesInGuarantors: formatYuan(row.stakesInGuarantors),
          })),
        };
      }),
  });
}

function changeRoutes(app: FastifyInstance, deps: Deps): void {
  const permission = 'institutions.write';
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/institutions',
    tag,
    summary: '登记机构',
    permission,
    body: createInstitutionBody,
    answer: z.object({ id: z.string() }),
    handle: ({ write, context, body }) =>
      write(async (tx) => {
        const made = await createInstitution(tx, context, { ...body, level: levelNumber(body.level) ?? 3 });
        return { id: String(made.id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/institutions/:id/status',
    tag,
    summary: '停业或恢复营业',
    permission,
    status: 200,
    params: idParam,
    body: statusBody,
    answer: done,
    handle: ({ write, context, params, body }) =>
      write(async (tx) => {
        await changeStatus(tx, context, { id: params.id, ...body });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/institutions/:id/licence',
    tag,
    summary: '登记经营许可证',
    permission,
    status: 200,
    params: idParam,
    body: licenceBody,
    answer: done,
    handle: ({ write, context, params, body }) =>
      write(async (tx) => {
        await recordLicence(tx, context, { id: params.id, ...body });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/institutions/:id/lineage',
    tag,
    summary: '登记承继：吸收合并、更名、分立（条8）',
    permission,
    params: idParam,
    body: lineageBody,
    answer: done,
    handle: ({ write, context, params, body }) =>
      write(async (tx) => {
        await recordLineage(tx, context, { predecessorId: params.id, ...body });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/institutions/:id/capital',
    tag,
    summary: '登记资本与净资产（截至某日）',
    permission,
    params: idParam,
    body: capitalBody,
    answer: done,
    handle: ({ write, context, params, body }) =>
      write(async (tx) => {
        await recordCapital(tx, context, { guarantorId: params.id, ...body, ...amountsOf(body) });
        return { ok: true as const };
      }),
  });
}

const amountsOf = (
  body: z.output<typeof capitalBody>,
): { registeredCapital: Fen; netAssets: Fen; stakesInGuarantors: Fen } => ({
  registeredCapital: yuan(body.registeredCapital),
  netAssets: yuan(body.netAssets),
  stakesInGuarantors: yuan(body.stakesInGuarantors),
});

const wordsOf = (row: InstitutionRow) => ({
  kindTitle: kindTitles[row.kind],
  licenceTitle: row.licenceStatus === null ? null : licenceTitles[row.licenceStatus],
  statusTitle: statusTitles[row.status],
});

const wireInstitution = (row: InstitutionRow): z.input<typeof institutionWire> =>
  ({
    ...row,
    id: String(row.id),
    level: levelWord(row.level),
    regionCode: String(row.regionCode),
  }) as z.input<typeof institutionWire>;

const wireRelative = <Row extends { id: number; kind: string }>(row: Row) => ({
  ...row,
  id: String(row.id),
  kind: row.kind as 'absorption' | 'renaming' | 'split',
});
