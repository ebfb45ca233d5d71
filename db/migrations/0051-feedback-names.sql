-- module: feedback · why: names every reader of a certificate or objection may know, and the number a public check needs to recompute the hash
-- Accounts are visible only within an institution; who objected and who answered is part of the record that all parties read.
create function feedback.who(of_user integer) returns text
language sql stable security definer set search_path = identity, institutions, pg_temp as
  $$ select coalesce(i.short_name || ' ', '') || u.name
       from identity.user_account u left join institutions.institution i on i.id = u.institution_id
      where u.id = of_user $$;
create function feedback.number_of(of_certificate bigint) returns text
language sql stable security definer set search_path = feedback, pg_temp as
  $$ select number from feedback.certificate where id = of_certificate $$;
revoke all on function feedback.who(integer), feedback.number_of(bigint) from public;
grant execute on function feedback.who(integer), feedback.number_of(bigint) to rongdan_app;
