import { Popconfirm, Select } from 'antd';
import type { ReservationRow } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  DayText,
  InstitutionField,
  MoneyText,
  RefusalList,
  StatusBadge,
  type StatusTone,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { HoldAhead } from './hold-ahead.tsx';

const looks: Readonly<Record<ReservationRow['state'], { title: string; tone: StatusTone }>> = {
  held: { title: '占用中', tone: 'busy' },
  expired: { title: '已到期', tone: 'warn' },
  used: { title: '已使用', tone: 'good' },
  released: { title: '已释放', tone: 'mute' },
};

/** What cases under way hold, and until when. */
export function Reservations() {
  const me = useMe();
  const mayWrite = useMay('cases.write');
  const mayHold = useMay('cases.apply');
  const [filters, setFilters] = useFilters();
  const release = useWrite(({ guarantorId, subject }: ReservationRow, options) =>
    api.post('/api/limits/reservations/release', { guarantorId, subject }, options),
  );
  const { guarantorId, bankId, state } = filters;
  return (
    <>
      <RefusalList problem={release.error} />
      <DataTable<ReservationRow>
        url="/api/limits/reservations"
        filters={{ guarantorId, bankId, state }}
        columns={[...columns, ...(mayWrite ? [releaseColumn((row) => release.mutate(row))] : [])]}
        rowKey={(row) => row.id}
        tools={
          <>
            <InstitutionField
              kind="guarantor"
              placeholder="全部担保机构"
              value={guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
            <InstitutionField
              kind="bank"
              placeholder="全部银行"
              value={bankId}
              onChange={(chosen) => setFilters({ bankId: chosen })}
            />
            <Select
              aria-label="状态"
              allowClear
              placeholder="全部状态"
              style={{ width: 120 }}
              value={state ?? null}
              onChange={(chosen) => setFilters({ state: chosen ?? undefined })}
              options={Object.entries(looks).map(([value, { title }]) => ({ value, label: title }))}
            />
          </>
        }
        buttons={mayHold && <HoldAhead />}
        empty={{ title: '没有额度预留', next: '担保项目提交审批时自动预留，也可先占；到期日次日自动释放。' }}
        asOf={me.today}
        basis="主债权金额"
      />
    </>
  );
}

const columns: readonly Column<ReservationRow>[] = [
  {
    key: 'subject',
    title: '业务',
    width: 150,
    render: (row) => (row.isAhead ? <span title={row.note ?? ''}>先占：{row.note}</span> : subjectText(row.subject)),
  },
  { key: 'guarantorName', title: '担保机构', width: 120, render: (row) => row.guarantorName },
  { key: 'customerName', title: '客户', width: 200, render: (row) => row.customerName },
  { key: 'bankName', title: '银行', width: 120, render: (row) => row.bankName },
  { key: 'productName', title: '产品', width: 130, render: (row) => row.productName },
  { key: 'amount', title: '主债权金额', width: 120, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
  {
    key: 'until',
    title: '预留至',
    width: 165,
    render: (row) => (
      <>
        <DayText value={row.until} /> {row.isExpiring && <StatusBadge tone="warn">即将到期</StatusBadge>}
      </>
    ),
  },
  {
    key: 'state',
    title: '状态',
    width: 90,
    render: (row) => <StatusBadge tone={looks[row.state].tone}>{looks[row.state].title}</StatusBadge>,
  },
];

const subjectKinds: Readonly<Record<string, string>> = { case: '项目', batch: '批次', change: '变更' };
/** 'case:26/41' as 项目 41. */
const subjectText = (subject: string): string => {
  const [kind = '', id = ''] = subject.split(':');
  return `${subjectKinds[kind] ?? '业务'} ${id.split('/').at(-1) ?? id}`;
};

const releaseColumn = (release: (row: ReservationRow) => void): Column<ReservationRow> => ({
  key: 'release',
  title: '',
  width: 64,
  render: (row) =>
    row.state === 'held' && (
      <Popconfirm
        title="释放这笔预留？"
        description={
          row.isAhead ? '额度立即归还，用同一请求不能再占回。' : '额度立即归还，该项目须重新预留后才能放款。'
        }
        okText="释放"
        cancelText="不释放"
        onConfirm={() => release(row)}
      >
        <button type="button" className="text-button">
          释放
        </button>
      </Popconfirm>
    ),
});
