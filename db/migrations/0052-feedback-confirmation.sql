-- module: feedback · why: parties may confirm a certificate without objection, so that it need not wait for the end of the window (条15)
-- Confirming early is our own procedure: the guide names no period and no form. Append only.
create table feedback.confirmation (
  certificate_id bigint      not null references feedback.certificate,
  institution_id integer     not null references institutions.institution,
  -- The paper it rests on, where somebody else enters it for the institution.
  document       text,
  confirmed_by   integer     not null references identity.user_account,
  confirmed_at   timestamptz not null,
  primary key (certificate_id, institution_id)
);
grant select, insert on feedback.confirmation to rongdan_app;
alter table feedback.confirmation enable row level security;
create policy visible on feedback.confirmation for select to rongdan_app using (
  exists (select from feedback.certificate c where c.id = confirmation.certificate_id));
create policy own on feedback.confirmation for insert to rongdan_app with check (
  exists (select from feedback.certificate c where c.id = confirmation.certificate_id));

-- Finance bureau and regulator of the certificate's own region that have not confirmed; empty and some party there: confirmed by all.
create function feedback.unconfirmed(of_certificate bigint) returns text[]
language sql stable security definer set search_path = feedback, institutions, pg_temp as
  $$ select coalesce(array_agg(i.short_name order by i.id), '{}')
       from feedback.certificate c
       join institutions.institution i on i.region_code = c.region_code and i.status = 'active' and i.kind in ('finance-bureau', 'regulator')
      where c.id = of_certificate
        and not exists (select from feedback.confirmation f where f.certificate_id = c.id and f.institution_id = i.id) $$;
revoke all on function feedback.unconfirmed(bigint) from public;
grant execute on function feedback.unconfirmed(bigint) to rongdan_app;
