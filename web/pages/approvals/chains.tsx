import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { ChainWire } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import {
  DayField,
  InstitutionField,
  requiredRule,
  StatusBadge,
  UnverifiedMark,
  useFilters,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ChainPicture } from './chain-picture.tsx';
import { type ChainsAnswer, originText, planOf } from './chain-plan.ts';
import { FormDialog } from './form-dialog.tsx';

/** 审批流程: the chains of the province or of one institution as pictures, their versions, and saving another one. */
export default function ChainsPage() {
  const mayConfigure = useMay('approvals.configure');
  const [{ guarantorId }, setFilters] = useFilters();
  const query = useQuery({
    queryKey: ['approvals', 'chains', guarantorId],
    queryFn: ({ signal }) => api.get<ChainsAnswer>('/api/approvals/chains', { guarantorId }, signal),
  });
  return (
    <Page
      title="审批流程"
      trail={[{ title: '审批', to: '/approvals' }]}
      note="流程按生效日分版本，已发起的审批仍走原版本。机构自定的流程自生效日起优先于省级统一流程。政府部门岗位不得设在决策节点（指引第十一条），程序与数据库都会拒绝。"
      actions={
        mayConfigure && (
          <InstitutionField
            kind="guarantor"
            placeholder="省级统一流程"
            value={guarantorId}
            onChange={(id) => setFilters({ guarantorId: id })}
          />
        )
      }
    >
      <QueryState query={query} rows={10}>
        {(answer) => answer.rows.map((chain) => <ChainPanel key={chain.code} {...{ chain, answer, mayConfigure }} />)}
      </QueryState>
    </Page>
  );
}

type ChainPanelProps = {
  readonly chain: ChainWire;
  readonly answer: ChainsAnswer;
  readonly mayConfigure: boolean;
};

function ChainPanel({ chain, answer, mayConfigure }: ChainPanelProps) {
  const { guarantorId, roles } = answer;
  const [chosen, setChosen] = useState<number>();
  const current = chain.versions.find((each) => each.version === chain.current);
  const shown = chain.versions.find((each) => each.version === (chosen ?? chain.current)) ?? chain.versions[0];
  if (!shown) return null;
  return (
    <Panel
      title={chain.title}
      note={
        <>
          {guarantorId !== null && <StatusBadge tone={shown.isOwn ? 'busy' : 'mute'}>{originText(shown)}</StatusBadge>}{' '}
          决策权限：{chain.permissionTitle}　自 {shown.from} 起　{shown.source}{' '}
          {shown.unverified && <UnverifiedMark reason={shown.unverified} />}
        </>
      }
      extra={
        <>
          <Select
            aria-label={`${chain.title}的版本`}
            value={shown.version}
            onChange={setChosen}
            popupMatchSelectWidth={false}
            options={chain.versions.map((each) => ({
              value: each.version,
              label: `第 ${each.version} 版 ${each.from} 起${each.isOwn ? `（自定）` : ''}${each.version === chain.current ? '　在用' : ''}`,
            }))}
          />{' '}
          {mayConfigure && (
            <Link
              to={`/approvals/chains/${chain.code}` as string}
              search={(guarantorId === null ? {} : { guarantorId }) as never}
            >
              <Button>另存版本</Button>
            </Link>
          )}{' '}
          {mayConfigure && guarantorId !== null && current?.isOwn && <FollowProvince {...{ chain, guarantorId }} />}
        </>
      }
    >
      <ChainPicture steps={planOf(shown.body.nodes, roles)} />
    </Panel>
  );
}

function FollowProvince({ chain, guarantorId }: { readonly chain: ChainWire; readonly guarantorId: number }) {
  const { today } = useMe();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>恢复省级统一流程</Button>
      {isOpen && (
        <FormDialog<{ from: string; source: string }>
          title={`${chain.title}：恢复省级统一流程`}
          note="自生效日起，新发起的审批按省级统一流程办理；办理中的不变。"
          confirm="确定恢复"
          initialValues={{ from: today }}
          send={(fields, options) =>
            api.post(`/api/approvals/chains/${chain.code}/versions`, { guarantorId, ...fields }, options)
          }
          close={() => setOpen(false)}
        >
          <Form.Item name="from" label="生效日" rules={[requiredRule('生效日')]}>
            <DayField min={today} />
          </Form.Item>
          <Form.Item name="source" label="依据" rules={[requiredRule('依据')]}>
            <Input maxLength={200} placeholder="本单位制度的名称与文号" />
          </Form.Item>
        </FormDialog>
      )}
    </>
  );
}
