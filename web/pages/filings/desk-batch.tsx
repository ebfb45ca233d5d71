import { useQuery } from '@tanstack/react-query';
import { App, Button, Input, Modal, Table } from 'antd';
import { useState } from 'react';
import type { BatchRow, FilingRow } from '../../../src/modules/filings/contract.ts';
import { api, type Listing } from '../../api.ts';
import { FootLine, RefusalList, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { ProblemState } from '../../shell/states.tsx';
import { FilingDrawer } from './drawer.tsx';
import { CheckMark, denyReasons, filingColumns } from './looks.tsx';

type Decision = {
  readonly verdict: 'confirm' | 'deny';
  readonly reason?: string;
  readonly ids?: readonly string[];
  readonly cleanOnly?: boolean;
};

/** The rows of one batch that wait: those with warnings first, marked; one by one, several, or the whole batch. */
export function DeskBatch({ of }: { readonly of: BatchRow }) {
  const me = useMe();
  const { message } = App.useApp();
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [denying, setDenying] = useState<readonly string[]>();
  const [shown, setShown] = useState<FilingRow>();
  const query = useQuery({
    queryKey: ['filings', 'desk', of.guarantorId, of.id],
    queryFn: ({ signal }) =>
      api.get<Listing<FilingRow>>(
        '/api/filings',
        { guarantorId: of.guarantorId, batchId: of.id, status: 'submitted', limit: 500 },
        signal,
      ),
  });
  const decide = useWrite(
    ({ ids, ...decision }: Decision, options) =>
      api.post<{ decided: number; waiting: number }>(
        '/api/filings/decisions',
        { guarantorId: of.guarantorId, ...decision, ...(ids ? { ids } : { batchId: of.id }) },
        options,
      ),
    (answer, { verdict }) => {
      setPicked([]);
      setDenying(undefined);
      void message.success(
        `${verdict === 'confirm' ? '已确认' : '已驳回'} ${answer.decided} 笔${answer.waiting > 0 ? `，本批还有 ${answer.waiting} 笔待审核` : ''}`,
      );
    },
  );
  if (query.isError) return <ProblemState problem={query.error} retry={() => void query.refetch()} />;
  const rows = [...(query.data?.rows ?? [])].sort((a, b) => b.problems.length - a.problems.length);
  const clean = of.waiting - of.warned;
  return (
    <Panel
      title={`${of.guarantorName} ${of.month}`}
      note={`${of.waiting} 笔，${of.warned} 笔有提示；批次 ${of.number}，${of.submittedBy} 申报`}
      extra={
        <div style={{ display: 'flex', gap: 8 }}>
          <Button disabled={picked.length === 0} onClick={() => setDenying(picked)}>
            驳回所选{picked.length > 0 ? ` ${picked.length} 笔` : ''}
          </Button>
          <Button
            disabled={picked.length === 0}
            loading={decide.isPending}
            onClick={() => decide.mutate({ verdict: 'confirm', ids: picked })}
          >
            确认所选
          </Button>
          <Button
            type="primary"
            disabled={clean === 0}
            loading={decide.isPending}
            onClick={() => decide.mutate({ verdict: 'confirm', cleanOnly: true })}
          >
            确认全部无提示的 {clean} 笔
          </Button>
        </div>
      }
      flush
    >
      {denying === undefined && decide.error && (
        <div className="pad">
          <RefusalList problem={decide.error} />
        </div>
      )}
      <Table<FilingRow>
        size="small"
        rowKey={(row) => row.id}
        loading={query.isPending}
        dataSource={rows}
        pagination={false}
        scroll={{ x: 1100, y: 'calc(100vh - 300px)' }}
        rowSelection={{ selectedRowKeys: [...picked], onChange: (keys) => setPicked(keys.map(String)) }}
        columns={[
          {
            key: 'check',
            title: '自动校验',
            width: 106,
            render: (_, row) => <CheckMark problems={row.problems} blocked={row.blocked} />,
          },
          ...filingColumns.map((column) => ({
            key: column.key,
            title: column.title,
            width: column.width ?? 120,
            ellipsis: !column.isFigure,
            ...(column.isFigure ? { align: 'right' as const } : {}),
            render: (_: unknown, row: FilingRow) => column.render(row),
          })),
          {
            key: 'does',
            title: '',
            width: 96,
            fixed: 'right',
            render: (_, row) => (
              <span style={{ display: 'flex', gap: 10 }}>
                <button type="button" className="text-button" onClick={() => setShown(row)}>
                  查看
                </button>
                <button type="button" className="text-button" onClick={() => setDenying([row.id])}>
                  驳回
                </button>
              </span>
            ),
          },
        ]}
      />
      <div className="pad">
        <FootLine asOf={me.today} basis="申报时的台账数据；每批显示前 500 笔" />
      </div>
      <FilingDrawer of={shown} close={() => setShown(undefined)} />
      {denying && (
        <DenyDialog
          count={denying.length}
          isBusy={decide.isPending}
          problem={decide.error}
          close={() => {
            setDenying(undefined);
            decide.reset();
          }}
          deny={(reason) => decide.mutate({ verdict: 'deny', reason, ids: denying })}
        />
      )}
    </Panel>
  );
}

type DenyProps = {
  readonly count: number;
  readonly isBusy: boolean;
  readonly problem: unknown;
  readonly close: () => void;
  readonly deny: (reason: string) => void;
};

function DenyDialog({ count, isBusy, problem, close, deny }: DenyProps) {
  const [reason, setReason] = useState('');
  return (
    <Modal
      title={`驳回 ${count} 笔备案`}
      open
      okText="确认驳回"
      cancelText="取消"
      okButtonProps={{ danger: true, disabled: reason.trim().length < 2 }}
      confirmLoading={isBusy}
      onCancel={close}
      onOk={() => deny(reason.trim())}
    >
      <div className="filing-chips">
        {denyReasons.map((each) => (
          <Button key={each} size="small" onClick={() => setReason(each)}>
            {each}
          </Button>
        ))}
      </div>
      <Input.TextArea
        aria-label="驳回原因"
        rows={3}
        maxLength={500}
        value={reason}
        placeholder="写明哪里不对、要改成什么"
        onChange={(event) => setReason(event.target.value)}
      />
      <RefusalList problem={problem} />
    </Modal>
  );
}
