import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import type { ApplyChoices } from '../../../src/modules/portal/contract.ts';
import { MoneyField, moneyRule } from '../../fields/money-field.tsx';
import { RefusalList } from '../../fields/refusal-list.tsx';
import { portalSend } from './portal-api.ts';

type Fields = {
  guarantorId: number;
  bankId: number;
  amount: string;
  termMonths: number;
  purpose: string;
  repayment: string;
  contactName: string;
};
const required = (what: string) => ({ required: true, message: `请填写${what}` });

/** 我要申请: a few lines; the client manager of the guarantor completes the rest with the customer. */
export function ApplyForm() {
  const [isOpen, setOpen] = useState(false);
  const [form] = Form.useForm<Fields>();
  const guarantorId = Form.useWatch('guarantorId', form);
  const choices = useQuery({
    queryKey: ['my-case', 'apply'],
    queryFn: () => portalSend<ApplyChoices>('GET', '/applications'),
    enabled: isOpen,
  });
  const apply = useMutation({
    mutationFn: (fields: Fields) => portalSend<{ number: string }>('POST', '/applications', fields),
  });
  if (apply.data)
    return (
      <Alert
        type="success"
        showIcon
        title={`申请 ${apply.data.number} 已送达担保机构`}
        description="客户经理会按预留的手机号与您联系，补齐资料后正式受理。"
      />
    );
  if (!isOpen) return <Button onClick={() => setOpen(true)}>我要申请担保</Button>;
  const rows = choices.data?.rows ?? [];
  const banks = rows.find((each) => each.guarantorId === guarantorId)?.banks ?? [];
  return (
    <Form<Fields> form={form} layout="vertical" onFinish={(fields) => apply.mutate(fields)}>
      <Form.Item name="guarantorId" label="担保机构" rules={[required('担保机构')]}>
        <Select options={rows.map((each) => ({ value: each.guarantorId, label: each.name }))} />
      </Form.Item>
      <Form.Item name="bankId" label="贷款银行" rules={[required('贷款银行')]}>
        <Select options={banks.map((each) => ({ value: each.id, label: each.name }))} />
      </Form.Item>
      <Form.Item name="amount" label="申请金额" rules={[required('申请金额'), moneyRule]}>
        <MoneyField unit="万元" />
      </Form.Item>
      <Form.Item name="termMonths" label="期限（月）" rules={[required('期限')]}>
        <InputNumber min={1} max={600} precision={0} />
      </Form.Item>
      <Form.Item name="purpose" label="贷款用途" rules={[{ ...required('贷款用途'), min: 4 }]}>
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
      <Form.Item name="repayment" label="还款来源" rules={[{ ...required('还款来源'), min: 4 }]}>
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
      <Form.Item name="contactName" label="联系人" rules={[{ ...required('联系人'), min: 2 }]}>
        <Input maxLength={100} />
      </Form.Item>
      {apply.error && <RefusalList problem={apply.error} />}
      <Button type="primary" htmlType="submit" loading={apply.isPending}>
        提交申请
      </Button>
    </Form>
  );
}
