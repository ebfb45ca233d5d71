import { Alert, Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, useWrite } from '../../fields/index.ts';

type Entry = { account: string; name: string; personKey: string; institutionId: string };
type Made = { readonly id: string; readonly password: string | null };

/** A new account without any role; the password is made by the program and shown once. */
export function NewUserModal({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const [form] = Form.useForm<Entry>();
  const [made, setMade] = useState<Made>();
  const write = useWrite(
    (entry: Entry, options) => api.post<Made>('/api/users', entry, options),
    (answer) => setMade(answer),
  );
  const leave = () => {
    setMade(undefined);
    write.reset();
    form.resetFields();
    close();
  };
  return (
    <Modal
      title="新建用户"
      open={isOpen}
      onCancel={leave}
      footer={
        made ? (
          <Button type="primary" onClick={leave}>
            已记下，关闭
          </Button>
        ) : (
          <>
            <Button onClick={leave}>取消</Button>
            <Button type="primary" loading={write.isPending} onClick={() => form.submit()}>
              建立
            </Button>
          </>
        )
      }
    >
      {made ? (
        <Alert
          type="warning"
          showIcon
          title={
            <>
              账号已建立。初始密码（只显示这一次）：<code>{made.password}</code>
            </>
          }
          description="账号还没有岗位，请安全管理员授予。"
        />
      ) : (
        <Form<Entry> form={form} layout="vertical" onFinish={(entry) => write.mutate(entry)}>
          <Form.Item
            name="account"
            label="账号"
            rules={[
              {
                required: true,
                pattern: /^[A-Za-z][A-Za-z0-9._-]{2,39}$/,
                message: '3–40 位小写字母、数字、点、横线，字母开头',
              },
            ]}
          >
            <Input maxLength={40} autoComplete="off" />
          </Form.Item>
          <Form.Item name="name" label="姓名" rules={[{ required: true, message: '请填写姓名' }]}>
            <Input maxLength={40} />
          </Form.Item>
          <Form.Item
            name="personKey"
            label="人员标识（身份证号或工号）"
            extra="只存摘要，用来认出同一个人的几个账号（三员分立）"
            rules={[{ required: true, min: 4, message: '请填写身份证号或工号' }]}
          >
            <Input maxLength={60} autoComplete="off" />
          </Form.Item>
          <Form.Item name="institutionId" label="所属机构" rules={[{ required: true, message: '请选择所属机构' }]}>
            <InstitutionField placeholder="选择机构" width={420} />
          </Form.Item>
          <RefusalList problem={write.error} />
        </Form>
      )}
    </Modal>
  );
}
