import { Link } from '@tanstack/react-router';
import { Button, Checkbox, Form, Input, Modal, Segmented, Select } from 'antd';
import { useCallback, useState } from 'react';
import type { z } from 'zod';
import type { ApprovalRow, batchAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  MoneyText,
  RefusalList,
  StatusBadge,
  showInstant,
  useFilters,
} from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { FormDialog } from './form-dialog.tsx';
import { approvalLooks, chainOptions } from './looks.ts';

type BatchAnswer = z.infer<typeof batchAnswer>;
const keyOf = (row: ApprovalRow) => `${row.instanceId}/${row.taskSeq ?? ''}/${row.at ?? ''}`;
const boxes = [
  { value: 'todo', label: '待办' },
  { value: 'done', label: '已办' },
  { value: 'copied', label: '抄送我的' },
  { value: 'mine', label: '我发起的' },
  { value: 'all', label: '全部' },
];

/** 审批: what waits for me, what I did, what I was told of, what I handed in. Like items are agreed to at one stroke. */
export default function ApprovalListPage() {
  const me = useMe();
  const mayAct = useMay('approvals.act');
  const [filters, setFilters] = useFilters();
  const box = filters.box ?? (mayAct ? 'todo' : 'all');
  const { chain, late, q } = filters;
  const [chosen, setChosen] = useState<readonly ApprovalRow[]>([]);
  const [isAsking, setAsking] = useState(false);
  const clear = useCallback(() => setChosen([]), []);
  const first = chosen[0];
  const isLike = (row: ApprovalRow) => !first || (first.chain === row.chain && first.node === row.node);
  const pick: Column<ApprovalRow> = {
    key: 'pick',
    title: '',
    width: 40,
    render: (row) =>
      row.kind === 'node' && (
        <span onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.stopPropagation()}>
          <Checkbox
            aria-label={`选择${row.title}`}
            checked={chosen.some((each) => keyOf(each) === keyOf(row))}
            disabled={!isLike(row)}
            onChange={({ target }) =>
              setChosen(target.checked ? [...chosen, row] : chosen.filter((each) => keyOf(each) !== keyOf(row)))
            }
          />
        </span>
      ),
  };
  return (
    <Page
      title="审批"
      note="待办按期限先后排列；同一流程、同一节点的事项可以批量同意，逐项给出结果。"
      actions={
        <>
          {mayAct && (
            <Link to={'/approvals/delegations' as string}>
              <Button>委托</Button>
            </Link>
          )}
          <Link to={'/approvals/chains' as string}>
            <Button>审批流程</Button>
          </Link>
          {box === 'todo' && mayAct && (
            <Button type="primary" disabled={chosen.length === 0} onClick={() => setAsking(true)}>
              批量同意{chosen.length > 0 ? `（${chosen.length}）` : ''}
            </Button>
          )}
        </>
      }
    >
      <DataTable<ApprovalRow>
        url="/api/approvals"
        filters={{ box, chain, late, q }}
        columns={box === 'todo' ? [pick, ...columnsOf(box)] : columnsOf(box)}
        rowKey={keyOf}
        rowUrl={(row) => `/approvals/${row.instanceId}`}
        asOf={me.today}
        tools={
          <>
            <Segmented
              value={box}
              options={boxes}
              onChange={(value) => {
                clear();
                setFilters({ box: String(value) });
              }}
            />
            <Select
              allowClear
              placeholder="全部流程"
              aria-label="流程"
              style={{ width: 140 }}
              value={chain ?? null}
              options={chainOptions}
              onChange={(value) => setFilters({ chain: value ?? undefined })}
            />
            <Input.Search
              allowClear
              placeholder="事项"
              aria-label="事项"
              style={{ width: 180 }}
              defaultValue={q ?? ''}
              onSearch={(text) => setFilters({ q: text.trim() || undefined })}
            />
            {['todo', 'mine', 'all'].includes(box) && (
              <Checkbox
                checked={late === 'true'}
                onChange={({ target }) => setFilters({ late: target.checked ? 'true' : undefined })}
              >
                只看逾期
              </Checkbox>
            )}
          </>
        }
        empty={{ title: box === 'todo' ? '没有待办的审批' : '没有审批', next: '换一栏或放宽筛选再看。' }}
      />
      {isAsking && <BatchDialog rows={chosen} done={clear} close={() => setAsking(false)} />}
    </Page>
  );
}

function columnsOf(box: string): readonly Column<ApprovalRow>[] {
  const acted: readonly Column<ApprovalRow>[] = [
    { key: 'verb', title: '办理', width: 90, render: (row) => row.verb ?? '' },
    { key: 'opinion', title: '意见', width: 180, render: (row) => row.opinion ?? '' },
    { key: 'at', title: '时间', width: 150, render: (row) => showInstant(row.at) },
  ];
  return [
    { key: 'title', title: '事项', width: 320, render: (row) => row.title },
    { key: 'chain', title: '流程', width: 110, render: (row) => row.chainTitle },
    { key: 'amount', title: '金额', width: 100, isFigure: true, render: (row) => <MoneyText value={row.amount} /> },
    { key: 'guarantor', title: '机构', width: 100, render: (row) => row.guarantorName },
    {
      key: 'node',
      title: '节点',
      width: 130,
      render: (row) => `${row.nodeTitle ?? ''}${row.onBehalfOf ? `（代${row.onBehalfOf}）` : ''}`,
    },
    {
      key: 'status',
      title: '状态',
      width: 90,
      render: (row) => (
        <StatusBadge tone={approvalLooks[row.status].tone}>{approvalLooks[row.status].title}</StatusBadge>
      ),
    },
    { key: 'initiator', title: '发起人', width: 70, render: (row) => row.initiator },
    ...(box === 'done' ? acted : [{ key: 'due', title: '期限', width: 160, render: due }]),
  ];
}

/** The last day, and how many working days are left. */
function due(row: ApprovalRow) {
  if (row.dueOn === null || row.remainingWorkingDays === null) return '';
  const left = row.remainingWorkingDays;
  return (
    <>
      {row.dueOn}{' '}
      <StatusBadge tone={left < 0 ? 'bad' : left <= 1 ? 'warn' : 'mute'}>
        {left < 0 ? `逾期 ${-left} 日` : left === 0 ? '今日到期' : `剩 ${left} 日`}
      </StatusBadge>
    </>
  );
}

type BatchProps = { readonly rows: readonly ApprovalRow[]; readonly done: () => void; readonly close: () => void };

function BatchDialog({ rows, done, close }: BatchProps) {
  const [answer, setAnswer] = useState<BatchAnswer>();
  const items = rows.map((row) => ({ instanceId: row.instanceId, seq: row.taskSeq }));
  if (answer) return <BatchResult answer={answer} rows={rows} close={() => [done(), close()]} />;
  return (
    <FormDialog<{ opinion?: string }, BatchAnswer>
      title={`同意这 ${rows.length} 项？`}
      confirm="确定同意"
      send={({ opinion = '' }, options) => api.post<BatchAnswer>('/api/approvals/batch', { items, opinion }, options)}
      done={setAnswer}
      close={close}
    >
      <ul className="approval-batch">
        {rows.map((row) => (
          <li key={keyOf(row)}>{row.title}</li>
        ))}
      </ul>
      <Form.Item name="opinion" label="意见">
        <Input.TextArea rows={2} maxLength={2000} placeholder="可不填" />
      </Form.Item>
    </FormDialog>
  );
}

type ResultProps = {
  readonly answer: BatchAnswer;
  readonly rows: readonly ApprovalRow[];
  readonly close: () => void;
};

/** What became of each: those that failed by their title, with the reasons. */
function BatchResult({ answer, rows, close }: ResultProps) {
  const failed = answer.rows.filter((each) => !each.ok);
  const titleOf = (instanceId: string) => rows.find((row) => row.instanceId === instanceId)?.title ?? instanceId;
  return (
    <Modal title="批量同意的结果" open onCancel={close} footer={<Button onClick={close}>关闭</Button>}>
      <p>
        已同意 {answer.agreed} 项{failed.length > 0 && `，${failed.length} 项未办：`}
      </p>
      <RefusalList
        refusals={failed.map(({ instanceId, refusals }) => ({
          code: instanceId,
          message: `${titleOf(instanceId)}：${refusals.map((each) => each.message).join('；')}`,
        }))}
      />
    </Modal>
  );
}
