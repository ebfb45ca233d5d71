-- module: exchange · why: from which business day an institution owes daily packages (条15 says daily, not since when)
-- Where nothing is stated, an institution owes them from its first package or first guarantee on.
create table exchange.reporting_start (
  guarantor_id integer     primary key references institutions.institution,
  from_on      date        not null,
  document     text        not null,
  recorded_by  integer     not null references identity.user_account,
  recorded_at  timestamptz not null default now()
);
grant select, insert on exchange.reporting_start to rongdan_app;
alter table exchange.reporting_start enable row level security;
create policy visible on exchange.reporting_start for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or exists (select from institutions.institution i
              where i.id = reporting_start.guarantor_id and i.region_code = any ((select identity.my_regions())::integer[])));
create policy own on exchange.reporting_start for insert to rongdan_app with check ((select identity.sees_all()));
