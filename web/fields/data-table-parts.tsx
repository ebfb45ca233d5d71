import { ExportOutlined, LeftOutlined, ReloadOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Table, type TableColumnType } from 'antd';
import { type ReactNode, type RefObject, useLayoutEffect, useState } from 'react';
import type { Listing } from '../api.ts';
import { FootLine } from './foot-line.tsx';
import type { Wire } from './show.ts';

/** One column of a `DataTable`. */
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

type ToolsProps = {
  readonly tools: ReactNode;
  readonly buttons: ReactNode;
  /** Address of 导出; left out where the list has none. */
  readonly exportUrl: string | undefined;
  readonly refresh: () => void;
};

/** Filters to the left; own buttons, refresh and 导出 to the right. */
export const TableTools = ({ tools, buttons, exportUrl, refresh }: ToolsProps) => (
  <div className="table-tools">
    {tools}
    <div className="table-tools-right">
      {buttons}
      <Button type="text" icon={<ReloadOutlined />} aria-label="刷新" title="刷新" onClick={refresh} />
      {exportUrl && (
        <Button icon={<ExportOutlined />} href={exportUrl}>
          导出
        </Button>
      )}
    </div>
  </div>
);

type TableFootProps = {
  readonly asOf: Wire;
  readonly basis: string | undefined;
  readonly unit: string | null | undefined;
  readonly range: string;
  readonly back: (() => void) | undefined;
  readonly forward: (() => void) | undefined;
};

/** Unit, as-of day and 口径 to the left; where we are and the way on to the right. */
export const TableFoot = ({ asOf, basis, unit, range, back, forward }: TableFootProps) => (
  <div className="table-foot">
    <FootLine asOf={asOf} {...(basis ? { basis } : {})} {...(unit === undefined ? {} : { unit })} />
    <div className="table-foot-pages">
      <span>{range}</span>
      <Button size="small" icon={<LeftOutlined />} disabled={!back} onClick={back}>
        上一页
      </Button>
      <Button size="small" icon={<RightOutlined />} iconPlacement="end" disabled={!forward} onClick={forward}>
        下一页
      </Button>
    </div>
  </div>
);

/** 第 51–100 条，共 1,234 条; the total only where the API counts. Empty for an empty page. */
export function rangeText(page: number, pageSize: number, listing: Listing<unknown> | undefined): string {
  if (!listing || listing.rows.length === 0) return '';
  const first = (page - 1) * pageSize + 1;
  const range = `第 ${first.toLocaleString('en-US')}–${(first + listing.rows.length - 1).toLocaleString('en-US')} 条`;
  return typeof listing.total === 'number' ? `${range}，共 ${listing.total.toLocaleString('en-US')} 条` : range;
}

/** Our column as Ant Design's. `sort` is the API's: 'name' ascends, '-name' descends. */
export function toAntColumn<Row>(column: Column<Row>, sort: string): TableColumnType<Row> {
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

/** The totals under the figures, kept in sight while the rows scroll. */
export const totalsRow = <Row,>(columns: readonly Column<Row>[]): ReactNode => (
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

/** The height left from the top of `box` to the bottom of the window, less `below`; follows the window and what stands above. */
export function useFillHeight(box: RefObject<HTMLElement | null>, below: number): number {
  const [height, setHeight] = useState(420);
  useLayoutEffect(() => {
    const measure = () => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      setHeight(Math.max(260, window.innerHeight - top - below));
    };
    measure();
    window.addEventListener('resize', measure);
    // The tools above may wrap when a button joins them.
    const above = new ResizeObserver(measure);
    if (box.current?.previousElementSibling) above.observe(box.current.previousElementSibling);
    return () => {
      above.disconnect();
      window.removeEventListener('resize', measure);
    };
  }, [box, below]);
  return height;
}
