import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, requiredRule } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { Act, ReasonAct } from './act.tsx';

/** The buttons at the head of a case: those of the caller in this state. */
export function Verbs({ of, url }: { of: CaseDetail; url: string }) {
  const may = (verb: string) => of.verbs.includes(verb);
  return (
    <div className="case-verbs">
      {may('withdraw') && <ReasonAct label="撤回申请" url={`${url}/withdraw`} />}
      {may('refuse') && <ReasonAct label="不予担保" url={`${url}/refuse`} ask="不予担保的原因" />}
      {may('send-back') && <ReasonAct label="退回补正" url={`${url}/send-back`} ask="需要补正的内容" />}
      {may('back-to-diligence') && <ReasonAct label="退回尽调" url={`${url}/back-to-diligence`} ask="需要补充的尽调" />}
      {may('save') && (
        <Link to={`${url.replace('/api', '')}/edit` as string}>
          <Button type="primary">填写申请</Button>
        </Link>
      )}
      {may('assign') && <Assign of={of} url={`${url}/assign`} label="受理" isPrimary />}
      {may('reassign') && <Assign of={of} url={`${url}/reassign`} label="更换A、B角" />}
      {may('ask-approval') && (
        <Act
          label="提交审批"
          url={`${url}/ask-approval`}
          isPrimary
          bodyOf={() => ({})}
          note={<p>提交后预留额度、评审报告定稿，按产品规定的流程审批。</p>}
        />
      )}
      {may('disburse') && <Disburse of={of} url={`${url}/disbursement`} />}
    </div>
  );
}

type People = { readonly rows: readonly { readonly id: number; readonly name: string }[] };

function Assign({ of, url, label, isPrimary }: { of: CaseDetail; url: string; label: string; isPrimary?: true }) {
  const people = useQuery({
    queryKey: ['cases', 'managers', of.guarantorId],
    queryFn: ({ signal }) => api.get<People>(`/api/cases/${of.guarantorId}/${of.id}/managers`, {}, signal),
  });
  const options = people.data?.rows.map((row) => ({ value: row.id, label: row.name })) ?? [];
  return (
    <Act<{ managerA: number; managerB: number }>
      label={label}
      title={`${label}：指定A角、B角`}
      url={url}
      {...(isPrimary ? { isPrimary } : {})}
      initialValues={{
        ...(of.managerA ? { managerA: of.managerA.id } : {}),
        ...(of.managerB ? { managerB: of.managerB.id } : {}),
      }}
    >
      <Form.Item name="managerA" label="A角（主办）" rules={[requiredRule('A角')]}>
        <Select options={options} loading={people.isPending} />
      </Form.Item>
      <Form.Item name="managerB" label="B角（协办）" rules={[requiredRule('B角')]} extra="须为两个不同的人">
        <Select options={options} loading={people.isPending} />
      </Form.Item>
    </Act>
  );
}

type Notice = { reference: string; loanNo: string; amount: string; disbursedOn: string; endsOn: string };

function Disburse({ of, url }: { of: CaseDetail; url: string }) {
  const { today } = useMe();
  return (
    <Act<Notice>
      label="登记放款"
      title="放款通知"
      url={url}
      isPrimary
      confirm="放款入账"
      initialValues={{
        loanNo: of.loanNo ?? '',
        ...(of.amount ? { amount: of.amount } : {}),
        disbursedOn: today,
        endsOn: later(today, of.termMonths ?? 12),
      }}
      note={<p className="muted">入账后即计入在保，并自动生成再担保备案。同一放款凭证号重复提交只办一次。</p>}
    >
      <Form.Item name="reference" label="放款凭证号" rules={[requiredRule('放款凭证号')]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="loanNo" label="借款合同号" rules={[requiredRule('借款合同号')]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="amount" label="放款金额" rules={[requiredRule('放款金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="disbursedOn" label="放款日" rules={[requiredRule('放款日')]}>
        <DayField max={today} />
      </Form.Item>
      <Form.Item name="endsOn" label="到期日" rules={[requiredRule('到期日')]} extra={`批准期限 ${of.termMonths} 个月`}>
        <DayField />
      </Form.Item>
    </Act>
  );
}

/** A proposal for the form; the server judges the term. */
function later(today: string, months: number): string {
  const index = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1 + months;
  const day = Math.min(Number(today.slice(8, 10)), 28);
  return `${Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}
