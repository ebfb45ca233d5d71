import {
  ApiOutlined,
  AuditOutlined,
  BankOutlined,
  BookOutlined,
  CheckSquareOutlined,
  CloudUploadOutlined,
  ContainerOutlined,
  CustomerServiceOutlined,
  DashboardOutlined,
  DiffOutlined,
  EnvironmentOutlined,
  FileProtectOutlined,
  FileTextOutlined,
  HomeOutlined,
  ImportOutlined,
  LeftOutlined,
  MoneyCollectOutlined,
  PartitionOutlined,
  RightOutlined,
  SafetyCertificateOutlined,
  SafetyOutlined,
  SolutionOutlined,
} from '@ant-design/icons';
import { Link, Outlet, useRouterState } from '@tanstack/react-router';
import { Menu, type MenuProps } from 'antd';
import { type ReactNode, useState } from 'react';
import { type MenuEntry, type MenuGroup, menu } from './menu.ts';
import { mayOpen, type PageRoute } from './page-route.ts';
import { useMe } from './session.ts';
import { TopBar } from './top-bar.tsx';

const icons: Record<string, ReactNode> = {
  home: <HomeOutlined />,
  map: <EnvironmentOutlined />,
  approve: <CheckSquareOutlined />,
  book: <BookOutlined />,
  care: <SafetyOutlined />,
  gauge: <DashboardOutlined />,
  paper: <FileTextOutlined />,
  case: <SolutionOutlined />,
  filing: <FileProtectOutlined />,
  batch: <ContainerOutlined />,
  service: <CustomerServiceOutlined />,
  import: <ImportOutlined />,
  send: <CloudUploadOutlined />,
  match: <DiffOutlined />,
  seal: <SafetyCertificateOutlined />,
  fund: <MoneyCollectOutlined />,
  people: <BankOutlined />,
  law: <PartitionOutlined />,
  audit: <AuditOutlined />,
  api: <ApiOutlined />,
};

/** Header, side menu and the page between them, for everyone who is signed in. */
export function AppLayout({ pages }: { pages: readonly PageRoute[] }) {
  const me = useMe();
  const [narrow, setNarrow] = useState(false);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const shown = visibleMenu(pages, me.permissions);
  const current = closestEntry(shown, path);
  const groupOfCurrent = shown.find((group) => group.entries.some((entry) => entry.path === current));
  return (
    <div className={`app${narrow ? ' app-narrow' : ''}`}>
      <a className="skip-link" href="#content">
        跳到正文
      </a>
      <TopBar />
      <nav className="side" aria-label="主菜单">
        <Menu
          key={narrow ? 'narrow' : 'wide'}
          mode="inline"
          inlineCollapsed={narrow}
          inlineIndent={16}
          items={toItems(shown)}
          selectedKeys={current ? [current] : []}
          defaultOpenKeys={narrow ? [] : shown.map((group) => group.label)}
          aria-label={groupOfCurrent?.label ?? '主菜单'}
        />
        <button
          type="button"
          className="side-fold"
          onClick={() => setNarrow(!narrow)}
          aria-label={narrow ? '展开菜单' : '收起菜单'}
        >
          {narrow ? <RightOutlined /> : <LeftOutlined />}
        </button>
      </nav>
      <div className="content" id="content">
        <Outlet />
      </div>
    </div>
  );
}

/** The menu left after dropping what has no page yet or is closed to these permissions. */
export function visibleMenu(pages: readonly PageRoute[], permissions: readonly string[]): readonly MenuGroup[] {
  const isShown = (entry: MenuEntry): boolean => {
    if (entry.href) return true;
    const route = pages.find((page) => page.path === entry.path);
    return route !== undefined && mayOpen(route, permissions);
  };
  return menu
    .map((group) => ({ ...group, entries: group.entries.filter(isShown) }))
    .filter((group) => group.entries.length > 0);
}

function toItems(groups: readonly MenuGroup[]): NonNullable<MenuProps['items']> {
  return groups.map((group) => {
    const [first] = group.entries;
    const icon = icons[group.icon];
    if (group.entries.length === 1 && first)
      return { key: first.path, icon, label: entryLink(first), title: first.label };
    const children = group.entries.map((entry) => ({ key: entry.path, label: entryLink(entry), title: entry.label }));
    return { key: group.label, icon, label: group.label, children };
  });
}

const entryLink = (entry: MenuEntry): ReactNode =>
  entry.href ? (
    <a href={entry.path} target="_blank" rel="noreferrer">
      {entry.label}
    </a>
  ) : (
    <Link to={entry.path as string}>{entry.label}</Link>
  );

function closestEntry(groups: readonly MenuGroup[], path: string): string | undefined {
  const isWithin = (entry: MenuEntry): boolean =>
    entry.path === '/' ? path === '/' : path === entry.path || path.startsWith(`${entry.path}/`);
  const around = groups.flatMap((group) => group.entries.filter(isWithin)).map((entry) => entry.path);
  return around.sort((a, b) => b.length - a.length)[0];
}
