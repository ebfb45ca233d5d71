-- module: batches · why: the administrator of this installation sets up the SFTP sources and sees the visits, under the own name
drop policy visible on batches.source;
create policy visible on batches.source for select to rongdan_app using (
  (select identity.sees_all()) or (select identity.is_administrator()) or bank_id = (select identity.my_bank()));
drop policy program on batches.source;
create policy administered on batches.source for insert to rongdan_app with check (
  (select identity.me()) = 0 or (select identity.is_administrator()));
drop policy visible on batches.visit;
create policy visible on batches.visit for select to rongdan_app using (
  (select identity.sees_all()) or (select identity.is_administrator()) or bank_id = (select identity.my_bank()));
