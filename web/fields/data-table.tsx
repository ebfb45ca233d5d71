import { ExportOutlined, LeftOutlined, ReloadOutlined, RightOutlined } from '@ant-design/icons';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Table, type TableColumnType } from 'antd';
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { api, type Listing, withQuery } from '../api.ts';
import { EmptyState, ProblemState } from '../shell/states.tsx';
import { FootLine } from './foot-line.tsx';
import type { Wire } from './show.ts';

export type Column<Row> = {
  readonly key: string;
  readonly title: ReactNode;
  readonly width?: number;
  /** Right-aligned with tabular figures. */
  readonly isFigure?: boolean;
  readonly fixed?: 'left' | 'right';
  /** The name the API sorts by; only where it can. */
  readonly sortBy?: string;
  readonly render: (row: Row) => ReactNode;
  /** Cell of the totals row. */
  readonly total?: ReactNode;
};

type DataTableProps<Row> = {
  /** GET answering `{ rows, next, total? }` and taking `after`, `limit`, `sort`. */
  readonly url: string;
  readonly filters?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  /** Page a click on the row opens. */
  readonly rowUrl?: (row: Row) => string;
  /** Filter fields and, to the right, buttons. */
  readonly tools?: ReactNode;
  readonly buttons?: ReactNode;
  readonly empty: { readonly title: string; readonly next: ReactNode };
  readonly asOf?: Wire;
  readonly basis?: string;
  readonly unit?: string | null;
  readonly pageSize?: number;
  /** Pixels kept free below the table; a table that should not fill the window passes `height`. */
  readonly below?: number;
  readonly height?: number;
  readonly canExport?: boolean;
  /** Takes what the listing answers besides rows (totals, as-of day). */
  readonly onLoaded?: (answer: Listing<Row> & Record<string, unknown>) => void;
};

/**
 * A list of any length: keyset paging forwards and back, filters, sorting where the API sorts, a header that stays,
 * totals, and 导出 of everything the filters let through (the same address with format=xlsx).
 */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { url, filters = {}, columns, rowKey, rowUrl, pageSize = 50, empty } = props;
  const router = useRouter();
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
  const { onLoaded } = props;
  const answer = query.data;
  useEffect(() => {
    if (answer) onLoaded?.(answer as Listing<Row> & Record<string, unknown>);
  }, [answer, onLoaded]);
  const box = useRef<HTMLDivElement>(null);
  const fill = useFillHeight(box, (props.below ?? 18) + 46);
  if (query.isError) {
    return (
      <section className="panel">
        <ProblemState problem={query.error} retry={() => void query.refetch()} />
      </section>
    );
  }
  const next = query.data?.next ?? null;
  const turn = (to: readonly string[]) => setPaging({ asked, cursors: to });
  return (
    <section className="panel">
      {(props.tools || props.buttons || props.canExport !== false) && (
        <div className="table-tools">
          {props.tools}
          <div className="table-tools-right">
            {props.buttons}
            <Button
              type="text"
              icon={<ReloadOutlined />}
              aria-label="刷新"
              title="刷新"
              onClick={() => void query.refetch()}
            />
            {props.canExport !== false && (
              <Button
                icon={<ExportOutlined />}
                href={withQuery(url, { ...filters, sort, format: 'xlsx' })}
                disabled={!query.data?.rows.length}
              >
                导出
              </Button>
            )}
          </div>
        </div>
      )}
      <div ref={box}>
        <Table<Row>
          size="small"
          columns={columns.map((column) => toAntColumn(column, sort))}
          dataSource={query.data?.rows ?? []}
          rowKey={rowKey}
          loading={query.isPending || query.isPlaceholderData}
          pagination={false}
          scroll={{
            x: columns.reduce((sum, column) => sum + (column.width ?? 120), 0),
            y: (props.height ?? fill) - 36,
          }}
          locale={{ emptyText: query.isPending ? ' ' : <EmptyState {...empty} /> }}
          onChange={(_, __, sorter) => {
            const one = Array.isArray(sorter) ? sorter[0] : sorter;
            setSort(one?.order ? `${one.order === 'descend' ? '-' : ''}${String(one.columnKey)}` : '');
          }}
          {...(rowUrl
            ? {
                onRow: (row: Row) => ({
                  style: { cursor: 'pointer' },
                  tabIndex: 0,
                  onClick: () => router.history.push(rowUrl(row)),
                  onKeyDown: (event) => event.key === 'Enter' && router.history.push(rowUrl(row)),
                }),
              }
            : {})}
          {...(columns.some((column) => column.total !== undefined) ? { summary: () => totalsRow(columns) } : {})}
        />
      </div>
      <div className="table-foot">
        <FootLineInline asOf={props.asOf} basis={props.basis} unit={props.unit} />
        <div className="table-foot-pages">
          <span>{rangeText(cursors.length, pageSize, query.data)}</span>
          <Button
            size="small"
            icon={<LeftOutlined />}
            disabled={cursors.length === 1}
            onClick={() => turn(cursors.slice(0, -1))}
          >
            上一页
          </Button>
          <Button
            size="small"
            disabled={next === null || query.isPlaceholderData}
            onClick={() => next !== null && turn([...cursors, next])}
          >
            下一页 <RightOutlined />
          </Button>
        </div>
      </div>
    </section>
  );
}

type FootProps = { asOf: Wire; basis: string | undefined; unit: string | null | undefined };
const FootLineInline = ({ asOf, basis, unit }: FootProps) => (
  <FootLine asOf={asOf} basis={basis} {...(unit === undefined ? {} : { unit })} />
);

/** 第 51–100 条，共 1,234 条 — the total only where the API counts. */
export function rangeText(page: number, pageSize: number, listing: Listing<unknown> | undefined): string {
  if (!listing || listing.rows.length === 0) return '';
  const first = (page - 1) * pageSize + 1;
  const range = `第 ${first.toLocaleString('en-US')}–${(first + listing.rows.length - 1).toLocaleString('en-US')} 条`;
  return typeof listing.total === 'number' ? `${range}，共 ${listing.total.toLocaleString('en-US')} 条` : range;
}

function toAntColumn<Row>(column: Column<Row>, sort: string): TableColumnType<Row> {
  const { sortBy } = column;
  const order = sort === sortBy ? 'ascend' : sort === `-${sortBy}` ? 'descend' : null;
  return {
    key: sortBy ?? column.key,
    title: column.title,
    width: column.width ?? 120,
    ellipsis: !column.isFigure,
    ...(column.isFigure ? { align: 'right' as const, className: 'num' } : {}),
    ...(column.fixed ? { fixed: column.fixed } : {}),
    ...(sortBy ? { sorter: true, sortOrder: order as 'ascend' | 'descend' | null } : {}),
    render: (_, row) => column.render(row),
  };
}

const totalsRow = <Row,>(columns: readonly Column<Row>[]) => (
  <Table.Summary fixed>
    <Table.Summary.Row>
      {columns.map((column, index) => (
        <Table.Summary.Cell index={index} key={column.key} {...(column.isFigure ? { align: 'right' as const } : {})}>
          {column.total}
        </Table.Summary.Cell>
      ))}
    </Table.Summary.Row>
  </Table.Summary>
);

function useFillHeight(box: React.RefObject<HTMLElement | null>, below: number): number {
  const [height, setHeight] = useState(420);
  useLayoutEffect(() => {
    const measure = () => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      setHeight(Math.max(260, window.innerHeight - top - below));
    };
    measure();
    window.addEventListener('resize', measure);
    return () => window.removeEventListener('resize', measure);
  }, [box, below]);
  return height;
}
