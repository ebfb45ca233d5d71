import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { quarterSpan } from '../../kernel/month.ts';
import { type Deps, endpoint, sendFile } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import * as contract from './contract.ts';
import { detailOf, existing } from './detail.ts';
import { explainFigure } from './explain.ts';
import { finaliseCertificate, finaliseQuarter } from './finalise.ts';
import { listCertificates, listChanges, listLoans } from './list-store.ts';
import { mapOf } from './map.ts';
import { objectionRoutes } from './objection-routes.ts';
import { certificatePdf } from './paper.ts';
import { publicRoutes } from './public-routes.ts';
import { sealingReadiness } from './readiness.ts';
import { restateCertificate } from './restate.ts';
import { sealQuarter } from './seal.ts';
import { certificateColumns, changeColumns, loanColumns } from './sheet-columns.ts';
import { currentCertificates } from './store.ts';
import { changeText, sheetCertificate, tagTitles, wireCertificate, wireChange, wireLoan } from './words.ts';

const tag = '季度反馈';
const byId = z.object({ id: idWire });

/** /api/feedback/… and the public check of a certificate. */
export function feedbackRoutes(app: FastifyInstance, deps: Deps): void {
  certificateRoutes(app, deps);
  standingRoutes(app, deps);
  objectionRoutes(app, deps);
  publicRoutes(app, deps);
}

function certificateRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates',
    tag,
    summary: '季度反馈凭证',
    permission: 'feedback.read',
    query: contract.certificateQuery,
    answer: contract.certificatePage,
    handle: (input) =>
      answerList(input, {
        title: '季度反馈凭证',
        columns: certificateColumns,
        footer: ['单位：元　口径：已封存凭证的合计数；户数各级重算，不可相加'],
        fetch: async (tx, after, limit) => {
          const page = await listCertificates(tx, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, ...sheetCertificate(row) })) };
        },
        wire: wireCertificate,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates/:id',
    tag,
    summary: '一份凭证',
    permission: 'feedback.read',
    params: byId,
    answer: contract.certificateDetail,
    handle: ({ read, params, context }) => read((tx) => detailOf(tx, BigInt(params.id), context.clock.today())),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates/:id/rows',
    tag,
    summary: '凭证逐笔明细',
    permission: 'feedback.read',
    params: byId,
    query: contract.loanQuery,
    answer: contract.loanPage,
    handle: (input) =>
      answerList(input, {
        title: '季度反馈凭证逐笔明细',
        columns: loanColumns,
        footer: [`凭证 ${input.params.id}　单位：元　口径：封存核对时所知`],
        fetch: async (tx, after, limit) => {
          const certificate = await existing(tx, BigInt(input.params.id));
          const page = await listLoans(tx, certificate, input.query, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...row, primaryTagTitle: tagTitles[row.primaryTag] })) };
        },
        wire: wireLoan,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates/:id/changes',
    tag,
    summary: '更正凭证的逐笔差异',
    permission: 'feedback.read',
    params: byId,
    query: contract.loanQuery.pick({ after: true, limit: true, format: true }),
    answer: contract.loanDeltaPage,
    handle: (input) =>
      answerList(input, {
        title: '更正凭证逐笔差异',
        columns: changeColumns,
        footer: [`凭证 ${input.params.id}　金额单位：元　更正前 → 更正后`],
        fetch: async (tx, after, limit) => {
          const { id, restatesId, regionLevel } = await existing(tx, BigInt(input.params.id));
          if (restatesId === null || regionLevel !== 3) return { rows: [], next: null };
          const page = await listChanges(tx, { before: restatesId, after: id }, after, limit);
          return { ...page, rows: page.rows.map((row) => ({ ...wireChange(row), changeText: changeText(row) })) };
        },
        wire: ({ changeText: _, ...row }) => row,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates/:id/explain',
    tag,
    summary: '怎么算的',
    permission: 'feedback.read',
    params: byId,
    query: contract.explainQuery,
    answer: contract.explainAnswer,
    handle: ({ read, params, query }) => read((tx) => explainFigure(tx, BigInt(params.id), query.line, query.metric)),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/certificates/:id/pdf',
    tag,
    summary: '凭证 PDF',
    permission: 'feedback.read',
    params: byId,
    answer: z.any(),
    file: 'application/pdf',
    handle: async ({ read, params, request, reply }) => {
      const certificate = await read((tx) => existing(tx, BigInt(params.id)));
      const base = process.env.PUBLIC_URL || `${request.protocol}://${request.host}`;
      const pdf = await certificatePdf(certificate, `${base}/verify`);
      return sendFile(reply, `${certificate.number}.pdf`, 'application/pdf', pdf);
    },
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/map',
    tag,
    summary: '地图数据（仅已封存数字）',
    permission: 'feedback.read',
    query: contract.mapQuery,
    answer: contract.mapAnswer,
    handle: ({ read, query }) => read((tx) => mapOf(tx, query)),
  });
}

function standingRoutes(app: FastifyInstance, deps: Deps): void {
  const quarterQuery = contract.sealQuarterBody;
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/readiness',
    tag,
    summary: '季度能否封存：逐家核对情况',
    permission: 'feedback.seal',
    query: quarterQuery,
    answer: contract.readinessAnswer,
    handle: ({ read, query: { quarter }, context }) =>
      read(async (tx) => {
        const guarantors = (await sealingReadiness(tx, quarter)).map(({ runId: _, ...each }) => each);
        const asOf = quarterSpan(quarter).to;
        const isOver = context.clock.today() > asOf;
        const sealed = (await currentCertificates(tx, quarter)).length > 0;
        return {
          quarter,
          asOf,
          sealed,
          ready: isOver && guarantors.every((each) => each.state === 'ready'),
          guarantors,
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/quarters',
    tag,
    summary: '封存一个季度，出具县、市、省凭证',
    permission: 'feedback.seal',
    body: contract.sealQuarterBody,
    answer: contract.sealAnswer,
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const sealed = await sealQuarter(tx, context, body);
        return { ...sealed, provinceId: String(sealed.provinceId) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/quarters/:quarter/finalisation',
    tag,
    summary: '将本季异议期已满、异议已清的凭证定稿',
    permission: 'feedback.seal',
    params: quarterQuery,
    answer: contract.finaliseAnswer,
    handle: ({ write, params, context }) =>
      write(async (tx) => ({ finalised: await finaliseQuarter(tx, context, params.quarter) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/certificates/:id/finalisation',
    tag,
    summary: '一份凭证定稿',
    permission: 'feedback.seal',
    params: byId,
    answer: contract.finaliseAnswer,
    handle: ({ write, params, context }) =>
      write(async (tx) => {
        await finaliseCertificate(tx, context, BigInt(params.id));
        return { finalised: 1 };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/certificates/:id/restatement',
    tag,
    summary: '更正后重新出具县级凭证及其市、省凭证',
    permission: 'feedback.seal',
    params: byId,
    body: contract.restateBody,
    answer: contract.restateAnswer,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const made = await restateCertificate(tx, context, { id: BigInt(params.id), cause: body.cause });
        return { ...made, certificates: made.certificates.map(({ id, number }) => ({ id: String(id), number })) };
      }),
  });
}
