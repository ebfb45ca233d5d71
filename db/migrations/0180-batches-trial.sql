-- module: batches · why: a batch can be tried as a whole before it is accepted: every verdict and meter, and nothing entered
alter table batches.batch add column trial_no integer not null default 0 check (trial_no >= 0);
-- When the work now under way, or done last, began: a trial, or the entering after it was accepted.
alter table batches.batch add column begun_at timestamptz not null default now();
update batches.batch set begun_at = recorded_at;
alter table batches.batch drop constraint batch_state_check;
alter table batches.batch add constraint batch_state_check check (state in ('trying', 'tried', 'running', 'done', 'failed'));
alter table batches.batch add constraint tried_by_number check (trial_no > 0 or state not in ('trying', 'tried'));

-- What a trial found, apart from what happened, so that nobody counts the one for the other. Trying again is a trial of its own.
create table batches.trial_chunk (
  batch_id         bigint      not null references batches.batch,
  trial_no         integer     not null check (trial_no > 0),
  chunk_no         integer     not null check (chunk_no > 0),
  last_line        bigint      not null,
  bytes            bigint      not null,
  accepted         integer     not null,
  already          integer     not null,
  needs_completing integer     not null,
  refused          integer     not null,
  principal        fen         not null,
  recorded_at      timestamptz not null default clock_timestamp(),
  primary key (batch_id, trial_no, chunk_no)
);
create table batches.trial_verdict (
  batch_id      bigint  not null,
  trial_no      integer not null,
  line          bigint  not null,
  bank_id       integer not null,
  verdict       text    not null check (verdict in ('accepted', 'already', 'needs-completing', 'refused')),
  guarantor_id  integer,
  code          text,
  contract_no   text,
  customer_name text,
  principal     fen,
  reasons       jsonb,
  primary key (batch_id, trial_no, line),
  check ((verdict = 'accepted') = (reasons is null))
);
create table batches.trial_part (
  batch_id     bigint   not null references batches.batch,
  trial_no     integer  not null,
  guarantor_id integer  not null references institutions.institution,
  year         smallint not null,
  bank_id      integer  not null,
  before       jsonb    not null,
  after        jsonb    not null,
  primary key (batch_id, trial_no, guarantor_id, year)
);

alter table batches.trial_chunk enable row level security;
create policy visible on batches.trial_chunk for select to rongdan_app using (
  exists (select from batches.batch b where b.id = trial_chunk.batch_id));
do $$
declare
  name text;
begin
  foreach name in array array['trial_verdict', 'trial_part'] loop
    execute format('alter table batches.%I enable row level security', name);
    execute format('create policy visible on batches.%I for select to rongdan_app using (
      (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]) or bank_id = (select identity.my_bank()))', name);
  end loop;
  foreach name in array array['trial_chunk', 'trial_verdict', 'trial_part'] loop
    execute format('create policy program on batches.%I for insert to rongdan_app with check ((select identity.me()) = 0)', name);
  end loop;
end $$;
grant select, insert on batches.trial_chunk, batches.trial_verdict, batches.trial_part to rongdan_app;

-- What is shown of a batch: of trial 0 what happened, of another what that trial found.
create view batches.shown_chunk with (security_invoker = true) as
  select batch_id, 0 as trial_no, chunk_no, bytes, accepted, already, needs_completing, refused, principal, recorded_at from batches.chunk
  union all
  select batch_id, trial_no, chunk_no, bytes, accepted, already, needs_completing, refused, principal, recorded_at from batches.trial_chunk;
create view batches.shown_verdict with (security_invoker = true) as
  select batch_id, 0 as trial_no, line, verdict, guarantor_id, guarantee_id, code, contract_no, null::text as customer_name, null::bigint as principal,
         reasons
    from batches.verdict
  union all
  select batch_id, trial_no, line, verdict, guarantor_id, null, code, contract_no, customer_name, principal, reasons from batches.trial_verdict;
create view batches.shown_part with (security_invoker = true) as
  select batch_id, 0 as trial_no, guarantor_id, year, before, after from batches.part
  union all
  select batch_id, trial_no, guarantor_id, year, before, after from batches.trial_part;
grant select on batches.shown_chunk, batches.shown_verdict, batches.shown_part to rongdan_app;

-- A tried batch is still the bank's own: it may send a corrected file under the same number, or accept it.
grant update (trial_no, begun_at, guarantor_id, product_code, channel, content_hash, file_name, file_kind, file_bytes, path, profile, chunk_rows, resend_of)
  on batches.batch to rongdan_app;
create policy own_until_accepted on batches.batch for update to rongdan_app
  using (bank_id = (select identity.my_bank()) and state = 'tried')
  with check (bank_id = (select identity.my_bank()) and state in ('trying', 'running'));
