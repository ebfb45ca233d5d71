-- module: audit · why: append-only, hash-chained record of who did what (SM3); one chain per institution, 0 for the platform
create schema audit;
grant usage on schema audit to rongdan_app;

create table audit.entry (
  chain_id     integer     not null,
  seq          bigint      not null check (seq > 0),
  recorded_at  timestamptz not null,
  user_id      integer     not null,
  action       text        not null,
  subject      text        not null,
  detail       text        not null,
  previous_hash text       not null,
  hash         text        not null,
  primary key (chain_id, seq)
);
comment on column audit.entry.detail is '规范化 JSON 原文，参与哈希；不含个人信息明文';

-- The newest seq and hash of each chain, so that rows cut off the end are noticed.
create table audit.head (
  chain_id integer primary key,
  seq      bigint not null,
  hash     text   not null
);

grant select, insert on audit.entry to rongdan_app;
grant select, insert on audit.head to rongdan_app;
grant update (seq, hash) on audit.head to rongdan_app;

alter table audit.entry enable row level security;
create policy read_own on audit.entry for select to rongdan_app using (
  (select identity.sees_all())
  or chain_id = any ((select identity.my_guarantors())::integer[])
  or user_id = (select identity.me())
  or exists (
    select from identity.role_grant g join identity.role r on r.code = g.role_code
     where g.user_id = (select identity.me()) and g.revoked_at is null and r.administrator = 'audit'));
create policy append on audit.entry for insert to rongdan_app with check (user_id = (select identity.me()));
