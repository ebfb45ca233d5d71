-- module: cases, approvals · why: part of a name is found among a million; newest first without sorting all of them
-- Pairs of neighbouring characters: two Chinese characters are a usual search, and trigrams know nothing of two.
create function kernel.pairs(of_text text) returns text[]
language sql immutable parallel safe strict as $$
  select coalesce(array_agg(distinct substr(t.plain, n, 2)), '{}')
    from (select lower(regexp_replace(of_text, '\s', '', 'g')) as plain) t, generate_series(1, length(t.plain) - 1) n $$;

alter table cases.case add column pinyin text not null default '';
comment on column cases.case.pinyin is '客户名称的拼音首字母，供检索；草稿没有';
grant update (pinyin) on cases.case to rongdan_app;
update cases.case c set pinyin = f.pinyin
  from customers.customer f where f.guarantor_id = c.guarantor_id and f.id = c.customer_id;

create function cases.name_of(customer_name text, draft jsonb) returns text language sql immutable parallel safe as
  $$ select coalesce(customer_name, draft ->> 'customerName', '') $$;
create index case_name on cases.case using gin (kernel.pairs(cases.name_of(customer_name, draft)));
create index case_pinyin on cases.case (pinyin text_pattern_ops) where pinyin <> '';
create index case_newest on cases.case (id desc);
create index case_in_state on cases.case (state, id desc);

create index instance_title on approvals.instance using gin (kernel.pairs(title));
create index instance_in_status on approvals.instance (status, id desc);
create index instance_of_chain on approvals.instance (chain_code, id desc);

-- Definer and planned for the very text: `position` may not use an index under row security, and a common part of a name wants another
-- plan than a rare one. Whether the caller may see a row is asked again by row security where it is read.
create function cases.named(part text, below bigint, most integer) returns table (guarantor_id integer, id bigint)
language plpgsql stable security definer set search_path = cases, kernel, identity, public, pg_temp as $$
begin
  return query execute
    'select c.guarantor_id, c.id from cases.case c
      where c.id < $2
        and ($4 or c.guarantor_id = any ($5) or c.bank_id = $6 or c.county = any ($7))
        and kernel.pairs(cases.name_of(c.customer_name, c.draft)) @> kernel.pairs($1)
        and position(lower($1) in lower(cases.name_of(c.customer_name, c.draft))) > 0
      order by c.id desc limit $3'
    using part, below, most, identity.sees_all(), identity.my_guarantors(), identity.my_bank(), identity.my_regions();
end $$;
create function approvals.titled(part text, below bigint, most integer) returns table (id bigint)
language plpgsql stable security definer set search_path = approvals, kernel, identity, public, pg_temp as $$
begin
  return query execute
    'select i.id from approvals.instance i
      where i.id < $2 and ($4 or i.guarantor_id = any ($5))
        and kernel.pairs(i.title) @> kernel.pairs($1) and position(lower($1) in lower(i.title)) > 0
      order by i.id desc limit $3'
    using part, below, most, identity.sees_all(), identity.my_guarantors();
end $$;
revoke all on function cases.named(text, bigint, integer), approvals.titled(text, bigint, integer) from public;
grant execute on function cases.named(text, bigint, integer), approvals.titled(text, bigint, integer) to rongdan_app;
