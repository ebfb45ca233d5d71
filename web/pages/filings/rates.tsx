import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Radio, Table } from 'antd';
import type { EChartsOption } from 'echarts';
import { useMemo } from 'react';
import type { RateAnswer } from '../../../src/modules/filings/contract.ts';
import { api } from '../../api.ts';
import {
  Chart,
  CountText,
  FootLine,
  MoneyText,
  RatioText,
  showWireRatio,
  UnverifiedMark,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { tokens } from '../../shell/theme.ts';
import './filings.css';

type By = 'count' | 'amount';
type Row = RateAnswer['guarantors'][number];

/** 备案率: guarantor × month, every figure with its way to the guarantees behind it. */
export default function RatesPage() {
  const own = useOwnGuarantor();
  const [filters, setFilters] = useFilters();
  const by: By = filters.by === 'amount' ? 'amount' : 'count';
  const { from, to } = filters;
  const guarantorId = own ?? filters.guarantorId;
  const query = useQuery({
    queryKey: ['filings', 'rates', from, to, guarantorId],
    queryFn: ({ signal }) => api.get<RateAnswer>('/api/filings/rates', { from, to, guarantorId }, signal),
  });
  return (
    <Page
      title="备案率"
      trail={[{ title: '再担保备案', to: '/filings' }]}
      note="已备案 ÷ 应备案新增。分母取自台账，不取自申报，没申报的也算在内。"
      actions={
        <Radio.Group
          value={by}
          optionType="button"
          options={[
            { value: 'count', label: '按笔数' },
            { value: 'amount', label: '按担保金额' },
          ]}
          onChange={(event) => setFilters({ by: event.target.value })}
        />
      }
    >
      <QueryState query={query} rows={10}>
        {(found) => (
          <Rates of={found} by={by} guarantorId={guarantorId} pick={(chosen) => setFilters({ guarantorId: chosen })} />
        )}
      </QueryState>
    </Page>
  );
}

const rateOf = (figures: { rate: string | null; amountRate: string | null }, by: By) =>
  by === 'count' ? figures.rate : figures.amountRate;

type RatesProps = {
  readonly of: RateAnswer;
  readonly by: By;
  readonly guarantorId: string | undefined;
  readonly pick: (guarantorId: string | undefined) => void;
};

function Rates({ of, by, guarantorId, pick }: RatesProps) {
  const [first, last] = [of.months[0]?.month ?? '', of.months.at(-1)?.month ?? ''];
  const explain = (month: string, id: string | number | undefined, to = month) =>
    `/api/filings/rates/explain?from=${month}&to=${to}&by=${by}${id === undefined ? '' : `&guarantorId=${id}`}`;
  return (
    <>
      <dl className="key-row" style={{ margin: 0 }}>
        <div>
          <dt>
            备案率 <UnverifiedMark reason={of.unverified} />
          </dt>
          <dd className="key-figure" style={{ margin: 0 }}>
            <RatioText value={rateOf(of.total, by)} explain={explain(first, guarantorId, last)} />
          </dd>
        </div>
        <KeyCount name="应备案新增" value={of.total.eligible} unit="笔" />
        <KeyCount name="已备案" value={of.total.filed} unit="笔" />
        <KeyCount name="待审核" value={of.total.submitted} unit="笔" />
        <KeyCount name="被驳回" value={of.total.denied} unit="笔" />
        <div>
          <dt>未备案</dt>
          <dd className="key-figure" style={{ margin: 0 }}>
            <Link to={'/filings/missing' as string} search={{ from: `${first}-01`, to: of.asOf, guarantorId } as never}>
              看 {of.total.eligible - of.total.filed} 笔明细
            </Link>
          </dd>
        </div>
      </dl>
      <Panel title={`${first} 至 ${last}`} note="柱为应备案笔数，其中深色已备案；线为备案率">
        <MonthChart of={of} by={by} />
        <FootLine asOf={of.asOf} basis={of.basis} unit={null} />
      </Panel>
      {guarantorId === undefined || of.guarantors.length > 1 ? (
        <Panel title="按机构" flush>
          <Table<Row>
            size="small"
            className="filing-rate-table"
            rowKey={(row) => String(row.guarantorId)}
            dataSource={[...of.guarantors].sort((a, b) => Number(rateOf(a, by) ?? 2) - Number(rateOf(b, by) ?? 2))}
            pagination={false}
            scroll={{ x: 330 + of.months.length * 70, y: 330 }}
            columns={[
              {
                key: 'name',
                title: '担保机构',
                width: 130,
                fixed: 'left',
                render: (_, row) => (
                  <button type="button" className="text-button" onClick={() => pick(String(row.guarantorId))}>
                    {row.name}
                  </button>
                ),
              },
              {
                key: 'eligible',
                title: '应备案',
                width: 72,
                align: 'right',
                render: (_, row) => <CountText value={row.eligible} />,
              },
              {
                key: 'amount',
                title: '应备案担保金额',
                width: 118,
                align: 'right',
                render: (_, row) => <MoneyText value={row.eligibleAmount} />,
              },
              {
                key: 'rate',
                title: '备案率',
                width: 82,
                align: 'right',
                render: (_, row) => (
                  <RatioText value={rateOf(row, by)} explain={explain(first, row.guarantorId, last)} />
                ),
              },
              ...of.months.map(({ month }) => ({
                key: month,
                title: month.slice(2),
                width: 70,
                align: 'right' as const,
                render: (_: unknown, row: Row) => {
                  const cell = row.cells.find((each) => each.month === month);
                  return cell ? (
                    <RatioText value={rateOf(cell, by)} places={0} explain={explain(month, row.guarantorId)} />
                  ) : null;
                },
              })),
            ]}
          />
        </Panel>
      ) : (
        <button type="button" className="text-button" onClick={() => pick(undefined)}>
          看全部机构
        </button>
      )}
    </>
  );
}

const KeyCount = ({ name, value, unit }: { name: string; value: number; unit: string }) => (
  <div>
    <dt>{name}</dt>
    <dd className="key-figure" style={{ margin: 0 }}>
      <CountText value={value} />
      <small>{unit}</small>
    </dd>
  </div>
);

function MonthChart({ of, by }: { readonly of: RateAnswer; readonly by: By }) {
  const option = useMemo<EChartsOption>(
    () => ({
      grid: { left: 8, right: 8, top: 30, bottom: 8, outerBoundsMode: 'same' },
      legend: { top: 0, right: 0, itemHeight: 8 },
      tooltip: { trigger: 'axis' },
      xAxis: { type: 'category', data: of.months.map((each) => each.month) },
      yAxis: [
        { type: 'value', name: '笔', nameTextStyle: { align: 'left' }, minInterval: 1 },
        { type: 'value', min: 0, max: 100, axisLabel: { formatter: '{value}%' }, splitLine: { show: false } },
      ],
      series: [
        {
          name: '已备案',
          type: 'bar',
          stack: 'eligible',
          color: tokens.primary,
          barMaxWidth: 38,
          data: of.months.map((each) => each.filed),
        },
        {
          name: '待审核',
          type: 'bar',
          stack: 'eligible',
          color: '#86addc',
          data: of.months.map((each) => each.submitted),
        },
        {
          name: '被驳回',
          type: 'bar',
          stack: 'eligible',
          color: tokens.bad,
          data: of.months.map((each) => each.denied),
        },
        {
          name: '未申报',
          type: 'bar',
          stack: 'eligible',
          color: '#d9e0e8',
          data: of.months.map((each) => each.eligible - each.filed - each.submitted - each.denied),
        },
        {
          name: '备案率',
          type: 'line',
          yAxisIndex: 1,
          color: tokens.accent,
          symbolSize: 6,
          // The axis is paint; exact figures are in the table and under 怎么算的.
          data: of.months.map((each) => {
            const rate = rateOf(each, by);
            return rate === null ? null : Number((Number(rate) * 100).toFixed(1));
          }),
          tooltip: { valueFormatter: (value: unknown) => (value === null ? '不适用' : `${String(value)}%`) },
        },
      ],
    }),
    [of, by],
  );
  return (
    <Chart
      title={`各月备案率，合计 ${showWireRatio(rateOf(of.total, by))}`}
      option={option}
      height={230}
      isEmpty={of.total.eligible === 0}
    />
  );
}
