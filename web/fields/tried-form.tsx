import { useMutation } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Alert, Button, Form, type FormInstance, Input } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../api.ts';
import { Page, Panel } from '../shell/page.tsx';
import { useMe } from '../shell/session.ts';
import { InstitutionField } from './institution-field.tsx';
import { RefusalList } from './refusal-list.tsx';
import { useWrite } from './use-write.ts';

type Body = Record<string, unknown>;
type TriedFormPageProps<Entry> = {
  readonly title: string;
  readonly note: string;
  /** The list the form belongs to. */
  readonly list: { readonly title: string; readonly to: string };
  /** POST address; the trial is the same with `dryRun=true`. */
  readonly url: string;
  readonly initialValues: Partial<Entry>;
  /** What the API takes for an entry. */
  readonly bodyOf: (entry: Entry) => Body;
  readonly words: { readonly attempt: string; readonly confirm: string; readonly passed: string };
  /** Address of the page of what was made. */
  readonly pageOf: (answer: { id: string }, body: Body) => string;
  readonly onChanged?: (changed: Partial<Entry>, form: FormInstance<Entry>) => void;
  readonly fields: (form: FormInstance<Entry>) => ReactNode;
};

/**
 * The page that makes one thing: its entry is first tried by the real action, with every rule and nothing stored; only an entry that
 * passed can be confirmed, and any change asks for a new trial.
 */
export function TriedFormPage<Entry extends object>(props: TriedFormPageProps<Entry>) {
  const { url, words, bodyOf } = props;
  const router = useRouter();
  const [form] = Form.useForm<Entry>();
  const [isTried, setTried] = useState(false);
  const trial = useMutation({
    mutationFn: (body: Body) => api.post(`${url}?dryRun=true`, body),
    onSuccess: () => setTried(true),
  });
  const write = useWrite(
    (body: Body, options) => api.post<{ id: string }>(url, body, options),
    (answer, body) => router.history.push(props.pageOf(answer, body)),
  );
  return (
    <Page title={props.title} note={props.note} trail={[props.list]}>
      <Panel className="form-wide">
        <Form
          form={form}
          layout="vertical"
          initialValues={props.initialValues}
          scrollToFirstError
          onValuesChange={(changed: Partial<Entry>) => {
            setTried(false);
            trial.reset();
            write.reset();
            props.onChanged?.(changed, form);
          }}
          onFinish={(entry: Entry) => (isTried ? write.mutate(bodyOf(entry)) : trial.mutate(bodyOf(entry)))}
        >
          <div className="form-grid">
            <GuarantorItem />
            {props.fields(form)}
          </div>
          <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
            <RefusalList problem={trial.error ?? write.error} />
            {isTried && <Alert type="success" showIcon title={words.passed} />}
            <div className="form-foot">
              <Button type="primary" htmlType="submit" loading={trial.isPending || write.isPending}>
                {isTried ? words.confirm : words.attempt}
              </Button>
              <Button onClick={() => router.history.back()}>取消</Button>
            </div>
          </div>
        </Form>
      </Panel>
    </Page>
  );
}

/** The guarantor one works at, undefined for anyone else. */
export function useOwnGuarantor(): string | undefined {
  const { institution } = useMe();
  return institution?.kind === 'guarantor' ? institution.id : undefined;
}

/** The guarantor an entry belongs to: one's own without asking, else to be chosen. */
export function GuarantorItem() {
  const own = useOwnGuarantor();
  if (own !== undefined)
    return (
      <Form.Item name="guarantorId" initialValue={own} hidden>
        <Input />
      </Form.Item>
    );
  return (
    <Form.Item name="guarantorId" label="担保机构" rules={[requiredRule('担保机构')]}>
      <InstitutionField kind="guarantor" placeholder="选择担保机构" />
    </Form.Item>
  );
}

/** 请填写…, for a field that must not stay empty. */
export const requiredRule = (what: string) => ({ required: true, message: `请填写${what}` });
