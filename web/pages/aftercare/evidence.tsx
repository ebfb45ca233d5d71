import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AttachmentRow } from '../../../src/modules/attachments/contract.ts';
import { api, type Listing } from '../../api.ts';
import { showInstant, UploadBox } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

type EvidenceProps = { readonly subject: string; readonly item: string; readonly hint?: string };

/** What is on file for one entry of a subject, and the way to add to it. */
export function Evidence({ subject, item, hint = '照片或材料' }: EvidenceProps) {
  const mayAdd = useMay('attachments.write');
  const queries = useQueryClient();
  const query = useQuery({
    queryKey: ['attachments', subject],
    queryFn: ({ signal }) => api.get<Listing<AttachmentRow>>('/api/attachments', { subject }, signal),
  });
  return (
    <div style={{ display: 'grid', gap: 8, marginBottom: 12 }}>
      <QueryState query={query} rows={1}>
        {({ rows }) => {
          const own = rows.filter((row) => row.itemCode === item);
          if (own.length === 0) return <div className="field-hint">还没有上传。</div>;
          return (
            <ul className="care-bad-rows">
              {own.map((row) => (
                <li key={row.id}>
                  <a href={`/api/attachments/${row.guarantorId}/${row.id}/content`}>{row.name}</a>　{row.uploadedBy}　
                  {showInstant(row.recordedAt)}
                </li>
              ))}
            </ul>
          );
        }}
      </QueryState>
      {mayAdd && (
        <UploadBox
          url="/api/attachments"
          accept=".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd"
          maxMegabytes={200}
          fields={{ subject, item }}
          hint={`${hint}；按内容识别类型，不超过 200 MB`}
          onUploaded={() => void queries.invalidateQueries()}
        />
      )}
    </div>
  );
}
