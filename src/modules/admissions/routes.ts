import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { type Context, checkIfMatch, type Deps, endpoint, etagOf } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import {
  applyAdmission,
  decideAdmission,
  evaluateAdmission,
  recordDocument,
  scorecardFor,
  submitAdmission,
} from './actions.ts';
import { exitAdmission, resumeAdmission, reviewAdmission, suspendAdmission } from './aftercare.ts';
import * as contract from './contract.ts';
import { stateOn } from './rules.ts';
import { addScorecard } from './scorecards.ts';
import { admissionById, documentsOf, evaluationsOf, eventsOf, listAdmissions, scorecardsOf } from './store.ts';

const tag = '银行准入';
const key = z.object({ id: idWire });
const stateTitles: Readonly<Record<contract.AdmissionState, string>> = {
  applied: '受理',
  evaluated: '已评估',
  approving: '审批中',
  'in-force': '有效',
  'not-yet': '未生效',
  suspended: '暂停',
  expired: '已到期',
  refused: '未通过',
  exited: '已退出',
};

/** /api/admissions…: list, detail, scorecards, and every step of an admission. */
export function admissionRoutes(app: FastifyInstance, deps: Deps): void {
  readRoutes(app, deps);
  scorecardRoutes(app, deps);
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions',
    tag,
    summary: '受理银行准入申请',
    permission: 'admissions.write',
    body: contract.newApplication,
    answer: z.object({ id: idWire }),
    handle: ({ write, body, context }) =>
      write(async (tx) => ({ id: String((await applyAdmission(tx, context, body)).id) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/:id/documents',
    tag,
    summary: '登记收到的资料',
    permission: 'admissions.write',
    params: key,
    body: contract.newDocument,
    answer: contract.done,
    handle: ({ write, body, params, context }) =>
      write((tx) => recordDocument(tx, context, { ...body, admissionId: BigInt(params.id) })),
  });
  const { done, newSpan } = contract;
  const scored = done.extend({ score: z.number().int(), grade: z.string() });
  step(app, deps, ['evaluations', '评分', contract.newEvaluation, scored, evaluateAdmission]);
  step(app, deps, ['reviews', '年度复审', contract.newReview, scored, reviewAdmission]);
  step(app, deps, ['submission', '提交审批', contract.newSubmission, done, submitAdmission]);
  const decision = '审定（没有审批流程在办时；评估人、提交人不得自己审定）';
  step(app, deps, ['decision', decision, contract.newDecision, done, decideAdmission]);
  step(app, deps, ['suspension', '暂停', newSpan, done, suspendAdmission]);
  step(app, deps, ['resumption', '恢复', newSpan, done, resumeAdmission]);
  step(app, deps, ['exit', '退出', newSpan, done, exitAdmission]);
}

type Step<B extends z.ZodType, R extends z.ZodType> = readonly [
  name: string,
  summary: string,
  body: B,
  answer: R,
  act: (tx: Tx, context: Context, command: z.output<B> & { readonly admissionId: bigint }) => Promise<z.input<R>>,
];

/** One step of an admission that people take together: asked with If-Match, so that the second of two looks again. */
function step<B extends z.ZodType, R extends z.ZodType>(
  app: FastifyInstance,
  deps: Deps,
  [name, summary, body, answer, act]: Step<B, R>,
): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `/api/admissions/:id/${name}`,
    tag,
    summary,
    permission: 'admissions.write',
    ifMatch: 'required',
    params: key,
    body,
    answer,
    handle: ({ write, body: given, params, context, request }) =>
      write(async (tx) => {
        await isUnchanged(tx, request, params.id);
        return act(tx, context, { ...(given as z.output<B> & object), admissionId: BigInt(params.id) });
      }),
  });
}

function readRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/admissions',
    tag,
    summary: '银行准入列表',
    permission: 'admissions.read',
    query: contract.admissionQuery,
    answer: contract.admissionPage,
    handle: (input) =>
      answerList(input, {
        title: '银行准入',
        columns: [
          { key: 'bankName', title: '银行', type: 'text' },
          { key: 'stateTitle', title: '状态', type: 'text' },
          { key: 'score', title: '得分', type: 'integer' },
          { key: 'grade', title: '等级', type: 'text' },
          { key: 'from', title: '准入起', type: 'day' },
          { key: 'to', title: '准入止', type: 'day' },
          { key: 'reviewDueOn', title: '下次复审', type: 'day' },
        ],
        footer: [`数据截至 ${deps.clock.today()}；评分卡为占位`],
        fetch: async (tx, after, limit) => {
          const page = await listAdmissions(tx, { ...input.query, on: deps.clock.today() }, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, stateTitle: stateTitles[row.shown] })) };
        },
        wire: (row) => ({ ...row, id: String(row.id), state: row.shown }),
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/admissions/:id',
    tag,
    summary: '一项准入：评分、资料、复审、暂停与经过',
    permission: 'admissions.read',
    params: key,
    answer: contract.admissionDetail,
    handle: async ({ read, params, reply }) => {
      const detail = await read((tx) => detailOf(tx, BigInt(params.id), deps.clock.today()));
      reply.header('etag', etagOf(detail.revision));
      return detail;
    },
  });
}

function scorecardRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/admissions/scorecard',
    tag,
    summary: '今日生效的准入评分卡',
    permission: 'admissions.read',
    answer: contract.scorecard,
    handle: ({ read }) => read((tx) => scorecardFor(tx, deps.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/admissions/scorecards',
    tag,
    summary: '准入评分卡的各版',
    permission: 'admissions.read',
    answer: contract.scorecardList,
    handle: ({ read }) => read(async (tx) => ({ rows: await scorecardsOf(tx) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/scorecards',
    tag,
    summary: '登记准入评分卡的新版；只用于生效日起受理的申请与复审',
    permission: 'admissions.write',
    body: contract.newScorecard,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, body, context }) => write((tx) => addScorecard(tx, context, body)),
  });
}

async function isUnchanged(tx: Tx, request: FastifyRequest, id: string): Promise<void> {
  const found = await admissionById(tx, BigInt(id), true);
  if (!found) throw unknown();
  checkIfMatch(request, found.revision, true);
}

const unknown = () => new Refused({ code: 'admission-unknown', message: '没有这项准入，或不在您的权限范围内' }, 404);

async function detailOf(tx: Tx, id: bigint, today: Day): Promise<z.input<typeof contract.admissionDetail>> {
  const found = await admissionById(tx, id);
  if (!found) throw unknown();
  const card = await scorecardFor(tx, found.state === 'in-force' ? today : found.appliedOn);
  const received = await documentsOf(tx, id);
  return {
    ...found,
    id: String(found.id),
    state: stateOn(found, today),
    scorecard: card,
    documents: card.terms.checklist.map((item) => {
      const got = received.find((each) => each.code === item.code);
      return { ...item, reference: got?.reference ?? null, receivedOn: got?.receivedOn ?? null };
    }),
    evaluations: await evaluationsOf(tx, id),
    events: (await eventsOf(tx, id)).map((each) => ({ ...each, recordedAt: each.recordedAt.toISOString() })),
  };
}
