-- module: products · why: what a product demands, in dated versions; a case is pinned to the one in force on its day (条13)
create schema products;
grant usage on schema products to rongdan_app;

-- Reference data: everybody may read it. Versions are never edited; the next one ends the one before.
create table products.version (
  product_code text        not null references agreements.product,
  version      smallint    not null check (version > 0),
  from_on      date        not null,
  to_on        date,
  -- Fee, term, caps, shares, checklist, conditions; its shape is `productTerms` in the module's contract.
  terms        jsonb       not null,
  document     text        not null,
  -- Whether the version as a whole stands on a text somebody has read.
  unverified   text,
  recorded_by  integer     not null references identity.user_account,
  recorded_at  timestamptz not null default now(),
  primary key (product_code, version),
  check (to_on is null or to_on >= from_on)
);
create index version_in_force on products.version (product_code, from_on);

grant select, insert on products.version to rongdan_app;
grant update (to_on) on products.version to rongdan_app;
