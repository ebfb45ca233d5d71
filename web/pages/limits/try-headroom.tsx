import { useQuery } from '@tanstack/react-query';
import { Alert, Button, Form, Select } from 'antd';
import { useState } from 'react';
import type { CustomerRow } from '../../../src/modules/customers/contract.ts';
import { api, type Listing } from '../../api.ts';
import {
  CustomerField,
  GuarantorItem,
  Headroom,
  type HeadroomAsked,
  InstitutionField,
  MoneyField,
  moneyRule,
  RegionField,
  requiredRule,
} from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';

type Entry = {
  guarantorId: string;
  customerId?: string;
  bankId?: string;
  productCode?: string;
  county?: string;
  amount: string;
};

/** Every limit for a case that somebody thinks of; nothing is held by looking. */
export function TryHeadroom() {
  const [form] = Form.useForm<Entry>();
  const guarantorId = Form.useWatch('guarantorId', form);
  const [asked, setAsked] = useState<HeadroomAsked>();
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<Listing<{ code: string; name: string }>>('/api/products', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const takeOver = (customer: CustomerRow) => form.setFieldsValue({ county: String(customer.county) });
  return (
    <div className="cols" style={{ gridTemplateColumns: 'minmax(300px, 3fr) minmax(0, 9fr)', alignItems: 'start' }}>
      <Panel title="拟办业务">
        <Form<Entry> form={form} layout="vertical" onFinish={(entry) => setAsked({ ...entry })}>
          <GuarantorItem />
          <Form.Item name="customerId" label="客户">
            <CustomerField guarantorId={guarantorId} onPicked={takeOver} />
          </Form.Item>
          <Form.Item name="bankId" label="合作银行">
            <InstitutionField kind="bank" placeholder="选择银行" />
          </Form.Item>
          <Form.Item name="productCode" label="产品">
            <Select
              allowClear
              placeholder="选择产品"
              options={products.data?.rows.map((row) => ({ value: row.code, label: row.name })) ?? []}
            />
          </Form.Item>
          <Form.Item name="county" label="业务所在县">
            <RegionField countyOnly placeholder="选择县（区）" />
          </Form.Item>
          <Form.Item name="amount" label="主债权金额" rules={[requiredRule('主债权金额'), moneyRule]}>
            <MoneyField />
          </Form.Item>
          <Button type="primary" htmlType="submit">
            查看余量
          </Button>
        </Form>
      </Panel>
      <Panel title="额度仪表" note="只看不占；客户、银行、产品不填则不核对相应限额">
        {asked ? (
          <Headroom asked={asked} />
        ) : (
          <Alert type="info" showIcon title="填好左侧后点「查看余量」，全部限额在这里一次列出" />
        )}
      </Panel>
    </div>
  );
}
