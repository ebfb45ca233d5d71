import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import type { VersionRow } from '../../../src/modules/documents/contract.ts';
import { api, withQuery } from '../../api.ts';
import { DayField, RefusalList, UploadBox, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type UploadProps = {
  readonly code: string;
  readonly guarantorId: string | undefined;
  readonly then: (id: number) => void;
};

/** Uploads a new version as a draft; what is wrong with it is said by field. */
export function UploadVersion({ code, guarantorId, then }: UploadProps) {
  const [isOpen, setOpen] = useState(false);
  const [note, setNote] = useState('');
  const refresh = useWrite(async (_: null) => undefined);
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        上传新版本
      </Button>
      <Modal title="上传新版本" open={isOpen} footer={null} onCancel={() => setOpen(false)} destroyOnHidden>
        <Input
          value={note}
          maxLength={200}
          placeholder="改了什么（选填）"
          aria-label="说明"
          style={{ marginBottom: 12 }}
          onChange={(event) => setNote(event.target.value)}
        />
        <UploadBox<{ id: number; version: number }>
          url={withQuery(`/api/document-templates/${code}/versions`, { guarantorId })}
          accept=".docx"
          maxMegabytes={10}
          hint="DOCX，至多 10 MB；上传后为草稿，预览无误再提交审批"
          fields={{ note }}
          onUploaded={({ id }) => {
            setOpen(false);
            setNote('');
            refresh.mutate(null);
            then(id);
          }}
        />
      </Modal>
    </>
  );
}

/** Hands a draft in for approval or withdraws a version. */
export function VersionVerbs({ row }: { row: VersionRow }) {
  const { today } = useMe();
  const [verb, setVerb] = useState<'submit' | 'withdraw'>();
  const [fromOn, setFromOn] = useState<string | undefined>(today);
  const [reason, setReason] = useState('');
  const write = useWrite(
    (body: object, options) =>
      api.post(`/api/document-templates/versions/${row.guarantorId}/${row.id}/${verb}`, body, options),
    () => setVerb(undefined),
  );
  const isForce = verb === 'submit';
  return (
    <span style={{ display: 'flex', gap: 8 }} onClick={(event) => event.stopPropagation()}>
      {row.status === 'draft' && (
        <button type="button" className="text-button" onClick={() => setVerb('submit')}>
          提交审批
        </button>
      )}
      {(row.status === 'draft' || row.status === 'in-force') && (
        <button type="button" className="text-button" onClick={() => setVerb('withdraw')}>
          停用
        </button>
      )}
      <Modal
        title={`${isForce ? '提交审批：启用' : '停用'}第 ${row.version} 版`}
        open={verb !== undefined}
        onCancel={() => setVerb(undefined)}
        okText={isForce ? '提交审批' : '停用'}
        cancelText="取消"
        okButtonProps={{ disabled: isForce ? !fromOn : reason.trim().length < 2 }}
        confirmLoading={write.isPending}
        onOk={() => write.mutate(isForce ? { fromOn } : { reason: reason.trim() })}
      >
        {isForce ? (
          <>
            <p>批准后，自启用日起制作的文书用这一版（批准晚于启用日的，自批准日起）；已制作的文书不变。</p>
            <DayField value={fromOn} min={today} onChange={setFromOn} allowClear={false} />
          </>
        ) : (
          <>
            <p>停用后恢复使用前一个已启用的版本；没有的，用样例文本。</p>
            <Input.TextArea
              value={reason}
              rows={2}
              maxLength={500}
              placeholder="停用原因"
              aria-label="停用原因"
              onChange={(event) => setReason(event.target.value)}
            />
          </>
        )}
        <RefusalList problem={write.error} />
      </Modal>
    </span>
  );
}
