-- module: portal · why: a customer who looks up the own matters needs the telephone of the guarantor that answers
create table portal.desk (
  guarantor_id integer     primary key references institutions.institution,
  phone        text        not null check (phone ~ '^[0-9][0-9 -]{5,24}[0-9]$'),
  hours        text        not null default '' check (length(hours) <= 60),
  recorded_by  integer     not null references identity.user_account,
  recorded_at  timestamptz not null
);
alter table portal.desk enable row level security;
create policy visible on portal.desk for select to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy own on portal.desk for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy change_own on portal.desk for update to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
grant select, insert on portal.desk to rongdan_app;
grant update (phone, hours, recorded_by, recorded_at) on portal.desk to rongdan_app;
