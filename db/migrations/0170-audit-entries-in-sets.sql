-- module: audit · why: many entries of one chain in one statement, so that one lock hold can record many decisions
-- `made`: [{seq, at, by, action, subject, detail, previous, hash}] in the chain's order; the caller worked out the hashes and holds the
-- chain's lock. Each entry is written as the person it names: `for_others` lets the program, and nobody else, be each of them in turn.
create function audit.append_all(chain integer, made jsonb, for_others boolean)
returns void language plpgsql volatile set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan as $$
declare
  me  integer := identity.me();
  who integer;
begin
  if for_others and me <> 0 then
    raise exception 'only the program records for others';
  end if;
  for who in select distinct (x ->> 'by')::integer from jsonb_array_elements(made) x order by 1 loop
    if for_others and who <> identity.me() then
      perform identity.enter(who);
    end if;
    insert into audit.entry (chain_id, seq, recorded_at, user_id, action, subject, detail, previous_hash, hash)
    select chain, x.seq, x.at, x.by, x.action, x.subject, x.detail, x.previous, x.hash
      from jsonb_to_recordset(made) x(seq bigint, at timestamptz, by integer, action text, subject text, detail text, previous text, hash text)
     where x.by = who;
  end loop;
  if identity.me() <> me then
    perform identity.enter(me);
  end if;
  insert into audit.head as h (chain_id, seq, hash)
  select chain, (x ->> 'seq')::bigint, x ->> 'hash' from jsonb_array_elements(made) x order by 1, 2 desc limit 1
  on conflict on constraint head_pkey do update set seq = excluded.seq, hash = excluded.hash;
end $$;
grant execute on function audit.append_all(integer, jsonb, boolean) to rongdan_app;
drop function audit.append(integer, bigint, timestamptz, integer, text, text, text, text, text);
