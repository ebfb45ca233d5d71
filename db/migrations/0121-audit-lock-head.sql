-- module: audit · why: what is written under a lock holds others up: the chain's head in one round trip, the entry in one more
-- Volatile and in two statements: the second sees what was committed while the first waited.
create function audit.lock_head(chain integer) returns table (seq bigint, hash text)
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock(1505, chain);
  return query select h.seq, h.hash from audit.head h where h.chain_id = chain;
end $$;
grant execute on function audit.lock_head(integer) to rongdan_app;

-- Writes an entry and moves the head; the caller worked out the hash and holds the chain's lock. Its plans are kept for the session.
create function audit.append(chain integer, seq bigint, recorded_at timestamptz, user_id integer, action text, subject text, detail text,
  previous_hash text, hash text)
returns void language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
begin
  insert into audit.entry (chain_id, seq, recorded_at, user_id, action, subject, detail, previous_hash, hash)
  values (chain, append.seq, append.recorded_at, append.user_id, append.action, append.subject, append.detail, append.previous_hash, append.hash);
  insert into audit.head as h (chain_id, seq, hash) values (chain, append.seq, append.hash)
  on conflict on constraint head_pkey do update set seq = excluded.seq, hash = excluded.hash;
end $$;
grant execute on function audit.append(integer, bigint, timestamptz, integer, text, text, text, text, text) to rongdan_app;
