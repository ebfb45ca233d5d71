import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Table } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { api, type Listing, withQuery } from '../api.ts';
import { EmptyState, ProblemState } from '../shell/states.tsx';
import {
  type Column,
  rangeText,
  TableFoot,
  TableTools,
  toAntColumn,
  totalsRow,
  useFillHeight,
} from './data-table-parts.tsx';
import type { Wire } from './show.ts';

export type { Column };

type DataTableProps<Row> = {
  /** GET answering `{ rows, next, total? }` and taking `after`, `limit`, `sort`. */
  readonly url: string;
  readonly filters?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Page a click on the row opens. */
  readonly rowUrl?: (row: Row) => string;
  /** Filter fields, and buttons to the right of them. */
  readonly tools?: ReactNode;
  readonly buttons?: ReactNode;
  readonly empty: { readonly title: string; readonly next: ReactNode };
  readonly asOf?: Wire;
  readonly basis?: string;
  /** Unit of the foot line where it is not money by the switch; null for none. */
  readonly unit?: string | null;
  readonly pageSize?: number;
  /** Pixels kept free below the table. A table that should not fill the window passes `height` instead. */
  readonly below?: number;
  readonly height?: number;
  readonly canExport?: boolean;
  /** Takes what the listing answers besides rows (totals, as-of day). Keep it stable with useCallback. */
  readonly onLoaded?: (answer: Listing<Row> & Record<string, unknown>) => void;
};

/**
 * A list of any length: keyset paging forwards and back, filters, sorting where the API sorts, a header that stays,
 * totals, and 导出 of everything the filters let through (the same address with format=xlsx).
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { url, filters = {}, columns, pageSize = 50, canExport = true } = props;
  const paged = usePages<Row>(props);
  const { query, sort, setSort } = paged;
  const box = useRef<HTMLDivElement>(null);
  const hasTotals = columns.some((column) => column.total !== undefined);
  const fill = useFillHeight(box, (props.below ?? 18) + 46);
  const openRow = useOpenRow(props.rowUrl);
  if (query.isError) {
    return (
      <section className="panel">
        <ProblemState problem={query.error} retry={() => void query.refetch()} />
      </section>
    );
  }
  const rows = query.data?.rows ?? [];
  return (
    <section className="panel">
      {(props.tools || props.buttons || canExport) && (
        <TableTools
          tools={props.tools}
          buttons={props.buttons}
          exportUrl={canExport && rows.length > 0 ? withQuery(url, { ...filters, sort, format: 'xlsx' }) : undefined}
          refresh={() => void query.refetch()}
        />
      )}
      <div ref={box}>
        <Table<Row>
          size="small"
          columns={columns.map((column) => toAntColumn(column, sort))}
          dataSource={rows}
          rowKey={props.rowKey}
          loading={query.isPending || query.isPlaceholderData}
          pagination={false}
          scroll={{
            x: columns.reduce((sum, column) => sum + (column.width ?? 120), 0),
            ...(rows.length > 0 ? { y: (props.height ?? fill) - (hasTotals ? 70 : 38) } : {}),
          }}
          locale={{ emptyText: query.isPending ? ' ' : <EmptyState {...props.empty} /> }}
          onChange={(_, __, sorter) => {
            const one = Array.isArray(sorter) ? sorter[0] : sorter;
            setSort(one?.order ? `${one.order === 'descend' ? '-' : ''}${String(one.columnKey)}` : '');
          }}
          {...(openRow ? { onRow: openRow } : {})}
          {...(hasTotals ? { summary: () => totalsRow(columns) } : {})}
        />
      </div>
      <TableFoot
        asOf={props.asOf}
        basis={props.basis}
        unit={props.unit}
        range={rangeText(paged.page, pageSize, query.data)}
        back={paged.back}
        forward={paged.forward}
      />
    </section>
  );
}

/** The page on show and the ways to the next and the previous; starts over when address, filters or order change. */
function usePages<Row extends object>({ url, filters = {}, pageSize = 50, onLoaded }: DataTableProps<Row>) {
  const [sort, setSort] = useState('');
  const asked = JSON.stringify([url, filters, sort, pageSize]);
  const [paging, setPaging] = useState<{ asked: string; cursors: readonly string[] }>({ asked, cursors: [''] });
  const cursors = paging.asked === asked ? paging.cursors : [''];
  const query = useQuery({
    queryKey: ['list', url, filters, sort, pageSize, cursors.at(-1)],
    queryFn: ({ signal }) =>
      api.get<Listing<Row>>(url, { ...filters, sort, after: cursors.at(-1), limit: pageSize }, signal),
    placeholderData: keepPreviousData,
  });
  const { data, isPlaceholderData } = query;
  useEffect(() => {
    if (data && !isPlaceholderData) onLoaded?.(data as Listing<Row> & Record<string, unknown>);
  }, [data, isPlaceholderData, onLoaded]);
  const next = isPlaceholderData ? null : (data?.next ?? null);
  const turn = (to: readonly string[]) => setPaging({ asked, cursors: to });
  return {
    query,
    sort,
    setSort,
    page: cursors.length,
    back: cursors.length > 1 ? () => turn(cursors.slice(0, -1)) : undefined,
    forward: next === null ? undefined : () => turn([...cursors, next]),
  };
}

/** What makes a row lead to its page, by mouse and by Enter. A click that ends a text selection does not count. */
function useOpenRow<Row>(rowUrl: ((row: Row) => string) | undefined) {
  const router = useRouter();
  if (!rowUrl) return undefined;
  return (row: Row) => ({
    style: { cursor: 'pointer' },
    tabIndex: 0,
    onClick: () => window.getSelection()?.toString() || router.history.push(rowUrl(row)),
    onKeyDown: (event: React.KeyboardEvent) => event.key === 'Enter' && router.history.push(rowUrl(row)),
  });
}
