import { Link } from '@tanstack/react-router';
import { Button, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import type { GuaranteeRow } from '../../../src/modules/guarantees/contract.ts';
import {
  type Column,
  DataTable,
  DayText,
  InstitutionField,
  MoneyText,
  RegionField,
  StatusBadge,
  TagBadges,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { statuses } from './titles.ts';

/** 保函台账: a book of any length, found by institution, bank, region, state, tag, start day, or by typing. */
export default function GuaranteeListPage() {
  const me = useMe();
  const mayIssue = useMay('guarantees.decide');
  const [filters] = useFilters();
  return (
    <Page
      title="保函台账"
      note={`${me.scope.text}　新登记的在前`}
      actions={
        mayIssue && (
          <Link to={'/guarantees/new' as string}>
            <Button type="primary">登记保函</Button>
          </Link>
        )
      }
    >
      <DataTable<GuaranteeRow>
        url="/api/guarantees"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/guarantees/${row.guarantorId}/${row.id}`}
        tools={<Tools />}
        empty={{
          title: Object.keys(filters).length > 0 ? '没有符合条件的保函' : '还没有保函',
          next:
            Object.keys(filters).length > 0 ? (
              '放宽条件，或按合同号、客户名称、拼音首字母再查一次。'
            ) : (
              <>
                到<Link to={'/imports' as string}>数据导入</Link>批量带入，或点「登记保函」逐笔登记。
              </>
            ),
        }}
        asOf={me.today}
        basis="合同口径（主债权本金）"
      />
    </Page>
  );
}

function Tools() {
  const me = useMe();
  const isOneGuarantor = me.institution?.kind === 'guarantor';
  const [filters, setFilters] = useFilters();
  const from = filters.startsFrom ? dayjs(filters.startsFrom) : null;
  const to = filters.startsTo ? dayjs(filters.startsTo) : null;
  return (
    <>
      <Input.Search
        allowClear
        defaultValue={filters.q ?? ''}
        key={`q${filters.q ?? ''}`}
        placeholder="合同号、客户、证件、拼音"
        aria-label="查找保函"
        style={{ width: 230 }}
        onSearch={(q) => setFilters({ q: q.trim() })}
      />
      {!isOneGuarantor && (
        <InstitutionField
          kind="guarantor"
          placeholder="全部担保机构"
          width={150}
          value={filters.guarantorId}
          onChange={(guarantorId) => setFilters({ guarantorId })}
        />
      )}
      <InstitutionField
        kind="bank"
        placeholder="全部银行"
        width={132}
        value={filters.bankId}
        onChange={(bankId) => setFilters({ bankId })}
      />
      <RegionField width={140} value={filters.region} onChange={(region) => setFilters({ region })} />
      <Select
        allowClear
        placeholder="状态"
        aria-label="状态"
        style={{ width: 86 }}
        value={filters.status ?? null}
        options={Object.entries(statuses).map(([value, { title }]) => ({ value, label: title }))}
        onChange={(status) => setFilters({ status: status ?? undefined })}
      />
      <Select
        allowClear
        placeholder="标签"
        aria-label="标签"
        style={{ width: 76 }}
        value={filters.tag ?? null}
        options={[
          { value: '1', label: '支小' },
          { value: '2', label: '支农' },
          { value: '4', label: '支新' },
          { value: '8', label: '支创' },
        ]}
        onChange={(tag) => setFilters({ tag: tag ?? undefined })}
      />
      <DatePicker.RangePicker
        value={[from, to]}
        allowEmpty={[true, true]}
        placeholder={['起始日从', '到']}
        style={{ width: 206 }}
        onChange={(range) =>
          setFilters({ startsFrom: range?.[0]?.format('YYYY-MM-DD'), startsTo: range?.[1]?.format('YYYY-MM-DD') })
        }
      />
    </>
  );
}

const explainOf = (row: GuaranteeRow) => `/api/guarantees/${row.guarantorId}/${row.id}/explain/outstanding`;

const columns: readonly Column<GuaranteeRow>[] = [
  { key: 'contractNo', title: '保证合同号', width: 172, render: (row) => row.contractNo },
  { key: 'customerName', title: '客户', width: 186, render: (row) => row.customerName },
  {
    key: 'principal',
    title: '主债权金额',
    width: 110,
    isFigure: true,
    render: (row) => <MoneyText value={row.principal} />,
  },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 110,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} explain={explainOf(row)} />,
  },
  {
    key: 'status',
    title: '状态',
    width: 84,
    render: (row) => <StatusBadge tone={statuses[row.status].tone}>{statuses[row.status].title}</StatusBadge>,
  },
  {
    key: 'tags',
    title: '标签',
    width: 108,
    render: (row) => <TagBadges tags={row.tags} primaryTag={row.primaryTag} />,
  },
  { key: 'startsOn', title: '起始日', width: 98, render: (row) => <DayText value={row.startsOn} /> },
  { key: 'dueOn', title: '到期日', width: 98, render: (row) => <DayText value={row.dueOn} /> },
  { key: 'countyName', title: '业务所在县', width: 90, render: (row) => row.countyName },
  { key: 'bankName', title: '合作银行', width: 110, render: (row) => row.bankName },
  { key: 'productName', title: '产品', width: 130, render: (row) => row.productName },
  { key: 'guarantorName', title: '担保机构', width: 110, render: (row) => row.guarantorName },
];
