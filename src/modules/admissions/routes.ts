import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { checkIfMatch, type Deps, endpoint, etagOf } from '../../platform/http.ts';
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
import { admissionById, documentsOf, evaluationsOf, eventsOf, listAdmissions } from './store.ts';

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

/** /api/admissions…: list, detail, and every step of an admission. */
export function admissionRoutes(app: FastifyInstance, deps: Deps): void {
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
    url: '/api/admissions/scorecard',
    tag,
    summary: '今日生效的准入评分卡',
    permission: 'admissions.read',
    answer: contract.scorecard,
    handle: ({ read }) => read((tx) => scorecardFor(tx, deps.clock.today())),
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
  const scored = contract.done.extend({ score: z.number().int(), grade: z.string() });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/:id/evaluations',
    tag,
    summary: '评分',
    permission: 'admissions.write',
    ifMatch: 'required',
    params: key,
    body: contract.newEvaluation,
    answer: scored,
    handle: ({ write, body, params, context, request }) =>
      write(async (tx) => {
        await isUnchanged(tx, request, params.id);
        return evaluateAdmission(tx, context, { ...body, admissionId: BigInt(params.id) });
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/:id/reviews',
    tag,
    summary: '年度复审',
    permission: 'admissions.write',
    ifMatch: 'required',
    params: key,
    body: contract.newReview,
    answer: scored,
    handle: ({ write, body, params, context, request }) =>
      write(async (tx) => {
        await isUnchanged(tx, request, params.id);
        return reviewAdmission(tx, context, { ...body, admissionId: BigInt(params.id) });
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/:id/submission',
    tag,
    summary: '提交审批',
    permission: 'admissions.write',
    ifMatch: 'required',
    params: key,
    body: contract.newSubmission,
    answer: contract.done,
    handle: ({ write, body, params, context, request }) =>
      write(async (tx) => {
        await isUnchanged(tx, request, params.id);
        return submitAdmission(tx, context, { ...body, admissionId: BigInt(params.id) });
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/admissions/:id/decision',
    tag,
    summary: '审定（没有审批流程在办时；评估人、提交人不得自己审定）',
    permission: 'admissions.write',
    ifMatch: 'required',
    params: key,
    body: contract.newDecision,
    answer: contract.done,
    handle: ({ write, body, params, context, request }) =>
      write(async (tx) => {
        await isUnchanged(tx, request, params.id);
        return decideAdmission(tx, context, { ...body, admissionId: BigInt(params.id) });
      }),
  });
  const spans = [
    ['suspension', '暂停', suspendAdmission],
    ['resumption', '恢复', resumeAdmission],
    ['exit', '退出', exitAdmission],
  ] as const;
  for (const [name, summary, act] of spans) {
    endpoint(app, deps, {
      method: 'POST',
      url: `/api/admissions/:id/${name}`,
      tag,
      summary,
      permission: 'admissions.write',
      ifMatch: 'required',
      params: key,
      body: contract.newSpan,
      answer: contract.done,
      handle: ({ write, body, params, context, request }) =>
        write(async (tx) => {
          await isUnchanged(tx, request, params.id);
          return act(tx, context, { ...body, admissionId: BigInt(params.id) });
        }),
    });
  }
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
