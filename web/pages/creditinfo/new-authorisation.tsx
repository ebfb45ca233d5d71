import { App, Form, Modal, Select } from 'antd';
import { useState } from 'react';
import { addMonths, type Day } from '../../../src/kernel/day.ts';
import { api } from '../../api.ts';
import {
  CustomerField,
  DayField,
  purposeTitles,
  RefusalList,
  requiredRule,
  UploadBox,
  useOwnGuarantor,
  useWrite,
} from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Fields = { customerId: string; purpose: string; fromOn: string; untilOn: string };

/** Registers a signed authorisation: customer, purpose, days, and the paper itself. */
export function NewAuthorisation({ close }: { readonly close: () => void }) {
  const me = useMe();
  const own = useOwnGuarantor();
  const { message } = App.useApp();
  const [form] = Form.useForm<Fields>();
  const customerId = Form.useWatch('customerId', form);
  const [file, setFile] = useState<{ id: string; name: string }>();
  const create = useWrite(
    (fields: Fields, options) =>
      api.post(
        '/api/credit-info/authorisations',
        { ...fields, guarantorId: Number(own), platform: 'credit-platform', attachmentId: file?.id },
        options,
      ),
    () => {
      void message.success('授权已登记');
      close();
    },
  );
  return (
    <Modal
      title="登记客户授权"
      open
      okText="登记"
      cancelText="取消"
      okButtonProps={{ disabled: !file }}
      confirmLoading={create.isPending}
      onCancel={close}
      onOk={() => form.submit()}
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        initialValues={{ purpose: 'admission', fromOn: me.today, untilOn: addMonths(me.today as Day, 6) }}
        onFinish={(fields) => create.mutate(fields)}
      >
        <Form.Item name="customerId" label="客户" rules={[requiredRule('客户')]}>
          <CustomerField guarantorId={own} />
        </Form.Item>
        <Form.Item name="purpose" label="用途" rules={[requiredRule('用途')]}>
          <Select options={Object.entries(purposeTitles).map(([value, label]) => ({ value, label }))} />
        </Form.Item>
        <div className="form-grid">
          <Form.Item name="fromOn" label="授权起" rules={[requiredRule('授权起')]}>
            <DayField allowClear={false} />
          </Form.Item>
          <Form.Item name="untilOn" label="授权止" rules={[requiredRule('授权止')]}>
            <DayField allowClear={false} min={me.today} />
          </Form.Item>
        </div>
        <Form.Item label="授权书" required>
          {file ? (
            <span>
              {file.name}　
              <button type="button" className="text-button" onClick={() => setFile(undefined)}>
                换一份
              </button>
            </span>
          ) : customerId ? (
            <UploadBox<{ id: string }>
              url="/api/attachments"
              accept=".pdf,.jpg,.jpeg,.png,.ofd"
              hint="客户签署的查询授权书：PDF、图片或 OFD"
              maxMegabytes={50}
              fields={{ subject: `customer:${own}/${customerId}`, item: 'credit-authorisation' }}
              onUploaded={(answer, sent) => setFile({ id: answer.id, name: sent.name })}
            />
          ) : (
            <span className="muted">先选客户，再上传授权书</span>
          )}
        </Form.Item>
        <RefusalList problem={create.error} />
      </Form>
    </Modal>
  );
}
