-- modules: guarantees · why: a balance of any day is the month-end before it and the few movements since, not three years of them
-- Derived from the movements and nothing else; `verify` reckons it again. Every closing holds what was known at the one mark.
create table guarantees.closing_mark (
  only_one boolean     primary key default true check (only_one),
  known_at timestamptz not null
);
create table guarantees.closing_day (
  closed_on date primary key
);
create table guarantees.closing (
  closed_on    date     not null,
  guarantor_id integer  not null,
  guarantee_id bigint   not null,
  -- What a guarantee is grouped by and divided by; none of it ever changes on the guarantee.
  customer_id  bigint   not null,
  bank_id      integer  not null,
  county       integer  not null,
  primary_tag  smallint not null,
  principal    fen      not null,
  guaranteed   fen      not null,
  outstanding  fen      not null,
  primary key (closed_on, guarantor_id, guarantee_id)
);
-- What was learnt since the mark; movements are recorded in the order of the table, so a block range says enough.
create index movement_learnt on guarantees.movement using brin (recorded_at) with (pages_per_range = 32, autosummarize = on);

alter table guarantees.closing enable row level security;
create policy visible on guarantees.closing for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or county = any ((select identity.my_regions())::integer[])
  or bank_id = (select identity.my_bank()));
create policy close_book on guarantees.closing for insert to rongdan_app with check ((select identity.me()) = 0);
create policy catch_up on guarantees.closing for update to rongdan_app using ((select identity.me()) = 0);

grant select, insert on guarantees.closing, guarantees.closing_day, guarantees.closing_mark to rongdan_app;
grant update (outstanding) on guarantees.closing to rongdan_app;
grant update (known_at) on guarantees.closing_mark to rongdan_app;
