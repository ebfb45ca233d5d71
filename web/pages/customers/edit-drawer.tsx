import { Button, Drawer, Form, Input, InputNumber, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { customerChange, customerChanged, customerDetail } from '../../../src/modules/customers/contract.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Customer = z.infer<typeof customerDetail>;
type Change = z.input<typeof customerChange>;
type Entry = Omit<Change, 'tags'> & { readonly tagList: readonly number[] };

const ratings = [
  'AAA',
  'AA+',
  'AA',
  'AA-',
  'A+',
  'A',
  'A-',
  'BBB+',
  'BBB',
  'BBB-',
  'BB+',
  'BB',
  'BB-',
  'B',
  'CCC',
  'CC',
  'C',
] as const satisfies readonly Change['issuerRating'][];

const tagOptions = [
  { value: 1, label: '支小' },
  { value: 2, label: '支农' },
  { value: 4, label: '支新' },
  { value: 8, label: '支创' },
];

/** Changes what is known of a customer; somebody else's newer version is never overwritten (If-Match). */
export function EditCustomer({ customer }: { customer: Customer }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>修改</Button>
      <Drawer title={`修改：${customer.name}`} open={isOpen} onClose={() => setOpen(false)} size={520} destroyOnHidden>
        <EditForm customer={customer} close={() => setOpen(false)} />
      </Drawer>
    </>
  );
}

function EditForm({ customer, close }: { customer: Customer; close: () => void }) {
  const me = useMe();
  const [form] = Form.useForm<Entry>();
  const tagList = Form.useWatch('tagList', form) ?? [];
  // The version the form was opened with, not a newer one fetched behind it.
  const [etag] = useState(`"${customer.version}"`);
  const save = useWrite(
    (change: Change, options) =>
      api.patch<z.infer<typeof customerChanged>>(`/api/customers/${customer.guarantorId}/${customer.id}`, change, {
        ...options,
        etag,
      }),
    close,
  );
  const isMasked = customer.contactPhone?.includes('*') ?? false;
  return (
    <Form<Entry>
      form={form}
      layout="vertical"
      initialValues={{
        ...customer,
        revenue: customer.revenue ?? undefined,
        assets: customer.assets ?? undefined,
        contactPhone: isMasked ? undefined : customer.contactPhone,
        tagList: tagOptions.map((each) => each.value).filter((tag) => (customer.tags & tag) !== 0),
      }}
      onFinish={(entry) => save.mutate(changeOf(entry, isMasked))}
    >
      <p className="field-hint">划型按下列申报数据重新计算；修改前的申报与依据留存。已出保函的划型不变。</p>
      <Form.Item name="industryCode" label="行业代码（GB/T 4754-2017）">
        <Input maxLength={10} />
      </Form.Item>
      <Form.Item name="staff" label="从业人员（人）">
        <InputNumber min={0} precision={0} style={{ width: '100%' }} />
      </Form.Item>
      <Form.Item name="revenue" label="营业收入" rules={[moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="assets" label="资产总额" rules={[moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="declaredOn" label="申报日">
        <DayField max={me.today} />
      </Form.Item>
      <Form.Item name="contactName" label="联系人">
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="contactPhone" label="联系电话" extra={isMasked ? '已有号码不显示；留空则不改' : undefined}>
        <Input maxLength={30} />
      </Form.Item>
      <Form.Item name="tagList" label="标签">
        <Select mode="multiple" options={tagOptions} />
      </Form.Item>
      <Form.Item name="primaryTag" label="主标签（统计只计这一个）">
        <Select options={[{ value: 0, label: '无' }, ...tagOptions.filter((each) => tagList.includes(each.value))]} />
      </Form.Item>
      <Form.Item name="issuerRating" label="主体信用评级" extra="留空为不可判定：债券担保从严按较高权重计">
        <Select allowClear options={ratings.map((value) => ({ value, label: value }))} />
      </Form.Item>
      <Form.Item name="issuerRatingOn" label="评级日">
        <DayField max={me.today} />
      </Form.Item>
      {save.error && <RefusalList problem={save.error} />}
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        保存
      </Button>
    </Form>
  );
}

/** An emptied field clears; a masked phone left empty stays. */
function changeOf({ tagList, contactPhone, ...entry }: Entry, isMasked: boolean): Change {
  const cleared = Object.fromEntries(
    Object.entries(entry).map(([name, value]) => [name, value === '' || value === undefined ? null : value]),
  );
  const tags = tagList.reduce((sum, tag) => sum + tag, 0);
  return {
    ...cleared,
    tags,
    primaryTag: entry.primaryTag ?? 0,
    ...(isMasked && !contactPhone ? {} : { contactPhone: contactPhone || null }),
  };
}
