import { Button, Form, Input, Modal } from 'antd';
import type { CertificateDetail } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';

/** The loan somebody objects to. */
export type ObjectionTarget = { readonly guarantorId: number; readonly guaranteeId: string; readonly title: string };

type ObjectDialogProps = {
  readonly certificate: CertificateDetail;
  readonly url: string;
  readonly target: ObjectionTarget;
  readonly close: () => void;
};
type Fields = { reason: string; evidence?: string };

/** Raises an objection against one loan within the term. */
export function ObjectDialog({ certificate, url, target, close }: ObjectDialogProps) {
  const { title, ...row } = target;
  const raise = useWrite(
    (fields: Fields, options) =>
      api.post(
        `${url}/objections`,
        {
          ...row,
          reason: fields.reason.trim(),
          ...(fields.evidence?.trim() ? { evidence: fields.evidence.trim() } : {}),
        },
        options,
      ),
    close,
  );
  return (
    <Modal title={`对${title}提出异议`} open footer={null} onCancel={close}>
      <p className="muted">
        异议期至 {certificate.objectionUntil}，还剩 {certificate.remainingWorkingDays}{' '}
        个工作日。答复之前本凭证不会定稿。
      </p>
      <Form<Fields> layout="vertical" onFinish={(fields) => raise.mutate(fields)}>
        <Form.Item
          name="reason"
          label="异议理由"
          rules={[{ required: true, min: 4, message: '请写明理由（至少 4 字）' }]}
        >
          <Input.TextArea rows={3} maxLength={2000} placeholder="例如：该企业 8 月已迁出本县，业务应计入迁入县" />
        </Form.Item>
        <Form.Item name="evidence" label="依据">
          <Input maxLength={2000} placeholder="文件、凭证等" />
        </Form.Item>
        {raise.error && <RefusalList problem={raise.error} />}
        <Button type="primary" htmlType="submit" loading={raise.isPending}>
          提出异议
        </Button>
      </Form>
    </Modal>
  );
}
