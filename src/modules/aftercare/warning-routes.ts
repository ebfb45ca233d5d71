import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { type Context, type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import * as contract from './contract/watch.ts';
import { listWarnings, type WarningListRow, warningParts } from './lists.ts';
import * as sheets from './sheet-columns.ts';
import * as warnings from './warnings.ts';

const tag = '风险预警';
const base = '/api/aftercare/warnings';

/** /api/aftercare/warnings. Banks raise, agree and report tasks through doors of their own, with the permission that banks hold. */
export function warningRoutes(app: FastifyInstance, deps: Deps): void {
  readingRoutes(app, deps);
  const raise = [
    { url: base, permission: 'aftercare.write', source: 'guarantor', summary: '登记预警（知悉日起算时限）' },
    { url: `${base}/by-bank`, permission: 'reports.submit', source: 'bank', summary: '银行登记预警' },
  ] as const;
  for (const { url, permission, source, summary } of raise)
    endpoint(app, deps, {
      ...{ method: 'POST', url, tag, summary, permission },
      body: contract.newWarning,
      answer: z.object({ id: contract.madeAnswer.shape.id, dueOn: contract.warningRow.shape.dueOn }),
      handle: ({ body, context, write }) =>
        write(async (tx) => {
          const made = await warnings.raiseWarning(tx, context, {
            ...body,
            guaranteeId: BigInt(body.guaranteeId),
            source,
          });
          return { id: String(made.id), dueOn: made.dueOn };
        }),
    });
  const write = 'aftercare.write';
  verb(app, deps, 'plan', '与银行共同的处置方案', write, contract.warningPlan, warnings.planWarning);
  verb(app, deps, 'level', '调整预警级别', write, contract.warningLevel, warnings.relevelWarning);
  verb(app, deps, 'close', '关闭预警', write, contract.warningClose, warnings.closeWarning);
  verb(app, deps, 'agree', '银行确认处置方案', 'reports.submit', z.object({}), warnings.agreePlan);
  for (const [path, permission] of [
    ['tasks', write],
    ['bank-tasks', 'reports.submit'],
  ] as const)
    endpoint(app, deps, {
      method: 'POST',
      url: `${base}/:guarantorId/:id/${path}/:seq/finish`,
      tag,
      summary: '完成一项处置任务',
      permission,
      status: 200,
      params: contract.ofOwn.extend({ seq: z.coerce.number().int().min(1) }),
      body: contract.taskDone,
      answer: contract.done,
      handle: ({ params, body, context, write: inTx }) =>
        inTx(async (tx) => {
          await warnings.finishTask(tx, context, { ...body, ...params, id: BigInt(params.id) });
          return { ok: true as const };
        }),
    });
}

function verb<B extends z.ZodType<object>>(
  app: FastifyInstance,
  deps: Deps,
  path: string,
  summary: string,
  permission: string,
  body: B,
  action: (tx: Tx, context: Context, command: warnings.OfWarning & z.output<B>) => Promise<void>,
): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/:guarantorId/:id/${path}`,
    tag,
    summary,
    permission,
    status: 200,
    params: contract.ofOwn,
    body,
    answer: contract.done,
    handle: ({ params, body: asked, context, write }) =>
      write(async (tx) => {
        const command = { ...(asked as z.output<B>), guarantorId: params.guarantorId, id: BigInt(params.id) };
        await action(tx, context, command);
        return { ok: true as const };
      }),
  });
}

type Listed = WarningListRow & { remainingWorkingDays: number | null };
const wireOf = (row: Listed) => ({
  ...row,
  id: String(row.id),
  guaranteeId: String(row.guaranteeId),
  outstanding: formatYuan(row.outstanding),
});

function readingRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: base,
    tag,
    summary: '风险预警',
    permission: 'aftercare.read',
    query: contract.warningQuery,
    answer: contract.warningPage,
    handle: (input) =>
      answerList(input, {
        title: '风险预警',
        columns: sheets.warningColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元　时限按工作日（含调休）自知悉日起算`],
        fetch: async (tx, after, limit) => {
          const page = await listWarnings(tx, input.query, after, limit, deps.clock.today());
          const titled = page.rows.map((row) => ({
            ...row,
            kindTitle: contract.warningKinds[row.kind],
            levelTitle: contract.levelTitles[row.level],
            statusTitle: contract.warningStateTitles[row.status],
          }));
          return { ...page, rows: titled };
        },
        wire: wireOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/:guarantorId/:id`,
    tag,
    summary: '一项预警：时限、方案、任务、经过',
    permission: 'aftercare.read',
    params: contract.ofOwn,
    answer: contract.warningDetail,
    handle: ({ params, read }) =>
      read(async (tx) => {
        const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
        const { rows } = await listWarnings(tx, {}, undefined, 1, deps.clock.today(), key);
        const row = rows[0];
        if (!row) throw new Refused({ code: 'warning-unknown', message: '没有这项预警，或不在您的权限范围内' }, 404);
        return { ...wireOf(row), ...(await warningParts(tx, key.guarantorId, key.id)) };
      }),
  });
}
