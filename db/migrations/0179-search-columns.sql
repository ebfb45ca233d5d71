-- module: cases, approvals · why: the pairs of characters of a name are kept, not worked out again for every row looked at; the to-do list of cases by index
drop index cases.case_name;
drop index approvals.instance_title;
create or replace function kernel.pairs(of_text text) returns text[]
language sql immutable parallel safe strict as $$
  select coalesce(array_agg(substr(t.plain, n, 2)), '{}')
    from (select lower(translate(of_text, E' \t\n\r　', '')) as plain) t, generate_series(1, length(t.plain) - 1) n $$;
alter table cases.case add column name_pairs text[] generated always as (kernel.pairs(cases.name_of(customer_name, draft))) stored;
alter table approvals.instance add column title_pairs text[] generated always as (kernel.pairs(title)) stored;
create index case_name on cases.case using gin (name_pairs);
create index instance_title on approvals.instance using gin (title_pairs);
create index case_at_work on cases.case (guarantor_id, state_at, id)
  where state in ('submitted', 'due-diligence', 'review', 'returned', 'approved', 'papers');

-- Which rows the caller may see, said so that one index answers it; row security says it again where the rows are read.
create or replace function cases.named(part text, below bigint, most integer) returns table (guarantor_id integer, id bigint)
language plpgsql stable security definer set search_path = cases, kernel, identity, public, pg_temp as $$
declare
  own integer[] := identity.my_guarantors();
  seen text := case
    when identity.sees_all() then 'true'
    when identity.my_bank() <> 0 then 'c.bank_id = identity.my_bank()'
    when cardinality(own) = 1 then format('c.guarantor_id = %s', own[1])
    else '(c.guarantor_id = any (identity.my_guarantors()) or c.county = any (identity.my_regions()))' end;
begin
  return query execute
    'select c.guarantor_id, c.id from cases.case c
      where c.id < $2 and c.name_pairs @> kernel.pairs($1)
        and position(lower($1) in lower(cases.name_of(c.customer_name, c.draft))) > 0 and ' || seen ||
    ' order by c.id desc limit $3'
    using part, below, most;
end $$;
create or replace function approvals.titled(part text, below bigint, most integer) returns table (id bigint)
language plpgsql stable security definer set search_path = approvals, kernel, identity, public, pg_temp as $$
declare
  own integer[] := identity.my_guarantors();
  seen text := case
    when identity.sees_all() then 'true'
    when cardinality(own) = 1 then format('i.guarantor_id = %s', own[1])
    else 'i.guarantor_id = any (identity.my_guarantors())' end;
begin
  return query execute
    'select i.id from approvals.instance i
      where i.id < $2 and i.title_pairs @> kernel.pairs($1) and position(lower($1) in lower(i.title)) > 0 and ' || seen ||
    ' order by i.id desc limit $3'
    using part, below, most;
end $$;

create index case_of_applicant on cases.case (applicant_user, id desc);

-- As in 0177, by counting who holds a role where: one person alone may be the initiator, who is barred.
create or replace function approvals.unattended()
  returns table (instance_id bigint, task_seq smallint, guarantor_id integer, institution_name text, chain_title text, node_title text,
                 kind text, role_code text, opened_on date, due_on date)
language sql stable security definer set search_path = approvals, identity, institutions, pg_temp as $$
  with person as materialized (select person_key, min(id) as id from user_account group by person_key),
  holder as materialized (
    select g.role_code, r.row_scope, u.id as user_id, u.institution_id, p.id as person_id
      from role_grant g
      join role r on r.code = g.role_code and not r.is_government and r.row_scope in ('province', 'guarantor')
      join user_account u on u.id = g.user_id and u.status = 'active' and u.kind = 'person'
      join person p on p.person_key = u.person_key
     where g.revoked_at is null
       and exists (select from role_permission a where a.role_code = g.role_code and a.permission_code = 'approvals.act')
  ),
  held as materialized (
    select h.role_code, case when h.row_scope = 'guarantor' then h.institution_id end as at, count(distinct h.person_id) as people, min(h.person_id) as one
      from holder h group by 1, 2
  )
  select t.instance_id, t.seq, t.guarantor_id, n.short_name, c.title, t.node_title, t.kind, t.role_code,
         (t.opened_at at time zone 'Asia/Shanghai')::date, t.due_on
    from task t
    join instance i on i.id = t.instance_id
    join chain c on c.code = i.chain_code
    join institution n on n.id = t.guarantor_id
    left join held own on own.role_code = t.role_code and own.at = t.guarantor_id
    left join held everywhere on everywhere.role_code = t.role_code and everywhere.at is null
   where t.status = 'open' and t.kind <> 'complete'
     and (identity.is_administrator() or identity.sees_all() or t.guarantor_id = any (identity.my_guarantors()))
     and (own.people is null or (t.bars_initiator and own.people = 1 and own.one = i.initiator_person))
     and (everywhere.people is null or (t.bars_initiator and everywhere.people = 1 and everywhere.one = i.initiator_person))
     and (t.user_id is null or t.user_id not in (select h.user_id from holder h))
   order by t.due_on, t.instance_id, t.seq
   limit 500 $$;
