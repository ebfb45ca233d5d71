-- module: identity · why: roles follow the program's table; a role fits its institution; accounts are seen by whom they concern (条11, 三员分立)
create table identity.role_fit (
  role_code        text     not null references identity.role,
  institution_kind text     not null,
  level            smallint not null check (level in (1, 2, 3)),
  primary key (role_code, institution_kind, level)
);
comment on table identity.role_fit is '角色可由哪类、哪级机构的人员担任';
grant select on identity.role_fit to rongdan_app;

-- Called by the owner after an upgrade. Roles that were held once keep their row, without permissions.
create function identity.replace_roles(given_permissions jsonb, given_roles jsonb) returns void
language plpgsql set search_path = identity, pg_temp as $$
begin
  delete from role_permission rp
   where not exists (
     select from jsonb_array_elements(given_roles) r, jsonb_array_elements_text(r -> 'permissions') p
      where r ->> 'code' = rp.role_code and p = rp.permission_code);
  delete from role_fit;
  insert into permission (code, title, decides)
    select code, title, decides from jsonb_to_recordset(given_permissions) as p (code text, title text, decides boolean)
    on conflict (code) do update set title = excluded.title, decides = excluded.decides;
  insert into role (code, title, is_government, administrator, row_scope, sees_identity)
    select code, title, "isGovernment", administrator, "rowScope", "seesIdentity"
      from jsonb_to_recordset(given_roles) as r
        (code text, title text, "isGovernment" boolean, administrator text, "rowScope" text, "seesIdentity" boolean)
    on conflict (code) do update set title = excluded.title, is_government = excluded.is_government,
      administrator = excluded.administrator, row_scope = excluded.row_scope, sees_identity = excluded.sees_identity;
  insert into role_permission (role_code, is_government, permission_code, decides)
    select r ->> 'code', (r ->> 'isGovernment')::boolean, p.code, p.decides
      from jsonb_array_elements(given_roles) r, jsonb_array_elements_text(r -> 'permissions') held
      join permission p on p.code = held
    on conflict do nothing;
  insert into role_fit (role_code, institution_kind, level)
    select r ->> 'code', kind, level::smallint
      from jsonb_array_elements(given_roles) r, jsonb_array_elements_text(r -> 'at') kind,
           jsonb_array_elements_text(r -> 'levels') level;
  delete from permission p
   where not exists (select from jsonb_array_elements(given_permissions) g where g ->> 'code' = p.code);
end $$;
revoke all on function identity.replace_roles(jsonb, jsonb) from public;

-- A grant that does not fit the holder's institution is refused here too, whatever the program says.
create function identity.refuse_unfit_grant() returns trigger
language plpgsql security definer set search_path = identity, institutions, pg_temp as $$
begin
  if not exists (
    select from user_account u
      join institution i on i.id = u.institution_id
      join role_fit f on f.role_code = new.role_code and f.institution_kind = i.kind and f.level = i.level
     where u.id = new.user_id and u.kind <> 'system') then
    raise exception 'role % does not fit the institution of user %', new.role_code, new.user_id
      using errcode = '23514', constraint = 'role_fits_institution';
  end if;
  -- The columns that three-administrator and person rules rest on are the account's and the role's own, never the caller's.
  select r.administrator, u.person_key into new.administrator, new.person_key
    from role r, user_account u where r.code = new.role_code and u.id = new.user_id;
  return new;
end $$;
revoke all on function identity.refuse_unfit_grant() from public;
create trigger role_fits_institution before insert on identity.role_grant
  for each row execute function identity.refuse_unfit_grant();

alter table identity.user_account add column totp_last_step bigint;
comment on column identity.user_account.totp_last_step is '最近一次用过的动态口令时间步：同一口令不得再用';
grant update (totp_last_step) on identity.user_account to rongdan_app;

-- Names of people, for whoever shows who did something. Everything else of an account is seen by whom it concerns.
create view identity.person as select id, name, institution_id from identity.user_account;
grant select on identity.person to rongdan_app;

create or replace function identity.enter(of_user integer) returns void
language plpgsql security definer set search_path = identity, institutions, pg_temp as $$
declare
  scopes     text[];
  officer    boolean;
  home       institutions.institution;
  region_set integer[];
begin
  perform set_config('rongdan.user_id', of_user::text, true);
  if of_user = 0 then
    perform set_config('rongdan.all', 'on', true), set_config('rongdan.guarantors', '{}', true),
            set_config('rongdan.regions', '{}', true), set_config('rongdan.bank', '0', true),
            set_config('rongdan.administrator', 'on', true), set_config('rongdan.institution', '0', true);
    return;
  end if;
  select array_agg(distinct r.row_scope), coalesce(bool_or(r.administrator is not null), false) into scopes, officer
    from identity.role_grant g
    join identity.role r on r.code = g.role_code
    join identity.user_account u on u.id = g.user_id and u.status = 'active'
   where g.user_id = of_user and g.revoked_at is null;
  select i.* into home
    from identity.user_account u
    join institutions.institution i on i.id = u.institution_id
   where u.id = of_user and u.status = 'active';
  scopes := coalesce(scopes, '{}');
  region_set := '{}';
  if 'region' = any (scopes) and home.id is not null then
    select coalesce(array_agg(r.code), '{}') into region_set
      from institutions.region r
      left join institutions.region parent on parent.code = r.parent_code
     where home.region_code in (r.code, parent.code, parent.parent_code);
  end if;
  perform set_config('rongdan.all', case when 'province' = any (scopes) then 'on' else 'off' end, true),
          set_config('rongdan.guarantors',
            case when 'guarantor' = any (scopes) and home.kind = 'guarantor' then array[home.id]::text else '{}' end, true),
          set_config('rongdan.regions', region_set::text, true),
          set_config('rongdan.bank', case when 'bank' = any (scopes) and home.kind = 'bank' then home.id::text else '0' end, true),
          set_config('rongdan.administrator', case when officer then 'on' else 'off' end, true),
          set_config('rongdan.institution', coalesce(home.id, 0)::text, true);
end $$;

create function identity.is_administrator() returns boolean language sql stable parallel safe as
  $$ select coalesce(current_setting('rongdan.administrator', true) = 'on', false) $$;
create function identity.my_institution() returns integer language sql stable parallel safe as
  $$ select coalesce(nullif(current_setting('rongdan.institution', true), ''), '0')::integer $$;

alter table identity.user_account enable row level security;
create policy visible on identity.user_account for select to rongdan_app using (
  (select identity.sees_all()) or (select identity.is_administrator())
  or id = (select identity.me()) or institution_id = (select identity.my_institution()));
create policy create_account on identity.user_account for insert to rongdan_app with check ((select identity.is_administrator()));
create policy change_account on identity.user_account for update to rongdan_app using (
  (select identity.is_administrator()) or id = (select identity.me()));

alter table identity.role_grant enable row level security;
create policy visible on identity.role_grant for select to rongdan_app using (
  (select identity.sees_all()) or (select identity.is_administrator()) or user_id = (select identity.me())
  or exists (select from identity.user_account u where u.id = role_grant.user_id and u.institution_id = (select identity.my_institution())));
create policy grant_role on identity.role_grant for insert to rongdan_app with check ((select identity.is_administrator()));
create policy revoke_role on identity.role_grant for update to rongdan_app using ((select identity.is_administrator()));
