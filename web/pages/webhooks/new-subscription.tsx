import { Alert, Button, Checkbox, Form, Input, Modal, Typography } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';
import { eventTitles } from './titles.ts';

type Entry = { institutionId: string; name: string; url: string; kinds: string[] };
type Made = { readonly id: string; readonly secret: string };

/** A new receiver; the secret it verifies signatures with is shown once. */
export function NewSubscriptionModal({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const [form] = Form.useForm<Entry>();
  const [made, setMade] = useState<Made>();
  const write = useWrite(
    (entry: Entry, options) =>
      api.post<Made>('/api/webhooks', { ...entry, institutionId: Number(entry.institutionId) }, options),
    (answer) => setMade(answer),
  );
  const leave = () => {
    setMade(undefined);
    write.reset();
    form.resetFields();
    close();
  };
  const buttons = made ? (
    <Button type="primary" onClick={leave}>
      已记下，关闭
    </Button>
  ) : (
    <>
      <Button onClick={leave}>取消</Button>
      <Button type="primary" loading={write.isPending} onClick={() => form.submit()}>
        订阅
      </Button>
    </>
  );
  return (
    <Modal title="新增回调订阅" open={isOpen} onCancel={leave} mask={{ closable: made === undefined }} footer={buttons}>
      {made ? (
        <Alert
          type="warning"
          showIcon
          title="订阅已建立。签名密钥只显示这一次，请交给接收系统保存："
          description={
            <Typography.Text code copyable={{ tooltips: ['复制', '已复制'] }} aria-label="签名密钥">
              {made.secret}
            </Typography.Text>
          }
        />
      ) : (
        <Form<Entry>
          form={form}
          layout="vertical"
          initialValues={{ kinds: [] }}
          onValuesChange={() => write.reset()}
          onFinish={(entry) => write.mutate(entry)}
        >
          <Form.Item name="name" label="接收系统名称" rules={[requiredRule('接收系统名称')]}>
            <Input maxLength={100} />
          </Form.Item>
          <Form.Item
            name="institutionId"
            label="机构"
            extra="只通知与该机构（主管部门为其辖区，省级为全省）有关的事件"
            rules={[{ required: true, message: '请选择机构' }]}
          >
            <InstitutionField placeholder="选择机构" width={470} />
          </Form.Item>
          <Form.Item name="url" label="接收地址" rules={[requiredRule('接收地址')]}>
            <Input maxLength={500} placeholder="https://" />
          </Form.Item>
          <Form.Item name="kinds" label="事件" rules={[{ required: true, message: '请至少选择一种事件' }]}>
            <Checkbox.Group
              style={{ display: 'grid', gridTemplateColumns: '1fr 1fr', gap: 6 }}
              options={Object.entries(eventTitles).map(([value, label]) => ({ value, label }))}
            />
          </Form.Item>
          <RefusalList problem={write.error} />
        </Form>
      )}
    </Modal>
  );
}
