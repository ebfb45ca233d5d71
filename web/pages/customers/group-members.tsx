import { Form, Input, Modal } from 'antd';
import type { CustomerRow, GroupRow } from '../../../src/modules/customers/contract.ts';
import { api } from '../../api.ts';
import { CustomerField, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';

type Joining = { customerId: string; evidence: string };
type Leaving = { reason: string };
const urlOf = (group: GroupRow) => `/api/customers/groups/${group.guarantorId}/${group.id}/members`;

/** Adds a customer to the group, with the evidence. */
export function AddMemberModal({ group, isOpen, close }: { group: GroupRow; isOpen: boolean; close: () => void }) {
  const [form] = Form.useForm<Joining>();
  const leave = () => {
    write.reset();
    form.resetFields();
    close();
  };
  const write = useWrite((body: Joining, options) => api.post(urlOf(group), body, options), leave);
  return (
    <Modal
      title="增加成员"
      open={isOpen}
      onCancel={leave}
      onOk={() => form.submit()}
      okText="增加"
      cancelText="取消"
      confirmLoading={write.isPending}
    >
      <Form<Joining>
        form={form}
        layout="vertical"
        onValuesChange={() => write.reset()}
        onFinish={(entry) => write.mutate(entry)}
      >
        <Form.Item name="customerId" label="客户" rules={[{ required: true, message: '请选择客户' }]}>
          <CustomerField guarantorId={String(group.guarantorId)} />
        </Form.Item>
        <Form.Item name="evidence" label="认定依据" rules={[requiredRule('认定依据')]}>
          <Input.TextArea maxLength={500} rows={2} />
        </Form.Item>
        <RefusalList problem={write.error} />
      </Form>
    </Modal>
  );
}

type RemoveProps = { readonly group: GroupRow; readonly member: CustomerRow | undefined; readonly close: () => void };

/** Takes a customer out of the group, with the reason. */
export function RemoveMemberModal({ group, member, close }: RemoveProps) {
  const [form] = Form.useForm<Leaving>();
  const leave = () => {
    write.reset();
    form.resetFields();
    close();
  };
  const write = useWrite(
    (body: Leaving, options) => api.post(`${urlOf(group)}/${member?.id}/remove`, body, options),
    leave,
  );
  return (
    <Modal
      title={`移出成员${member ? `：${member.name}` : ''}`}
      open={member !== undefined}
      onCancel={leave}
      onOk={() => form.submit()}
      okText="确认移出"
      cancelText="取消"
      confirmLoading={write.isPending}
    >
      <p>移出后该客户单独计算集中度；原因记入审计日志。</p>
      <Form<Leaving>
        form={form}
        layout="vertical"
        onValuesChange={() => write.reset()}
        onFinish={(entry) => write.mutate(entry)}
      >
        <Form.Item name="reason" label="移出原因" rules={[requiredRule('移出原因')]}>
          <Input.TextArea maxLength={500} rows={2} />
        </Form.Item>
        <RefusalList problem={write.error} />
      </Form>
    </Modal>
  );
}
