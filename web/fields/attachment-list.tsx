import { UploadOutlined } from '@ant-design/icons';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Modal, Progress, Upload } from 'antd';
import { useState } from 'react';
import type { AttachmentRow } from '../../src/modules/attachments/contract.ts';
import { ApiProblem, api, type Listing, newIntent } from '../api.ts';
import { useMay } from '../shell/session.ts';
import { QueryState } from '../shell/states.tsx';
import { StatusBadge } from './marks.tsx';
import { RefusalList } from './refusal-list.tsx';
import { showInstant } from './show.ts';
import { uploadFile } from './upload-box.tsx';
import { useWrite } from './use-write.ts';
import './attachment-list.css';

/** One entry of the 资料清单. */
export type ChecklistItem = {
  readonly code: string;
  readonly title: string;
  readonly required: boolean;
  /** Who asks for it, shown under its title. */
  readonly clause?: string;
};

/** What is on file for something. */
export const useAttachments = (subject: string) =>
  useQuery({
    queryKey: ['attachments', subject],
    queryFn: ({ signal }) => api.get<Listing<AttachmentRow>>('/api/attachments', { subject, limit: 500 }, signal),
  });

type AttachmentListProps = {
  /** '<prefix>:<guarantorId>/<id>', e.g. 'case:26/118'. */
  readonly subject: string;
  readonly checklist?: readonly ChecklistItem[];
  /** Sent with every file: bankId to share it with the bank, lat, lng and takenAt of a picture. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Shown without the means to add or take out. */
  readonly isReadOnly?: boolean;
};

const accept = '.pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd';
const other: ChecklistItem = { code: 'other', title: '其他资料', required: false };

/** What is on file for something: by entry of its 资料清单, what is missing said in words, with upload, download and taking out. */
export function AttachmentList({ subject, checklist = [], fields = {}, isReadOnly }: AttachmentListProps) {
  const mayWrite = useMay('attachments.write') && !isReadOnly;
  const [removing, setRemoving] = useState<AttachmentRow>();
  const query = useAttachments(subject);
  return (
    <QueryState query={query}>
      {({ rows }) => {
        const known = new Set(checklist.map((item) => item.code));
        const strays = rows.filter((row) => !known.has(row.itemCode));
        const filesOf = (item: ChecklistItem) =>
          item.code === other.code ? strays : rows.filter((row) => row.itemCode === item.code);
        const items = known.has(other.code) ? checklist : [...checklist, other];
        return (
          <div className="attachment-items">
            <Completeness checklist={checklist} rows={rows} />
            {items.map((item) => (
              <section key={item.code} className="attachment-item" data-testid={`file-${item.code}`}>
                <header>
                  <b>{item.title}</b>
                  <Presence item={item} count={filesOf(item).length} />
                  {mayWrite ? <UploadButton subject={subject} item={item} fields={fields} /> : <span />}
                </header>
                {item.clause && <div className="field-hint">{item.clause}</div>}
                {filesOf(item).map((row) => (
                  <FileLine key={row.id} row={row} remove={mayWrite && row.mayRemove ? setRemoving : undefined} />
                ))}
              </section>
            ))}
            <RemoveDialog row={removing} close={() => setRemoving(undefined)} />
          </div>
        );
      }}
    </QueryState>
  );
}

function Completeness({ checklist, rows }: { checklist: readonly ChecklistItem[]; rows: readonly AttachmentRow[] }) {
  const required = checklist.filter((item) => item.required);
  if (required.length === 0) return null;
  const missing = required.filter((item) => !rows.some((row) => row.itemCode === item.code));
  return (
    <div className="muted">
      必备资料 {required.length} 项，已有 {required.length - missing.length} 项
      {missing.length > 0 && `，还缺：${missing.map((item) => item.title).join('、')}`}
    </div>
  );
}

function Presence({ item, count }: { item: ChecklistItem; count: number }) {
  if (count > 0) return <StatusBadge tone="good">{`已有 ${count} 份`}</StatusBadge>;
  if (item.required) return <StatusBadge tone="bad">缺</StatusBadge>;
  return <StatusBadge tone="mute">可不提供</StatusBadge>;
}

type UploadButtonProps = Pick<AttachmentListProps, 'subject' | 'fields'> & {
  readonly item: Pick<ChecklistItem, 'code' | 'title'>;
  /** Told the file's id once it is on file. */
  readonly then?: (id: string) => void;
};

/** Sends one file for one entry, with progress and every reason why it is not taken. */
export function UploadButton({ subject, item, fields = {}, then }: UploadButtonProps) {
  const queries = useQueryClient();
  const [sent, setSent] = useState<number>();
  const [problem, setProblem] = useState<unknown>();
  const start = async (file: File) => {
    setProblem(undefined);
    if (file.size > 200 * 2 ** 20)
      return setProblem(new ApiProblem(413, { title: '文件超过 200 MB：请压缩图片或拆成几份再上传' }));
    setSent(0);
    try {
      const sentWith = { ...fields, subject, item: item.code };
      const { id } = await uploadFile<{ id: string }>('/api/attachments', file, sentWith, newIntent(), setSent);
      await queries.invalidateQueries();
      then?.(id);
    } catch (caught) {
      setProblem(caught);
    } finally {
      setSent(undefined);
    }
  };
  return (
    <div>
      <Upload
        accept={accept}
        showUploadList={false}
        disabled={sent !== undefined}
        beforeUpload={(file) => {
          void start(file);
          return false;
        }}
      >
        <Button size="small" icon={<UploadOutlined />} loading={sent !== undefined} aria-label={`上传${item.title}`}>
          上传
        </Button>
      </Upload>
      {sent !== undefined && <Progress percent={Math.floor(sent * 100)} size="small" status="active" />}
      {problem !== undefined && <RefusalList problem={problem} />}
    </div>
  );
}

const typeTitles = { pdf: 'PDF', jpeg: 'JPEG 图片', png: 'PNG 图片', docx: 'DOCX', xlsx: 'XLSX', ofd: 'OFD' } as const;
const sizeText = (bytes: number) =>
  bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;

type FileLineProps = {
  readonly row: AttachmentRow;
  readonly remove: ((row: AttachmentRow) => void) | undefined;
};

const FileLine = ({ row, remove }: FileLineProps) => (
  <div className="attachment-file">
    <a href={`/api/attachments/${row.guarantorId}/${row.id}/content`} title={`${row.name}\nSM3 ${row.sm3}`}>
      {row.name}
      {row.lat !== null && (
        <span className="muted">
          {' '}
          拍摄于 {row.lat}，{row.lng} {row.takenAt && showInstant(row.takenAt)}
        </span>
      )}
      {row.note && <span className="muted"> {row.note}</span>}
    </a>
    <span className="muted">{typeTitles[row.type]}</span>
    <span className="muted">{sizeText(row.bytes)}</span>
    <span className="muted">
      {row.uploadedBy}
      {row.bankName && `（${row.bankName}）`} {showInstant(row.recordedAt)}
    </span>
    {remove ? (
      <button type="button" className="text-button" onClick={() => remove(row)}>
        移除
      </button>
    ) : (
      <span />
    )}
  </div>
);

function RemoveDialog({ row, close }: { row: AttachmentRow | undefined; close: () => void }) {
  const [reason, setReason] = useState('');
  const write = useWrite(
    (of: AttachmentRow, options) => api.post(`/api/attachments/${of.guarantorId}/${of.id}/remove`, { reason }, options),
    () => {
      setReason('');
      close();
    },
  );
  return (
    <Modal
      title="移除附件"
      open={row !== undefined}
      onCancel={close}
      okText="移除"
      cancelText="取消"
      okButtonProps={{ disabled: reason.trim().length < 2 }}
      confirmLoading={write.isPending}
      onOk={() => row && write.mutate(row)}
    >
      <p>「{row?.name}」将不再计入资料清单；原件与移除记录保留备查。</p>
      <Input.TextArea
        value={reason}
        maxLength={500}
        rows={2}
        placeholder="移除原因"
        aria-label="移除原因"
        onChange={(event) => setReason(event.target.value)}
      />
      <RefusalList problem={write.error} />
    </Modal>
  );
}
