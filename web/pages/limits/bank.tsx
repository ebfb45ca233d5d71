import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Table } from 'antd';
import type { BankLineDetail } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import { Facts, FootLine, MoneyText } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import './limits.css';
import { NewBankLine } from './new-bank-line.tsx';
import { UsedBar } from './used-bar.tsx';

type Allocation = BankLineDetail['allocations'][number];

/** The line of one bank with its allocation table. */
export default function BankLinePage() {
  const { bankId } = useParams({ strict: false }) as { bankId: string };
  const me = useMe();
  const mayWrite = useMay('limits.write');
  const query = useQuery({
    queryKey: ['bank-line', bankId],
    queryFn: ({ signal }) => api.get<BankLineDetail>(`/api/limits/bank-lines/${bankId}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found ? `${found.bankName}　统一授信` : '统一授信'}
      note={found && `第 ${found.version} 版　${found.from} 至 ${found.to}　依据：${found.document}`}
      trail={[{ title: '额度', to: '/limits' }]}
      actions={mayWrite && found && <NewBankLine previous={found} />}
    >
      <QueryState query={query} rows={8}>
        {(line) => (
          <>
            <Panel title="全省额度">
              <Facts
                columns={5}
                facts={[
                  { name: '授信额度', value: <MoneyText value={line.amount} withUnit /> },
                  { name: '已分配', value: <MoneyText value={line.allocated} withUnit /> },
                  { name: '已用', value: <MoneyText value={line.used} withUnit /> },
                  { name: '预留', value: <MoneyText value={line.reserved} withUnit /> },
                  {
                    name: '使用情况',
                    value: <UsedBar used={line.used} reserved={line.reserved} amount={line.allocated} />,
                  },
                ]}
              />
            </Panel>
            <Panel title={`分配（${line.allocations.length}）`} note="未单列产品的，适用机构的一般分配">
              <Table<Allocation>
                size="small"
                pagination={false}
                rowKey={(row) => `${row.guarantorId} ${row.productCode ?? ''}`}
                dataSource={line.allocations}
                scroll={{ y: 'calc(100vh - 400px)' }}
                locale={{ emptyText: '没有分配给任何机构' }}
                columns={[
                  { title: '担保机构', dataIndex: 'guarantorName', width: 150 },
                  { title: '产品', render: (_, row) => row.productName ?? '全部（未单列的）' },
                  {
                    title: '分配额度',
                    align: 'right',
                    width: 140,
                    render: (_, row) => <MoneyText value={row.amount} />,
                  },
                  { title: '已用', align: 'right', width: 140, render: (_, row) => <MoneyText value={row.used} /> },
                  { title: '预留', align: 'right', width: 120, render: (_, row) => <MoneyText value={row.reserved} /> },
                  {
                    title: '使用情况',
                    width: 190,
                    render: (_, row) => <UsedBar used={row.used} reserved={row.reserved} amount={row.amount} />,
                  },
                ]}
              />
              <FootLine asOf={me.today} basis="主债权在保余额（合同口径），最近一次盘点" />
            </Panel>
          </>
        )}
      </QueryState>
    </Page>
  );
}
