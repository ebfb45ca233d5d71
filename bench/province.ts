import pg from 'pg';
import { day } from '../src/kernel/day.ts';
import { closeMonths } from '../src/modules/guarantees/index.ts';
import { createPerson, grantRole, syncRoles } from '../src/modules/identity/index.ts';
import { loadRegions } from '../src/modules/institutions/index.ts';
import { fixedClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import type { BenchDatabase } from './harness.ts';

/** The day on which the bench book stands. */
export const benchDay = day('2026-09-30');
/** Its clock. */
export const benchClock = fixedClock(benchDay);
/** Signs in to it: somebody of the province, so that the whole book is in sight. */
export const benchAccount = { account: 'bench', password: 'Swift-Ledger-2026' };

const guarantors = 52;

/**
 * Fills a migrated, empty database with the real regions, 52 guarantors and `size` guarantees over three years with five movements
 * each, two guarantees to a customer; movements lie in the order in which they happened, as they would after three years of work.
 * Set-based, as superuser with foreign keys off; the same size gives the same book. Answers the id of a province user.
 */
export async function fillProvince(bench: BenchDatabase, size: number): Promise<number> {
  await syncRoles(bench.ownerUrl);
  await bench.db.transaction(systemActor, (tx) => loadRegions(tx));
  await runAll(bench.superUrl, [
    `set session_replication_role = replica; set work_mem = '512MB'; set maintenance_work_mem = '512MB'`,
    parties,
    customersSql(Math.max(guarantors, Math.ceil(size / 2))),
    guaranteesSql(size, Math.max(guarantors, Math.ceil(size / 2))),
    movementsSql,
    stateSql,
    transfersSql,
  ]);
  await closeMonths(bench.db, { actor: systemActor, clock: benchClock });
  // Hint bits and the visibility map are set by the server in its idle time; a book of three years has them.
  await runAll(bench.superUrl, ['vacuum analyze']);
  return bench.db.transaction(systemActor, async (tx) => {
    const context = { actor: systemActor, clock: benchClock };
    const person = { name: '测速', personKey: 'bench', institutionId: 990, ...benchAccount };
    const { id } = await createPerson(tx, context, person);
    await grantRole(tx, context, { userId: id, role: 'r12-province' });
    return id;
  });
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
  values (990, 'CZT', '省财政厅', '省财政厅', 'finance-bureau', 1, 140000);
  insert into agreements.product (code, name, class, source) values ('bench-loan', '小微贷款担保', 'loan', '测速');
  insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value
  select g, g * 100 + b, 900 + b, 'bench-loan', 'XY' || g || '-' || b from generate_series(1, ${guarantors}) g, generate_series(1, 12) b;
  insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share,
    fee_rate, document)
  select g, g * 100 + b, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.008, '测速' from generate_series(1, ${guarantors}) g, generate_series(1, 12) b`;

const customersSql = (customers: number) => `
  insert into customers.customer (guarantor_id, id, kind, name, pinyin, identity_kind, identity_no, identity_hash, county, industry_code,
    staff, revenue, size_class, size_evidence) overriding system value
  select 1 + n % ${guarantors}, n, 'enterprise', '山西' || chr(20000 + n % 3000) || chr(20000 + n % 2999) || '第' || n || '商贸有限公司',
         'sx' || n, 'uscc', '91140' || lpad(n::text, 13, '0'), md5(n::text) || md5('x' || n), r.code, '5110', 10, 500000000, '小型', '{}'
    from generate_series(1, ${customers}) n
    join (select code, row_number() over (order by code) - 1 as at, count(*) over () as many
            from institutions.region where level = 3) r on r.at = n % r.many`;

const guaranteesSql = (size: number, customers: number) => `
  insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id,
    county, industry_code, principal, guaranteed, fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, recorded_at, status,
    outstanding, last_seq, due_on) overriding system value
  select c.guarantor_id, n, 'BH-' || lpad(n::text, 8, '0'), c.id, c.guarantor_id * 100 + 1 + n % 12, 1, 'bench-loan', 901 + n % 12,
         c.county, '5110', p.principal, p.principal * 8 / 10, 0.008, s.starts_on, s.starts_on + 365,
         case n % 4 when 0 then 3 when 1 then 1 when 2 then 2 else 4 end, case n % 4 when 0 then 1 when 1 then 1 when 2 then 2 else 4 end,
         '小型', 'bench', (s.starts_on + 1 + time '09:00') at time zone 'Asia/Shanghai', 'in-force', p.principal, 0, s.starts_on + 365
    from generate_series(1, ${size}) n
    join customers.customer c on c.id = 1 + n % ${customers}
   cross join lateral (select (100000 + n::bigint * 7919 % 900000) * 1000::bigint as principal) p
   cross join lateral (select date '2023-10-01' + (n::bigint * 1000 / ${size})::integer as starts_on) s
   order by s.starts_on`;

/**
 * Disbursed, fee, repaid a fifth, repaid a tenth; then released, claimed (1 in 50) or extended on the due day. Of those not yet due on
 * the bench day the days lie closer together and the fifth is another repayment: nothing has been learnt that is still to come.
 */
const movementsSql = `
  insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on, recorded_at, extended_to_on)
  select g.guarantor_id, g.id, m.seq, m.kind, m.amount, m.cash, d.on_day,
         (d.on_day + time '23:00') at time zone 'Asia/Shanghai', m.extended_to
    from guarantees.guarantee g
   cross join lateral (select g.principal - g.principal / 5 - g.principal / 10 as rest,
                              least(365, date '${benchDay}' - g.starts_on) as age) r
   cross join lateral (values
     (1, 1, g.principal, 0::bigint, 0, null::date),
     (2, 7, g.principal / 125, g.principal / 125, 0, null),
     (3, 2, g.principal / 5, 0, 150, null),
     (4, 2, g.principal / 10, 0, 270, null),
     (5, case when r.age < 365 then 2 when g.id % 50 = 0 then 5 when g.id % 7 = 0 then 3 else 4 end,
         case when r.age < 365 then g.principal / 20 when g.id % 50 <> 0 and g.id % 7 = 0 then 0 else r.rest end,
         case when r.age = 365 and g.id % 50 = 0 then r.rest * 8 / 10 else 0 end, 365,
         case when r.age = 365 and g.id % 50 <> 0 and g.id % 7 = 0 then g.ends_on + 90 end)
   ) m(seq, kind, amount, cash, after, extended_to)
   cross join lateral (select g.starts_on + m.after * r.age / 365 as on_day) d
   order by d.on_day`;

const stateSql = `
  update guarantees.guarantee g
     set outstanding = m.outstanding, last_seq = 5,
         due_on = coalesce(m.extended_to_on, g.ends_on),
         status = case when m.outstanding > 0 then 'in-force' when g.id % 50 = 0 then 'claimed' else 'released' end
    from (select guarantor_id, guarantee_id, sum(delta)::bigint as outstanding, max(extended_to_on) as extended_to_on
            from guarantees.movement group by 1, 2) m
   where m.guarantor_id = g.guarantor_id and m.guarantee_id = g.id`;

/** What the fee and the disbursement post. */
const transfersSql = `
  insert into ledger.transfer (guarantor_id, key, leg, debit, credit, amount, effective_on, guarantee_id, reason)
  select g.guarantor_id, 'guarantee:' || g.guarantor_id || '/' || g.id || '#' || l.seq, 1, l.debit, l.credit, l.amount, g.starts_on, g.id, l.reason
    from guarantees.guarantee g
   cross join lateral (values (1, 7001, 7002, g.principal, '放款'), (2, 1002, 6031, g.principal / 125, '担保费')) l(seq, debit, credit, amount, reason)`;
