import { sql } from 'kysely';
import { addDays, type Day } from '../../kernel/day.ts';
import { quarterOf, quarterSpan, showQuarter } from '../../kernel/month.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import type { Todo } from '../../wire/wire.ts';

const most = 20;
type Found = { id: string; title: string; institution: string; dueOn: Day | null; url: string };

/** What of 季度反馈 waits for the caller: a quarter to seal, objections to answer, corrections to restate, certificates to look through or to make final. */
export async function feedbackTodos(tx: Tx, caller: Pick<Caller, 'permissions'>, today: Day): Promise<Todo[]> {
  const may = (permission: string) => caller.permissions.has(permission);
  return [
    ...(may('feedback.seal') ? await quarterToSeal(tx, today) : []),
    ...(may('feedback.answer') ? wire('异议待答复', await openObjections(tx), today) : []),
    ...(may('feedback.seal') ? wire('待出具更正凭证', await unsettledObjections(tx), today) : []),
    ...(may('feedback.seal') ? wire('可以定稿', await toFinalise(tx, today), today) : []),
    ...(may('feedback.object') ? wire('异议期内待核阅', await toLookThrough(tx, today), today) : []),
  ];
}

const wire = (kind: string, found: readonly Found[], today: Day): Todo[] =>
  found.map((each) => ({
    ...each,
    kind,
    module: '季度反馈',
    remainingWorkingDays: each.dueOn === null ? null : workingDaysBetween(today, each.dueOn).value,
  }));

async function quarterToSeal(tx: Tx, today: Day): Promise<Todo[]> {
  const last = quarterOf(addDays(quarterSpan(quarterOf(today)).from, -1));
  const { rows } = await sql`select 1 from feedback.certificate where quarter = ${last} limit 1`.execute(tx);
  if (rows.length > 0) return [];
  const one = {
    id: `feedback-seal-${last}`,
    title: `${showQuarter(last)}数据待封存`,
    institution: '全省',
    dueOn: null,
  };
  return wire('季度待封存', [{ ...one, url: `/feedback?quarter=${last}` }], today);
}

async function openObjections(tx: Tx): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select 'feedback-objection-' || o.id as id, c.region_name || '对' || c.number || '的异议' as title,
           c.region_name as institution, c.objection_until as "dueOn", '/feedback/' || c.id || '?objection=' || o.id as url
      from feedback.objection o join feedback.certificate c on c.id = o.certificate_id
     where o.status = 'open' order by o.id limit ${most}`.execute(tx);
  return rows;
}

async function unsettledObjections(tx: Tx): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select 'feedback-restate-' || o.id as id, c.number || ' 异议成立，待出具更正凭证' as title,
           c.region_name as institution, null as "dueOn", '/feedback/' || c.id as url
      from feedback.objection o join feedback.certificate c on c.id = o.certificate_id
     where o.status = 'upheld' and o.settled_by_id is null order by o.id limit ${most}`.execute(tx);
  return rows;
}

async function toFinalise(tx: Tx, today: Day): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select 'feedback-final-' || quarter as id, quarter || ' 有 ' || count(*) || ' 份凭证异议期已满，待定稿' as title,
           '全省' as institution, null as "dueOn", '/feedback?quarter=' || quarter || '&status=published' as url
      from feedback.certificate where status = 'published' and objection_until < ${today}::date
     group by quarter order by quarter limit ${most}`.execute(tx);
  return rows;
}

async function toLookThrough(tx: Tx, today: Day): Promise<Found[]> {
  const { rows } = await sql<Found>`
    select 'feedback-look-' || c.id as id, c.number || ' ' || c.region_name || '反馈数据待核阅' as title,
           c.region_name as institution, c.objection_until as "dueOn", '/feedback/' || c.id as url
      from feedback.certificate c
     where c.status = 'published' and c.objection_until >= ${today}::date
     order by c.objection_until, c.region_level, c.region_code limit ${most}`.execute(tx);
  return rows;
}
