import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { MeterRow } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import {
  Chart,
  FootLine,
  InstitutionField,
  MoneyText,
  RatioText,
  StatusBadge,
  showWireMoney,
  UnverifiedMark,
  useFilters,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { tokens } from '../../shell/theme.ts';
import { useUnit } from '../../shell/unit.tsx';
import './batches.css';

/** 代偿率仪表: what each cohort has claimed against what its releases allow, and which ones are tripped. */
export default function MetersPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const asked = { guarantorId: filters.guarantorId, bankId: filters.bankId, productCode: filters.productCode };
  const query = useQuery({
    queryKey: ['batches', 'meters', asked],
    queryFn: ({ signal }) => api.get<{ rows: readonly MeterRow[] }>('/api/batches/meters', asked, signal),
  });
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<{ rows: readonly { code: string; name: string }[] }>('/api/products', {}, signal),
    staleTime: 5 * 60_000,
  });
  return (
    <Page
      title="代偿率仪表"
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="银行 × 产品 × 起始年：代偿率 = 累计代偿 ÷ 累计解除；超过上限即熔断，暂停新增，超出部分由银行承担。"
    >
      <Panel
        title="代偿与可代偿额度"
        extra={
          <span style={{ display: 'inline-flex', gap: 8 }}>
            {me.institution?.kind !== 'guarantor' && (
              <InstitutionField
                kind="guarantor"
                value={filters.guarantorId}
                onChange={(guarantorId) => setFilters({ guarantorId })}
                placeholder="全部担保机构"
              />
            )}
            {me.institution?.kind !== 'bank' && (
              <InstitutionField
                kind="bank"
                value={filters.bankId}
                onChange={(bankId) => setFilters({ bankId })}
                placeholder="全部银行"
              />
            )}
            <Select
              aria-label="产品"
              style={{ width: 170 }}
              value={filters.productCode ?? 'batch'}
              options={(products.data?.rows ?? [{ code: 'batch', name: '总对总批量担保' }]).map((each) => ({
                value: each.code,
                label: each.name,
              }))}
              onChange={(productCode) => setFilters({ productCode })}
            />
          </span>
        }
      >
        <QueryState query={query} rows={8}>
          {({ rows }) => (
            <>
              <MeterChart rows={rows} />
              <MeterTable rows={rows} />
              <FootLine asOf={me.today} basis="主债权本金，冲正已扣除；代偿亦为解除" />
            </>
          )}
        </QueryState>
      </Panel>
    </Page>
  );
}

/** Claims beside what is allowed, year by year, all guarantors and banks shown together. */
function MeterChart({ rows }: { rows: readonly MeterRow[] }) {
  const unit = useUnit();
  const option = useMemo<EChartsOption>(() => {
    const shown = [...rows]
      .filter((row) => row.limit !== null)
      .slice(0, 16)
      .reverse();
    const value = (text: string | null) => Number(text ?? 0);
    const bar = (name: string, pick: (row: MeterRow) => string | null, color: string) => ({
      name,
      type: 'bar' as const,
      color,
      data: shown.map((row) => value(pick(row))),
    });
    return {
      grid: { left: 8, right: 24, top: 34, bottom: 8, outerBoundsMode: 'same' },
      legend: { top: 0, left: 0 },
      tooltip: {
        trigger: 'axis',
        valueFormatter: (each: unknown) => `${showWireMoney(Number(each).toFixed(2), unit)} ${unit}`,
      },
      yAxis: {
        type: 'category',
        data: shown.map((row) => `${row.year} ${row.guarantorName}·${row.bankName}`),
        axisLabel: { width: 190, overflow: 'truncate' },
      },
      xAxis: {
        type: 'value',
        name: unit,
        axisLabel: { formatter: (each: number) => showWireMoney(each.toFixed(2), unit).replace(/\.0+$/, '') },
      },
      series: [
        bar('累计代偿', (row) => row.paid, tokens.bad),
        bar('可代偿额度', (row) => row.limit, tokens.primary),
        bar('全部解除时的额度（推算）', (row) => row.atFullRelease, tokens.primarySoft),
      ],
    };
  }, [rows, unit]);
  const tripped = rows.filter((row) => row.isTripped).length;
  return (
    <Chart
      title={`代偿率仪表：${rows.length} 个批次年度，${tripped} 个已熔断`}
      option={option}
      height={Math.min(420, 90 + Math.min(16, rows.length) * 34)}
      isEmpty={rows.length === 0}
      emptyNext="报送批量业务之后，这里显示各批次年度的代偿与额度。"
    />
  );
}

const MeterTable = ({ rows }: { rows: readonly MeterRow[] }) => (
  <div style={{ overflow: 'auto' }}>
    <table className="dense batch-meters">
      <thead>
        <tr>
          {[
            '起始年',
            '担保机构',
            '银行',
            '户数',
            '累计承保',
            '累计代偿',
            '累计解除',
            '代偿率',
            '上限',
            '可代偿额度',
            '余地',
            '超出（银行承担）',
            '状态',
          ].map((title) => (
            <th key={title}>{title}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={`${row.year}/${row.guarantorId}/${row.bankId}`} className={row.isTripped ? 'batch-tripped' : ''}>
            <td>{row.year}</td>
            <td>{row.guarantorName}</td>
            <td>{row.bankName}</td>
            <td className="figure">{row.households.toLocaleString('en-US')}</td>
            {[row.volume, row.paid, row.released].map((value, index) => (
              <td key={['volume', 'paid', 'released'][index]} className="figure">
                <MoneyText value={value} />
              </td>
            ))}
            <td className="figure">
              <RatioText value={row.ratio} />
            </td>
            <td className="figure">
              <RatioText value={row.cap} />
              {row.unverified && <UnverifiedMark reason={row.unverified} />}
            </td>
            {[row.limit, row.room, row.excess].map((value, index) => (
              <td key={['limit', 'room', 'excess'][index]} className="figure">
                <MoneyText value={value} />
              </td>
            ))}
            <td>
              {row.isTripped ? (
                <StatusBadge tone="bad">已熔断</StatusBadge>
              ) : (
                <StatusBadge tone="good">正常</StatusBadge>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
);
