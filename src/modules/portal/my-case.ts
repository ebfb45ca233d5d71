import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Clock } from '../../platform/clock.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { maskIdentity } from '../customers/index.ts';
import type { Asked, Matter, MyCase } from './contract.ts';
import { lettersOf } from './letters.ts';
import { limits } from './limits.ts';
import { openCasesOf } from './my-applications.ts';
import { guaranteeWords, maskedName } from './rules.ts';

/** Whose matters a session may see. */
export type Visit = { readonly tokenHash: string; readonly expiresAt: Date; readonly uploads: number };

/** The open session of a token. Refuses (401) when there is none or it is over. */
export async function visitOf(tx: Tx, clock: Clock, token: string | undefined): Promise<Visit> {
  const tokenHash = sm3(token ?? '');
  const { rows } = await sql<Visit>`
    select token_hash as "tokenHash", expires_at as "expiresAt", uploads from portal.session
     where token_hash = ${tokenHash} and closed_at is null and expires_at > ${clock.now()}`.execute(tx);
  if (rows[0]) return rows[0];
  throw new Refused({ code: 'portal-session-over', message: '查询已结束或超过时限，请重新输入证件号码和验证码' }, 401);
}

/** Everything a customer sees of the own matters. Read as the program, and only of the customers the session was opened for. */
export async function myCase(tx: Tx, clock: Clock, visit: Visit): Promise<MyCase> {
  const today = clock.today();
  const who = await sql<{ name: string; identityNo: string }>`
    select c.name, c.identity_no as "identityNo"
      from portal.session_customer s
      join customers.customer c on c.guarantor_id = s.guarantor_id and c.id = s.customer_id
     where s.token_hash = ${visit.tokenHash}
     order by s.guarantor_id, s.customer_id
     limit 1`.execute(tx);
  return {
    name: maskedName(who.rows[0]?.name ?? ''),
    identity: maskIdentity(who.rows[0]?.identityNo ?? ''),
    asOf: today,
    expiresAt: visit.expiresAt.toISOString(),
    matters: [...(await openCasesOf(tx, visit.tokenHash)), ...(await guaranteesOf(tx, visit, today))],
    asked: await askedOf(tx, visit, today),
    uploadMegabytes: limits.uploadMegabytes,
  };
}

type Row = {
  guarantorId: number;
  id: bigint;
  guarantor: string;
  guarantorPhone: string | null;
  guarantorHours: string | null;
  bank: string;
  product: string;
  contractNo: string;
  status: string;
  principal: Fen;
  outstanding: Fen;
  startsOn: Day;
  dueOn: Day;
  feeRate: string;
  feePaid: Fen;
};

async function guaranteesOf(tx: Tx, visit: Visit, today: Day): Promise<Matter[]> {
  const { rows } = await sql<Row>`
    select g.guarantor_id as "guarantorId", g.id, i.name as guarantor, t.phone as "guarantorPhone", t.hours as "guarantorHours", b.name as bank, p.name as product, g.contract_no as "contractNo", g.status,
           g.principal, g.outstanding, g.starts_on as "startsOn", g.due_on as "dueOn", trim_scale(g.fee_rate)::text as "feeRate",
           (select coalesce(sum(case m.kind when 7 then m.amount when 8 then -m.amount end), 0)::bigint
              from guarantees.movement m
             where m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id and m.kind in (7, 8)
               and not exists (select from guarantees.movement y
                                where y.guarantor_id = m.guarantor_id and y.guarantee_id = m.guarantee_id and y.reverses_seq = m.seq)) as "feePaid"
      from portal.session_customer s
      join guarantees.guarantee g on g.guarantor_id = s.guarantor_id and g.customer_id = s.customer_id
      join institutions.institution i on i.id = g.guarantor_id
      left join portal.desk t on t.guarantor_id = g.guarantor_id
      join institutions.institution b on b.id = g.bank_id
      join agreements.product p on p.code = g.product_code
     where s.token_hash = ${visit.tokenHash}
     order by g.outstanding = 0, g.starts_on desc, g.id desc
     limit 50`.execute(tx);
  const letters = await lettersOf(tx, visit.tokenHash);
  return rows.map((row) => ({
    kind: 'guarantee',
    key: `guarantee:${row.guarantorId}/${row.id}`,
    guarantor: row.guarantor,
    guarantorPhone: row.guarantorPhone,
    guarantorHours: row.guarantorHours,
    title: row.product,
    ...guaranteeWords(row.status, row.dueOn, today),
    bank: row.bank,
    number: row.contractNo,
    amount: formatYuan(row.principal),
    outstanding: formatYuan(row.outstanding),
    startsOn: row.startsOn,
    dueOn: row.dueOn,
    feeRate: row.feeRate,
    feePaid: formatYuan(row.feePaid),
    letters: letters.get(`guarantee:${row.guarantorId}/${row.id}`) ?? [],
  }));
}

async function askedOf(tx: Tx, visit: Visit, today: Day): Promise<Asked[]> {
  type Found = Omit<Asked, 'id' | 'answeredAt' | 'isOverdue'> & { id: bigint; answeredAt: Date | null };
  const { rows } = await sql<Found>`
    select r.guarantor_id as "guarantorId", r.id, i.name as guarantor, r.title, r.note, r.due_on as "dueOn", r.answered_at as "answeredAt",
           a.name as "fileName"
      from portal.session_customer s
      join portal.request r on r.guarantor_id = s.guarantor_id and r.customer_id = s.customer_id and r.withdrawn_at is null
      join institutions.institution i on i.id = r.guarantor_id
      left join attachments.attachment a on a.guarantor_id = r.guarantor_id and a.id = r.attachment_id
     where s.token_hash = ${visit.tokenHash}
     order by r.answered_at is not null, r.due_on nulls last, r.id
     limit 100`.execute(tx);
  return rows.map((row) => ({
    ...row,
    id: String(row.id),
    isOverdue: row.answeredAt === null && row.dueOn !== null && row.dueOn < today,
    answeredAt: row.answeredAt?.toISOString() ?? null,
  }));
}
