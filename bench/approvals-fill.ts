import pg from 'pg';
import { versionInForce } from '../src/modules/approvals/chains.ts';
import { createPerson, grantRole, syncRoles } from '../src/modules/identity/index.ts';
import { loadRegions } from '../src/modules/institutions/index.ts';
import { systemClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import type { BenchDatabase } from './harness.ts';

const guarantors = 52;
const openTasks = 5_000;
const context = { actor: systemActor, clock: systemClock };

/** Who asks: a client manager, a risk officer and a head of one guarantor, and the re-guarantor who sees the whole province. */
export const askers = [
  { account: 'bench-manager', role: 'r01-client-manager', institutionId: 1 },
  { account: 'bench-risk', role: 'r02-risk', institutionId: 1 },
  { account: 'bench-head', role: 'r03-committee', institutionId: 1 },
  { account: 'bench-province', role: 'r07-reguarantee', institutionId: 991 },
] as const;
export const askersPassword = 'Swift-Ledger-2026';

/**
 * Fills a migrated, empty database with 52 guarantors and their people, `size` cases and one approval of each: three tasks, four lines of
 * history; the last 5,000 are under way at one of their nodes. Set-based, as superuser with foreign keys off.
 */
export async function fillApprovals(bench: BenchDatabase, size: number): Promise<void> {
  await syncRoles(bench.ownerUrl);
  await bench.db.transaction(systemActor, (tx) => loadRegions(tx));
  await runAll(bench.superUrl, [parties]);
  await bench.db.transaction(systemActor, async (tx) => {
    for (const { account, role, institutionId } of askers) {
      const person = { name: `测速${account}`, personKey: account, institutionId, account, password: askersPassword };
      const { id } = await createPerson(tx, context, person);
      await grantRole(tx, context, { userId: id, role });
    }
    await versionInForce(tx, 'case', 1, systemClock.today());
  });
  await runAll(bench.superUrl, [
    `set session_replication_role = replica; set work_mem = '256MB'; set maintenance_work_mem = '512MB'`,
    'drop index cases.case_name; drop index approvals.instance_title',
    peopleSql,
    casesSql(size),
    instancesSql(size),
    tasksSql(size),
    eventsSql,
    delegationsSql,
    'create index case_name on cases.case using gin (name_pairs)',
    'create index instance_title on approvals.instance using gin (title_pairs)',
    'vacuum analyze',
  ]);
}

async function runAll(url: string, statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

const parties = `
  insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value
  select n, 'SX' || lpad(n::text, 4, '0'), '第' || n || '融资担保有限公司', '第' || n || '担保', 'guarantor', 2,
         140000 + 100 * (1 + n % 11) from generate_series(1, ${guarantors}) n
  union all
  select 900 + n, 'BK' || lpad(n::text, 4, '0'), '第' || n || '银行', '第' || n || '银行', 'bank', 1, 140000 from generate_series(1, 12) n
  union all
  values (991, 'ZDB', '省再担保', '省再担保', 'reguarantor', 1, 140000);
  insert into agreements.product (code, name, class, source) values ('bench-loan', '小微贷款担保', 'loan', '测速')`;

/** Ten people of every guarantor, ids 10000 + guarantor × 10 and on: four client managers, two of risk, three heads, one of finance. */
const peopleSql = `
  insert into identity.user_account (id, account, name, person_key, institution_id) overriding system value
  select 10000 + g * 10 + k, 'p' || g || '-' || k, '人员' || g || '-' || k, 'p' || g || '-' || k, g
    from generate_series(1, ${guarantors}) g, generate_series(0, 9) k;
  insert into identity.role_grant (user_id, role_code, person_key, granted_by)
  select 10000 + g * 10 + k, case when k < 4 then 'r01-client-manager' when k < 6 then 'r02-risk' when k < 9 then 'r03-committee'
         else 'r05-finance-officer' end, 'p' || g || '-' || k, 0
    from generate_series(1, ${guarantors}) g, generate_series(0, 9) k`;

/** Of every hundred finished cases 90 are in force, 5 refused, 3 withdrawn, 2 lapsed; the newest are at work. */
const casesSql = (size: number) => `
  insert into cases.case (guarantor_id, id, number, applicant_kind, applicant_user, state, state_at, state_by, draft, bank_id, application,
    customer_kind, customer_name, pinyin, identity_kind, identity_no, identity_hash, size_class, product_code, product_version, county, asked_amount,
    amount, guaranteed, asked_term_months, term_months, fee_rate, purpose, tags, primary_tag, eligibility, submitted_on, manager_a, manager_b,
    decided_on, guarantee_no, guarantee_id, disbursed_on, disburse_reference) overriding system value
  select g.id, n, 'XM2026-' || lpad(n::text, 6, '0'), 'bank', 10000 + g.id * 10, s.state, now() - (${size} - n) * interval '40 seconds', 10000 + g.id * 10,
         a.text, 901 + n % 12, a.text, 'enterprise', a.name, 'sx' || n, 'uscc', '91140' || lpad(n::text, 13, '0'), md5(n::text) || md5('x' || n),
         '小型', 'bench-loan', 1, r.code, p.amount, p.amount, p.amount * 8 / 10, 12, 12, 0.008, '购买原材料', 1, 1, '[]', current_date,
         10000 + g.id * 10, 10000 + g.id * 10 + 1, case when n <= ${size - openTasks} then current_date end,
         case when s.state = 'disbursed' then 'BZ-' || n end, case when s.state = 'disbursed' then n end,
         case when s.state = 'disbursed' then current_date end, case when s.state = 'disbursed' then 'FK-' || n end
    from generate_series(1, ${size}) n
   cross join lateral (select 1 + n % ${guarantors} as id) g
   cross join lateral (select (100000 + n::bigint * 7919 % 900000) * 1000::bigint as amount) p
   cross join lateral (select case when n > ${size - openTasks} then 'approving' when n > ${size - openTasks - 2000}
       then (array['submitted', 'due-diligence', 'review', 'approved', 'papers', 'returned'])[1 + n % 6]
       when n % 100 < 90 then 'disbursed' when n % 100 < 95 then 'refused' when n % 100 < 98 then 'withdrawn' else 'lapsed' end as state) s
   cross join lateral (select '山西' || chr(20000 + n % 3000) || chr(20000 + n % 2999) || '第' || n || '商贸有限公司' as name) c
   cross join lateral (select c.name, jsonb_build_object('customerName', c.name, 'address', '山西省太原市小店区样例街' || n || '号', 'contactName', '王样例',
       'contactPhone', '0351-0000000', 'purpose', '购买原材料', 'repayment', '销售回款', 'amount', p.amount::text) as text) a
    join (select code, row_number() over (order by code) - 1 as at, count(*) over () as many
            from institutions.region where level = 3) r on r.at = n % r.many
   order by n`;

const instancesSql = (size: number) => `
  insert into approvals.instance (id, guarantor_id, subject, chain_code, chain_version, permission, title, href, amount, facts, status, path, initiator_id,
    initiator_person, started_at, started_on, closed_at) overriding system value
  select c.id, c.guarantor_id, 'case:' || c.guarantor_id || '/' || c.id, 'case', 1, 'guarantees.decide', c.customer_name || ' 担保项目',
         '/cases/' || c.guarantor_id || '/' || c.id, c.amount, '{"银行":"第1银行","期限":"12 个月"}',
         case when c.id > ${size - openTasks} then 'open' when c.id % 100 = 0 then 'withdrawn' when c.id % 20 = 0 then 'rejected' else 'approved' end,
         array['b-role', 'risk', 'head'], 10000 + c.guarantor_id * 10, 10000 + c.guarantor_id * 10, c.state_at, c.state_at::date,
         case when c.id <= ${size - openTasks} then c.state_at end
    from cases.case c order by c.id`;

/** Every approval with its three tasks; of those under way the first is done in two thirds, the second in one third, and one is open. */
const tasksSql = (size: number) => `
  insert into approvals.task (guarantor_id, instance_id, seq, node, node_title, round, kind, role_code, decides, bars_initiator, user_id, status, opened_at,
    due_on, verb, decided_by, decided_at, opinion)
  select i.guarantor_id, i.id, t.seq, t.node, t.title, 1, 'node', t.role, t.seq = 3, true, null, case when t.seq <= d.done then 'done' else 'open' end,
         i.started_at, (i.started_on + 1 + i.id::integer % 5), case when t.seq <= d.done then 'agree' end,
         case when t.seq <= d.done then 10000 + i.guarantor_id * 10 + t.by end, case when t.seq <= d.done then i.started_at + t.seq * interval '1 hour' end,
         case when t.seq <= d.done then '同意' end
    from approvals.instance i
   cross join lateral (select case when i.status = 'open' then i.id % 3 else 3 end as done) d
   cross join (values (1, 'b-role', '客户经理B角复核', 'r01-client-manager', 1), (2, 'risk', '风控法务审查', 'r02-risk', 4),
                      (3, 'head', '负责人签批', 'r03-committee', 6)) t(seq, node, title, role, by)
   where t.seq <= d.done + 1 and t.seq <= 3
   order by i.id, t.seq;
  -- One in ten is somebody's own.
  update approvals.task set user_id = 10000 + guarantor_id * 10 + (case node when 'b-role' then 2 when 'risk' then 5 else 7 end)
   where status = 'open' and instance_id % 10 = 0 and instance_id > ${size - openTasks}`;

const eventsSql = `
  insert into approvals.event (guarantor_id, instance_id, verb, by_user, recorded_at)
  select guarantor_id, id, 'start', initiator_id, started_at from approvals.instance order by id;
  insert into approvals.event (guarantor_id, instance_id, task_seq, node, verb, opinion, by_user, recorded_at)
  select guarantor_id, instance_id, seq, node, verb, opinion, decided_by, decided_at from approvals.task where status = 'done' order by instance_id, seq;
  insert into approvals.copy (guarantor_id, instance_id, role_code, sent_at)
  select guarantor_id, id, 'r04-assets', closed_at from approvals.instance where status in ('approved', 'rejected') order by id`;

/** Somebody of every guarantor is away: his colleague acts for him. */
const delegationsSql = `
  insert into approvals.delegation (institution_id, from_user, to_user, from_on, to_on, reason)
  select g, 10000 + g * 10 + 4, 10000 + g * 10 + 9, current_date - 1, current_date + 5, '出差' from generate_series(1, ${guarantors}) g;
  insert into approvals.delegation (institution_id, from_user, to_user, from_on, to_on, reason)
  select 1, 10014, u.id, current_date - 1, current_date + 5, '出差' from identity.user_account u where u.account = 'bench-risk'`;
