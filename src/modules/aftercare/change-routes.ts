import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { carryOutChange } from './carry-out.ts';
import { newBusiness } from './chain.ts';
import { askChange, dropChange, foreseeChange, recordConsent, submitChange } from './changes.ts';
import * as contract from './contract/change.ts';
import { done, madeAnswer, ofGuarantee, ofOwn } from './contract/watch.ts';
import { dossierOf } from './dossier.ts';
import { type ChangeListRow, listChanges, listReleases } from './lists.ts';
import { askRelease, previewRelease, resubmitRelease } from './releases.ts';
import { consentItem, consentsNeeded } from './rules/consent.ts';
import * as sheets from './sheet-columns.ts';

const tag = '保后变更与解保';
const base = '/api/aftercare';
const write = 'aftercare.write';

/** Extensions, renewals, changes of content and releases of a guarantee. */
export function changeRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/guarantees/:guarantorId/:guaranteeId`,
    tag,
    summary: '一笔保函的保后概况与续贷链',
    permission: 'aftercare.read',
    params: ofGuarantee,
    answer: contract.dossier,
    handle: ({ params, read }) => read((tx) => dossierOf(tx, params.guarantorId, BigInt(params.guaranteeId))),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/new-business`,
    tag,
    summary: '新增业务：合同数、链数、户数、首次担保户（续贷只计一次）',
    permission: 'aftercare.read',
    query: contract.newBusinessQuery,
    answer: contract.newBusiness,
    handle: ({ query, read }) =>
      read(async (tx) => ({
        ...(await newBusiness(tx, query)),
        note: '续贷、借新还旧、无还本续贷不计新户，也不计首次担保户',
      })),
  });
  askingRoutes(app, deps);
  decidingRoutes(app, deps);
  releaseRoutes(app, deps);
}

type Asked = z.output<typeof contract.newChange>;
const commandOf = (params: { guarantorId: number; guaranteeId: string }, body: Asked) => ({
  ...body,
  guarantorId: params.guarantorId,
  guaranteeId: BigInt(params.guaranteeId),
  amount: body.amount === undefined ? undefined : yuan(body.amount),
  counters: body.counters && { ...body.counters, release: body.counters.release.map(BigInt) },
  renewal: body.renewal && {
    ...body.renewal,
    principal: yuan(body.renewal.principal),
    counters: body.renewal.counters?.map(BigInt),
  },
});

function askingRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/changes/foresee`,
    tag,
    summary: '试算变更：前后对照、须由谁同意、对分担与限额的影响',
    permission: write,
    status: 200,
    params: ofGuarantee,
    body: contract.newChange,
    answer: contract.changeEffect,
    handle: async ({ params, body, context, read }) => {
      const foreseen = await read((tx) => foreseeChange(tx, context, commandOf(params, body)));
      return {
        ...foreseen,
        needs: [...foreseen.needs],
        effect: [...foreseen.effect],
        warnings: [...foreseen.warnings],
      };
    },
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/changes`,
    tag,
    summary: '申请展期、续贷或变更',
    permission: write,
    params: ofGuarantee,
    body: contract.newChange,
    answer: madeAnswer,
    handle: ({ params, body, context, write: inTx }) =>
      inTx(async (tx) => ({ id: String((await askChange(tx, context, commandOf(params, body))).id) })),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/changes`,
    tag,
    summary: '展期、续贷与变更',
    permission: 'aftercare.read',
    query: contract.changeQuery,
    answer: contract.changePage,
    handle: (input) =>
      answerList(input, {
        title: '保后变更',
        columns: sheets.changeColumns,
        footer: [`数据截至 ${deps.clock.today()}`],
        fetch: async (tx, after, limit) => {
          const page = await listChanges(tx, input.query, after, limit);
          const titled = page.rows.map((row) => ({
            ...row,
            kindTitle: contract.changeKinds[row.kind],
            statusTitle: contract.changeStateTitles[row.status],
          }));
          return { ...page, rows: titled };
        },
        wire: changeWire,
      }),
  });
}

const changeWire = ({ hasCounters, consents, files, ...row }: ChangeListRow) => ({
  ...row,
  id: String(row.id),
  guaranteeId: String(row.guaranteeId),
  successorId: row.successorId === null ? null : String(row.successorId),
  needs: consentsNeeded(row.kind, hasCounters).map((need) => {
    const given = consents.find((each) => each.party === need.party);
    const { consentedOn = null, document = null } = given ?? {};
    return { ...need, consentedOn, document, files: files[consentItem(need.party)] ?? 0 };
  }),
});

function decidingRoutes(app: FastifyInstance, deps: Deps): void {
  const keyOf = (params: { guarantorId: number; id: string }) => ({
    guarantorId: params.guarantorId,
    id: BigInt(params.id),
  });
  const of = `${base}/changes/:guarantorId/:id`;
  endpoint(app, deps, {
    method: 'POST',
    url: `${of}/consents`,
    tag,
    summary: '登记一方的书面同意',
    permission: write,
    params: ofOwn,
    body: contract.newConsent,
    answer: done,
    handle: ({ params, body, context, write: inTx }) =>
      inTx(async (tx) => {
        await recordConsent(tx, context, { ...body, ...keyOf(params) });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${of}/bank-consent`,
    tag,
    summary: '银行同意变更',
    permission: 'reports.submit',
    params: ofOwn,
    body: contract.newConsent.omit({ party: true }),
    answer: done,
    handle: ({ params, body, context, write: inTx }) =>
      inTx(async (tx) => {
        await recordConsent(tx, context, { ...body, party: 'bank', ...keyOf(params) });
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${of}/submit`,
    tag,
    summary: '提交审批（须各方已书面同意）',
    permission: write,
    params: ofOwn,
    answer: contract.submittedAnswer,
    handle: ({ params, context, write: inTx }) =>
      inTx(async (tx) => ({ instanceId: String((await submitChange(tx, context, keyOf(params))).instanceId) })),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${of}/drop`,
    tag,
    summary: '撤销未提交的变更',
    permission: write,
    status: 200,
    params: ofOwn,
    answer: done,
    handle: ({ params, context, write: inTx }) =>
      inTx(async (tx) => {
        await dropChange(tx, context, keyOf(params));
        return { ok: true as const };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${of}/carry-out`,
    tag,
    summary: '执行已批准的展期或续贷（原保函同日解除，新保函入链）',
    permission: 'book.write',
    params: ofOwn,
    body: contract.carryOutBody,
    answer: contract.changeRow.pick({ successorId: true }),
    handle: ({ params, body, context, write: inTx }) =>
      inTx(async (tx) => {
        const { successorId } = await carryOutChange(tx, context, { ...keyOf(params), on: body.on });
        return { successorId: successorId === undefined ? null : String(successorId) };
      }),
  });
}

function releaseRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/releases/preview`,
    tag,
    summary: '解保试算：解保后余额、退费及其算法、将解除的反担保',
    permission: write,
    status: 200,
    params: ofGuarantee,
    body: contract.releaseAsk,
    answer: contract.releasePreview,
    handle: ({ params, body, context, read }) => read((tx) => previewRelease(tx, context, releaseOf(params, body))),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/guarantees/:guarantorId/:guaranteeId/releases`,
    tag,
    summary: '申请解保并提交审批',
    permission: write,
    params: ofGuarantee,
    body: contract.newRelease,
    answer: madeAnswer.extend(contract.submittedAnswer.shape),
    handle: ({ params, body, context, write: inTx }) =>
      inTx(async (tx) => {
        const { reason } = body;
        const refund = body.refund === undefined ? undefined : yuan(body.refund);
        const counters = body.counters.map(BigInt);
        const made = await askRelease(tx, context, { ...releaseOf(params, body), reason, refund, counters });
        return { id: String(made.id), instanceId: String(made.instanceId) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${base}/releases/:guarantorId/:id/resubmit`,
    tag,
    summary: '重新提交退回的解保',
    permission: write,
    params: ofOwn,
    answer: contract.submittedAnswer,
    handle: ({ params, context, write: inTx }) =>
      inTx(async (tx) => {
        const key = { guarantorId: params.guarantorId, id: BigInt(params.id) };
        return { instanceId: String((await resubmitRelease(tx, context, key)).instanceId) };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: `${base}/releases`,
    tag,
    summary: '解保',
    permission: 'aftercare.read',
    query: contract.releaseQuery,
    answer: contract.releasePage,
    handle: (input) =>
      answerList(input, {
        title: '解保',
        columns: sheets.releaseColumns,
        footer: [`数据截至 ${deps.clock.today()}　单位：元`],
        fetch: async (tx, after, limit) => {
          const page = await listReleases(tx, input.query, after, limit);
          return {
            ...page,
            rows: page.rows.map((row) => ({ ...row, statusTitle: contract.releaseStateTitles[row.status] })),
          };
        },
        wire: (row) => ({
          ...row,
          id: String(row.id),
          guaranteeId: String(row.guaranteeId),
          amount: formatYuan(row.amount),
          refund: formatYuan(row.refund),
        }),
      }),
  });
}

const releaseOf = (
  params: { guarantorId: number; guaranteeId: string },
  body: z.output<typeof contract.releaseAsk>,
) => ({
  guarantorId: params.guarantorId,
  guaranteeId: BigInt(params.guaranteeId),
  kind: body.kind,
  amount: body.amount === undefined ? undefined : yuan(body.amount),
  releaseOn: body.releaseOn,
});
