import { useQuery } from '@tanstack/react-query';
import type { AttachmentRow } from '../../../src/modules/attachments/contract.ts';
import { api, type Listing } from '../../api.ts';
import { showInstant, UploadBox } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

/** What is on file for a subject, and the way to add to it. */
export function Evidence({ subject, item }: { subject: string; item: string }) {
  const mayAdd = useMay('attachments.write');
  const query = useQuery({
    queryKey: ['attachments', subject],
    queryFn: ({ signal }) => api.get<Listing<AttachmentRow>>('/api/attachments', { subject }, signal),
  });
  return (
    <div style={{ display: 'grid', gap: 8, marginBottom: 12 }}>
      <QueryState query={query} rows={1}>
        {({ rows }) =>
          rows.length === 0 ? (
            <div className="field-hint">还没有照片或材料。</div>
          ) : (
            <ul className="care-bad-rows">
              {rows.map((row) => (
                <li key={row.id}>
                  <a href={`/api/attachments/${row.guarantorId}/${row.id}/content`}>{row.name}</a>　{row.uploadedBy}　
                  {showInstant(row.recordedAt)}
                </li>
              ))}
            </ul>
          )
        }
      </QueryState>
      {mayAdd && (
        <UploadBox
          url="/api/attachments"
          accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
          maxMegabytes={200}
          fields={{ subject, item }}
          hint="照片或材料；按内容识别类型，不超过 200 MB"
          onUploaded={() => void query.refetch()}
        />
      )}
    </div>
  );
}
