-- module: limits · why: deciding is set-shaped: one lock hold, one reading and one writing serve many cases; room held ahead of a case
alter table limits.reservation
  -- What room held ahead of a case is for, in words.
  add column note text check (length(note) <= 200),
  -- The part of the yearly line it falls under; null where the province does not share the risk.
  add column line_group text check (line_group in ('sharing-state', 'sharing-other', 'non-sharing-state', 'non-sharing-other'));
-- One hold per key of its caller, for ever: a retry finds the first, even one that has been given back since.
create unique index reservation_ahead on limits.reservation (guarantor_id, subject) where subject like 'hold:%';

-- A bank holds room ahead of a case with itself, where it has an agreement, and gives it back; it sees what its own people and systems
-- hold and nothing else.
create policy visible_ahead on limits.reservation for select to rongdan_app using (
  subject like 'hold:%' and bank_id = (select identity.my_bank())
  and exists (select from identity.user_account u where u.id = recorded_by and u.institution_id = bank_id));
create policy bank_ahead on limits.reservation for insert to rongdan_app with check (
  subject like 'hold:%' and bank_id = (select identity.my_bank())
  and exists (select from agreements.agreement a where a.guarantor_id = reservation.guarantor_id and a.bank_id = reservation.bank_id));
create policy change_ahead on limits.reservation for update to rongdan_app using (
  subject like 'hold:%' and bank_id = (select identity.my_bank())
  and exists (select from identity.user_account u where u.id = recorded_by and u.institution_id = bank_id));

-- May each of these people hold room of a guarantor? `asked`: [{n, by, bank, subject, customer}]. Answered in the order of n: 'yes', 'no' (no
-- business with the guarantor), 'unknown-customer' (none that this person sees). The program asks as each of them in turn, so that the
-- policies of the tables decide as they would for that person alone.
create function limits.may_hold(g integer, asked jsonb)
returns text[] language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  me      integer := identity.me();
  who     integer;
  part    jsonb;
  answers jsonb := '{}';
begin
  for who in select distinct (x ->> 'by')::integer from jsonb_array_elements(asked) x order by 1 loop
    if me = 0 and who <> identity.me() then
      perform identity.enter(who);
    end if;
    select jsonb_object_agg(x.n, case
             when not (identity.sees_all() or g = any (identity.my_guarantors())
                       or (x.subject like 'hold:%' and x.bank = identity.my_bank()
                           and exists (select from agreements.agreement a where a.guarantor_id = g and a.bank_id = x.bank))) then 'no'
             when not exists (select from customers.customer c where c.guarantor_id = g and c.id = x.customer) then 'unknown-customer'
             else 'yes' end) into part
      from jsonb_to_recordset(asked) x(n integer, by integer, bank integer, subject text, customer bigint)
     where x.by = who;
    answers := answers || part;
  end loop;
  if identity.me() <> me then
    perform identity.enter(me);
  end if;
  return (select array_agg(e.value order by e.key::integer) from jsonb_each_text(answers) e);
end $$;
grant execute on function limits.may_hold(integer, jsonb) to rongdan_app;

-- Is a customer state-owned (国有及国有控股)? Dated, with evidence; the newest day counts. Nobody said: not known.
create table limits.state_owned (
  guarantor_id   integer     not null,
  customer_id    bigint      not null,
  from_on        date        not null,
  is_state_owned boolean     not null,
  evidence       text        not null check (length(evidence) between 2 and 200),
  recorded_by    integer     not null references identity.user_account,
  recorded_at    timestamptz not null default now(),
  primary key (guarantor_id, customer_id, recorded_at),
  foreign key (guarantor_id, customer_id) references customers.customer (guarantor_id, id)
);
grant select, insert on limits.state_owned to rongdan_app;
alter table limits.state_owned enable row level security;
create policy visible on limits.state_owned for select to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy own on limits.state_owned for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create function limits.is_state_owned(g integer, c bigint, on_day date) returns boolean language sql stable set search_path = pg_catalog, pg_temp as $$
  select s.is_state_owned from limits.state_owned s
   where s.guarantor_id = g and s.customer_id = c and s.from_on <= on_day order by s.from_on desc, s.recorded_at desc limit 1 $$;
grant execute on function limits.is_state_owned(integer, bigint, date) to rongdan_app;

-- The group of the yearly line a business falls under: the same answer as `lineGroupOf` in the module. Null: not of the line.
create function limits.line_group(province_share numeric, bank_share numeric, is_state_owned boolean) returns text language sql immutable parallel safe as $$
  select case when province_share > 0 then
    case when bank_share >= 0.2 then 'sharing' else 'non-sharing' end || case when is_state_owned then '-state' else '-other' end end $$;
grant execute on function limits.line_group(numeric, numeric, boolean) to rongdan_app;

drop function limits.facts(integer, bigint, integer, text, integer, date, text, boolean);
drop function limits.hold(integer, text, bigint, integer, text, integer, bigint, bigint, bigint, date, date, integer);

-- Everything the decisions of one guarantor rest on in one round trip, for whatever customers, banks, products and counties are asked about.
-- Security definer, because a limit is about the whole book: a bank that asks about a case with itself would see only its own loans and
-- every limit too wide. Null for who has no business with the guarantor. With locks: guarantor, banks by id (shared: only a new line
-- excludes decisions), customers with their groups by id, the audit chain, in this order everywhere; each statement after them sees what
-- others committed.
create function limits.facts(g integer, of_customers bigint[], of_banks integer[], of_products text[], of_counties integer[],
  of_subjects text[], on_day date, with_locks boolean)
returns jsonb language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  groups    bigint[];
  members   bigint[];
  base      limits.book_base;
  parties   jsonb;
  held      jsonb;
  kept      jsonb;
  promised  jsonb;
  issued    jsonb;
  one       integer;
  this_year integer := extract(year from on_day);
  head      jsonb;
  sees_book boolean := identity.sees_all() or g = any (identity.my_guarantors());
begin
  if not sees_book and (with_locks or of_banks is distinct from array[identity.my_bank()]) then
    return null;
  end if;
  if with_locks then
    perform pg_advisory_xact_lock(1506, g);
    for one in select distinct b from unnest(of_banks) b order by b loop
      perform pg_advisory_xact_lock_shared(1507, one);
    end loop;
  end if;
  select array_agg(distinct f.group_id) into groups
    from customers.customer f where f.guarantor_id = g and f.id = any (of_customers) and f.group_id is not null;
  if groups is null then
    members := of_customers;
  else
    select array_agg(x.id) into members from (
      select unnest(of_customers) as id
       union
      select f.id from customers.customer f where f.guarantor_id = g and f.group_id = any (groups)) x;
  end if;
  if with_locks then
    perform from customers.customer f where f.guarantor_id = g and f.id = any (members) order by f.id for update;
  end if;
  select jsonb_agg(jsonb_build_object('customerId', f.id::text, 'name', f.name, 'kind', f.kind, 'sizeClass', f.size_class,
           'groupId', f.group_id::text, 'issuerRating', case when f.issuer_rating_on <= on_day then f.issuer_rating end,
           'isStateOwned', limits.is_state_owned(g, f.id, on_day)) order by f.id) into parties
    from customers.customer f where f.guarantor_id = g and f.id = any (members);
  if cardinality(members) > 0 then
    select jsonb_agg(x order by x."customerId", x."guaranteeClass") into held from (
      select e.customer_id::text as "customerId", pr.class as "guaranteeClass", sum(e.principal)::text as committed, sum(n.now)::text as contract,
             sum(round(n.now::numeric * e.guaranteed / e.principal))::text as borne
        from guarantees.guarantee e
       cross join lateral (select case when e.status = 'pending' then e.principal else e.outstanding end as now) n
        join agreements.product pr on pr.code = e.product_code
       where e.guarantor_id = g and e.customer_id = any (members) and (e.status = 'pending' or e.outstanding <> 0)
       group by e.customer_id, pr.class) x;
  end if;
  if cardinality(members) > 0 or cardinality(of_subjects) > 0 then
    select jsonb_agg(jsonb_build_object('id', r.id::text, 'subject', r.subject, 'customerId', r.customer_id::text, 'bankId', r.bank_id,
             'productCode', r.product_code, 'guaranteeClass', pr.class, 'county', r.county, 'amount', r.amount::text,
             'guaranteed', r.guaranteed::text, 'liability', r.liability::text, 'lineGroup', r.line_group, 'until', r.until_on,
             'counts', r.status = 'held' and r.until_on >= on_day) order by r.id) into kept
      from (select k.* from limits.reservation k where k.guarantor_id = g and k.customer_id = any (members) and k.status = 'held'
             union
            select k.* from limits.reservation k where k.guarantor_id = g and k.subject = any (of_subjects) and k.status = 'held'
             union
            select k.* from limits.reservation k where k.guarantor_id = g and k.subject = any (of_subjects) and k.subject like 'hold:%') r
      join agreements.product pr on pr.code = r.product_code;
  end if;
  select * into base from limits.book_base k where k.guarantor_id = g;
  if base.guarantor_id is not null then
    select jsonb_agg(x) into issued from (
      select e.bank_id as "bankId", e.product_code as "productCode", e.county, sum(e.principal)::text as principal,
             extract(year from e.starts_on) = this_year as "isThisYear",
             limits.line_group(v.province_share, v.bank_share, limits.is_state_owned(g, e.customer_id, on_day)) as "lineGroup"
        from guarantees.guarantee e
        join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
       where e.guarantor_id = g and e.recorded_at > base.since and e.id <> all (base.counted)
       group by 1, 2, 3, 5, 6) x;
  end if;
  select jsonb_agg(x) into promised from (
    select r.bank_id as "bankId", r.product_code as "productCode", r.county, r.line_group as "lineGroup", sum(r.amount)::text as amount,
           sum(r.liability)::text as liability
      from limits.reservation r
     where r.guarantor_id = g and r.status = 'held' and r.until_on >= on_day
     group by 1, 2, 3, 4) x;
  -- Last: what is decided is written down at once, and the chain's head need not be asked for again.
  if with_locks then
    select jsonb_build_object('seq', h.seq::text, 'hash', h.hash) into head from audit.lock_head(g) h;
  end if;
  return jsonb_build_object(
    'auditHead', head, 'isOld', base.since < now() - interval '70 minutes', 'seesBook', sees_book,
    'capital', (select jsonb_build_object('netAssets', k.net_assets::text, 'stakes', k.stakes_in_guarantors::text, 'asOf', k.as_of_on)
                  from institutions.capital_fact k where k.guarantor_id = g and k.as_of_on <= on_day
                 order by k.as_of_on desc, k.recorded_at desc limit 1),
    'customers', coalesce(parties, '[]'), 'held', coalesce(held, '[]'), 'kept', coalesce(kept, '[]'), 'promised', coalesce(promised, '[]'),
    'base', case when base.guarantor_id is null then null else jsonb_build_object('asOf', base.as_of_on, 'since', base.since,
              'liability', base.liability::text, 'supportBalance', base.support_balance::text, 'totalBalance', base.total_balance::text,
              'supportHouseholds', base.support_households, 'totalHouseholds', base.total_households,
              'lines', base.lines, 'counties', base.counties, 'claims', base.claims) end,
    'issued', coalesce(issued, '[]'),
    'banks', (select coalesce(jsonb_agg(i.id), '[]') from institutions.institution i where i.id = any (of_banks) and i.kind = 'bank'),
    'counties', (select coalesce(jsonb_agg(r.code), '[]') from institutions.region r where r.code = any (of_counties)),
    'bankLines', (select coalesce(jsonb_agg(jsonb_build_object('bankId', l.bank_id, 'amount', l.amount::text, 'version', l.version,
                    'document', l.document, 'to', l.to_on, 'allocations', (
                      select coalesce(jsonb_agg(jsonb_build_object('productCode', a.product_code, 'amount', a.amount::text)), '[]')
                        from limits.bank_allocation a
                       where a.bank_id = l.bank_id and a.version = l.version and a.guarantor_id = g))), '[]')
                    from (select distinct on (k.bank_id) k.* from limits.bank_line k
                           where k.bank_id = any (of_banks) and k.from_on <= on_day and k.to_on >= on_day
                           order by k.bank_id, k.version desc) l),
    'guarantorLine', (select jsonb_build_object('amount', l.amount::text, 'document', l.document, 'unverified', f.unverified,
                               'groups', coalesce(l.working -> 'groups', '[]'), 'groupBreach', coalesce(f.terms ->> 'groupBreach', 'tell'))
                        from limits.guarantor_line l join limits.line_formula f on f.version = l.formula_version
                       where l.guarantor_id = g and l.year = this_year and l.status = 'approved'),
    'targets', (select coalesce(jsonb_agg(t), '[]') from (
                  select distinct on (k.county) k.county, k.amount::text as amount, k.document from limits.policy_target k
                   where k.guarantor_id = g and k.county = any (of_counties) and k.year = this_year
                   order by k.county, k.version desc) t),
    'agreements', (select coalesce(jsonb_agg(x), '[]') from (
                     select distinct on (a.bank_id, a.product_code) a.bank_id as "bankId", a.product_code as "productCode",
                            v.agreement_id as "agreementId", v.version, v.bank_share::text as "bankShare",
                            v.province_share::text as "provinceShare", v.claim_ratio_cap::text as "claimRatioCap", v.document
                       from agreements.agreement a
                       join agreements.version v on v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
                      where a.guarantor_id = g and a.bank_id = any (of_banks) and a.product_code = any (of_products)
                        and v.from_on <= on_day and (v.to_on is null or v.to_on >= on_day)
                      order by a.bank_id, a.product_code, v.version desc) x),
    'products', (select coalesce(jsonb_agg(jsonb_build_object('code', pr.code, 'name', pr.name, 'class', pr.class, 'version', v.version,
                   'caps', coalesce(v.terms -> 'caps', '[]'), 'claimRatioCap', v.terms -> 'claimRatioCap')), '[]')
                   from agreements.product pr
                   left join lateral (select * from products.version w where w.product_code = pr.code and w.from_on <= on_day
                                        and (w.to_on is null or w.to_on >= on_day) order by w.version desc limit 1) v on true
                  where pr.code = any (of_products)));
end $$;
revoke all on function limits.facts(integer, bigint[], integer[], text[], integer[], text[], date, boolean) from public;
grant execute on function limits.facts(integer, bigint[], integer[], text[], integer[], text[], date, boolean) to rongdan_app;

-- Writes what was decided: ends what is replaced, then adds the new, each row as the person who asked for it, whose own policies decide.
-- Answers the new ids in the order of `made`: [{n, by, subject, customer, bank, product, county, amount, guaranteed, liability, lineGroup,
-- until, note, isOver}]; isOver: replaced in the same breath by a later one.
create function limits.hold(g integer, ended text[], made jsonb, today date)
returns bigint[] language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  me  integer := identity.me();
  who integer;
  ids bigint[];
begin
  update limits.reservation r set status = 'released', ended_on = today
   where r.guarantor_id = g and r.subject = any (ended) and r.status = 'held';
  select array_agg(nextval('limits.reservation_id_seq')) into ids from jsonb_array_elements(made);
  for who in select distinct (x ->> 'by')::integer from jsonb_array_elements(made) x order by 1 loop
    -- Only the program decides for several people at once.
    if me = 0 and who <> identity.me() then
      perform identity.enter(who);
    end if;
    insert into limits.reservation (guarantor_id, id, subject, customer_id, bank_id, product_code, county, amount, guaranteed, liability,
             line_group, until_on, note, status, ended_on, recorded_by)
    select g, ids[x.n], x.subject, x.customer, x.bank, x.product, x.county, x.amount, x.guaranteed, x.liability,
           x."lineGroup", x.until, x.note, case when x."isOver" then 'released' else 'held' end, case when x."isOver" then today end, x.by
      from jsonb_to_recordset(made) x(n integer, by integer, subject text, customer bigint, bank integer, product text, county integer,
             amount bigint, guaranteed bigint, liability bigint, "lineGroup" text, until date, note text, "isOver" boolean)
     where x.by = who
     order by x.n;
  end loop;
  if identity.me() <> me then
    perform identity.enter(me);
  end if;
  return ids;
end $$;
grant execute on function limits.hold(integer, text[], jsonb, date) to rongdan_app;

-- What was reckoned and held before says nothing of the groups: reckoned anew on the next decision, and told here.
delete from limits.book_base;
update limits.reservation r
   set line_group = (select limits.line_group(v.province_share, v.bank_share, null)
                       from agreements.agreement a
                       join agreements.version v on v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
                      where a.guarantor_id = r.guarantor_id and a.bank_id = r.bank_id and a.product_code = r.product_code
                        and v.from_on <= current_date and (v.to_on is null or v.to_on >= current_date)
                      order by v.version desc limit 1)
 where r.status = 'held';
