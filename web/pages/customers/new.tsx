import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Alert, Button, Form, Input, InputNumber, Radio, Select } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import {
  DayField,
  InstitutionField,
  MoneyField,
  moneyRule,
  RefusalList,
  RegionField,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
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
type Body = Record<string, unknown>;

const bodyOf = (entry: Entry): Body =>
  Object.fromEntries(
    Object.entries({ ...entry, guarantorId: Number(entry.guarantorId), county: Number(entry.county) }).filter(
      ([, value]) => value !== undefined && value !== null && value !== '',
    ),
  );

/** 客户建档: identity and check digits are tried by the real action before anything is stored. */
export default function NewCustomerPage() {
  const me = useMe();
  const router = useRouter();
  const [form] = Form.useForm<Entry>();
  const [isTried, setTried] = useState(false);
  const own = me.institution?.kind === 'guarantor' ? me.institution.id : undefined;
  const trial = useMutation({
    mutationFn: (body: Body) => api.post('/api/customers?dryRun=true', body),
    onSuccess: () => setTried(true),
  });
  const write = useWrite(
    (body: Body, options) => api.post<{ id: string }>('/api/customers', body, options),
    (answer, body) => router.history.push(`/customers/${body.guarantorId}/${answer.id}`),
  );
  return (
    <Page
      title="客户建档"
      note="证件号码校验码、行政区划前缀当场核验；同一证件号在本机构只建一个档"
      trail={[{ title: '客户', to: '/customers' }]}
    >
      <Panel className="form-wide">
        <Form<Entry>
          form={form}
          layout="vertical"
          initialValues={{ guarantorId: own, kind: 'enterprise', identityKind: 'uscc', declaredOn: me.today }}
          onValuesChange={(changed: Partial<Entry>) => {
            setTried(false);
            trial.reset();
            write.reset();
            if (changed.kind) {
              const isPerson = changed.kind === 'farmer' || changed.kind === 'business-owner';
              form.setFieldsValue({ identityKind: isPerson ? 'resident-id' : 'uscc' });
            }
          }}
          onFinish={(entry) => (isTried ? write.mutate(bodyOf(entry)) : trial.mutate(bodyOf(entry)))}
        >
          <EntryFields isOwn={own !== undefined} />
          <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
            <RefusalList problem={trial.error ?? write.error} />
            {isTried && <Alert type="success" showIcon title="证件核验通过，该证件号在本机构尚未建档。" />}
            <div className="form-foot">
              <Button type="primary" htmlType="submit" loading={trial.isPending || write.isPending}>
                {isTried ? '确认建档' : '核验'}
              </Button>
              <Button onClick={() => router.history.back()}>取消</Button>
            </div>
          </div>
        </Form>
      </Panel>
    </Page>
  );
}

const options = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));

const EntryFields = ({ isOwn }: { isOwn: boolean }) => (
  <div className="form-grid">
    {isOwn ? (
      <Form.Item name="guarantorId" hidden>
        <Input />
      </Form.Item>
    ) : (
      <Form.Item name="guarantorId" label="担保机构" rules={[required('担保机构')]}>
        <InstitutionField kind="guarantor" placeholder="选择担保机构" />
      </Form.Item>
    )}
    <Form.Item name="kind" label="客户类别" rules={[required('客户类别')]} style={{ gridColumn: '1 / -1' }}>
      <Radio.Group options={options(kindTitles)} />
    </Form.Item>
    <Form.Item name="name" label="名称或姓名" rules={[required('名称'), { min: 2, message: '名称至少两个字' }]}>
      <Input maxLength={200} />
    </Form.Item>
    <Form.Item name="identityKind" label="证件类型" rules={[required('证件类型')]}>
      <Select options={options(identityTitles)} />
    </Form.Item>
    <Form.Item name="identityNo" label="证件号码" rules={[required('证件号码')]}>
      <Input maxLength={40} />
    </Form.Item>
    <Form.Item name="county" label="所在县（市、区）" rules={[required('所在县')]}>
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
  </div>
);

const required = (what: string) => ({ required: true, message: `请填写${what}` });
