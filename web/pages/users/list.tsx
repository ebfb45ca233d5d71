import { useQuery } from '@tanstack/react-query';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { type Column, DataTable, InstitutionField, StatusBadge, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { GrantDrawer } from './grant-drawer.tsx';
import { NewUserModal } from './new-user.tsx';
import { accountKinds, type Roles, type User } from './titles.ts';

/** 用户与岗位: the system administrator keeps accounts, the security administrator grants roles; neither does the other's work. */
export default function UserListPage() {
  const me = useMe();
  const mayManage = useMay('users.manage');
  const mayGrant = useMay('roles.grant');
  const [filters, setFilters] = useFilters();
  const [chosen, setChosen] = useState<string>();
  const [isNew, setNew] = useState(false);
  const roles = useQuery({
    queryKey: ['roles'],
    queryFn: ({ signal }) => api.get<Roles>('/api/roles', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const open: Column<User> = {
    key: 'open',
    title: '',
    width: 80,
    render: (row) => (
      <button type="button" className="text-button" onClick={() => setChosen(row.account)}>
        {mayGrant ? '授权' : mayManage ? '管理' : '查看'}
      </button>
    ),
  };
  return (
    <Page
      title="用户与岗位"
      note="系统管理员建账号，安全管理员授岗位，审计管理员看日志：三员分立，互不兼任"
      actions={
        mayManage && (
          <Button type="primary" onClick={() => setNew(true)}>
            新建用户
          </Button>
        )
      }
    >
      <DataTable<User>
        url="/api/users"
        filters={filters}
        columns={[...columns, open]}
        rowKey={(row) => row.id}
        tools={
          <>
            <Input.Search
              allowClear
              key={`q${filters.q ?? ''}`}
              defaultValue={filters.q ?? ''}
              placeholder="账号或姓名"
              aria-label="查找用户"
              style={{ width: 200 }}
              onSearch={(q) => setFilters({ q: q.trim() })}
            />
            <InstitutionField
              value={filters.institutionId}
              onChange={(institutionId) => setFilters({ institutionId })}
            />
            <Select
              allowClear
              placeholder="全部岗位"
              aria-label="岗位"
              style={{ width: 190 }}
              value={filters.role ?? null}
              options={roles.data?.rows.map((row) => ({ value: row.code, label: row.title })) ?? []}
              onChange={(role) => setFilters({ role: role ?? undefined })}
            />
            <Select
              allowClear
              placeholder="状态"
              aria-label="状态"
              style={{ width: 90 }}
              value={filters.status ?? null}
              options={[
                { value: 'active', label: '启用' },
                { value: 'disabled', label: '停用' },
              ]}
              onChange={(status) => setFilters({ status: status ?? undefined })}
            />
          </>
        }
        empty={{ title: '没有符合条件的用户', next: '清空条件再看；新用户由系统管理员建立。' }}
        asOf={me.today}
        unit={null}
      />
      <GrantDrawer account={chosen} roles={roles.data} close={() => setChosen(undefined)} />
      <NewUserModal isOpen={isNew} close={() => setNew(false)} />
    </Page>
  );
}

const columns: readonly Column<User>[] = [
  { key: 'account', title: '账号', width: 170, render: (row) => row.account },
  { key: 'name', title: '姓名', width: 120, render: (row) => row.name },
  { key: 'kind', title: '类别', width: 84, render: (row) => accountKinds[row.kind] },
  { key: 'institution', title: '所属机构', width: 250, render: (row) => row.institution?.name ?? '—' },
  {
    key: 'roles',
    title: '岗位',
    width: 280,
    render: (row) => row.roles.map((each) => each.title).join('、') || <span className="muted">未授岗位</span>,
  },
  { key: 'totp', title: '动态口令', width: 84, render: (row) => (row.totp ? '已开通' : '未开通') },
  {
    key: 'status',
    title: '状态',
    width: 90,
    render: (row) =>
      row.status === 'disabled' ? (
        <StatusBadge tone="mute">停用</StatusBadge>
      ) : row.lockedUntil ? (
        <StatusBadge tone="warn">已锁定</StatusBadge>
      ) : (
        <StatusBadge tone="good">启用</StatusBadge>
      ),
  },
];
