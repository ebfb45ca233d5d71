import type pg from 'pg';

/** A made-up book for tests and benches: so many guarantees over so many guarantors, five movements each, straight into the tables. */
export type BookSize = { readonly guarantees: number; readonly guarantors?: number };

/** The day as of which the book is meant to be reconciled. */
export const bookDay = '2026-09-30';

/**
 * Fills an empty migrated database as its owner, set-based and the same every time. Each guarantee n: disbursed on starts_on, fee,
 * one repayment half a year later; every 3rd a second repayment, every 5th extended, every 7th claimed in full and partly recovered.
 */
export async function fillBook(owner: pg.Pool, { guarantees, guarantors = 4 }: BookSize): Promise<void> {
  await owner.query(`
    insert into institutions.region (code, name, level, parent_code) values
      (140000, '山西省', 1, null), (140100, '太原市', 2, 140000), (140200, '大同市', 2, 140000) on conflict do nothing;
    insert into institutions.region (code, name, level, parent_code)
    select city + n, '测试县' || city + n, 3, city from (values (140100), (140200)) c(city), generate_series(5, 14) n on conflict do nothing;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value
    select 100 + n, 'SX' || lpad(n::text, 4, '0'), '测试担保' || n || '有限公司', '测试担保' || n, 'guarantor', 2,
           case when n % 2 = 0 then 140200 else 140100 end from generate_series(1, ${guarantors}) n;
    insert into institutions.institution (id, code, name, short_name, kind, level, region_code) overriding system value
    values (900, 'BK01', '测试银行', '测试银行', 'bank', 1, 140000);
    insert into agreements.product (code, name, class, source) values ('test-loan', '测试贷款担保', 'loan', '测试');
    insert into agreements.agreement (guarantor_id, id, bank_id, product_code, contract_no) overriding system value
    select 100 + n, n, 900, 'test-loan', 'XY' || n from generate_series(1, ${guarantors}) n;
    insert into agreements.version (guarantor_id, agreement_id, version, from_on, bank_share, guarantor_share, province_share, fund_share,
      fee_rate, document)
    select 100 + n, n, 1, '2020-01-01', 0.2, 0.4, 0.2, 0.2, 0.01, '测试' from generate_series(1, ${guarantors}) n;
    insert into customers.customer (guarantor_id, id, kind, name, identity_kind, identity_no, identity_hash, county, size_class, size_evidence)
      overriding system value
    select 101 + n % ${guarantors}, n, 'enterprise', '测试企业' || n, 'uscc', 'T' || n, md5(n::text) || md5('x' || n),
           case when n % ${guarantors} % 2 = 1 then 140200 else 140100 end + 5 + n % 10, '小型', '{}'
      from generate_series(1, greatest(${guarantees} / 4, ${guarantors} * 2)) n`);
  await owner.query('analyze customers.customer');
  await owner.query(`
    insert into guarantees.guarantee (guarantor_id, id, contract_no, customer_id, agreement_id, agreement_version, product_code, bank_id,
      county, principal, guaranteed, fee_rate, starts_on, ends_on, tags, primary_tag, size_class, source, recorded_at, status, outstanding,
      last_seq, due_on) overriding system value
    select c.guarantor_id, n, 'BH-' || lpad(n::text, 8, '0'), c.id, c.guarantor_id - 100, 1, 'test-loan', 900, c.county, p.principal,
           p.principal * 8 / 10, 0.01, s.starts_on, s.starts_on + 365, case n % 3 when 0 then 3 when 1 then 1 else 2 end,
           case n % 3 when 2 then 2 else 1 end, '小型', 'test', (s.starts_on + 1 + time '09:00') at time zone 'Asia/Shanghai', 'in-force',
           p.principal, 3, s.starts_on + 365
      from generate_series(1, ${guarantees}) n
      join customers.customer c on c.id = 1 + n % greatest(${guarantees} / 4, ${guarantors} * 2)
     cross join lateral (select (100000 + n::bigint * 7919 % 900000) * 1000 as principal) p
     cross join lateral (select date '2024-01-02' + n * 31 % 900 as starts_on) s`);
  await owner.query(`
    insert into guarantees.movement (guarantor_id, guarantee_id, seq, kind, amount, cash, occurred_on, recorded_at, extended_to_on)
    select g.guarantor_id, g.id, m.seq, m.kind, m.amount, m.cash, m.on_day,
           (m.on_day + 1 + time '09:00') at time zone 'Asia/Shanghai', m.extended_to
      from guarantees.guarantee g
     cross join lateral (values
       (1, 1, g.principal, 0::bigint, g.starts_on, null::date, true),
       (2, 7, g.principal / 100, g.principal / 100, g.starts_on, null, true),
       (3, 2, g.principal / 5, 0, g.starts_on + 150, null, true),
       (4, 2, g.principal / 10, 0, g.starts_on + 200, null, g.id % 3 = 0),
       (5, 3, 0, 0, g.starts_on + 210, g.ends_on + 90, g.id % 5 = 0),
       (6, 5, g.principal - g.principal / 5 - case when g.id % 3 = 0 then g.principal / 10 else 0 end,
              (g.principal - g.principal / 5 - case when g.id % 3 = 0 then g.principal / 10 else 0 end) * 8 / 10,
              g.starts_on + 380, null, g.id % 7 = 0),
       (7, 6, g.principal / 20, g.principal / 20, g.starts_on + 420, null, g.id % 7 = 0)
     ) m(seq, kind, amount, cash, on_day, extended_to, happens)
     where m.happens and m.on_day <= date '2026-11-15'`);
  await owner.query('analyze');
}

/** The other side's JSON line of every guarantee, right in every field, as SQL text for COPY or select: one column `line`. */
export const perfectLines = (asOf: string): string => `
  with mv as (select * from guarantees.movement where occurred_on <= date '${asOf}'),
  undone as (select guarantor_id, guarantee_id, reverses_seq from mv where reverses_seq is not null),
  held as (
    select m.guarantor_id, m.guarantee_id, sum(m.delta)::bigint as outstanding,
           coalesce(sum(m.amount) filter (where m.kind = 5 and u.reverses_seq is null), 0)::bigint as claims,
           coalesce(sum(m.cash) filter (where m.kind = 5 and u.reverses_seq is null), 0)::bigint as claim_cash,
           coalesce(sum(m.amount) filter (where m.kind = 6 and u.reverses_seq is null), 0)::bigint as recoveries,
           (array_agg(m.kind order by m.occurred_on desc, m.seq desc) filter (where m.kind in (2, 4, 5, 10) and u.reverses_seq is null))[1] as last_kind,
           max(m.extended_to_on) as due_on
      from mv m left join undone u on u.guarantor_id = m.guarantor_id and u.guarantee_id = m.guarantee_id and u.reverses_seq = m.seq
     group by 1, 2)
  select json_build_object('kind', 'record', 'institution', i.code, 'contract_no', g.contract_no,
           'outstanding', round(coalesce(h.outstanding, 0) / 100.0, 2)::text,
           'outstanding_actual', round(round(coalesce(h.outstanding, 0)::numeric * g.guaranteed / g.principal) / 100.0, 2)::text,
           'principal', round(g.principal / 100.0, 2)::text, 'guaranteed', round(g.guaranteed / 100.0, 2)::text,
           'claims', round(coalesce(h.claims, 0) / 100.0, 2)::text, 'claim_cash', round(coalesce(h.claim_cash, 0) / 100.0, 2)::text,
           'recoveries', round(coalesce(h.recoveries, 0) / 100.0, 2)::text, 'county', g.county, 'primary_tag', g.primary_tag, 'tags', g.tags,
           'status', case when h.outstanding > 0 then 'in-force' when h.last_kind = 5 then 'claimed'
                          when h.last_kind in (2, 4) then 'released' else 'pending' end,
           'starts_on', g.starts_on, 'ends_on', g.ends_on, 'due_on', coalesce(h.due_on, g.ends_on),
           'identity_hash', c.identity_hash)::text as line
    from guarantees.guarantee g
    join institutions.institution i on i.id = g.guarantor_id
    join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
    left join held h on h.guarantor_id = g.guarantor_id and h.guarantee_id = g.id
   where g.starts_on <= date '${asOf}'
   order by g.guarantor_id, g.id`;
