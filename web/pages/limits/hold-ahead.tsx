import { useQuery } from '@tanstack/react-query';
import { Form, Input, Select } from 'antd';
import { api, type Listing } from '../../api.ts';
import {
  CustomerField,
  DayField,
  DrawerForm,
  GuarantorItem,
  InstitutionField,
  MoneyField,
  moneyRule,
  RegionField,
  requiredRule,
} from '../../fields/index.ts';

type Entry = {
  guarantorId: string;
  customerId: string;
  bankId: string;
  productCode: string;
  county: string;
  amount: string;
  until: string;
  note: string;
};

/** 先占额度: room held ahead of a case; the case of the same customer, bank and product takes it over. */
export function HoldAhead() {
  return (
    <DrawerForm<Entry>
      note="先于项目占用，到期自动释放；同一客户、银行、产品的项目提交审批时自动接替，不重复计。"
      opener="先占额度"
      title="先占额度"
      send="占用"
      size={520}
      url="/api/limits/reservations"
      bodyOf={({ guarantorId, bankId, county, ...rest }) => ({
        ...rest,
        guarantorId: Number(guarantorId),
        bankId: Number(bankId),
        county: Number(county),
      })}
    >
      <HoldFields />
    </DrawerForm>
  );
}

function HoldFields() {
  const form = Form.useFormInstance<Entry>();
  const guarantorId = Form.useWatch('guarantorId', form);
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<Listing<{ code: string; name: string }>>('/api/products', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <GuarantorItem />
      <Form.Item name="customerId" label="客户" rules={[requiredRule('客户')]}>
        <CustomerField
          guarantorId={guarantorId}
          onPicked={(customer) => form.setFieldsValue({ county: String(customer.county) })}
        />
      </Form.Item>
      <div className="form-grid">
        <Form.Item name="bankId" label="合作银行" rules={[requiredRule('合作银行')]}>
          <InstitutionField kind="bank" placeholder="选择银行" />
        </Form.Item>
        <Form.Item name="productCode" label="产品" rules={[requiredRule('产品')]}>
          <Select
            placeholder="选择产品"
            options={products.data?.rows.map((row) => ({ value: row.code, label: row.name })) ?? []}
          />
        </Form.Item>
        <Form.Item name="county" label="业务所在县" rules={[requiredRule('业务所在县')]}>
          <RegionField countyOnly placeholder="选择县（区）" />
        </Form.Item>
        <Form.Item name="amount" label="主债权金额" rules={[requiredRule('主债权金额'), moneyRule]}>
          <MoneyField />
        </Form.Item>
        <Form.Item name="until" label="占用至" rules={[requiredRule('占用至')]}>
          <DayField />
        </Form.Item>
      </div>
      <Form.Item name="note" label="用途" rules={[requiredRule('用途')]}>
        <Input maxLength={200} placeholder="如 拟申报设备更新贷款" />
      </Form.Item>
    </>
  );
}
