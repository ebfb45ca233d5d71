-- module: institutions · why: search by pinyin initials, retired codes with successors, capital seen by whom it concerns
alter table institutions.institution add column pinyin text not null default '';
grant update (pinyin) on institutions.institution to rongdan_app;

create table institutions.retired_region (
  code           integer not null check (code between 100000 and 999999),
  name           text    not null,
  successor_code integer not null references institutions.region,
  retired_year   smallint not null,
  source         text    not null,
  unverified     text,
  primary key (code, successor_code)
);
comment on table institutions.retired_region is '已撤销的区划代码及其后继：旧身份证号、信用代码仍带有旧代码';
grant select, insert on institutions.retired_region to rongdan_app;

alter table institutions.capital_fact enable row level security;
create policy visible on institutions.capital_fact for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or exists (select from institutions.institution i
              where i.id = capital_fact.guarantor_id and i.region_code = any ((select identity.my_regions())::integer[])));
create policy own on institutions.capital_fact for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
