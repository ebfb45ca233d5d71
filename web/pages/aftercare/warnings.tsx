import { Select } from 'antd';
import { levelTitles, warningKinds, warningStateTitles } from '../../../src/modules/aftercare/contract/titles.ts';
import type { WarningRow } from '../../../src/modules/aftercare/contract/watch.ts';
import { type Column, DataTable, InstitutionField, MoneyText, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { Clock, LevelMark, WarningStatus } from './looks.tsx';
import './aftercare.css';

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));

/** 风险预警: every event with its clock, newest first. */
export default function WarningsPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  return (
    <Page title="风险预警" note="处置时限自知悉日起按工作日计（含调休）；在保函的保后档案里登记，银行报逾期的自动登记">
      <DataTable<WarningRow>
        url="/api/aftercare/warnings"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.guarantorId}/${row.id}`}
        rowUrl={(row) => `/aftercare/warnings/${row.guarantorId}/${row.id}`}
        tools={
          <>
            <Select
              allowClear
              placeholder="全部状态"
              aria-label="状态"
              style={{ width: 130 }}
              value={filters.status ?? null}
              options={optionsOf(warningStateTitles)}
              onChange={(status) => setFilters({ status: status ?? undefined })}
            />
            <Select
              allowClear
              placeholder="全部级别"
              aria-label="级别"
              style={{ width: 120 }}
              value={filters.level ?? null}
              options={optionsOf(levelTitles)}
              onChange={(level) => setFilters({ level: level ?? undefined })}
            />
            <InstitutionField
              kind="guarantor"
              value={filters.guarantorId}
              onChange={(guarantorId) => setFilters({ guarantorId })}
              placeholder="全部机构"
            />
          </>
        }
        empty={{ title: '没有预警', next: '有风险事件时，到保函的保后档案登记，写明知悉日。' }}
        asOf={me.today}
      />
    </Page>
  );
}

const columns: readonly Column<WarningRow>[] = [
  { key: 'level', title: '级别', width: 64, render: (row) => <LevelMark of={row.level} /> },
  { key: 'kind', title: '事件', width: 120, render: (row) => warningKinds[row.kind] },
  { key: 'status', title: '状态', width: 108, render: (row) => <WarningStatus of={row.status} /> },
  {
    key: 'clock',
    title: '处置期限',
    width: 210,
    render: (row) => <Clock dueOn={row.dueOn} left={row.remainingWorkingDays} unverified={row.dueUnverified} />,
  },
  { key: 'known', title: '知悉日', width: 104, render: (row) => row.knownOn },
  { key: 'contract', title: '保证合同号', width: 180, render: (row) => row.contractNo },
  { key: 'customer', title: '客户', width: 200, render: (row) => row.customerName },
  { key: 'bank', title: '银行', width: 110, render: (row) => row.bankName },
  { key: 'guarantor', title: '担保机构', width: 120, render: (row) => row.guarantorName },
  {
    key: 'outstanding',
    title: '在保余额',
    width: 110,
    isFigure: true,
    render: (row) => <MoneyText value={row.outstanding} />,
  },
];
