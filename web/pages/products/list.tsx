import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Button, Table } from 'antd';
import type { ProductListRow } from '../../../src/modules/products/contract.ts';
import { api, type Listing } from '../../api.ts';
import { DayText, FootLine, MoneyText, RatioText, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

/** 产品: every product line with the version in force today. */
export default function ProductListPage() {
  const me = useMe();
  const router = useRouter();
  const query = useQuery({
    queryKey: ['products', 'in-force'],
    queryFn: ({ signal }) => api.get<Listing<ProductListRow>>('/api/products/in-force', {}, signal),
  });
  return (
    <Page
      title="产品"
      note="每个产品分版本按日期生效，业务锁定办理当日的版本；凭记忆、占位的数值带标记"
      actions={
        <Link to={'/products/simulator' as string}>
          <Button type="primary">准入模拟</Button>
        </Link>
      }
    >
      <Panel>
        <QueryState query={query} rows={7}>
          {({ rows }) => (
            <Table<ProductListRow>
              size="small"
              pagination={false}
              rowKey={(row) => row.code}
              dataSource={rows}
              onRow={(row) => ({
                style: { cursor: 'pointer' },
                tabIndex: 0,
                onClick: () => router.history.push(`/products/${row.code}`),
                onKeyDown: (event) => event.key === 'Enter' && router.history.push(`/products/${row.code}`),
              })}
              columns={[
                {
                  title: '产品',
                  render: (_, row) => (
                    <>
                      <b>{row.name}</b>
                      <div className="muted">{row.source}</div>
                    </>
                  ),
                },
                {
                  title: '本版',
                  width: 170,
                  render: (_, row) =>
                    row.current ? (
                      <>
                        第 {row.current.version} 版{'　'}
                        <DayText value={row.current.from} />
                      </>
                    ) : (
                      <span className="muted">今日无有效版本</span>
                    ),
                },
                { title: '单户、单笔上限', width: 250, render: (_, row) => <Caps row={row} /> },
                {
                  title: '期限',
                  width: 96,
                  render: (_, { current }) =>
                    current && `${current.terms.termMonths.least}–${current.terms.termMonths.most} 个月`,
                },
                {
                  title: '银行分担下限',
                  width: 110,
                  align: 'right',
                  render: (_, { current }) => (
                    <RatioText value={current?.terms.shares.find((each) => each.party === 'bank')?.ratio ?? null} />
                  ),
                },
                {
                  title: '代偿率上限',
                  width: 100,
                  align: 'right',
                  render: (_, { current }) => <RatioText value={current?.terms.claimRatioCap?.ratio ?? null} />,
                },
                {
                  title: '标记',
                  width: 80,
                  render: (_, row) =>
                    (row.unverified ?? row.current?.unverified) && (
                      <UnverifiedMark reason={row.unverified ?? row.current?.unverified ?? ''} />
                    ),
                },
              ]}
            />
          )}
        </QueryState>
        <FootLine asOf={me.today} basis="今日有效的版本" />
      </Panel>
    </Page>
  );
}

function Caps({ row }: { row: ProductListRow }) {
  return (
    <>
      {row.current?.terms.caps.map((cap) => (
        <div key={cap.basis} className="nowrap">
          {cap.basis} <MoneyText value={cap.amount} unit="万元" decimals={0} withUnit />{' '}
          {cap.unverified && <UnverifiedMark reason={cap.unverified} />}
        </div>
      ))}
    </>
  );
}
