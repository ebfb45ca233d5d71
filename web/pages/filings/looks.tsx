import { Tooltip } from 'antd';
import type { FilingKind, FilingRow, FilingStatus, Problem } from '../../../src/modules/filings/contract.ts';
import type { Column, StatusTone } from '../../fields/index.ts';
import { MoneyText, StatusBadge } from '../../fields/index.ts';

export const statusLooks: Readonly<Record<FilingStatus, { readonly title: string; readonly tone: StatusTone }>> = {
  prepared: { title: '待申报', tone: 'warn' },
  submitted: { title: '待审核', tone: 'busy' },
  denied: { title: '已驳回', tone: 'bad' },
  confirmed: { title: '已备案', tone: 'good' },
  withdrawn: { title: '已撤下', tone: 'mute' },
};
export const kindTitles: Readonly<Record<FilingKind, string>> = {
  new: '新增',
  extend: '展期',
  change: '内容变更',
  release: '解保',
};

/** Reasons that come up again and again; any other is typed. */
export const denyReasons = [
  '借款人名称与证照不一致',
  '证件号码有误',
  '合同号与合同文本不一致',
  '分险比例与协议不符',
  '金额或期限与借据不一致',
  '不符合产品准入条件',
  '重复备案',
] as const;

/** What the automatic check found, in one mark; the reasons on hover. */
export function CheckMark({ problems, blocked }: { readonly problems: readonly Problem[]; readonly blocked: boolean }) {
  if (problems.length === 0) return <StatusBadge tone="good">通过</StatusBadge>;
  const text = blocked
    ? `未通过 ${problems.filter((each) => each.severity === 'block').length} 项`
    : `提示 ${problems.length} 项`;
  return (
    <Tooltip
      title={
        <ul style={{ margin: 0, paddingLeft: 16 }}>
          {problems.map((each) => (
            <li key={`${each.code}${each.message}`}>{each.message}</li>
          ))}
        </ul>
      }
    >
      <span>
        <StatusBadge tone={blocked ? 'bad' : 'warn'}>{text}</StatusBadge>
      </span>
    </Tooltip>
  );
}

/** The state in words; for a denied one the reason stands with it. */
export function FilingState({ row }: { readonly row: Pick<FilingRow, 'status' | 'denyReason'> }) {
  const look = statusLooks[row.status];
  return (
    <span title={row.denyReason ?? undefined}>
      <StatusBadge tone={look.tone}>{look.title}</StatusBadge>
      {row.status === 'denied' && row.denyReason ? <span className="muted">　{row.denyReason}</span> : null}
    </span>
  );
}

/** Columns that every list of filings begins with. */
export const filingColumns: readonly Column<FilingRow>[] = [
  { key: 'contract', title: '保证合同号', width: 168, fixed: 'left', render: (row) => row.contractNo },
  { key: 'borrower', title: '借款人', width: 176, render: (row) => row.borrowerName },
  { key: 'kind', title: '业务类型', width: 80, render: (row) => kindTitles[row.kind] },
  { key: 'occurred', title: '发生日', width: 94, render: (row) => row.occurredOn },
  { key: 'bank', title: '贷款机构', width: 150, render: (row) => row.bankName },
  { key: 'product', title: '业务品种', width: 120, render: (row) => row.productName },
  {
    key: 'principal',
    title: '主债权金额',
    width: 104,
    isFigure: true,
    render: (row) => <MoneyText value={row.principal} />,
  },
  {
    key: 'guaranteed',
    title: '担保金额',
    width: 104,
    isFigure: true,
    render: (row) => <MoneyText value={row.guaranteed} />,
  },
];
