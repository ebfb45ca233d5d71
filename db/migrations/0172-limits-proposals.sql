-- module: limits · why: two people where the money moves: a bank's line and the formula come into force when somebody else agrees (条13)
create table limits.proposal (
  id          bigint      generated always as identity primary key,
  kind        text        not null check (kind in ('bank-line', 'formula')),
  title       text        not null,
  -- The command as it will be carried out, in the shape of the module's contract.
  content     jsonb       not null,
  status      text        not null default 'proposed' check (status in ('proposed', 'approved', 'refused', 'withdrawn')),
  recorded_by integer     not null references identity.user_account,
  recorded_at timestamptz not null default now(),
  decided_by  integer     references identity.user_account,
  decided_on  date,
  decision    text,
  check ((status = 'proposed') = (decided_on is null))
);
grant select, insert on limits.proposal to rongdan_app;
grant update (status, decided_by, decided_on, decision) on limits.proposal to rongdan_app;
grant usage on all sequences in schema limits to rongdan_app;
alter table limits.proposal enable row level security;
create policy province on limits.proposal for select to rongdan_app using ((select identity.sees_all()));
create policy province_makes on limits.proposal for insert to rongdan_app with check ((select identity.sees_all()));
create policy province_decides on limits.proposal for update to rongdan_app using ((select identity.sees_all()));
