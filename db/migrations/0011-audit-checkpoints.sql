-- module: audit · why: signed heads, so that even a chain rewritten from end to end is noticed
create table audit.checkpoint (
  chain_id   integer     not null,
  seq        bigint      not null check (seq > 0),
  hash       text        not null,
  signed_at  timestamptz not null,
  signer     text        not null,
  public_key text        not null,
  signature  text        not null,
  primary key (chain_id, seq, public_key)
);
grant select, insert on audit.checkpoint to rongdan_app;
