import { Select } from 'antd';
import { useState } from 'react';
import { questionTitles } from '../../../src/modules/bankreports/contract/titles.ts';
import type { QuestionRow } from '../../../src/modules/bankreports/contract.ts';
import { type Column, DataTable, InstitutionField, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { ActionDrawer } from './action-drawer.tsx';
import { QuestionStatus } from './looks.tsx';
import './aftercare.css';

/** 状态疑问: what a bank says and the book does not, and what is done about it. */
export default function BankQuestionsPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const [answering, setAnswering] = useState<QuestionRow>();
  const mayWrite = useMay('aftercare.write');
  const does: Column<QuestionRow> = {
    key: 'does',
    title: '',
    width: 70,
    render: (row) =>
      mayWrite && ['open', 'asked-bank'].includes(row.status) ? (
        <button type="button" className="text-button" onClick={() => setAnswering(row)}>
          处理
        </button>
      ) : null,
  };
  return (
    <Page
      title="状态疑问"
      note="银行所报与台账不一致而不能自动登记的；银行后续报送一致后自动关闭"
      trail={[{ title: '银行逐笔状态', to: '/bank-reports' }]}
    >
      <DataTable<QuestionRow>
        url="/api/bank-reports/questions"
        filters={filters}
        columns={[...columns, does]}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        tools={
          <>
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 130 }}
              value={filters.status ?? null}
              options={Object.entries(questionTitles).map(([value, label]) => ({ value, label }))}
              onChange={(status) => setFilters({ status: status ?? undefined })}
            />
            <InstitutionField
              kind="bank"
              value={filters.bankId}
              onChange={(bankId) => setFilters({ bankId })}
              placeholder="全部银行"
            />
          </>
        }
        empty={{ title: '没有疑问', next: '银行所报与台账一致。' }}
        asOf={me.today}
        unit={null}
      />
      {answering && (
        <ActionDrawer
          title={`处理疑问 · ${answering.contractNo}`}
          isOpen
          close={() => setAnswering(undefined)}
          url={`/api/bank-reports/questions/${answering.guarantorId}/${answering.id}/answer`}
          initial={{ answer: answering.mayEnter ? 'enter' : 'ask-bank' }}
          button="确认"
          fields={[
            {
              name: 'answer',
              label: '处理',
              type: 'select',
              options: [
                ...(answering.mayEnter ? [{ value: 'enter', label: '按银行所报登记变动' }] : []),
                { value: 'ask-bank', label: '退银行更正' },
                { value: 'explain', label: '说明后关闭' },
              ],
            },
            { name: 'note', label: '依据或原因', type: 'area' },
          ]}
        />
      )}
    </Page>
  );
}

const columns: readonly Column<QuestionRow>[] = [
  { key: 'status', title: '状态', width: 92, render: (row) => <QuestionStatus of={row.status} /> },
  { key: 'day', title: '业务日', width: 104, render: (row) => row.businessDay },
  { key: 'bank', title: '银行', width: 110, render: (row) => row.bankName },
  { key: 'contract', title: '保证合同号', width: 180, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 190, render: (row) => row.customerName },
  { key: 'message', title: '疑问', width: 360, render: (row) => row.message },
  { key: 'answer', title: '处理', width: 160, render: (row) => row.answer ?? '' },
];
