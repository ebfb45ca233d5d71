-- module: batches · why: the province sees what banks upload, as everything of theirs; only the bank itself adds to it
drop policy own on batches.upload;
create policy visible on batches.upload for select to rongdan_app using (
  (select identity.sees_all()) or bank_id = (select identity.my_bank()));
create policy own on batches.upload for insert to rongdan_app with check (bank_id = (select identity.my_bank()));
