import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Drawer, Popconfirm, Select } from 'antd';
import { useState } from 'react';
import { api, type Listing } from '../../api.ts';
import { Facts, RefusalList, StatusBadge, showInstant, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { administratorTitles, type Roles, type User } from './titles.ts';

type DrawerProps = {
  readonly account: string | undefined;
  readonly roles: Roles | undefined;
  readonly close: () => void;
};

/** One account: its roles with who granted them; granting and taking back for the security administrator, the account itself for the system administrator. */
export function GrantDrawer({ account, roles, close }: DrawerProps) {
  const query = useQuery({
    queryKey: ['users', account],
    queryFn: async ({ signal }) => {
      const found = await api.get<Listing<User>>('/api/users', { q: account, limit: 50 }, signal);
      return found.rows.find((row) => row.account === account) ?? null;
    },
    enabled: account !== undefined,
  });
  return (
    <Drawer
      title={query.data ? `${query.data.name}（${query.data.account}）` : '用户'}
      open={account !== undefined}
      onClose={close}
      size={560}
      destroyOnHidden
    >
      <QueryState query={query}>
        {(user) => (user ? <Account user={user} roles={roles} /> : <span>没有找到这个用户，可能已被改名。</span>)}
      </QueryState>
    </Drawer>
  );
}

function Account({ user, roles }: { user: User; roles: Roles | undefined }) {
  const mayGrant = useMay('roles.grant');
  const mayManage = useMay('users.manage');
  return (
    <div style={{ display: 'grid', gap: 18 }}>
      <Facts
        columns={2}
        facts={[
          { name: '所属机构', value: user.institution?.name ?? '—' },
          { name: '状态', value: user.status === 'active' ? '启用' : '停用' },
          { name: '动态口令', value: user.totp ? '已开通' : '未开通' },
          { name: '锁定到', value: user.lockedUntil ? showInstant(user.lockedUntil) : '—' },
        ]}
      />
      <RoleTable user={user} mayRevoke={mayGrant} />
      {mayGrant ? (
        <GrantForm user={user} roles={roles} />
      ) : (
        <div className="field-hint">岗位由安全管理员授予和收回；系统管理员不能给任何人（包括自己）授岗位。</div>
      )}
      {mayManage && user.kind === 'person' && <ManageButtons user={user} />}
    </div>
  );
}

function RoleTable({ user, mayRevoke }: { user: User; mayRevoke: boolean }) {
  const revoke = useWrite((role: string, options) => api.remove(`/api/users/${user.id}/roles/${role}`, options));
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <table className="dense" aria-label="岗位">
        <thead>
          <tr>
            <th>岗位</th>
            <th>授予人</th>
            <th>授予时间</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {user.roles.map((role) => (
            <tr key={role.code}>
              <td>{role.title}</td>
              <td>{role.grantedBy}</td>
              <td className="muted nowrap">{showInstant(role.grantedAt)}</td>
              <td>
                {mayRevoke && (
                  <Popconfirm
                    title={`收回「${role.title}」？`}
                    description="其已登录的会话随即失去这些权限。"
                    okText="收回"
                    cancelText="取消"
                    onConfirm={() => revoke.mutate(role.code)}
                  >
                    <button type="button" className="text-button">
                      收回
                    </button>
                  </Popconfirm>
                )}
              </td>
            </tr>
          ))}
          {user.roles.length === 0 && (
            <tr>
              <td colSpan={4} className="muted">
                还没有岗位，登录后看不到任何业务数据。
              </td>
            </tr>
          )}
        </tbody>
      </table>
      <RefusalList problem={revoke.error} />
    </div>
  );
}

function GrantForm({ user, roles }: { user: User; roles: Roles | undefined }) {
  const [role, setRole] = useState<string>();
  const grant = useWrite(
    (code: string, options) => api.post(`/api/users/${user.id}/roles`, { role: code }, options),
    () => setRole(undefined),
  );
  const chosen = roles?.rows.find((each) => each.code === role);
  const deciding = new Set(roles?.permissions.filter((each) => each.decides).map((each) => each.code));
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div style={{ display: 'flex', gap: 8 }}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          aria-label="授予岗位"
          placeholder="选择要授予的岗位"
          style={{ flex: 1 }}
          value={role ?? null}
          options={roles?.rows.map((each) => ({ value: each.code, label: each.title })) ?? []}
          onChange={(code) => {
            grant.reset();
            setRole(code ?? undefined);
          }}
        />
        <Button type="primary" disabled={!role} loading={grant.isPending} onClick={() => role && grant.mutate(role)}>
          授予
        </Button>
      </div>
      {chosen && (
        <div className="field-hint">
          {chosen.isGovernment && <StatusBadge tone="busy">政府部门岗位</StatusBadge>}{' '}
          {chosen.administrator && (
            <StatusBadge tone="warn">{`三员：${administratorTitles[chosen.administrator]}`}</StatusBadge>
          )}{' '}
          可做：
          {chosen.permissions
            .map((code) => roles?.permissions.find((each) => each.code === code))
            .map((each) => (each ? `${each.title}${deciding.has(each.code) ? '（决策）' : ''}` : ''))
            .filter(Boolean)
            .join('、')}
        </div>
      )}
      <RefusalList problem={grant.error} />
      {grant.isSuccess && !role && <Alert type="success" showIcon title="已授予，立即生效。" />}
    </div>
  );
}

function ManageButtons({ user }: { user: User }) {
  const [password, setPassword] = useState<string>();
  const isActive = user.status === 'active';
  const change = useWrite((verb: string, options) => api.post(`/api/users/${user.id}/${verb}`, {}, options));
  const reset = useWrite(
    (_: string, options) => api.post<{ password: string }>(`/api/users/${user.id}/reset-password`, {}, options),
    (answer) => setPassword(answer.password),
  );
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div style={{ display: 'flex', gap: 8 }}>
        <Popconfirm
          title={isActive ? '停用这个账号？' : '重新启用这个账号？'}
          description={isActive ? '其会话随即失效，业务记录保留。' : '岗位仍按原授予。'}
          okText="确定"
          cancelText="取消"
          onConfirm={() => change.mutate(isActive ? 'disable' : 'enable')}
        >
          <Button danger={isActive}>{isActive ? '停用' : '启用'}</Button>
        </Popconfirm>
        <Popconfirm
          title="重置密码并解锁？"
          okText="重置"
          cancelText="取消"
          onConfirm={() => reset.mutate(user.account)}
        >
          <Button>重置密码</Button>
        </Popconfirm>
      </div>
      <RefusalList problem={change.error ?? reset.error} />
      {password && (
        <Alert
          type="warning"
          showIcon
          title={
            <>
              新密码（只显示这一次）：<code>{password}</code>
            </>
          }
        />
      )}
    </div>
  );
}
