-- module: kernel · why: words of money, the application's role, requests answered once
-- The login role rongdan_app is made by the start-up (it holds a secret); here it only receives rights.
do $$
begin
  if not exists (select from pg_roles where rolname = 'rongdan_app') then
    create role rongdan_app nologin nosuperuser nocreatedb nocreaterole nobypassrls;
  end if;
end $$;

create extension if not exists pg_trgm;

create schema kernel;
grant usage on schema kernel to rongdan_app;

create domain public.fen as bigint;
comment on domain public.fen is '金额，单位：分';
create domain public.share as numeric(12, 10) check (value between 0 and 1);
comment on domain public.share is '比例，0 至 1';

-- A write that carries an Idempotency-Key is answered once; the same key with another body is refused (409).
create table kernel.request (
  user_id     integer     not null,
  key         text        not null check (length(key) between 8 and 200),
  body_hash   text        not null,
  status      smallint    not null,
  response    jsonb       not null,
  recorded_at timestamptz not null default now(),
  primary key (user_id, key)
);
grant select, insert on kernel.request to rongdan_app;
