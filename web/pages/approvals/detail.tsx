import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Alert, Button, Form, Input, Table } from 'antd';
import { useState } from 'react';
import type { ApprovalDetail, CommitteeView } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { MoneyText, StatusBadge, showInstant, UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { ActButtons } from './act-buttons.tsx';
import { ChainPicture } from './chain-picture.tsx';
import { FormDialog } from './form-dialog.tsx';
import { approvalLooks } from './looks.ts';

/** One approval: what I may do, the chain as a picture, the committee, the history. */
export default function ApprovalPage() {
  const { approvalId } = useParams({ strict: false }) as { approvalId: string };
  const query = useQuery({
    queryKey: ['approvals', 'detail', approvalId],
    queryFn: ({ signal }) => api.get<ApprovalDetail>(`/api/approvals/${approvalId}`, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={found?.title ?? '审批'}
      trail={[{ title: '审批', to: '/approvals' }]}
      note={
        found && (
          <span className="approval-head">
            <span>{found.chainTitle}</span>
            <StatusBadge tone={approvalLooks[found.status].tone}>{approvalLooks[found.status].title}</StatusBadge>
            <span>{found.guarantorName}</span>
            <span>
              {found.initiator} 发起于 {showInstant(found.startedAt)}
            </span>
            {found.amount !== null && (
              <span>
                金额 <MoneyText value={found.amount} unit="元" withUnit />
              </span>
            )}
          </span>
        )
      }
      actions={
        found && (
          <>
            {found.mayWithdraw && <WithdrawButton id={approvalId} />}
            <Link to={found.href as string}>
              <Button>查看事项</Button>
            </Link>
          </>
        )
      }
    >
      <QueryState query={query} rows={10}>
        {(detail) => <Content detail={detail} />}
      </QueryState>
    </Page>
  );
}

function Content({ detail }: { readonly detail: ApprovalDetail }) {
  return (
    <>
      {detail.unattended.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={`无人可办：${detail.unattended.join('、')}。岗位上没有可用的人员，请系统管理员补充人员。`}
        />
      )}
      {detail.mine.map((each) => (
        <Panel
          key={each.seq}
          title={`待我办理：${each.nodeTitle}${each.onBehalfOf ? `（代${each.onBehalfOf}）` : ''}`}
          note={`期限 ${each.dueOn}，${each.remainingWorkingDays < 0 ? `逾期 ${-each.remainingWorkingDays}` : `剩 ${each.remainingWorkingDays}`} 个工作日`}
        >
          <ActButtons id={detail.instanceId} mine={each} />
        </Panel>
      ))}
      <Panel
        title="流程图"
        note={
          <>
            第 {detail.chainVersion} 版 {detail.chainSource}{' '}
            {detail.chainUnverified && <UnverifiedMark reason={detail.chainUnverified} />}
          </>
        }
      >
        <ChainPicture steps={detail.steps} />
      </Panel>
      {detail.committees.map((each) => (
        <CommitteePanel key={each.seq} of={each} />
      ))}
      <Panel title="经过" flush>
        <Table
          size="small"
          rowKey="id"
          pagination={false}
          dataSource={detail.events}
          columns={[
            { title: '时间', width: 160, render: (_, row) => showInstant(row.at) },
            {
              title: '办理人',
              width: 150,
              render: (_, row) => `${row.by}${row.onBehalfOf ? `（代${row.onBehalfOf}）` : ''}`,
            },
            { title: '节点', width: 170, dataIndex: 'nodeTitle' },
            { title: '办理', width: 130, dataIndex: 'verb' },
            { title: '意见', render: (_, row) => [row.opinion, row.note].filter(Boolean).join('；') },
          ]}
        />
      </Panel>
    </>
  );
}

const votes = { agree: '同意', disagree: '不同意', abstain: '弃权' } as const;
const memberStates = { waiting: '未投票', voted: '已投票', recused: '回避' } as const;

function CommitteePanel({ of }: { readonly of: CommitteeView }) {
  return (
    <Panel
      title={of.nodeTitle}
      note={
        of.isOpen
          ? `已到会 ${of.present} 人，法定人数 ${of.needed} 人${of.hasQuorum ? '，已达到' : '，尚未达到'}`
          : '已办结'
      }
    >
      <p className="muted">{of.ruleText}</p>
      <Table
        size="small"
        rowKey="userId"
        pagination={false}
        dataSource={of.members}
        columns={[
          { title: '委员', width: 140, dataIndex: 'name' },
          { title: '状态', width: 100, render: (_, row) => memberStates[row.state] },
          { title: '表决', width: 100, render: (_, row) => (row.vote ? votes[row.vote] : '') },
          { title: '意见或回避理由', render: (_, row) => row.opinion ?? '' },
        ]}
      />
      {of.minutes && <pre className="approval-minutes">{of.minutes}</pre>}
    </Panel>
  );
}

function WithdrawButton({ id }: { readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>撤回</Button>
      {isOpen && (
        <FormDialog<{ reason: string }>
          title="撤回审批"
          note="撤回后此次审批作废，可修改后重新发起。"
          confirm="确定撤回"
          send={(fields, options) => api.post(`/api/approvals/${id}/withdraw`, fields, options)}
          close={() => setOpen(false)}
        >
          <Form.Item name="reason" label="理由" rules={[{ required: true, min: 2, message: '请写明理由' }]}>
            <Input.TextArea rows={3} maxLength={2000} />
          </Form.Item>
        </FormDialog>
      )}
    </>
  );
}
