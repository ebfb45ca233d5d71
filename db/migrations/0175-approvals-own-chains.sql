-- module: approvals · why: an institution's own version of a chain counts before the province's, from its day on; who may see it
alter table approvals.chain_version
  -- Null: the province's version, which counts for whoever has no own.
  add column guarantor_id integer references institutions.institution,
  -- From this day on the institution goes by the province's version again; the body is what that was then.
  add column follows_province boolean not null default false,
  add constraint only_own_follows_province check (guarantor_id is not null or not follows_province);
create index chain_version_in_force on approvals.chain_version (chain_code, guarantor_id, from_on desc, version desc);

alter table approvals.chain_version enable row level security;
create policy visible on approvals.chain_version for select to rongdan_app using (
  guarantor_id is null or (select identity.sees_all()) or guarantor_id = any ((select identity.my_guarantors())::integer[]));
-- Version 1 is the built-in sample, stored by whoever starts the first approval of its chain.
create policy own on approvals.chain_version for insert to rongdan_app with check (
  (select identity.sees_all()) or (guarantor_id is null and version = 1 and saved_by = 0)
  or guarantor_id = any ((select identity.my_guarantors())::integer[]));
alter table approvals.chain_node enable row level security;
create policy visible on approvals.chain_node for select to rongdan_app using (
  exists (select from approvals.chain_version v where v.chain_code = chain_node.chain_code and v.version = chain_node.version));
create policy own on approvals.chain_node for insert to rongdan_app with check (
  exists (select from approvals.chain_version v where v.chain_code = chain_node.chain_code and v.version = chain_node.version));

-- Definer: the numbers of other institutions' versions are taken too, though their rows are not seen.
create function approvals.next_version(of_chain text) returns smallint
language sql stable security definer set search_path = approvals, pg_temp as $$
  select (coalesce(max(version), 0) + 1)::smallint from chain_version where chain_code = of_chain $$;
revoke all on function approvals.next_version(text) from public;
grant execute on function approvals.next_version(text) to rongdan_app;
