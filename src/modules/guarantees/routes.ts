import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { answerList } from '../../platform/list.ts';
import { idWire } from '../../wire/wire.ts';
import { issueGuarantee, recordMovement, reverseMovement } from './actions.ts';
import * as contract from './contract.ts';
import { detailOf } from './detail.ts';
import { explainRoutes } from './explain-routes.ts';
import { indicatorsOf } from './indicators.ts';
import { listGuarantees } from './list-store.ts';
import { positionBy } from './position.ts';
import { wireOf } from './wire-row.ts';

const tag = '保函台账';
const key = z.object({ guarantorId: z.coerce.number().int(), id: idWire });

/** /api/guarantees, /api/position, /api/indicators. */
export function guaranteeRoutes(app: FastifyInstance, deps: Deps): void {
  explainRoutes(app, deps);
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/guarantees',
    tag,
    summary: '保函台账',
    permission: 'book.read',
    query: contract.guaranteeQuery,
    answer: contract.guaranteePage,
    handle: (input) =>
      answerList(input, {
        title: '保函台账',
        columns: listColumns,
        footer: [`数据截至 ${deps.clock.today()}　口径：合同口径（主债权本金）`],
        fetch: (tx, after, limit) => listGuarantees(tx, input.query, after, limit),
        wire: wireOf,
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/guarantees/:guarantorId/:id',
    tag,
    summary: '保函详情与时间线',
    permission: 'book.read',
    params: key,
    answer: contract.guaranteeDetail,
    handle: ({ read, params }) => read((tx) => detailOf(tx, params.guarantorId, BigInt(params.id))),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/guarantees',
    tag,
    summary: '登记保函',
    permission: 'guarantees.decide',
    body: contract.newGuarantee,
    answer: z.object({ id: idWire }),
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        const amounts = {
          principal: yuan(body.principal),
          guaranteed: body.guaranteed === undefined ? undefined : yuan(body.guaranteed),
        };
        const { id } = await issueGuarantee(tx, context, {
          ...body,
          ...amounts,
          customerId: BigInt(body.customerId),
          source: 'form',
        });
        return { id: String(id) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/guarantees/:guarantorId/:id/movements',
    tag,
    summary: '登记变动',
    permission: 'book.write',
    params: key,
    body: contract.newMovement,
    answer: contract.movementAnswer,
    handle: ({ write, body, params, context }) =>
      write(async (tx) => {
        const command = {
          ...body,
          amount: yuan(body.amount),
          guarantorId: params.guarantorId,
          guaranteeId: BigInt(params.id),
        };
        const { seq, outstanding } = await recordMovement(tx, context, command);
        return { seq, outstanding: formatYuan(outstanding) };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/guarantees/:guarantorId/:id/movements/:seq/reversal',
    tag,
    summary: '冲正一笔变动',
    permission: 'book.write',
    params: key.extend({ seq: z.coerce.number().int() }),
    body: contract.reversal,
    answer: contract.movementAnswer,
    handle: ({ write, body, params, context }) =>
      write(async (tx) => {
        const command = {
          guarantorId: params.guarantorId,
          guaranteeId: BigInt(params.id),
          seq: params.seq,
          cause: body.cause,
        };
        const { seq, outstanding } = await reverseMovement(tx, context, command);
        return { seq, outstanding: formatYuan(outstanding) };
      }),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/position',
    tag,
    summary: '任一日的在保余额（按当时所知）',
    permission: 'book.read',
    query: contract.positionQuery,
    answer: contract.positionAnswer,
    handle: ({ read, query }) => read((tx) => positionAnswer(tx, query)),
  });
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/indicators/:guarantorId',
    tag,
    summary: '责任余额、放大倍数、集中度',
    permission: 'book.read',
    params: z.object({ guarantorId: z.coerce.number().int() }),
    query: z.object({ asOf: contract.positionQuery.shape.asOf }),
    answer: contract.indicatorAnswer,
    handle: ({ read, params, query }) => read((tx) => indicatorsOf(tx, params.guarantorId, query.asOf)),
  });
}

const listColumns = [
  { key: 'guarantorName', title: '担保机构', type: 'text' },
  { key: 'contractNo', title: '保证合同号', type: 'text' },
  { key: 'customerName', title: '客户名称', type: 'text' },
  { key: 'bankName', title: '合作银行', type: 'text' },
  { key: 'productName', title: '产品', type: 'text' },
  { key: 'countyName', title: '业务所在县', type: 'text' },
  { key: 'principal', title: '主债权金额', type: 'money' },
  { key: 'guaranteed', title: '担保责任金额', type: 'money' },
  { key: 'outstanding', title: '在保余额', type: 'money' },
  { key: 'startsOn', title: '起始日', type: 'day' },
  { key: 'dueOn', title: '到期日', type: 'day' },
  { key: 'statusTitle', title: '状态', type: 'text' },
] as const;

async function positionAnswer(tx: Parameters<typeof positionBy>[0], query: z.output<typeof contract.positionQuery>) {
  const rows = await positionBy(tx, query.by, query);
  const regions = await tx.selectFrom('institutions.region').select(['code', 'name']).limit(5000).execute();
  const institutions = await tx
    .selectFrom('institutions.institution')
    .select(['id', 'short_name'])
    .where('kind', '=', 'guarantor')
    .limit(5000)
    .execute();
  const names = new Map(
    query.by === 'guarantor'
      ? institutions.map((row) => [row.id, row.short_name])
      : regions.map((row) => [row.code, row.name]),
  );
  return {
    asOf: query.asOf,
    knownAt: query.knownAt ?? null,
    basis: '合同口径（主债权本金）；实际承担口径=合同口径×责任比例',
    rows: rows.map((row) => ({
      ...row,
      key: String(row.key),
      name: names.get(row.key) ?? '全部',
      outstanding: formatYuan(row.outstanding),
      outstandingBorne: formatYuan(row.outstandingBorne),
    })),
  };
}
