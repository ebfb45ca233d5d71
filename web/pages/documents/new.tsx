import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Form, Input, Select } from 'antd';
import { type KindCode, kinds } from '../../../src/modules/documents/contract/kinds.ts';
import type { Prefilled } from '../../../src/modules/documents/contract.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, StatusBadge, useFilters, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { RowGroups } from './row-groups.tsx';
import { SubjectField } from './subject-field.tsx';

/** 制作文书: what it is about, which paper, and its fields as far as the business knows them; what is missing is named. */
export default function NewPaperPage() {
  const [filters, setFilters] = useFilters();
  const { subject, template } = filters;
  return (
    <Page
      title="制作文书"
      note="字段从业务预填，缺的逐项指出；制作时编号、签名，文号连续不跳号"
      trail={[{ title: '文书', to: '/documents' }]}
    >
      <Panel title="一、选择业务与文书">
        <div className="paper-choice">
          <SubjectField value={subject} onChange={(chosen) => setFilters({ subject: chosen })} />
          <Select
            placeholder="文书种类"
            aria-label="文书种类"
            value={template ?? null}
            options={Object.entries(kinds).map(([value, { title }]) => ({ value, label: title }))}
            onChange={(chosen: string) => setFilters({ template: chosen })}
          />
        </div>
      </Panel>
      {subject && template && (
        <Fields key={`${subject} ${template}`} subject={subject} template={template as KindCode} />
      )}
    </Page>
  );
}

function Fields({ subject, template }: { subject: string; template: KindCode }) {
  const query = useQuery({
    queryKey: ['paper-form', subject, template],
    queryFn: ({ signal }) => api.get<Prefilled>('/api/documents/prefill', { subject, template }, signal),
  });
  return <QueryState query={query}>{(form) => <PaperForm of={form} />}</QueryState>;
}

type Entry = { fields: Record<string, string | undefined>; rows?: Record<string, Record<string, string>[]> };
const filledOf = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter((each): each is [string, string] => Boolean(each[1]?.trim())));

function PaperForm({ of }: { of: Prefilled }) {
  const navigate = useNavigate();
  const [form] = Form.useForm<Entry>();
  const write = useWrite(
    ({ fields, rows = {} }: Entry, options) =>
      api.post<{ guarantorId: number; id: string }>(
        '/api/documents',
        {
          ...{ guarantorId: of.guarantorId, template: of.template, subject: of.subject, fields: filledOf(fields) },
          rows: Object.fromEntries(Object.entries(rows).map(([name, lines]) => [name, lines.map(filledOf)])),
          ...(of.customerName ? { customerName: of.customerName } : {}),
          ...(of.bankId ? { bankId: of.bankId } : {}),
        },
        options,
      ),
    (made) => void navigate({ to: `/documents/${made.guarantorId}/${made.id}` as string }),
  );
  // What the template in force prints comes first; the rest may stay empty.
  const fields = [...of.fields].sort((a, b) => Number(b.isNeeded) - Number(a.isNeeded));
  return (
    <Panel
      title={`二、${kinds[of.template].title}　${of.title}`}
      note={of.templateVersion === 0 ? '样例文本' : `本机构模板第 ${of.templateVersion} 版`}
      extra={of.bankName ? `致送并可查看：${of.bankName}` : '不送银行'}
    >
      {of.missing.length > 0 ? (
        <Alert
          type="warning"
          showIcon
          title={`还缺 ${of.missing.length} 项：${of.missing.join('、')}`}
          description="业务里没有这些内容，请在下面填写。"
          style={{ marginBottom: 12 }}
        />
      ) : (
        <Alert type="success" showIcon title="模板所用字段都已从业务取得，请核对" style={{ marginBottom: 12 }} />
      )}
      <Form<Entry>
        form={form}
        layout="vertical"
        scrollToFirstError
        initialValues={{
          fields: Object.fromEntries(of.fields.map(({ name, value }) => [name, value ?? undefined])),
          rows: Object.fromEntries(of.groups.map(({ name, rows }) => [name, rows])),
        }}
        onValuesChange={() => write.reset()}
        onFinish={(entry) => write.mutate(entry)}
      >
        <div className="paper-fields">
          {fields.map((field) => (
            <Form.Item
              key={field.name}
              name={['fields', field.name]}
              label={
                <>
                  {field.name}&emsp;
                  {field.isNeeded && field.value === null && <StatusBadge tone="warn">缺</StatusBadge>}
                </>
              }
              rules={[
                ...(field.isNeeded ? [{ required: true, message: `请填写${field.name}` }] : []),
                ...(field.type === 'money' ? [moneyRule] : []),
              ]}
              {...(field.type === 'ratio' ? { extra: '小数，0.8 印作 80.00%' } : {})}
            >
              {inputOf(field.type)}
            </Form.Item>
          ))}
        </div>
        <RowGroups groups={of.groups} />
        <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
          <RefusalList problem={write.error} />
          <div className="form-foot">
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              制作并编号
            </Button>
          </div>
        </div>
      </Form>
    </Panel>
  );
}

function inputOf(type: Prefilled['fields'][number]['type']) {
  if (type === 'money') return <MoneyField />;
  if (type === 'day') return <DayField />;
  return <Input maxLength={2000} />;
}
