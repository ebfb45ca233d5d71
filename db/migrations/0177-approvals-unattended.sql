-- module: approvals · why: an administrator gives what nobody can do to somebody who can, without seeing the matter
drop function approvals.unattended();
create function approvals.unattended()
  returns table (instance_id bigint, task_seq smallint, guarantor_id integer, institution_name text, chain_title text, node_title text,
                 kind text, role_code text, opened_on date, due_on date)
language sql stable security definer set search_path = approvals, identity, institutions, pg_temp as $$
  with holder as materialized (
    select g.role_code, r.row_scope, u.id as user_id, u.institution_id, (select min(o.id) from user_account o where o.person_key = u.person_key) as person_id
      from role_grant g
      join role r on r.code = g.role_code and not r.is_government and r.row_scope in ('province', 'guarantor')
      join user_account u on u.id = g.user_id and u.status = 'active' and u.kind = 'person'
     where g.revoked_at is null
       and exists (select from role_permission a where a.role_code = g.role_code and a.permission_code = 'approvals.act')
  )
  select t.instance_id, t.seq, t.guarantor_id, n.short_name, c.title, t.node_title, t.kind, t.role_code,
         (t.opened_at at time zone 'Asia/Shanghai')::date, t.due_on
    from task t
    join instance i on i.id = t.instance_id
    join chain c on c.code = i.chain_code
    join institution n on n.id = t.guarantor_id
   where t.status = 'open' and t.kind <> 'complete'
     and (identity.is_administrator() or identity.sees_all() or t.guarantor_id = any (identity.my_guarantors()))
     and not exists (select from holder h where h.user_id = t.user_id)
     and not exists (
       select from holder h
        where h.role_code = t.role_code
          and (h.row_scope = 'province' or h.institution_id = t.guarantor_id)
          and not (t.bars_initiator and h.person_id = i.initiator_person))
   order by t.due_on, t.instance_id, t.seq
   limit 500 $$;

-- Who could do a task that nobody can: people who may act for the guarantor, at a deciding node with the permission to decide, never the
-- initiator where he is barred. A committee has its members by role and takes no stand-in.
create function approvals.assignable(of_instance bigint, of_seq smallint)
  returns table (user_id integer, name text, institution_name text, roles text[])
language sql stable security definer set search_path = approvals, identity, institutions, pg_temp as $$
  select u.id, u.name, n.short_name, array_agg(g.role_code order by g.role_code)
    from approvals.unattended() o
    join task t on t.instance_id = o.instance_id and t.seq = o.task_seq
    join instance i on i.id = t.instance_id
    join user_account u on u.status = 'active' and u.kind = 'person'
    join institution n on n.id = u.institution_id
    join role_grant g on g.user_id = u.id and g.revoked_at is null
    join role r on r.code = g.role_code and not r.is_government
     and (r.row_scope = 'province' or (r.row_scope = 'guarantor' and u.institution_id = t.guarantor_id))
   where o.instance_id = of_instance and o.task_seq = of_seq and t.kind <> 'committee'
     and exists (select from role_permission a where a.role_code = g.role_code and a.permission_code = 'approvals.act')
     and not (t.bars_initiator and approvals.person_of(u.id) = i.initiator_person)
   group by u.id, u.name, n.short_name, t.decides, i.permission
  having not t.decides
      or bool_or(exists (select from role_permission d where d.role_code = g.role_code and d.permission_code = i.permission))
   order by u.name, u.id
   limit 200 $$;

-- Gives the task to one of them, with a line in the history; false when it is attended by now, or he is none of them.
create function approvals.assign(of_instance bigint, of_seq smallint, to_user integer, reason text, at timestamptz) returns boolean
language plpgsql volatile security definer set search_path = approvals, pg_temp as $$
begin
  perform from instance where id = of_instance for update;
  if not exists (select from approvals.assignable(of_instance, of_seq) a where a.user_id = to_user) then
    return false;
  end if;
  update task set user_id = to_user where instance_id = of_instance and seq = of_seq;
  insert into event (guarantor_id, instance_id, task_seq, node, verb, opinion, detail, by_user, recorded_at)
  select t.guarantor_id, t.instance_id, t.seq, t.node, 'assign', reason, jsonb_build_object('to', array[to_user]), identity.me(), at
    from task t where t.instance_id = of_instance and t.seq = of_seq;
  return true;
end $$;

revoke all on function approvals.unattended(), approvals.assignable(bigint, smallint), approvals.assign(bigint, smallint, integer, text, timestamptz) from public;
grant execute on function approvals.unattended(), approvals.assignable(bigint, smallint), approvals.assign(bigint, smallint, integer, text, timestamptz) to rongdan_app;
