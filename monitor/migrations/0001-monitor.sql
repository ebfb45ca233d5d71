-- The stand-in's own database. Nothing of the product reads or writes it.
create schema monitor;

create table monitor.sender (
  institution text primary key,
  public_key  text        not null,
  recorded_at timestamptz not null default clock_timestamp()
);

-- Every package that came and could be read, accepted or not; the receipt is its verdict, the same for ever.
create table monitor.package (
  id            bigint generated always as identity primary key,
  content_hash  text        not null unique,
  institution   text        not null,
  business_day  date        not null,
  sequence      integer     not null,
  version       integer     not null,
  kind          text        not null,
  previous_hash text,
  manifest      text        not null,
  verdict       text        not null check (verdict in ('accepted', 'refused')),
  receipt       jsonb       not null,
  received_at   timestamptz not null default clock_timestamp()
);
create unique index one_package_per_number on monitor.package (institution, sequence) where verdict = 'accepted';

-- Positions, two times: true from business_day on until the contract's next row; learnt at received_at. Unchanged rows are not repeated.
create table monitor.record (
  institution        text        not null,
  contract_no        text        not null,
  business_day       date        not null,
  package_id         bigint      not null references monitor.package,
  received_at        timestamptz not null,
  outstanding        bigint      not null,
  outstanding_actual bigint      not null,
  principal          bigint      not null,
  guaranteed         bigint      not null,
  claims             bigint      not null,
  claim_cash         bigint      not null,
  recoveries         bigint      not null,
  county             integer     not null,
  primary_tag        smallint    not null,
  tags               smallint    not null,
  status             text        not null,
  starts_on          date        not null,
  ends_on            date        not null,
  due_on             date        not null,
  identity_hash      text        not null,
  primary key (institution, contract_no, business_day, package_id)
);

create table monitor.movement (
  institution text        not null,
  contract_no text        not null,
  seq         integer     not null,
  package_id  bigint      not null references monitor.package,
  content     jsonb       not null,
  primary key (institution, contract_no, seq)
);
create table monitor.master (
  institution text        not null,
  contract_no text        not null,
  package_id  bigint      not null references monitor.package,
  content     jsonb       not null,
  primary key (institution, contract_no, package_id)
);

create table monitor.fault (
  id         bigint generated always as identity primary key,
  kind       text        not null,
  request    jsonb       not null,
  -- Packages still to be hit; null for faults of rows.
  remaining  integer,
  created_at timestamptz not null default clock_timestamp()
);
-- What a fault did to which row. It holds for days before healed_on: a package that brings the row again puts it right.
create table monitor.fault_row (
  fault_id    bigint not null references monitor.fault on delete cascade,
  institution text   not null,
  contract_no text   not null,
  effect      text   not null check (effect in ('lose', 'duplicate', 'null-key', 'delay', 'alter')),
  field       text,
  before      jsonb,
  after       jsonb,
  days        integer,
  healed_on   date,
  primary key (fault_id, institution, contract_no)
);
create index fault_row_key on monitor.fault_row (institution, contract_no);
-- Which packages a fault hit.
create table monitor.fault_hit (
  fault_id     bigint      not null references monitor.fault on delete cascade,
  happened_at  timestamptz not null default clock_timestamp(),
  institution  text,
  business_day date,
  content_hash text
);
