-- module: batches · why: an exclusion is decided by an approval chain (batch-exclusion); its proposer may take it back meanwhile
alter table batches.exclusion drop constraint exclusion_status_check;
alter table batches.exclusion add constraint exclusion_status_check check (status in ('proposed', 'approved', 'rejected', 'withdrawn'));
alter table batches.exclusion drop constraint exclusion_check;
alter table batches.exclusion add constraint decided_by_somebody check ((status in ('approved', 'rejected')) = (decided_by is not null));
drop index batches.exclusion_once;
create unique index exclusion_once on batches.exclusion (guarantor_id, guarantee_id) where status in ('proposed', 'approved');
grant update (effect) on batches.exclusion to rongdan_app;
