import { PrinterOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { kinds } from '../../../src/modules/documents/contract/kinds.ts';
import type { DocumentWire } from '../../../src/modules/documents/contract.ts';
import {
  type Column,
  DataTable,
  DayText,
  InstitutionField,
  MoneyText,
  StatusBadge,
  useFilters,
  useOwnGuarantor,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';

const keyOf = (row: DocumentWire) => `${row.guarantorId}/${row.id}`;
/** As many as the API puts into one file. */
const printMax = 50;

/** 文书: every paper issued, with what it is about, and printing several in one go. */
export default function DocumentListPage() {
  const me = useMe();
  const own = useOwnGuarantor();
  const mayIssue = useMay('documents.issue');
  const [filters, setFilters] = useFilters();
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const choose: Column<DocumentWire> = {
    key: 'choose',
    title: '',
    width: 40,
    render: (row) => (
      <Checkbox
        aria-label={`选择 ${row.number}`}
        checked={chosen.includes(keyOf(row))}
        disabled={!chosen.includes(keyOf(row)) && chosen.length >= printMax}
        onClick={(event) => event.stopPropagation()}
        onChange={(event) =>
          setChosen(event.target.checked ? [...chosen, keyOf(row)] : chosen.filter((each) => each !== keyOf(row)))
        }
      />
    ),
  };
  return (
    <Page
      title="文书"
      note="按本机构模板制作，连续编号，SM2 签名；任何人可扫码查验真伪与是否作废"
      actions={
        <>
          <Link to={'/documents/templates' as string}>
            <Button>文书模板</Button>
          </Link>
          {mayIssue && (
            <Link to={'/documents/new' as string}>
              <Button type="primary">制作文书</Button>
            </Link>
          )}
        </>
      }
    >
      <DataTable<DocumentWire>
        url="/api/documents"
        filters={filters}
        columns={[choose, ...columns]}
        rowKey={keyOf}
        rowUrl={(row) => `/documents/${keyOf(row)}`}
        tools={
          <>
            <Input.Search
              allowClear
              placeholder="文号或客户名称"
              aria-label="文号或客户名称"
              defaultValue={filters.search ?? ''}
              style={{ width: 190 }}
              onSearch={(search) => setFilters({ search: search || undefined })}
            />
            <Select
              allowClear
              placeholder="全部文书"
              aria-label="文书种类"
              style={{ width: 140 }}
              value={filters.template ?? null}
              options={Object.entries(kinds).map(([value, { title }]) => ({ value, label: title }))}
              onChange={(template) => setFilters({ template: template ?? undefined })}
            />
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 110 }}
              value={filters.status ?? null}
              options={[
                { value: 'issued', label: '有效' },
                { value: 'revoked', label: '已作废' },
              ]}
              onChange={(status) => setFilters({ status: status ?? undefined })}
            />
            {own === undefined && (
              <InstitutionField
                kind="guarantor"
                placeholder="全部担保机构"
                value={filters.guarantorId}
                onChange={(guarantorId) => setFilters({ guarantorId })}
              />
            )}
          </>
        }
        buttons={
          <Button
            icon={<PrinterOutlined />}
            disabled={chosen.length === 0}
            {...(chosen.length > 0 ? { href: `/api/documents/print.pdf?ids=${chosen.join(',')}` } : {})}
          >
            合并打印{chosen.length > 0 ? `（${chosen.length}份）` : ''}
          </Button>
        }
        empty={{ title: '没有符合条件的文书', next: '文书在担保项目、保后管理等业务中制作；放宽条件再查。' }}
        asOf={me.today}
        basis="文书所载金额"
      />
    </Page>
  );
}

const columns: readonly Column<DocumentWire>[] = [
  { key: 'number', title: '文号', width: 190, render: (row) => row.number },
  { key: 'title', title: '文书', width: 110, render: (row) => row.title },
  { key: 'customerName', title: '客户', width: 210, render: (row) => row.customerName ?? '—' },
  { key: 'bankName', title: '致送银行', width: 110, render: (row) => row.bankName ?? '—' },
  { key: 'amount', title: '金额', width: 130, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  { key: 'guarantor', title: '机构', width: 190, render: (row) => row.guarantor },
  { key: 'issuedOn', title: '签发日', width: 100, render: (row) => <DayText value={row.issuedOn} /> },
  {
    key: 'status',
    title: '状态',
    width: 86,
    render: (row) =>
      row.status === 'issued' ? (
        <StatusBadge tone="good">有效</StatusBadge>
      ) : (
        <StatusBadge tone="bad">已作废</StatusBadge>
      ),
  },
];
