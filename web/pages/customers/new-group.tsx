import { useRouter } from '@tanstack/react-router';
import { Button, Form, Input, Modal } from 'antd';
import { api } from '../../api.ts';
import { CustomerField, GuarantorItem, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';

type Entry = { guarantorId: string; name: string; evidence: string; members: { id?: string }[] };
type Body = { guarantorId: number; name: string; evidence: string; customerIds: string[] };

/** A new related group: its name, the evidence, and at least two customers of one guarantor. */
export function NewGroupModal({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const router = useRouter();
  const [form] = Form.useForm<Entry>();
  const guarantorId = Form.useWatch('guarantorId', form);
  const write = useWrite(
    (body: Body, options) => api.post<{ id: string }>('/api/customers/groups', body, options),
    (answer, body) => router.history.push(`/customers/groups/${body.guarantorId}/${answer.id}`),
  );
  const leave = () => {
    write.reset();
    form.resetFields();
    close();
  };
  const submit = ({ guarantorId: at, name, evidence, members }: Entry) =>
    write.mutate({
      guarantorId: Number(at),
      ...{ name, evidence },
      customerIds: members.map((each) => each.id).filter((id) => id !== undefined),
    });
  return (
    <Modal
      title="建立关联集团"
      open={isOpen}
      onCancel={leave}
      onOk={() => form.submit()}
      okText="建立"
      cancelText="取消"
      confirmLoading={write.isPending}
      width={620}
    >
      <Form<Entry>
        form={form}
        layout="vertical"
        initialValues={{ members: [{}, {}] }}
        onValuesChange={() => write.reset()}
        onFinish={submit}
      >
        <GuarantorItem />
        <Form.Item name="name" label="集团名称" rules={[requiredRule('集团名称')]}>
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="evidence" label="认定依据" rules={[requiredRule('认定依据')]}>
          <Input.TextArea maxLength={500} rows={2} placeholder="如：同一实际控制人，工商登记查询 2026-11-20" />
        </Form.Item>
        <Form.List name="members">
          {(fields, { add, remove }) => (
            <Form.Item label="成员" required style={{ marginBottom: 0 }}>
              {fields.map((field, at) => (
                <div key={field.key} style={{ display: 'flex', gap: 8 }}>
                  <Form.Item
                    name={[field.name, 'id']}
                    rules={[{ required: true, message: '请选择客户' }]}
                    style={{ flex: 1, marginBottom: 10 }}
                  >
                    <CustomerField guarantorId={guarantorId} id={`member-${at + 1}`} />
                  </Form.Item>
                  {fields.length > 2 && <Button onClick={() => remove(field.name)}>去掉</Button>}
                </div>
              ))}
              <Button type="dashed" block onClick={() => add({})} style={{ marginBottom: 12 }}>
                再加一名成员
              </Button>
            </Form.Item>
          )}
        </Form.List>
        <RefusalList problem={write.error} />
      </Form>
    </Modal>
  );
}
