import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, Input, Select } from 'antd';
import { useEffect } from 'react';
import type { Dossier } from '../../../src/modules/aftercare/contract/change.ts';
import { type ChangeKind, contentKinds, counterKinds } from '../../../src/modules/aftercare/contract/titles.ts';
import type { CounterRow } from '../../../src/modules/aftercare/contract/watch.ts';
import { api, type Listing } from '../../api.ts';
import { DayField, MoneyField, moneyRule } from '../../fields/index.ts';

type NewCounter = { kind: string; title: string; ownerName: string; contractNo: string; certificateNo?: string };
/** What the form of a change holds; which of it depends on the kind. */
export type ChangeEntry = {
  kind: ChangeKind;
  reason: string;
  effectiveOn?: string;
  after?: string;
  dueOn?: string;
  amount?: string;
  branchId?: number;
  counters?: { release?: string[]; add?: Partial<NewCounter> };
  renewal?: { contractNo: string; principal: string; startsOn: string; endsOn: string; counters?: string[] };
};

/** A field that must be filled in, named in the complaint. */
export const required = (what: string) => [{ required: true, message: `请填写${what}` }];

/** The fields that a kind of change asks for. */
export function KindFields({ kind, of }: { kind: ChangeKind; of: Dossier }) {
  if (kind === 'extension' || kind === 'term')
    return (
      <Form.Item name="dueOn" label={`变更后到期日（现 ${of.dueOn}）`} rules={required('到期日')}>
        <DayField />
      </Form.Item>
    );
  if (kind === 'reduction')
    return (
      <Form.Item name="amount" label="下调后的主债权金额" rules={[...required('金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
    );
  if (kind === 'branch') return <BranchItem of={of} />;
  if (kind === 'counter') return <CounterExchange of={of} />;
  if (kind in contentKinds)
    return (
      <Form.Item
        name="after"
        label={kind === 'name' ? `变更后名称（现 ${of.customerName}）` : '变更后内容'}
        rules={required('变更后内容')}
      >
        <Input maxLength={300} />
      </Form.Item>
    );
  return <RenewalFields of={of} />;
}

function BranchItem({ of }: { of: Dossier }) {
  const query = useQuery({
    queryKey: ['branches', of.bankId],
    queryFn: ({ signal }) =>
      api.get<Listing<{ id: string; name: string }>>('/api/bank-branches', { bankId: of.bankId, limit: 500 }, signal),
  });
  return (
    <Form.Item
      name="branchId"
      label={`变更后网点（现 ${of.branchName ?? '未登记'}）`}
      extra={`${of.bankName}的网点；没有的请先在银行档案登记`}
      rules={required('网点')}
    >
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        loading={query.isPending}
        options={(query.data?.rows ?? []).map((row) => ({ value: Number(row.id), label: row.name }))}
      />
    </Form.Item>
  );
}

/** What secures the loan now. */
function useCounters(of: Dossier): readonly CounterRow[] | undefined {
  const query = useQuery({
    queryKey: ['counters', of.guarantorId, of.guaranteeId],
    queryFn: ({ signal }) =>
      api.get<Listing<CounterRow>>(
        '/api/aftercare/counters',
        { guarantorId: of.guarantorId, guaranteeId: of.guaranteeId, limit: 200 },
        signal,
      ),
  });
  return query.data?.rows.filter((row) => row.releasedOn === null);
}

const counterOption = (row: CounterRow) => ({
  value: row.id,
  label: (
    <>
      {row.title}（{row.kindTitle}，{row.contractNo}）
      {row.alerts.map((alert) => (
        <span key={alert.code} className="care-alert">
          {alert.message}
        </span>
      ))}
    </>
  ),
});

function CounterExchange({ of }: { of: Dossier }) {
  const counters = useCounters(of);
  return (
    <>
      <Form.Item
        name={['counters', 'release']}
        label="解除的反担保"
        extra={counters?.length === 0 ? '现无反担保' : undefined}
      >
        <Checkbox.Group className="care-choices" options={(counters ?? []).map(counterOption)} />
      </Form.Item>
      <fieldset className="care-fieldset">
        <legend>新增的反担保（只解除则不填）</legend>
        <Form.Item name={['counters', 'add', 'kind']} label="反担保种类" initialValue="20008">
          <Select
            options={Object.entries(counterKinds).map(([value, label]) => ({ value, label: `${value} ${label}` }))}
          />
        </Form.Item>
        <Form.Item name={['counters', 'add', 'title']} label="反担保物或保证人">
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name={['counters', 'add', 'ownerName']} label="所有人">
          <Input maxLength={100} />
        </Form.Item>
        <Form.Item name={['counters', 'add', 'contractNo']} label="反担保合同号">
          <Input maxLength={100} />
        </Form.Item>
      </fieldset>
    </>
  );
}

function RenewalFields({ of }: { of: Dossier }) {
  const counters = useCounters(of);
  const form = Form.useFormInstance<ChangeEntry>();
  useEffect(() => {
    if (counters && form.getFieldValue(['renewal', 'counters']) === undefined)
      form.setFieldValue(
        ['renewal', 'counters'],
        counters.map((row) => row.id),
      );
  }, [counters, form]);
  return (
    <>
      <Form.Item name={['renewal', 'contractNo']} label="新保证合同号" rules={required('新保证合同号')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name={['renewal', 'principal']} label="新主债权金额" rules={[...required('金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name={['renewal', 'startsOn']} label="起始日（原保函同日解除）" rules={required('起始日')}>
        <DayField />
      </Form.Item>
      <Form.Item name={['renewal', 'endsOn']} label="到期日" rules={required('到期日')}>
        <DayField />
      </Form.Item>
      {counters && counters.length > 0 && (
        <Form.Item
          name={['renewal', 'counters']}
          label="随续贷转入新保函的反担保"
          extra="未勾选的，原保函解除时一并解除；有提醒的请先更新评估、登记或保险"
        >
          <Checkbox.Group className="care-choices" options={counters.map(counterOption)} />
        </Form.Item>
      )}
    </>
  );
}
