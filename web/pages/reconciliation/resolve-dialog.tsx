import { Button, Form, Input, Modal, Radio } from 'antd';
import type { DifferenceStatus } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';

/** What was found out and where it can be looked up. */
export type Resolution = { status: DifferenceStatus; resolution: string; evidenceReference?: string };

type ResolveFormProps = {
  readonly submit: (resolution: Resolution) => void;
  readonly isPending: boolean;
  readonly problem: unknown;
  readonly button: string;
};

/** The fields of a resolution: explained or corrected, in words, with evidence. */
export function ResolveForm({ submit, isPending, problem, button }: ResolveFormProps) {
  return (
    <Form<Resolution>
      layout="vertical"
      initialValues={{ status: 'explained' }}
      onFinish={({ evidenceReference, ...rest }) =>
        submit({ ...rest, ...(evidenceReference?.trim() ? { evidenceReference: evidenceReference.trim() } : {}) })
      }
    >
      <Form.Item name="status" style={{ marginBottom: 8 }}>
        <Radio.Group
          options={[
            { value: 'explained', label: '已说明（差得有理由）' },
            { value: 'fixed', label: '已改正（下次核对复核）' },
            { value: 'open', label: '重新打开' },
          ]}
        />
      </Form.Item>
      <Form.Item
        name="resolution"
        label="处理说明"
        rules={[{ required: true, min: 4, message: '请写明处理说明（至少 4 字）' }]}
      >
        <Input.TextArea rows={3} maxLength={2000} placeholder="例如：对方漏收 11 月 20 日数据包，已重报" />
      </Form.Item>
      <Form.Item name="evidenceReference" label="依据">
        <Input maxLength={500} placeholder="凭证号、回执号、文件名等" />
      </Form.Item>
      {problem !== null && problem !== undefined && <RefusalList problem={problem} />}
      <Button type="primary" htmlType="submit" loading={isPending}>
        {button}
      </Button>
    </Form>
  );
}

type ResolveDialogProps = {
  readonly runId: string;
  /** Those ticked; left out for all open ones that the filter lets through. */
  readonly ids: readonly string[] | undefined;
  readonly filter: Readonly<Record<string, string | undefined>>;
  readonly close: () => void;
};

/** Resolves like differences at once. */
export function ResolveDialog({ runId, ids, filter, close }: ResolveDialogProps) {
  const asked = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const resolve = useWrite((resolution: Resolution, options) =>
    api.post<{ resolved: number }>(
      `/api/reconciliation/runs/${runId}/differences/resolve`,
      { ...resolution, ...(ids ? { ids } : { filter: asked }) },
      options,
    ),
  );
  return (
    <Modal
      title={ids ? `处理勾选的 ${ids.length} 条差异` : '处理筛选出的全部待处理差异'}
      open
      footer={null}
      onCancel={close}
    >
      {resolve.data ? (
        <>
          <p>已处理 {resolve.data.resolved} 条。</p>
          <Button type="primary" onClick={close}>
            知道了
          </Button>
        </>
      ) : (
        <ResolveForm
          button="处理"
          isPending={resolve.isPending}
          problem={resolve.error}
          submit={(resolution) => resolve.mutate(resolution)}
        />
      )}
    </Modal>
  );
}
