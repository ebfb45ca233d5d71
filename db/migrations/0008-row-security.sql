-- modules: all with rows of the book · why: who may see a row is decided here, besides the action's permission check
-- A guarantor sees its own; finance and regulators what is done in their region; a bank its own loans; the province all.
alter table guarantees.guarantee enable row level security;
create policy visible on guarantees.guarantee for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or county = any ((select identity.my_regions())::integer[])
  or bank_id = (select identity.my_bank()));
create policy own on guarantees.guarantee for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy change_own on guarantees.guarantee for update to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

alter table guarantees.movement enable row level security;
create policy visible on guarantees.movement for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or exists (select from guarantees.guarantee g where g.guarantor_id = movement.guarantor_id and g.id = movement.guarantee_id));
create policy own on guarantees.movement for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

create policy visible on ledger.transfer for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or (guarantee_id is not null and exists (
        select from guarantees.guarantee g where g.guarantor_id = transfer.guarantor_id and g.id = transfer.guarantee_id)));
create policy own on ledger.transfer for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

alter table customers.customer enable row level security;
create policy visible on customers.customer for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or county = any ((select identity.my_regions())::integer[])
  or exists (select from guarantees.guarantee g where g.guarantor_id = customer.guarantor_id and g.customer_id = customer.id));
create policy own on customers.customer for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy change_own on customers.customer for update to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

alter table customers.related_group enable row level security;
create policy visible on customers.related_group for select to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy own on customers.related_group for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

-- Agreements: the two parties, the region's overseers, the province.
alter table agreements.agreement enable row level security;
create policy visible on agreements.agreement for select to rongdan_app using (
  (select identity.sees_all())
  or guarantor_id = any ((select identity.my_guarantors())::integer[])
  or bank_id = (select identity.my_bank())
  or exists (select from institutions.institution i where i.id = agreement.guarantor_id and i.region_code = any ((select identity.my_regions())::integer[])));
create policy own on agreements.agreement for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
alter table agreements.version enable row level security;
create policy visible on agreements.version for select to rongdan_app using (
  exists (select from agreements.agreement a where a.guarantor_id = version.guarantor_id and a.id = version.agreement_id));
create policy own on agreements.version for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy change_own on agreements.version for update to rongdan_app using (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));

-- Accounts: a person sees the accounts of the own institution; administrators and the program see all.
alter table identity.session enable row level security;
create policy program_only on identity.session to rongdan_app using ((select identity.me()) = 0 or user_id = (select identity.me()))
  with check ((select identity.me()) = 0);
alter table identity.client enable row level security;
create policy program_only on identity.client to rongdan_app using ((select identity.me()) = 0) with check ((select identity.me()) = 0);
alter table kernel.request enable row level security;
create policy own on kernel.request to rongdan_app using (user_id = (select identity.me())) with check (user_id = (select identity.me()));
