-- module: customers · why: several people keep one customer up to date (version), and a bond's weight asks for its issuer's rating (BAL-5, 10)
alter table customers.customer
  add column version          integer  not null default 1 check (version > 0),
  add column contact_name     text,
  add column contact_phone    text,
  -- 1 支小 2 支农 4 支新 8 支创, as on a guarantee: what a new guarantee of this customer is proposed with.
  add column tags             smallint not null default 0 check (tags between 0 and 15),
  add column primary_tag      smallint not null default 0
    check (primary_tag in (0, 1, 2, 4, 8) and (primary_tag = 0) = (tags = 0) and primary_tag & tags = primary_tag),
  -- 主体信用评级 and since when it stands; null: 不可判定, the heavier weight applies.
  add column issuer_rating    text,
  add column issuer_rating_on date,
  add constraint issuer_rating_is_dated check ((issuer_rating is null) = (issuer_rating_on is null));
grant update (version, contact_name, contact_phone, tags, primary_tag, issuer_rating, issuer_rating_on) on customers.customer to rongdan_app;

-- What was declared before a change, with the evidence of the size it gave. Append-only; the present stands on the customer.
create table customers.former_declaration (
  guarantor_id     integer not null,
  customer_id      bigint  not null,
  version          integer not null,
  industry_code    text,
  staff            integer,
  revenue          fen,
  assets           fen,
  declared_on      date,
  size_class       text    not null,
  size_evidence    jsonb   not null,
  issuer_rating    text,
  issuer_rating_on date,
  replaced_at      timestamptz not null default now(),
  replaced_by      integer not null references identity.user_account,
  primary key (guarantor_id, customer_id, version),
  foreign key (guarantor_id, customer_id) references customers.customer (guarantor_id, id)
);
grant select, insert on customers.former_declaration to rongdan_app;
alter table customers.former_declaration enable row level security;
create policy visible on customers.former_declaration for select to rongdan_app using (
  exists (select from customers.customer c where c.guarantor_id = former_declaration.guarantor_id and c.id = former_declaration.customer_id));
create policy own on customers.former_declaration for insert to rongdan_app with check (
  (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
