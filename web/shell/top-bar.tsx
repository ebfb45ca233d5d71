import { LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { Dropdown, Segmented } from 'antd';
import { api } from '../api.ts';
import { SearchBox } from './search-box.tsx';
import { useMe } from './session.ts';
import { useUnitChoice } from './unit.tsx';

/** Product, search, unit switch, and who is working here for which institution. */
export function TopBar() {
  const me = useMe();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => api.post('/api/sign-out'),
    onSettled: async () => {
      queries.clear();
      await navigate({ to: '/sign-in' as string });
    },
  });
  const institution = me.institution?.name ?? '未隶属机构';
  const roles = me.roles.map((role) => role.title).join('、');
  return (
    <header className="top">
      <Link to={'/' as string} className="brand">
        <img src="/mark.svg" alt="" width={24} height={24} />
        <span>融担一体化平台</span>
      </Link>
      {me.demo && (
        <span className="demo-mark" title="示范数据，不是真实业务">
          演示数据
        </span>
      )}
      {me.dayIsMoved && (
        <span className="demo-mark demo-day" title="演示所设的业务日期，不是今天；一切期限、年度都按它算">
          演示日期 {me.today}
        </span>
      )}
      <SearchBox />
      <UnitSwitch />
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'account', label: `账号 ${me.user.account}`, disabled: true },
            { key: 'roles', label: roles, disabled: true },
            { key: 'scope', label: `数据范围：${me.scope.text}`, disabled: true },
            { type: 'divider' },
            { key: 'out', icon: <LogoutOutlined />, label: '退出登录' },
          ],
          onClick: ({ key }) => key === 'out' && signOut.mutate(),
        }}
      >
        <button type="button" className="who" aria-label={`${me.user.name}，${institution}，${roles}`}>
          <UserOutlined className="who-icon" />
          <span className="who-text">
            <b>{institution}</b>
            <small>
              {me.user.name} · {roles}
            </small>
          </span>
        </button>
      </Dropdown>
    </header>
  );
}

function UnitSwitch() {
  const { unit, choose, units } = useUnitChoice();
  return (
    <Segmented
      className="unit-switch"
      size="small"
      value={unit}
      options={[...units]}
      onChange={choose}
      aria-label="金额单位，只影响显示"
    />
  );
}
