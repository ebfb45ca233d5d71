import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { z } from 'zod';
import type { customerDetail } from '../../../src/modules/customers/contract.ts';
import type { GuaranteeRow } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  DataTable,
  DayText,
  Facts,
  MoneyText,
  StatusBadge,
  showInstant,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { EditCustomer } from './edit-drawer.tsx';
import { SizeEvidenceTable } from './size-evidence.tsx';
import { identityTitles, kindTitles, sizeTone } from './titles.ts';

type Customer = z.infer<typeof customerDetail>;

/** One customer: identity, declared figures, the size with its evidence, and every guarantee. */
export default function CustomerPage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const me = useMe();
  const mayBook = useMay('book.read');
  const mayWrite = useMay('customers.write');
  const query = useQuery({
    queryKey: ['customer', guarantorId, id],
    queryFn: ({ signal }) => api.get<Customer>(`/api/customers/${guarantorId}/${id}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found?.name ?? '客户详情'}
      note={found && `${kindTitles[found.kind]}　${found.countyName}　${found.guarantorName}`}
      trail={[{ title: '客户', to: '/customers' }]}
      actions={mayWrite && found && <EditCustomer customer={found} />}
    >
      <QueryState query={query} rows={8}>
        {(customer) => (
          <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 5fr) minmax(0, 7fr)' }}>
            <Panel title="基本情况">
              <Facts columns={2} facts={factsOf(customer)} />
            </Panel>
            <Panel
              title="企业划型"
              note="按申报数据计算，不可判定时不猜"
              extra={<StatusBadge tone={sizeTone(customer.sizeClass)}>{customer.sizeClass}</StatusBadge>}
            >
              <SizeEvidenceTable evidence={customer.sizeEvidence} />
            </Panel>
          </div>
        )}
      </QueryState>
      {mayBook && found && (
        <DataTable<GuaranteeRow>
          url="/api/guarantees"
          filters={{ guarantorId, customerId: id }}
          columns={columns}
          rowKey={(row) => row.id}
          rowUrl={(row) => `/guarantees/${row.guarantorId}/${row.id}`}
          tools={<b>保函</b>}
          height={300}
          empty={{ title: '该客户还没有保函', next: <Link to={'/guarantees' as string}>到保函台账登记</Link> }}
          asOf={me.today}
          basis="合同口径（主债权本金）"
        />
      )}
    </Page>
  );
}

const factsOf = (of: Customer) => [
  { name: identityTitles[of.identityKind], value: of.identityNo },
  { name: '关联集团', value: of.groupName ?? '—' },
  { name: '行业代码', value: of.industryCode ?? '—' },
  { name: '在保余额', value: <MoneyText value={of.outstanding} withUnit /> },
  { name: '从业人员（人）', value: <CountText value={of.staff === null ? null : of.staff} /> },
  { name: '营业收入', value: <MoneyText value={of.revenue} withUnit /> },
  { name: '资产总额', value: <MoneyText value={of.assets} withUnit /> },
  { name: '申报日', value: <DayText value={of.declaredOn} /> },
  { name: '主体信用评级', value: of.issuerRating ?? '不可判定' },
  { name: '评级日', value: <DayText value={of.issuerRatingOn} /> },
  { name: '联系人', value: [of.contactName, of.contactPhone].filter(Boolean).join('　') || '—' },
  ...of.formerNames.map((former) => ({ name: '曾用名', value: `${former.name}（至 ${former.untilOn}）` })),
  { name: '建档时间', value: showInstant(of.recordedAt) },
];

const columns: readonly Column<GuaranteeRow>[] = [
  { key: 'contractNo', title: '保证合同号', width: 170, render: (row) => row.contractNo },
  { key: 'bankName', title: '合作银行', width: 120, render: (row) => row.bankName },
  { key: 'productName', title: '产品', width: 150, render: (row) => row.productName },
  {
    key: 'principal',
    title: '主债权金额',
    width: 120,
    isFigure: true,
    render: (row) => <MoneyText value={row.principal} />,
  },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 120,
    isFigure: true,
    render: (row) => (
      <MoneyText value={row.outstanding} explain={`/api/guarantees/${row.guarantorId}/${row.id}/explain/outstanding`} />
    ),
  },
  { key: 'startsOn', title: '起始日', width: 110, render: (row) => <DayText value={row.startsOn} /> },
  { key: 'dueOn', title: '到期日', width: 110, render: (row) => <DayText value={row.dueOn} /> },
];
