-- modules: aftercare, customers, guarantees · why: an approved change of content takes effect in the book, dated twice: when true, when learnt
-- What a customer was called before, until which day. Append only; the present name stands on the customer.
create table customers.former_name (
  guarantor_id integer     not null,
  customer_id  bigint      not null,
  seq          integer     not null check (seq > 0),
  name         text        not null,
  pinyin       text        not null default '',
  -- The last day it was the name; `learnt_at` is when we came to know.
  until_on     date        not null,
  document     text        not null,
  learnt_at    timestamptz not null default now(),
  learnt_by    integer     not null references identity.user_account,
  primary key (guarantor_id, customer_id, seq),
  foreign key (guarantor_id, customer_id) references customers.customer (guarantor_id, id)
);
create index former_name_part on customers.former_name using gin (name gin_trgm_ops);
create index former_name_pinyin on customers.former_name (pinyin text_pattern_ops);
grant select, insert on customers.former_name to rongdan_app;
alter table customers.former_name enable row level security;
create policy visible on customers.former_name for select to rongdan_app using (
  exists (select from customers.customer c where c.guarantor_id = former_name.guarantor_id and c.id = former_name.customer_id));
create policy own on customers.former_name for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

-- A part of a name finds the customer by what it is called now and by what it was called before (by the head of initials too).
create or replace function customers.named(part text) returns table (guarantor_id integer, id bigint)
language sql stable security definer set search_path = customers, public, pg_temp as
  $$ select c.guarantor_id, c.id from customers.customer c
      where c.name ilike '%' || replace(replace(replace(part, '\', '\\'), '%', '\%'), '_', '\_') || '%'
      union
     select f.guarantor_id, f.customer_id from customers.former_name f
      where f.name ilike '%' || replace(replace(replace(part, '\', '\\'), '%', '\%'), '_', '\_') || '%'
      union
     select f.guarantor_id, f.customer_id from customers.former_name f
      where f.pinyin ~>=~ lower(part) and f.pinyin ~<~ (lower(part) || chr(1114111)) $$;

-- The bank's branch may move with its offices.
grant update (branch_id) on guarantees.guarantee to rongdan_app;

-- From which day a change is true; when it was learnt is when it was carried out.
alter table aftercare.change add column effective_on date;
update aftercare.change set effective_on = coalesce(done_on, decided_on, (recorded_at at time zone 'Asia/Shanghai')::date);
alter table aftercare.change alter column effective_on set not null;
grant update (effective_on) on aftercare.change to rongdan_app;

-- What the contracts of a guarantee say since when, by kind of change. Of a kind the newest `true_from` counts, learnt last of those of
-- one day. Append only: what was known at any instant can be told again.
create table aftercare.content (
  guarantor_id integer     not null,
  guarantee_id bigint      not null,
  kind         text        not null check (kind in ('representative', 'name', 'purpose', 'term', 'repayment', 'counter', 'reduction', 'branch')),
  seq          integer     not null check (seq > 0),
  bank_id      integer     not null references institutions.institution,
  before       text        not null,
  value        text        not null,
  true_from    date        not null,
  learnt_at    timestamptz not null default now(),
  change_id    bigint      not null,
  primary key (guarantor_id, guarantee_id, kind, seq),
  foreign key (guarantor_id, guarantee_id) references guarantees.guarantee (guarantor_id, id),
  foreign key (guarantor_id, change_id) references aftercare.change (guarantor_id, id)
);
insert into aftercare.content (guarantor_id, guarantee_id, kind, seq, bank_id, before, value, true_from, learnt_at, change_id)
  select guarantor_id, guarantee_id, kind, row_number() over (partition by guarantor_id, guarantee_id, kind order by id), bank_id, before, after,
         effective_on, recorded_at, id
    from aftercare.change
   where status = 'done' and kind in ('representative', 'name', 'purpose', 'term', 'repayment', 'counter', 'reduction', 'branch');
grant select, insert on aftercare.content to rongdan_app;
alter table aftercare.content enable row level security;
create policy visible on aftercare.content for select to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]) or bank_id = (select identity.my_bank()));
create policy own on aftercare.content for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

-- The counter-guarantee of the guarantee before in the chain that this one carries on.
alter table aftercare.counter_guarantee
  add column continues_id bigint,
  add foreign key (guarantor_id, continues_id) references aftercare.counter_guarantee (guarantor_id, id);
