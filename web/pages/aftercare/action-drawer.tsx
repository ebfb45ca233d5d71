import { Button, Drawer, Form, Input, Select } from 'antd';
import type { ReactNode } from 'react';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, useWrite } from '../../fields/index.ts';

/** One field of a form: its name in the request, its label, what it takes. */
export type FieldSpec = {
  readonly name: string | readonly string[];
  readonly label: string;
  readonly type: 'text' | 'area' | 'money' | 'day' | 'select';
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  readonly isOptional?: boolean;
  readonly hint?: ReactNode;
};
type ActionDrawerProps<Answer> = {
  readonly title: string;
  readonly isOpen: boolean;
  readonly close: () => void;
  readonly url: string;
  readonly fields: readonly FieldSpec[];
  readonly initial?: Record<string, unknown>;
  readonly button: string;
  /** What is sent, where it is not the fields themselves. */
  readonly bodyOf?: (entry: Record<string, unknown>) => Record<string, unknown>;
  /** Shown under the fields, from what has been filled in. */
  readonly below?: (entry: Record<string, unknown>) => ReactNode;
  readonly then?: (answer: Answer) => void;
};

/** A form in a drawer that posts its fields to one address and shows every reason against it. */
export function ActionDrawer<Answer = unknown>(props: ActionDrawerProps<Answer>) {
  return (
    <Drawer title={props.title} open={props.isOpen} onClose={props.close} size={480} destroyOnHidden>
      <ActionForm {...props} />
    </Drawer>
  );
}

function ActionForm<Answer>(props: ActionDrawerProps<Answer>) {
  const { url, fields, initial = {}, button, bodyOf = sent, below, close, then } = props;
  const [form] = Form.useForm<Record<string, unknown>>();
  const entry = (Form.useWatch([], form) ?? initial) as Record<string, unknown>;
  const write = useWrite(
    (body: Record<string, unknown>, options) => api.post<Answer>(url, body, options),
    (answer) => {
      close();
      then?.(answer);
    },
  );
  return (
    <Form
      form={form}
      layout="vertical"
      initialValues={initial}
      onValuesChange={() => write.reset()}
      onFinish={(values) => write.mutate(bodyOf(withoutEmpty(values)))}
    >
      {fields.map((field) => (
        <Form.Item
          key={String(field.name)}
          name={field.name as string}
          label={field.label}
          extra={field.hint}
          rules={[
            ...(field.isOptional ? [] : [{ required: true, message: `请填写${field.label}` }]),
            ...(field.type === 'money' ? [moneyRule] : []),
          ]}
        >
          {inputOf(field)}
        </Form.Item>
      ))}
      {below?.(entry)}
      <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
        <RefusalList problem={write.error} />
        <div className="form-foot">
          <Button type="primary" htmlType="submit" loading={write.isPending}>
            {button}
          </Button>
          <Button onClick={close}>取消</Button>
        </div>
      </div>
    </Form>
  );
}

function inputOf(field: FieldSpec) {
  if (field.type === 'money') return <MoneyField />;
  if (field.type === 'day') return <DayField />;
  if (field.type === 'area') return <Input.TextArea rows={3} maxLength={2000} />;
  if (field.type === 'select') return <Select options={[...(field.options ?? [])]} />;
  return <Input maxLength={300} />;
}

const sent = (entry: Record<string, unknown>) => entry;

const withoutEmpty = (values: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null && value !== '')
      .map(([name, value]) => [
        name,
        typeof value === 'object' && !Array.isArray(value) ? withoutEmpty(value as Record<string, unknown>) : value,
      ]),
  );
