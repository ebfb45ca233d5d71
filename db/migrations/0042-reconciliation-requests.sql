-- module: reconciliation · why: a run asked for over HTTP goes on in the background, survives a crash, and says why it failed
-- The run itself is one transaction: there is all of it, under the number reserved here, or nothing.
create table reconciliation.request (
  run_id       bigint primary key,
  key          text        not null unique,
  guarantor_id integer     references institutions.institution,
  command      jsonb       not null,
  status       text        not null default 'waiting' check (status in ('waiting', 'running', 'done', 'failed')),
  attempts     integer     not null default 0,
  -- Why it failed, as refusals.
  refusals     jsonb       not null default '[]',
  requested_by integer     not null references identity.user_account,
  requested_at timestamptz not null default now(),
  finished_at  timestamptz
);
create index request_unfinished on reconciliation.request (run_id) where status in ('waiting', 'running');
grant select, insert on reconciliation.request to rongdan_app;
grant update (status, attempts, refusals, finished_at) on reconciliation.request to rongdan_app;
alter table reconciliation.request enable row level security;
create policy visible on reconciliation.request for select to rongdan_app using (
  (select identity.sees_all()) or requested_by = (select identity.me()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
create policy own on reconciliation.request for insert to rongdan_app with check (
  requested_by = (select identity.me())
  and ((select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[])));
-- Only the program carries requests out.
create policy carried_out on reconciliation.request for update to rongdan_app using ((select identity.me()) = 0);
