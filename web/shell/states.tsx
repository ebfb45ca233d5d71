import { LockOutlined } from '@ant-design/icons';
import type { UseQueryResult } from '@tanstack/react-query';
import { Button, Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { ApiProblem } from '../api.ts';
import { RefusalList } from '../fields/refusal-list.tsx';

/** Nothing to show, and what to do about it: `next` is a sentence or a button, never left out. */
export function EmptyState({ title, next }: { title: string; next: ReactNode }) {
  return (
    <div className="state" role="status">
      <svg className="state-art" viewBox="0 0 72 56" aria-hidden="true">
        <rect x="10" y="8" width="52" height="40" rx="4" fill="#f3f6f9" stroke="#cfd8e2" strokeWidth="1.5" />
        <path d="M10 20h52M28 20v28M46 20v28M10 34h52" stroke="#dfe6ee" strokeWidth="1.5" />
        <rect x="10" y="8" width="52" height="12" rx="4" fill="#e1e9f3" />
      </svg>
      <div className="state-title">{title}</div>
      <div className="state-next">{next}</div>
    </div>
  );
}

/** The signed-in person may not open this. Says which permission is wanted and who can give it. */
export function NoPermission({ what }: { what?: string }) {
  return (
    <div className="state state-page" role="status">
      <LockOutlined className="state-icon" />
      <div className="state-title">您的岗位不能{what ? `查看「${what}」` : '查看此内容'}</div>
      <div className="state-next">如工作需要，请联系本机构的安全管理员调整岗位权限；平台管理员不能自行授权。</div>
    </div>
  );
}

/** Shows what went wrong with a request, and offers to try again where that may help. */
export function ProblemState({ problem, retry }: { problem: unknown; retry?: () => void }) {
  if (problem instanceof ApiProblem && problem.status === 403) return <NoPermission />;
  const known = problem instanceof ApiProblem;
  return (
    <div className="state" role="alert">
      <div className="state-title">{known ? problem.title : '页面出错了'}</div>
      {known && problem.refusals.length > 0 && <RefusalList problem={problem} />}
      <div className="state-next">
        {known && problem.message !== problem.title ? problem.message : ''}
        {!known && '请刷新页面；若仍出现，请把下面这行告诉平台管理员。'}
      </div>
      {!known && <code className="state-code">{problem instanceof Error ? problem.message : String(problem)}</code>}
      {retry && <Button onClick={retry}>重试</Button>}
    </div>
  );
}

/** Grey bars in the place of a page that is on its way. */
export function PageSkeleton() {
  return (
    <main className="page" aria-busy="true">
      <Skeleton active title={{ width: 180 }} paragraph={{ rows: 1, width: 320 }} />
      <section className="panel">
        <div className="panel-body">
          <Skeleton active title={false} paragraph={{ rows: 9 }} />
        </div>
      </section>
    </main>
  );
}

type QueryStateProps<T> = {
  readonly query: UseQueryResult<T>;
  readonly children: (data: T) => ReactNode;
  /** Lines of the skeleton while loading. */
  readonly rows?: number;
};

/** Loading, problem or content of one query. */
export function QueryState<T>({ query, children, rows = 4 }: QueryStateProps<T>) {
  if (query.isPending) return <Skeleton active title={false} paragraph={{ rows }} className="pad" />;
  if (query.isError) return <ProblemState problem={query.error} retry={() => void query.refetch()} />;
  return children(query.data);
}
