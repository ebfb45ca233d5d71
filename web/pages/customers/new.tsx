import { Form, Input, InputNumber, Radio, Select } from 'antd';
import { DayField, MoneyField, moneyRule, RegionField, requiredRule, TriedFormPage } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { identityTitles, kindTitles } from './titles.ts';

type Entry = {
  readonly guarantorId: string;
  readonly kind: keyof typeof kindTitles;
  readonly name: string;
  readonly identityKind: keyof typeof identityTitles;
  readonly identityNo: string;
  readonly county: string;
  readonly industryCode?: string;
  readonly staff?: number | null;
  readonly revenue?: string;
  readonly assets?: string;
  readonly declaredOn?: string;
};

const bodyOf = (entry: Entry): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries({ ...entry, guarantorId: Number(entry.guarantorId), county: Number(entry.county) }).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  );

/** 客户建档: identity and check digits are tried by the real action before anything is stored. */
export default function NewCustomerPage() {
  const me = useMe();
  return (
    <TriedFormPage<Entry>
      title="客户建档"
      note="证件号码校验码、行政区划前缀当场核验；同一证件号在本机构只建一个档"
      list={{ title: '客户', to: '/customers' }}
      url="/api/customers"
      initialValues={{ kind: 'enterprise', identityKind: 'uscc', declaredOn: me.today }}
      bodyOf={bodyOf}
      words={{ attempt: '核验', confirm: '确认建档', passed: '证件核验通过，该证件号在本机构尚未建档。' }}
      pageOf={(answer, body) => `/customers/${body.guarantorId}/${answer.id}`}
      onChanged={(changed, form) => {
        if (!changed.kind) return;
        const isPerson = changed.kind === 'farmer' || changed.kind === 'business-owner';
        form.setFieldsValue({ identityKind: isPerson ? 'resident-id' : 'uscc' });
      }}
      fields={() => <EntryFields />}
    />
  );
}

const options = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));

const EntryFields = () => (
  <>
    <Form.Item name="kind" label="客户类别" rules={[requiredRule('客户类别')]} style={{ gridColumn: '1 / -1' }}>
      <Radio.Group options={options(kindTitles)} />
    </Form.Item>
    <Form.Item name="name" label="名称或姓名" rules={[requiredRule('名称'), { min: 2, message: '名称至少两个字' }]}>
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="identityKind" label="证件类型" rules={[requiredRule('证件类型')]}>
      <Select options={options(identityTitles)} />
    </Form.Item>
    <Form.Item name="identityNo" label="证件号码" rules={[requiredRule('证件号码')]}>
      <Input maxLength={40} />
    </Form.Item>
    <Form.Item name="county" label="所在县（市、区）" rules={[requiredRule('所在县')]}>
      <RegionField countyOnly placeholder="选择县（市、区）" />
    </Form.Item>
    <Form.Item name="industryCode" label="行业代码（GB/T 4754-2017）" extra="不填则划型为不可判定">
      <Input maxLength={10} placeholder="如 C1311" />
    </Form.Item>
    <Form.Item name="staff" label="从业人员（人）">
      <InputNumber min={0} precision={0} />
    </Form.Item>
    <Form.Item name="revenue" label="上年营业收入" rules={[moneyRule]}>
      <MoneyField />
    </Form.Item>
    <Form.Item name="assets" label="资产总额" rules={[moneyRule]}>
      <MoneyField />
    </Form.Item>
    <Form.Item name="declaredOn" label="申报日">
      <DayField />
    </Form.Item>
  </>
);
