import { FilePdfOutlined } from '@ant-design/icons';
import { Button, Form, Input, Modal, Popconfirm } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { MoneyText, RefusalList, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import type { RunDetail } from './run.tsx';

type RunActionsProps = { readonly run: RunDetail; readonly url: string; readonly etag: string | undefined };
type Verb = 'submit' | 'approve' | 'return' | 'void';

/** Submit, approve (by another person), return, void; the letters once approved. */
export function RunActions({ run, url, etag }: RunActionsProps) {
  const mayCompute = useMay('subsidies.compute');
  const mayApprove = useMay('subsidies.approve') && run.mayApprove;
  const [asking, setAsking] = useState<'return' | 'void'>();
  const act = useWrite(
    ({ verb, note }: { verb: Verb; note: string }, options) =>
      api.post(`${url}/${verb}`, { note }, { ...options, etag }),
    () => setAsking(undefined),
  );
  const [letter] = run.letters;
  return (
    <>
      {act.error && !asking && <RefusalList problem={act.error} />}
      {letter && (
        <Button icon={<FilePdfOutlined />} href={`/api/subsidies/letters/${letter.id}.pdf`}>
          通知书 PDF
        </Button>
      )}
      {run.status === 'draft' && mayCompute && (
        <>
          <Button onClick={() => setAsking('void')}>作废</Button>
          <Button type="primary" loading={act.isPending} onClick={() => act.mutate({ verb: 'submit', note: '' })}>
            提交核定
          </Button>
        </>
      )}
      {run.status === 'submitted' && mayApprove && (
        <>
          <Button onClick={() => setAsking('return')}>退回</Button>
          <Popconfirm
            title="核定并发文？"
            description={
              <>
                本次拨付 <MoneyText value={run.totals.payable} unit="元" withUnit />
                ；核定后记账、编号发文，不能撤回。
              </>
            }
            okText="核定"
            cancelText="再看看"
            onConfirm={() => act.mutate({ verb: 'approve', note: '' })}
          >
            <Button type="primary" loading={act.isPending}>
              核定
            </Button>
          </Popconfirm>
        </>
      )}
      {run.status === 'submitted' && !run.mayApprove && <span className="muted">须由另一人核定</span>}
      <Modal
        title={asking === 'void' ? '作废草稿' : '退回重算'}
        open={asking !== undefined}
        footer={null}
        onCancel={() => setAsking(undefined)}
        destroyOnHidden
      >
        <Form layout="vertical" onFinish={({ note }: { note: string }) => asking && act.mutate({ verb: asking, note })}>
          <Form.Item name="note" label="理由" rules={[{ required: true, message: '须写明理由' }]}>
            <Input.TextArea rows={3} maxLength={500} />
          </Form.Item>
          {act.error && <RefusalList problem={act.error} />}
          <Button type="primary" htmlType="submit" loading={act.isPending}>
            {asking === 'void' ? '作废' : '退回'}
          </Button>
        </Form>
      </Modal>
    </>
  );
}
