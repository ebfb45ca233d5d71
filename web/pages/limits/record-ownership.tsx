import { Form, Input, Radio } from 'antd';
import { CustomerField, DayField, DrawerForm, GuarantorItem, requiredRule } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Entry = { guarantorId: string; customerId: string; from: string; isStateOwned: boolean; evidence: string };

/** 登记国有客户: decides which group of the yearly line its business falls under. */
export function RecordOwnership() {
  const me = useMe();
  return (
    <DrawerForm<Entry>
      note="国有及国有控股客户的业务另受国企子限额约束；没有登记的按非国有计。"
      opener="登记国有客户"
      title="登记客户是否国有"
      send="登记"
      isPrimary={false}
      url="/api/limits/state-owned"
      initial={{ from: me.today, isStateOwned: true }}
      bodyOf={({ guarantorId, ...rest }) => ({ ...rest, guarantorId: Number(guarantorId) })}
    >
      <OwnershipFields />
    </DrawerForm>
  );
}

function OwnershipFields() {
  const guarantorId = Form.useWatch('guarantorId', Form.useFormInstance<Entry>());
  return (
    <>
      <GuarantorItem />
      <Form.Item name="customerId" label="客户" rules={[requiredRule('客户')]}>
        <CustomerField guarantorId={guarantorId} />
      </Form.Item>
      <Form.Item name="isStateOwned" label="性质">
        <Radio.Group
          options={[
            { value: true, label: '国有及国有控股' },
            { value: false, label: '不是' },
          ]}
        />
      </Form.Item>
      <Form.Item name="from" label="自何日起" rules={[requiredRule('自何日起')]}>
        <DayField />
      </Form.Item>
      <Form.Item name="evidence" label="依据" rules={[requiredRule('依据')]}>
        <Input maxLength={200} placeholder="如 国资监管机构名录、股权登记" />
      </Form.Item>
    </>
  );
}
