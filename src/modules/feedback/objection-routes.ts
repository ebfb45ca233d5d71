import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { confirmCertificate } from './confirm.ts';
import * as contract from './contract.ts';
import { listObjections } from './list-store.ts';
import { answerObjection, raiseObjection } from './objections.ts';
import { objectionColumns } from './sheet-columns.ts';
import { wireObjection } from './words.ts';

const tag = '季度反馈';
const byId = z.object({ id: idWire });

/** Objections to certificates: listed, raised, answered; confirmations that there are none. */
export function objectionRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/feedback/objections',
    tag,
    summary: '异议',
    permission: 'feedback.read',
    query: contract.objectionQuery,
    answer: contract.objectionPage,
    handle: (input) =>
      answerList(input, {
        title: '季度反馈异议',
        columns: objectionColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listObjections(tx, input.query, after, limit);
          const rows = page.rows.map((row) => {
            const { target, statusTitle } = wireObjection(row);
            return { ...row, target, statusTitle };
          });
          return { ...page, rows };
        },
        wire: wireObjection,
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/certificates/:id/confirmations',
    tag,
    summary: '确认无异议',
    permission: 'feedback.object',
    params: byId,
    answer: contract.confirmationAnswer,
    handle: ({ write, params, context }) =>
      write((tx) => confirmCertificate(tx, context, { certificateId: BigInt(params.id) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/certificates/:id/paper-confirmations',
    tag,
    summary: '代录书面确认',
    permission: 'feedback.answer',
    params: byId,
    body: contract.paperConfirmation,
    answer: contract.confirmationAnswer,
    handle: ({ write, params, body, context }) =>
      write((tx) => confirmCertificate(tx, context, { certificateId: BigInt(params.id), ...body })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/certificates/:id/objections',
    tag,
    summary: '提出异议',
    permission: 'feedback.object',
    params: byId,
    body: contract.newObjection,
    answer: byId,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        const { reason, evidence, guarantorId, guaranteeId, line, metric } = body;
        const { id } = await raiseObjection(tx, context, {
          certificateId: BigInt(params.id),
          // The contract has checked that exactly one pair is whole.
          target: guaranteeId
            ? { guarantorId: guarantorId!, guaranteeId: BigInt(guaranteeId) }
            : { line: line!, metric: metric! },
          ...{ reason, evidence },
        });
        return { id: String(id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/feedback/objections/:id/answer',
    tag,
    summary: '答复异议',
    permission: 'feedback.answer',
    params: byId,
    body: contract.answerObjection,
    answer: byId,
    handle: ({ write, params, body, context }) =>
      write(async (tx) => {
        await answerObjection(tx, context, { id: BigInt(params.id), ...body });
        return { id: params.id };
      }),
  });
}
