import { Button, Form, Input, Modal, Popconfirm } from 'antd';
import { useState } from 'react';
import type { CertificateDetail } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';

type ConfirmActionsProps = { readonly certificate: CertificateDetail; readonly url: string };
type Paper = { institutionId: string; document: string };

/** A finance bureau or regulator says that it has no objection; one that did so on paper is entered for it. */
export function ConfirmActions({ certificate, url }: ConfirmActionsProps) {
  const mayObject = useMay('feedback.object');
  const mayEnter = useMay('feedback.answer');
  const [isPaper, setPaper] = useState(false);
  const confirm = useWrite((_: undefined, options) => api.post(`${url}/confirmations`, {}, options));
  const enter = useWrite(
    ({ institutionId, document }: Paper, options) =>
      api.post(`${url}/paper-confirmations`, { institutionId: Number(institutionId), document }, options),
    () => setPaper(false),
  );
  if (certificate.status !== 'published' || certificate.unconfirmed.length === 0) return null;
  return (
    <>
      {confirm.error && <RefusalList problem={confirm.error} />}
      {mayObject && (
        <Popconfirm
          title="确认本凭证无异议？"
          description="确认后不必等异议期满；有异议请在逐笔明细里提出。"
          okText="确认无异议"
          cancelText="再看看"
          onConfirm={() => confirm.mutate(undefined)}
        >
          <Button loading={confirm.isPending}>无异议</Button>
        </Popconfirm>
      )}
      {mayEnter && <Button onClick={() => setPaper(true)}>代录书面确认</Button>}
      <Modal title="代录书面确认" open={isPaper} footer={null} onCancel={() => setPaper(false)} destroyOnHidden>
        <p className="muted">尚未确认：{certificate.unconfirmed.join('、')}</p>
        <Form<Paper> layout="vertical" onFinish={(fields) => enter.mutate(fields)}>
          <Form.Item name="institutionId" label="确认的部门" rules={[{ required: true, message: '请选择部门' }]}>
            <InstitutionField placeholder="按名称查找" width={320} />
          </Form.Item>
          <Form.Item name="document" label="书面确认的文号" rules={[{ required: true, min: 2, message: '请填写文号' }]}>
            <Input maxLength={200} />
          </Form.Item>
          {enter.error && <RefusalList problem={enter.error} />}
          <Button type="primary" htmlType="submit" loading={enter.isPending}>
            登记确认
          </Button>
        </Form>
      </Modal>
    </>
  );
}
