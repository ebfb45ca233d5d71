import { Button, Form, Input, Modal } from 'antd';
import { type ReactNode, useState } from 'react';
import { api } from '../../api.ts';
import { RefusalList, requiredRule, useWrite } from '../../fields/index.ts';

type ActProps<Values> = {
  readonly label: string;
  readonly title?: string;
  readonly url: string;
  readonly isPrimary?: boolean;
  readonly isSmall?: boolean;
  readonly confirm?: string;
  readonly initialValues?: Partial<Values>;
  readonly bodyOf?: (values: Values) => unknown;
  readonly note?: ReactNode;
  readonly children?: ReactNode;
  readonly width?: number;
};

/** A button that opens a dialog with its fields and does one verb; the reasons against it stay in the dialog. */
export function Act<Values extends object>(props: ActProps<Values>) {
  const [isOpen, setOpen] = useState(false);
  const [form] = Form.useForm<Values>();
  const act = useWrite(
    (values: Values, options) => api.post(props.url, props.bodyOf ? props.bodyOf(values) : values, options),
    () => {
      setOpen(false);
      form.resetFields();
    },
  );
  return (
    <>
      <Button
        type={props.isPrimary ? 'primary' : 'default'}
        {...(props.isSmall ? { size: 'small' as const } : {})}
        onClick={() => setOpen(true)}
      >
        {props.label}
      </Button>
      <Modal
        open={isOpen}
        title={props.title ?? props.label}
        okText={props.confirm ?? '确认'}
        cancelText="取消"
        width={props.width ?? 560}
        confirmLoading={act.isPending}
        onOk={() => form.submit()}
        onCancel={() => setOpen(false)}
        destroyOnHidden
      >
        {props.note}
        <Form<Values>
          form={form}
          layout="vertical"
          {...(props.initialValues ? { initialValues: props.initialValues as Values } : {})}
          onFinish={(values) => act.mutate(values)}
        >
          {props.children}
        </Form>
        {act.error && <RefusalList problem={act.error} />}
      </Modal>
    </>
  );
}

/** Asks for the reason only. */
export const ReasonAct = ({ label, url, ask = '原因' }: { label: string; url: string; ask?: string }) => (
  <Act<{ reason: string }> label={label} url={url}>
    <Form.Item name="reason" label={ask} rules={[requiredRule(ask)]}>
      <Input.TextArea rows={3} maxLength={500} />
    </Form.Item>
  </Act>
);
