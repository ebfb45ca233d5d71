import { useQueryClient } from '@tanstack/react-query';
import { Form, Modal } from 'antd';
import type { ReactNode } from 'react';
import { ApiProblem, type WriteOptions } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';

type FormDialogProps<Fields, Answer> = {
  readonly title: string;
  readonly note?: string;
  /** What the button that does it says. */
  readonly confirm: string;
  readonly initialValues?: Partial<Fields>;
  readonly send: (fields: Fields, options: WriteOptions) => Promise<Answer>;
  /** Told the answer; left out, the dialog closes. */
  readonly done?: (answer: Answer) => void;
  readonly close: () => void;
  readonly children?: ReactNode;
};

/** A dialog that does one verb. The reasons against it stay in it; once somebody else was first (409) it can only be closed. */
export function FormDialog<Fields extends object, Answer = unknown>(props: FormDialogProps<Fields, Answer>) {
  const { title, note, confirm, initialValues, send, done, close, children } = props;
  const queries = useQueryClient();
  const [form] = Form.useForm<Fields>();
  const write = useWrite(send, done ?? close);
  const isTooLate = write.error instanceof ApiProblem && write.error.status === 409;
  const leave = () => {
    if (isTooLate) void queries.invalidateQueries();
    close();
  };
  return (
    <Modal
      open
      title={title}
      okText={confirm}
      cancelText={isTooLate ? '关闭并刷新' : '取消'}
      {...(isTooLate ? { okButtonProps: { style: { display: 'none' } } } : {})}
      confirmLoading={write.isPending}
      onOk={() => form.submit()}
      onCancel={leave}
    >
      {note && <p className="muted">{note}</p>}
      <Form<Fields>
        form={form}
        layout="vertical"
        {...(initialValues ? { initialValues: initialValues as Fields } : {})}
        onFinish={(fields) => write.mutate(fields)}
      >
        {children}
      </Form>
      {write.error && <RefusalList problem={write.error} />}
    </Modal>
  );
}
