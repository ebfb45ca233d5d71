-- module: identity · why: administrators manage clients and end sessions; nobody stands on both sides of 条11 with two accounts
drop policy program_only on identity.client;
create policy administered on identity.client to rongdan_app using ((select identity.is_administrator()))
  with check ((select identity.is_administrator()));

-- Ends every session of a user: by the program, an administrator or the user. Sessions of others are invisible to all of them.
create function identity.end_sessions(of_user integer, at timestamptz) returns void
language plpgsql security definer set search_path = identity, pg_temp as $$
begin
  if not (identity.me() = 0 or identity.is_administrator() or identity.me() = of_user) then
    raise exception 'may not end sessions of user %', of_user using errcode = '42501';
  end if;
  update session set ended_at = at where user_id = of_user and ended_at is null;
end $$;
revoke all on function identity.end_sessions(integer, timestamptz) from public;
grant execute on function identity.end_sessions(integer, timestamptz) to rongdan_app;

-- Roles a person holds under whatever account; rows of other accounts are not visible to everyone who has to ask.
create function identity.roles_of_person(of_key text) returns setof text
language sql stable security definer set search_path = identity, pg_temp as
  $$ select role_code from role_grant where person_key = of_key and revoked_at is null $$;
revoke all on function identity.roles_of_person(text) from public;
grant execute on function identity.roles_of_person(text) to rongdan_app;

create or replace function identity.refuse_unfit_grant() returns trigger
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
  select r.administrator, u.person_key into new.administrator, new.person_key
    from role r, user_account u where r.code = new.role_code and u.id = new.user_id;
  -- Two grants to two accounts of one person at once would not see each other.
  perform pg_advisory_xact_lock(1511, hashtext(new.person_key));
  if exists (
    select from role r
      cross join (select exists (select from role_permission where role_code = new.role_code and decides) as decides) mine
      join role theirs on theirs.code in (select role_code from role_grant where person_key = new.person_key and revoked_at is null)
     where r.code = new.role_code
       and ((mine.decides and theirs.is_government)
         or (r.is_government and exists (select from role_permission where role_code = theirs.code and decides)))) then
    raise exception 'one person may not both govern and decide'
      using errcode = '23514', constraint = 'nobody_governs_and_decides';
  end if;
  return new;
end $$;
