import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Upload } from 'antd';
import type { Asked } from '../../../src/modules/portal/contract.ts';
import { ApiProblem } from '../../api.ts';
import { StatusBadge } from '../../fields/marks.tsx';
import { RefusalList } from '../../fields/refusal-list.tsx';
import { portalSend } from './portal-api.ts';

/** The papers a guarantor has asked for, and handing each in: a photograph taken with the telephone will do. */
export const AskedPapers = ({ of, megabytes }: { readonly of: readonly Asked[]; readonly megabytes: number }) => (
  <ul className="asked">
    {of.map((each) => (
      <Paper key={`${each.guarantorId}/${each.id}`} of={each} megabytes={megabytes} />
    ))}
  </ul>
);

function Paper({ of, megabytes }: { readonly of: Asked; readonly megabytes: number }) {
  const queries = useQueryClient();
  const send = useMutation({
    mutationFn: (file: File) => {
      if (file.size > megabytes * 1024 * 1024)
        throw new ApiProblem(413, { title: `文件超过 ${megabytes} MB，请拍小一点或分开提交` });
      const form = new FormData();
      form.append('guarantorId', String(of.guarantorId));
      form.append('requestId', of.id);
      form.append('file', file, file.name);
      return portalSend('POST', '/files', form);
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['my-case'] }),
  });
  return (
    <li>
      <div className="asked-head">
        <b>{of.title}</b>
        {of.answeredAt ? (
          <StatusBadge tone="good">已提交</StatusBadge>
        ) : (
          <StatusBadge tone={of.isOverdue ? 'bad' : 'warn'}>{of.dueOn ? `${of.dueOn} 前提交` : '待提交'}</StatusBadge>
        )}
      </div>
      <div className="muted">
        {of.guarantor}
        {of.note && `：${of.note}`}
        {of.fileName && `　${of.fileName}`}
      </div>
      <Upload
        accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
        showUploadList={false}
        beforeUpload={(file) => {
          send.mutate(file);
          return false;
        }}
      >
        <Button type={of.answeredAt ? 'default' : 'primary'} loading={send.isPending}>
          {of.answeredAt ? '重新提交' : '拍照或选文件'}
        </Button>
      </Upload>
      <RefusalList problem={send.error} />
    </li>
  );
}
