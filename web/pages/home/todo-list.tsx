import { useInfiniteQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Segmented, Skeleton } from 'antd';
import { useState } from 'react';
import type { Todo } from '../../../src/wire/wire.ts';
import { api, type Listing } from '../../api.ts';
import { EmptyState, ProblemState } from '../../shell/states.tsx';

/** One queue over all modules; colour and words both say how soon. */
export function TodoList() {
  const router = useRouter();
  const [module, setModule] = useState('全部');
  const query = useInfiniteQuery({
    queryKey: ['home', 'todo'],
    queryFn: ({ pageParam, signal }) =>
      api.get<Listing<Todo>>('/api/home/todo', { after: pageParam, limit: 50 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
  });
  if (query.isPending) return <Skeleton active title={false} paragraph={{ rows: 6 }} className="pad" />;
  if (query.isError) return <ProblemState problem={query.error} retry={() => void query.refetch()} />;
  const rows = query.data.pages.flatMap((page) => page.rows);
  if (rows.length === 0) {
    return <EmptyState title="没有待办" next="新的差异、反馈异议、待确认的补贴会出现在这里。" />;
  }
  const modules = ['全部', ...new Set(rows.map((row) => row.module))];
  const shown = rows.filter((row) => module === '全部' || row.module === module);
  return (
    <div className="todo">
      {modules.length > 2 && (
        <div className="todo-tools">
          <Segmented size="small" options={modules} value={module} onChange={setModule} />
        </div>
      )}
      <div className="todo-rows">
        {shown.map((row) => (
          <button type="button" key={row.id} className="todo-row" onClick={() => router.history.push(row.url)}>
            <span className={`due due-${toneOf(row.remainingWorkingDays)}`}>{dueText(row.remainingWorkingDays)}</span>
            <span className="todo-title">{row.title}</span>
            <span className="todo-sub">
              {row.module} · {row.kind} · {row.institution}
            </span>
            <span className="todo-day">{row.dueOn ?? ''}</span>
          </button>
        ))}
        {query.hasNextPage && (
          <div className="todo-more">
            <Button type="link" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
              再看 50 条
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}

const toneOf = (days: number | null): 'late' | 'soon' | 'near' | 'calm' =>
  days === null ? 'calm' : days < 0 ? 'late' : days <= 1 ? 'soon' : days <= 5 ? 'near' : 'calm';

const dueText = (days: number | null): string =>
  days === null ? '无期限' : days < 0 ? `超期 ${-days} 天` : days === 0 ? '今天到期' : `剩 ${days} 天`;
