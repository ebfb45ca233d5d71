import { ExportOutlined } from '@ant-design/icons';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button } from 'antd';
import { api, type Listing, withQuery } from '../api.ts';
import { ProblemState } from '../shell/states.tsx';
import { useUnit } from '../shell/unit.tsx';
import { showFigure, type Wire } from './show.ts';

type Column = { readonly key: string; readonly title: string; readonly unit?: string };
type Row = Readonly<Record<string, unknown>>;
type Rows = Listing<Row> & { readonly columns?: readonly Column[] };

/**
 * The records behind a figure. The listing names its `columns` (`unit` 元, %, 户… where they are figures);
 * a row's `url` leads to its page. Without columns the text fields are shown as they are.
 * An address outside /api/ is a page and becomes a button.
 */
export function ExplainRows({ url, leave }: { url: string; leave: () => void }) {
  const router = useRouter();
  const moneyUnit = useUnit();
  const isList = url.startsWith('/api/');
  const query = useInfiniteQuery({
    queryKey: ['explain-rows', url],
    queryFn: ({ pageParam, signal }) => api.get<Rows>(url, { after: pageParam, limit: 20 }, signal),
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: isList,
  });
  const go = (to: string) => {
    leave();
    router.history.push(to);
  };
  if (!isList) return <Button onClick={() => go(url)}>打开明细</Button>;
  if (query.isPending) return <div className="muted">正在取明细……</div>;
  if (query.isError) return <ProblemState problem={query.error} />;
  const pages = query.data.pages;
  const rows = pages.flatMap((page) => page.rows);
  const columns = pages[0]?.columns ?? guessColumns(rows[0]);
  return (
    <>
      <table className="dense">
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} className={column.unit ? 'num' : ''}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={String(row.id ?? index)}>
              {columns.map((column, place) => {
                const text = cellText(row[column.key], column.unit, moneyUnit);
                return (
                  <td key={column.key} className={column.unit ? 'num' : ''}>
                    {place === 0 && typeof row.url === 'string' ? (
                      <button type="button" className="text-button" onClick={() => go(String(row.url))}>
                        {text}
                      </button>
                    ) : (
                      text
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div style={{ display: 'flex', gap: 8, marginTop: 8 }}>
        {query.hasNextPage && (
          <Button size="small" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
            再取 20 条
          </Button>
        )}
        <Button size="small" icon={<ExportOutlined />} href={withQuery(url, { format: 'xlsx' })}>
          导出
        </Button>
      </div>
    </>
  );
}

const cellText = (value: unknown, unit: string | undefined, moneyUnit: Parameters<typeof showFigure>[2]): string =>
  unit ? showFigure(value as Wire, unit, moneyUnit).text : value === null ? '—' : String(value ?? '');

const guessColumns = (row: Row | undefined): readonly Column[] =>
  Object.entries(row ?? {})
    .filter(([key, value]) => !['id', 'url'].includes(key) && typeof value !== 'object')
    .map(([key]) => ({ key, title: key }));
