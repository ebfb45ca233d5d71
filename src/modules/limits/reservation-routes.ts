import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { addDays, type Day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { idWire } from '../../wire/wire.ts';
import * as contract from './contract.ts';
import { isAhead, type ReserveCommand, unknownCustomer } from './decide.ts';
import type { HeadroomLine } from './line.ts';
import { refusalsOf } from './lines.ts';
import { listEndpoint, tag } from './list-endpoint.ts';
import { customerByIdentity, listReservations, type ReservationStored } from './reservation-store.ts';
import { headroom, releaseReservation } from './reserve.ts';
import { reserveSoon } from './reserve-soon.ts';
import { headroomWire, reservationStates, reservationWire } from './wire-row.ts';

const url = '/api/limits/reservations';
const one = z.object({ guarantorId: z.coerce.number().int(), id: idWire });
const ok = z.object({ ok: z.boolean() });

/** Room held for cases, and ahead of them by client managers and the systems of banks. */
export function reservationRoutes(app: FastifyInstance, deps: Deps): void {
  listEndpoint(app, deps, {
    url,
    title: '额度预留',
    query: contract.reservationQuery,
    answer: contract.reservationPage,
    columns: [
      ['guarantorName', '担保机构', 'text'],
      ['subject', '业务编号', 'text'],
      ['customerName', '客户', 'text'],
      ['bankName', '银行', 'text'],
      ['productName', '产品', 'text'],
      ['amount', '主债权金额', 'money'],
      ['until', '预留至', 'day'],
      ['stateTitle', '状态', 'text'],
      ['note', '用途', 'text'],
    ],
    fetch: async (tx, query, after, limit) => {
      const page = await listReservations(tx, { ...query, on: deps.clock.today() }, after, limit);
      return { ...page, rows: page.rows.map((row) => ({ ...row, stateTitle: reservationStates[row.state] })) };
    },
    wire: reservationWire,
  });
  endpoint(app, deps, {
    method: 'POST',
    url: `${url}/release`,
    tag,
    summary: '释放一笔业务的额度预留',
    permission: 'cases.write',
    body: contract.reservationEnd,
    answer: ok,
    handle: ({ write, body, context }) =>
      write(async (tx) => {
        await releaseReservation(tx, context, body);
        return { ok: true };
      }),
  });
  holdRoute(app, deps);
  heldRoutes(app, deps);
}

/** Room ahead of a case may be held for so many days: our own habit, no rule of law. */
const aheadDaysMax = 60;

/** Decided in rounds (`reserveSoon`), so it opens no transaction of its own: the key makes the subject, which is held once for ever. */
function holdRoute(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'POST',
    url,
    tag,
    summary: '先占额度：银行系统或客户经理先于项目占用，到期自动释放；同一客户、银行、产品的项目预留时自动接替',
    permission: 'cases.apply',
    body: contract.newReservation,
    answer: contract.heldReservation,
    handle: async ({ read, body, caller, context, request, reply }) => {
      const key = request.headers['idempotency-key'];
      if (typeof key !== 'string')
        throw new Refused({ code: 'idempotency-key-required', message: '先占额度须带幂等键（Idempotency-Key）' }, 428);
      const customerId = await read((tx) => customerOf(tx, body));
      const { identityNo: _, ...rest } = body;
      const amount = yuan(body.amount);
      const command: ReserveCommand = {
        ...rest,
        customerId,
        amount,
        guaranteed: body.guaranteed === undefined ? amount : yuan(body.guaranteed),
        subject: `hold:${body.guarantorId}/${sm3(`${caller.userId}:${key}`).slice(0, 24)}`,
      };
      checkUntil(command, deps.clock.today());
      const seesFigures = caller.permissions.has('limits.read');
      try {
        const isTrial = (request.query as { dryRun?: string }).dryRun === 'true';
        const held = isTrial
          ? { id: 0n, isReplay: false, lines: await read((tx) => tried(tx, command, deps.clock.today())) }
          : await reserveSoon(deps.db, context, command);
        if (held.isReplay) reply.header('idempotent-replayed', 'true');
        const lines = seesFigures ? held.lines.map(headroomWire) : [];
        return { guarantorId: body.guarantorId, id: String(held.id), until: body.until, lines };
      } catch (error) {
        throw error instanceof Refused && !seesFigures ? withoutFigures(error) : error;
      }
    },
  });
}

async function customerOf(tx: Tx, body: z.output<typeof contract.newReservation>): Promise<bigint> {
  const found =
    body.customerId === undefined
      ? await customerByIdentity(tx, body.guarantorId, body.identityNo as string)
      : BigInt(body.customerId);
  if (found === undefined) throw new Refused({ ...unknownCustomer, field: 'identityNo' });
  return found;
}

function checkUntil({ until }: ReserveCommand, today: Day): void {
  if (until <= addDays(today, aheadDaysMax)) return;
  const message = `先占额度最长 ${aheadDaysMax} 天，请提前截止日`;
  throw new Refused({ code: 'until-too-late', field: 'until', message });
}

async function tried(tx: Tx, command: ReserveCommand, on: Day): Promise<HeadroomLine[]> {
  const lines = await headroom(tx, { ...command, on });
  const refusals = refusalsOf(lines);
  if (refusals.length > 0) throw new Refused(refusals);
  return lines;
}

/** A bank is told which limit is in the way, not the guarantor's figures. */
const withoutFigures = ({ refusals, status }: Refused): Refused =>
  new Refused(
    refusals.map(({ figures, ...each }) =>
      figures ? { ...each, message: `${each.message.split('：')[0]}，请减少金额或与担保机构联系` } : each,
    ),
    status,
  );

function heldRoutes(app: FastifyInstance, deps: Deps): void {
  const aheadOf = async (tx: Tx, params: z.output<typeof one>): Promise<ReservationStored> => {
    const filter = { guarantorId: params.guarantorId, id: BigInt(params.id), on: deps.clock.today() };
    const [row] = (await listReservations(tx, filter, undefined, 1)).rows;
    if (row && isAhead(row.subject)) return row;
    throw new Refused({ code: 'reservation-unknown', message: '没有这笔先占额度，或不在您的权限范围内' }, 404);
  };
  endpoint(app, deps, {
    method: 'GET',
    url: `${url}/:guarantorId/:id`,
    tag,
    summary: '一笔先占额度现在怎样',
    permission: 'cases.apply',
    params: one,
    answer: contract.reservationRow,
    handle: ({ read, params }) => read(async (tx) => reservationWire(await aheadOf(tx, params))),
  });
  endpoint(app, deps, {
    method: 'DELETE',
    url: `${url}/:guarantorId/:id`,
    tag,
    summary: '归还一笔先占额度；已归还、已到期的再归还不出错',
    permission: 'cases.apply',
    params: one,
    answer: ok,
    handle: ({ write, params, context }) =>
      write(async (tx) => {
        await releaseReservation(tx, context, await aheadOf(tx, params));
        return { ok: true };
      }),
  });
}
