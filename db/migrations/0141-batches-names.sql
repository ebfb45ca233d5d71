-- module: batches · why: accounts are visible only within an institution, but bank and guarantor both know who sent, drew, proposed and decided
create function batches.who(of_user integer) returns text
language sql stable security definer set search_path = identity, institutions, pg_temp as
  $$ select coalesce(i.short_name || ' ', '') || u.name
       from identity.user_account u left join institutions.institution i on i.id = u.institution_id
      where u.id = of_user $$;
revoke all on function batches.who(integer) from public;
grant execute on function batches.who(integer) to rongdan_app;
