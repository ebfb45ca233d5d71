import { Form, Input, InputNumber, Modal, Switch } from 'antd';
import type { SourceBody, SourceWire } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import { DayField, InstitutionField, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Entry = Omit<SourceBody, 'guarantorCode' | 'profileCode'> & {
  bankId: string;
  guarantorCode?: string;
  profileCode?: string;
};

/** Sets up a bank's SFTP server: a new version from a day on. */
export function SourceForm({ source, close }: { source: SourceWire | undefined; close: () => void }) {
  const { today } = useMe();
  const [form] = Form.useForm<Entry>();
  const save = useWrite(({ bankId, guarantorCode, profileCode, ...entry }: Entry, options) => {
    const body = {
      ...entry,
      ...(guarantorCode ? { guarantorCode } : {}),
      ...(profileCode ? { profileCode } : {}),
    };
    const etag = source ? { etag: `"${source.version}"` } : {};
    return api.put(`/api/batches/sources/${bankId}`, body, { ...options, ...etag });
  }, close);
  return (
    <Modal
      open
      width={760}
      title={source ? `改设置：${source.bankName}` : '新增 SFTP 来源'}
      okText="保存"
      confirmLoading={save.isPending}
      onOk={() => form.submit()}
      onCancel={close}
    >
      <Form<Entry>
        form={form}
        layout="vertical"
        className="batch-source-form"
        initialValues={initialOf(source, today)}
        onFinish={(entry) => save.mutate(entry)}
      >
        <Form.Item name="bankId" label="银行" rules={[requiredRule('银行')]}>
          <InstitutionField kind="bank" width={220} />
        </Form.Item>
        <Form.Item name="fromOn" label="从哪天起用" rules={[requiredRule('从哪天起用')]}>
          <DayField min={today} allowClear={false} />
        </Form.Item>
        <Form.Item name="isActive" label="启用" valuePropName="checked">
          <Switch />
        </Form.Item>
        <Form.Item name="host" label="服务器地址" rules={[requiredRule('服务器地址')]}>
          <Input placeholder="sftp.bank.example" />
        </Form.Item>
        <Form.Item name="port" label="端口" rules={[requiredRule('端口')]}>
          <InputNumber min={1} max={65535} style={{ width: '100%' }} />
        </Form.Item>
        <Form.Item name="username" label="用户名" rules={[requiredRule('用户名')]}>
          <Input autoComplete="off" />
        </Form.Item>
        <Form.Item name="keyEnv" label="私钥所在的环境变量" rules={[requiredRule('私钥所在的环境变量')]}>
          <Input placeholder="RONGDAN_SFTP_KEY_JSB" />
        </Form.Item>
        <Form.Item
          name="hostKeySha256"
          label="服务器公钥指纹（SHA256: 之后 43 位）"
          rules={[requiredRule('服务器公钥指纹')]}
          className="batch-wide"
        >
          <Input placeholder="ssh-keygen -lf 所示，不含等号" />
        </Form.Item>
        <Form.Item name="inbox" label="取件文件夹" rules={[requiredRule('取件文件夹')]}>
          <Input placeholder="/inbox" />
        </Form.Item>
        <Form.Item name="outbox" label="放回文件夹" rules={[requiredRule('放回文件夹')]}>
          <Input placeholder="/outbox" />
        </Form.Item>
        <Form.Item name="done" label="移走文件夹" rules={[requiredRule('移走文件夹')]}>
          <Input placeholder="/done" />
        </Form.Item>
        <Form.Item name="productCode" label="产品代码" rules={[requiredRule('产品代码')]}>
          <Input />
        </Form.Item>
        <Form.Item name="guarantorCode" label="担保机构代码">
          <Input placeholder="不填则逐行写明" />
        </Form.Item>
        <Form.Item name="profileCode" label="映射代号">
          <Input placeholder="不填为标准模板" />
        </Form.Item>
        <Form.Item
          name="stableSeconds"
          label="没有 .ok 时，须不变多少秒"
          rules={[requiredRule('没有 .ok 时，须不变多少秒')]}
        >
          <InputNumber min={1} max={3600} style={{ width: '100%' }} />
        </Form.Item>
      </Form>
      {save.error && <RefusalList problem={save.error} />}
    </Modal>
  );
}

const initialOf = (source: SourceWire | undefined, today: string) =>
  source
    ? { ...source, bankId: String(source.bankId), fromOn: source.fromOn < today ? today : source.fromOn }
    : { fromOn: today, isActive: true, port: 22, productCode: 'batch', stableSeconds: 60 };
