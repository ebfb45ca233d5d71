import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Upload } from 'antd';
import { useState } from 'react';
import type { AttachmentRow } from '../../../src/modules/attachments/contract.ts';
import { api, type Listing, newIntent } from '../../api.ts';
import { RefusalList, StatusBadge, showInstant } from '../../fields/index.ts';
import { uploadFile } from '../../fields/upload-box.tsx';

/** What is on file for a case. */
export const useFiles = (subject: string) =>
  useQuery({
    queryKey: ['attachments', subject],
    queryFn: ({ signal }) => api.get<Listing<AttachmentRow>>('/api/attachments', { subject, limit: 500 }, signal),
  });

export type Wanted = {
  readonly code: string;
  readonly title: string;
  readonly required: boolean;
  readonly clause?: string;
};

/** 资料清单: what is asked for, what is there, a button for each. */
export function FileList({
  subject,
  wanted,
  bankId,
  mayUpload,
}: {
  subject: string;
  wanted: readonly Wanted[];
  bankId?: number | null;
  mayUpload: boolean;
}) {
  const files = useFiles(subject).data?.rows ?? [];
  const known = new Set(wanted.map((each) => each.code));
  const others = files.filter((file) => !known.has(file.itemCode));
  const rows: readonly Wanted[] = [...wanted, { code: 'other', title: '其他资料', required: false }];
  return (
    <ul className="case-files">
      {rows.map((each) => {
        const own = each.code === 'other' ? others : files.filter((file) => file.itemCode === each.code);
        return (
          <li key={each.code} data-testid={`file-${each.code}`}>
            <div>
              <b>{each.title}</b> {each.required && own.length === 0 && <StatusBadge tone="warn">必备，缺</StatusBadge>}
              {own.length > 0 && <StatusBadge tone="good">{`已有 ${own.length} 份`}</StatusBadge>}
              {each.clause && <div className="field-hint">{each.clause}</div>}
              {own.map((file) => (
                <div key={file.id} className="field-hint">
                  <a href={`/api/attachments/${file.guarantorId}/${file.id}/content`}>{file.name}</a>　{file.uploadedBy}{' '}
                  {showInstant(file.recordedAt)}
                </div>
              ))}
            </div>
            {mayUpload && (
              <UploadButton subject={subject} item={each.code} title={each.title} bankId={bankId ?? null} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Sends one file for one entry. */
export function UploadButton({
  subject,
  item,
  title,
  bankId,
  then,
}: {
  subject: string;
  item: string;
  title: string;
  bankId: number | null;
  then?: (id: string) => void;
}) {
  const queries = useQueryClient();
  const [problem, setProblem] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const send = async (file: File) => {
    setBusy(true);
    setProblem(undefined);
    try {
      const fields = { subject, item, ...(bankId ? { bankId: String(bankId) } : {}) };
      const { id } = await uploadFile<{ id: string }>('/api/attachments', file, fields, newIntent(), () => {});
      await queries.invalidateQueries();
      then?.(id);
    } catch (caught) {
      setProblem(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div>
      <Upload
        showUploadList={false}
        accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
        beforeUpload={(file) => {
          void send(file);
          return false;
        }}
      >
        <Button size="small" loading={busy} aria-label={`上传${title}`}>
          上传
        </Button>
      </Upload>
      {problem !== undefined && <RefusalList problem={problem} />}
    </div>
  );
}
