import { App, Button, Drawer, Input, Modal, Select, Tabs } from 'antd';
import { useState } from 'react';
import type { AuthorisationRow, QueryRow } from '../../../src/modules/creditinfo/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  CountText,
  CreditInfo,
  CreditReport,
  DataTable,
  purposeTitles,
  queryLooks,
  RefusalList,
  StatusBadge,
  type StatusTone,
  showInstant,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { NewAuthorisation } from './new-authorisation.tsx';

const stateLooks: Readonly<Record<AuthorisationRow['state'], { readonly title: string; readonly tone: StatusTone }>> = {
  valid: { title: '有效', tone: 'good' },
  'not-yet': { title: '未到起始日', tone: 'busy' },
  expired: { title: '已到期', tone: 'mute' },
  revoked: { title: '已撤回', tone: 'bad' },
};

/** 信用信息授权: who allowed what until when; every question asked by it, and its answer. */
export default function CreditInfoPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const [isNew, setNew] = useState(false);
  const [asking, setAsking] = useState<AuthorisationRow>();
  const [revoking, setRevoking] = useState<AuthorisationRow>();
  const [shown, setShown] = useState<QueryRow>();
  const does: Column<AuthorisationRow> = {
    key: 'does',
    title: '',
    width: 104,
    fixed: 'right',
    render: (row) => (
      <span style={{ display: 'flex', gap: 12 }}>
        <button type="button" className="text-button" onClick={() => setAsking(row)}>
          查询
        </button>
        {row.state !== 'revoked' && (
          <button type="button" className="text-button" onClick={() => setRevoking(row)}>
            撤回
          </button>
        )}
      </span>
    ),
  };
  const ledger = (
    <DataTable<AuthorisationRow>
      url="/api/credit-info/authorisations"
      filters={{ state: filters.state }}
      columns={[...authorisationColumns, does]}
      rowKey={(row) => `${row.guarantorId}/${row.id}`}
      unit={null}
      asOf={me.today}
      tools={
        <Select
          allowClear
          placeholder="全部状态"
          aria-label="状态"
          style={{ width: 130 }}
          value={filters.state ?? null}
          options={Object.entries(stateLooks).map(([value, look]) => ({ value, label: look.title }))}
          onChange={(state) => setFilters({ state: state ?? undefined })}
        />
      }
      empty={{ title: '还没有授权', next: '取得客户签署的授权书后，点「登记授权」。' }}
    />
  );
  const log = (
    <DataTable<QueryRow>
      url="/api/credit-info/queries"
      columns={[
        ...queryColumns,
        {
          key: 'open',
          title: '',
          width: 60,
          render: (row) => (
            <button type="button" className="text-button" onClick={() => setShown(row)}>
              查看
            </button>
          ),
        },
      ]}
      rowKey={(row) => `${row.guarantorId}/${row.id}`}
      unit={null}
      asOf={me.today}
      empty={{ title: '还没有查询', next: '在授权台账点「查询」，或在项目的尽调页查询。' }}
    />
  );
  return (
    <Page
      title="信用信息授权"
      note="没有在有效期内、用途相符的客户授权，不能查询；每次查询记录用途并留痕，结果加密保存、脱敏显示、到期不再显示。"
      actions={
        <Button type="primary" onClick={() => setNew(true)}>
          登记授权
        </Button>
      }
    >
      <Tabs
        activeKey={filters.tab ?? 'ledger'}
        onChange={(tab) => setFilters({ tab })}
        items={[
          { key: 'ledger', label: '授权台账', children: ledger },
          { key: 'log', label: '查询记录', children: log },
        ]}
      />
      {isNew && <NewAuthorisation close={() => setNew(false)} />}
      <Drawer
        title={asking?.customerName}
        open={asking !== undefined}
        onClose={() => setAsking(undefined)}
        size={880}
        destroyOnHidden
      >
        {asking && (
          <CreditInfo guarantorId={asking.guarantorId} customerId={asking.customerId} purpose={asking.purpose} />
        )}
      </Drawer>
      <Drawer
        title={shown?.customerName}
        open={shown !== undefined}
        onClose={() => setShown(undefined)}
        size={720}
        destroyOnHidden
      >
        {shown && <CreditReport guarantorId={shown.guarantorId} id={shown.id} />}
      </Drawer>
      {revoking && <Revoke of={revoking} close={() => setRevoking(undefined)} />}
    </Page>
  );
}

function Revoke({ of, close }: { readonly of: AuthorisationRow; readonly close: () => void }) {
  const { message } = App.useApp();
  const [reason, setReason] = useState('');
  const revoke = useWrite(
    (given: string, options) =>
      api.post(`/api/credit-info/authorisations/${of.guarantorId}/${of.id}/revocation`, { reason: given }, options),
    () => {
      void message.success('授权已撤回，不能再据此查询');
      close();
    },
  );
  return (
    <Modal
      title={`撤回授权：${of.customerName}`}
      open
      okText="确认撤回"
      cancelText="取消"
      okButtonProps={{ danger: true, disabled: reason.trim().length < 2 }}
      confirmLoading={revoke.isPending}
      onCancel={close}
      onOk={() => revoke.mutate(reason.trim())}
    >
      <Input.TextArea
        aria-label="撤回原因"
        rows={3}
        value={reason}
        placeholder="撤回原因，如客户来函撤回"
        onChange={(event) => setReason(event.target.value)}
      />
      <RefusalList problem={revoke.error} />
    </Modal>
  );
}

const authorisationColumns: readonly Column<AuthorisationRow>[] = [
  { key: 'customer', title: '客户', width: 220, render: (row) => row.customerName },
  { key: 'purpose', title: '用途', width: 96, render: (row) => purposeTitles[row.purpose] },
  { key: 'platform', title: '平台', width: 140, render: (row) => row.platformName },
  { key: 'from', title: '授权起', width: 96, render: (row) => row.fromOn },
  { key: 'until', title: '授权止', width: 96, render: (row) => row.untilOn },
  {
    key: 'state',
    title: '状态',
    width: 96,
    render: (row) => (
      <span title={row.revokedWhy ?? undefined}>
        <StatusBadge tone={stateLooks[row.state].tone}>{stateLooks[row.state].title}</StatusBadge>
      </span>
    ),
  },
  {
    key: 'evidence',
    title: '授权书',
    width: 200,
    render: (row) => (
      <a href={`/api/attachments/${row.guarantorId}/${row.attachmentId}/content`}>{row.attachmentName}</a>
    ),
  },
  { key: 'by', title: '登记人', width: 80, render: (row) => row.recordedBy },
  { key: 'queries', title: '已查次数', width: 76, isFigure: true, render: (row) => <CountText value={row.queries} /> },
];
const queryColumns: readonly Column<QueryRow>[] = [
  { key: 'asked', title: '查询时间', width: 140, render: (row) => showInstant(row.askedAt) },
  { key: 'customer', title: '客户', width: 220, render: (row) => row.customerName },
  { key: 'purpose', title: '用途', width: 96, render: (row) => purposeTitles[row.purpose] },
  { key: 'platform', title: '平台', width: 140, render: (row) => row.platformName },
  {
    key: 'status',
    title: '结果',
    width: 100,
    render: (row) => <StatusBadge tone={queryLooks[row.status].tone}>{queryLooks[row.status].title}</StatusBadge>,
  },
  { key: 'by', title: '查询人', width: 80, render: (row) => row.askedBy },
  { key: 'until', title: '有效至', width: 96, render: (row) => row.expiresOn },
  { key: 'hash', title: '结果摘要', width: 150, render: (row) => <code>{row.reportHash?.slice(0, 16)}</code> },
];
