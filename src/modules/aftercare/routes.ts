import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { changeRoutes } from './change-routes.ts';
import * as contract from './contract/watch.ts';
import { addCounter, addCounterFact, releaseCounter } from './counters.ts';
import { addInspection, finishInspection, planInspections } from './inspections.ts';
import { listCounters, listInspections, ratingsOf } from './lists.ts';
import { policyOn } from './policy.ts';
import * as sheets from './sheet-columns.ts';
import { warningRoutes } from './warning-routes.ts';

const tag = '保后管理';
const base = '/api/aftercare';
const done = { ok: true as const };

/** /api/aftercare: counter-guarantees, inspections, warnings, changes, releases. */
export function aftercareRoutes(app: FastifyInstance, deps: Deps): void {
  counterRoutes(app, deps);
  inspectionRoutes(app, deps);
  warningRoutes(app, deps);
  changeRoutes(app, deps);
}

function counterRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/counters`,
    tag,
    summary: '反担保登记簿（评估、登记、保险的期限提醒）',
    permission: 'aftercare.read',
    query: contract.counterQuery,
    answer: contract.counterPage,
    handle: (input) =>
      answerList(input, {
        title: '反担保登记簿',
        columns: sheets.counterColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元`],
        fetch: async (tx, after, limit) => {
          const page = await listCounters(tx, input.query, after, limit, deps.clock.today());
          const rows = page.rows.map((row) => ({
            ...row,
            kindTitle: contract.counterKinds[row.kind],
            alertText: row.alerts.map((alert) => alert.message).join('；'),
          }));
          return { ...page, rows };
        },
        wire: (row) => ({
          ...row,
          id: String(row.id),
          guaranteeId: String(row.guaranteeId),
          guaranteeNo: row.contractNo,
          contractNo: row.counterNo,
          value: row.value === null ? null : formatYuan(row.value),
          facts: row.facts.map((fact) => ({
            ...fact,
            amount: fact.amount === null ? null : formatYuan(BigInt(fact.amount) as never),
          })),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/counters`,
    tag,
    summary: '登记反担保',
    permission: 'aftercare.write',
    params: contract.ofGuarantee,
    body: contract.newCounter,
    answer: contract.madeAnswer,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const { id } = await addCounter(tx, context, { ...body, ...keyOf(params) });
        return { id: String(id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/counters/:guarantorId/:id/facts`,
    tag,
    summary: '登记评估、登记或保险',
    permission: 'aftercare.write',
    params: contract.ofOwn,
    body: contract.newFact,
    answer: contract.done,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const amount = body.amount === undefined ? undefined : yuan(body.amount);
        await addCounterFact(tx, context, { ...body, amount, guarantorId: params.guarantorId, id: BigInt(params.id) });
        return done;
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/counters/:guarantorId/:id/release`,
    tag,
    summary: '解除反担保',
    permission: 'aftercare.write',
    status: 200,
    params: contract.ofOwn,
    body: contract.counterRelease,
    answer: contract.done,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        await releaseCounter(tx, context, { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) });
        return done;
      }),
  });
}

function inspectionRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/inspections`,
    tag,
    summary: '保后检查',
    permission: 'aftercare.read',
    query: contract.inspectionQuery,
    answer: contract.inspectionPage,
    handle: (input) =>
      answerList(input, {
        title: '保后检查',
        columns: sheets.inspectionColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元`],
        fetch: async (tx, after, limit) => {
          const page = await listInspections(tx, input.query, after, limit, deps.clock.today());
          const titled = page.rows.map((row) => ({
            ...row,
            statusTitle: contract.inspectionTitles[row.status],
            classTitle: row.class === null ? null : contract.classTitles[row.class],
          }));
          return { ...page, rows: titled };
        },
        wire: (row) => ({
          ...row,
          id: String(row.id),
          guaranteeId: String(row.guaranteeId),
          outstanding: formatYuan(row.outstanding),
        }),
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/inspections/plan`,
    tag,
    summary: '按风险排定检查计划（重复执行不重复排）',
    permission: 'aftercare.write',
    status: 200,
    body: z.object({ guarantorId: z.number().int() }),
    answer: contract.plannedAnswer,
    handle: ({ body, context, write }) =>
      write(async (tx) => {
        const { planned } = await planInspections(tx, context, body);
        const rule = await policyOn(tx, 'inspection', deps.clock.today());
        return { planned, rule: rule.source, unverified: rule.unverified };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/inspections`,
    tag,
    summary: '临时增加一次检查',
    permission: 'aftercare.write',
    params: contract.ofGuarantee,
    body: contract.newInspection,
    answer: contract.madeAnswer,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        const { id } = await addInspection(tx, context, { ...body, ...keyOf(params) });
        return { id: String(id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/inspections/:guarantorId/:id/finish`,
    tag,
    summary: '登记检查结果与五级分类',
    permission: 'aftercare.write',
    status: 200,
    params: contract.ofOwn,
    body: contract.inspectionDone,
    answer: contract.done,
    handle: ({ params, body, context, write }) =>
      write(async (tx) => {
        await finishInspection(tx, context, { ...body, guarantorId: params.guarantorId, id: BigInt(params.id) });
        return done;
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/ratings`,
    tag,
    summary: '五级分类历史',
    permission: 'aftercare.read',
    params: contract.ofGuarantee,
    answer: z.object({ rows: z.array(contract.ratingRow) }),
    handle: ({ params, read }) =>
      read(async (tx) => ({ rows: await ratingsOf(tx, params.guarantorId, BigInt(params.guaranteeId)) })),
  });
}

/** A guarantee's key from the address. */
export const keyOf = (params: { guarantorId: number; guaranteeId: string }) => ({
  guarantorId: params.guarantorId,
  guaranteeId: BigInt(params.guaranteeId),
});
