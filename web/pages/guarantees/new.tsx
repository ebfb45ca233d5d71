import { useQuery } from '@tanstack/react-query';
import { Checkbox, Form, type FormInstance, Input, Radio, Select } from 'antd';
import { api, type Listing } from '../../api.ts';
import {
  CustomerField,
  DayField,
  InstitutionField,
  MoneyField,
  moneyRule,
  RegionField,
  requiredRule,
  TriedFormPage,
} from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Entry = {
  readonly guarantorId: string;
  readonly contractNo: string;
  readonly loanContractNo?: string;
  readonly customerId: string;
  readonly bankId: string;
  readonly productCode: string;
  readonly county: string;
  readonly industryCode?: string;
  readonly principal: string;
  readonly guaranteed?: string;
  readonly startsOn: string;
  readonly endsOn: string;
  readonly tags?: readonly number[];
  readonly primaryTag?: number;
};
type Body = Record<string, unknown>;
const tagOptions = [
  { value: 1, label: '支小' },
  { value: 2, label: '支农' },
  { value: 4, label: '支新' },
  { value: 8, label: '支创' },
];

/** What the API takes: numbers where it wants numbers, the tags as their sum, nothing that was left empty. */
function bodyOf(entry: Entry): Body {
  const tags = (entry.tags ?? []).reduce((sum, each) => sum + each, 0);
  const all: Body = {
    ...entry,
    guarantorId: Number(entry.guarantorId),
    bankId: Number(entry.bankId),
    county: Number(entry.county),
    tags,
    primaryTag: tags === 0 ? 0 : (entry.primaryTag ?? 0),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined && value !== ''));
}

/** 登记保函: everything is tried first by the real action, with the agreement in force and the caps of 条例第十六条. */
export default function NewGuaranteePage() {
  const me = useMe();
  return (
    <TriedFormPage<Entry>
      title="登记保函"
      note="起始日当天生效的银担协议版本自动锁定；登记后余额为零，放款后起算"
      list={{ title: '保函台账', to: '/guarantees' }}
      url="/api/guarantees"
      initialValues={{ startsOn: me.today, tags: [] }}
      bodyOf={bodyOf}
      words={{
        attempt: '试算',
        confirm: '确认登记',
        passed: '试算通过：协议、集中度和各项要素均符合要求，请核对后登记。',
      }}
      pageOf={(answer, body) => `/guarantees/${body.guarantorId}/${answer.id}`}
      fields={(form) => <EntryFields form={form} />}
    />
  );
}

type FormOf = FormInstance<Entry>;

function EntryFields({ form }: { form: FormOf }) {
  const guarantorId = Form.useWatch('guarantorId', form);
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<Listing<{ code: string; name: string }>>('/api/products', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <>
      <Form.Item name="customerId" label="客户" rules={[requiredRule('客户')]}>
        <CustomerField
          guarantorId={guarantorId}
          onPicked={(row) => form.setFieldsValue({ county: String(row.county), industryCode: row.industryCode ?? '' })}
        />
      </Form.Item>
      <Form.Item name="contractNo" label="保证合同号" rules={[requiredRule('保证合同号')]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="loanContractNo" label="借款合同号">
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="bankId" label="合作银行" rules={[requiredRule('合作银行')]}>
        <InstitutionField kind="bank" placeholder="选择银行" />
      </Form.Item>
      <Form.Item name="productCode" label="产品" rules={[requiredRule('产品')]}>
        <Select
          placeholder="选择产品"
          loading={products.isPending}
          options={products.data?.rows.map((row) => ({ value: row.code, label: row.name })) ?? []}
        />
      </Form.Item>
      <Form.Item name="principal" label="主债权金额" rules={[requiredRule('主债权金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="guaranteed" label="担保责任金额" extra="不填则按协议扣除银行自担部分" rules={[moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="startsOn" label="起始日" rules={[requiredRule('起始日')]}>
        <DayField />
      </Form.Item>
      <Form.Item name="endsOn" label="到期日" rules={[requiredRule('到期日')]}>
        <DayField />
      </Form.Item>
      <Form.Item name="county" label="业务所在县（市、区）" rules={[requiredRule('业务所在县')]}>
        <RegionField countyOnly placeholder="选择县（市、区）" />
      </Form.Item>
      <Form.Item name="industryCode" label="行业代码（GB/T 4754-2017）">
        <Input maxLength={10} />
      </Form.Item>
      <TagFields form={form} />
    </>
  );
}

function TagFields({ form }: { form: FormOf }) {
  const tags = Form.useWatch('tags', form) ?? [];
  return (
    <>
      <Form.Item name="tags" label="政策标签（可多选）">
        <Checkbox.Group options={tagOptions} />
      </Form.Item>
      {tags.length > 0 && (
        <Form.Item name="primaryTag" label="主标签（统计只按它计一次）" rules={[requiredRule('主标签')]}>
          <Radio.Group options={tagOptions.filter((each) => tags.includes(each.value))} />
        </Form.Item>
      )}
    </>
  );
}
