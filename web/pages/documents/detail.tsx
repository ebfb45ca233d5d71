import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Input, Modal } from 'antd';
import { useState } from 'react';
import type { DocumentDetail } from '../../../src/modules/documents/contract.ts';
import { api } from '../../api.ts';
import { AttachmentList } from '../../fields/attachment-list.tsx';
import { type Fact, Facts, MoneyText, RefusalList, StatusBadge, showInstant, useWrite } from '../../fields/index.ts';
import { PaperView } from '../../fields/paper-view.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

/** One paper: its text, its facts, how it can be checked, and revoking it. */
export default function DocumentPage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const url = `/api/documents/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['document', guarantorId, id],
    queryFn: ({ signal }) => api.get<DocumentDetail>(url, {}, signal),
  });
  const mayFiles = useMay('attachments.read');
  const found = query.data;
  return (
    <Page
      title={found ? `${found.title}　${found.number}` : '文书'}
      note={found?.guarantor}
      trail={[{ title: '文书', to: '/documents' }]}
      actions={
        found && (
          <>
            {found.mayRevoke && <Revoke url={url} number={found.number} />}
            <Button href={`${url}/docx`}>下载 DOCX</Button>
            <Button href={`${url}/pdf`}>下载 PDF</Button>
            <Button type="primary" href={`${url}/pdf?inline=true`} target="_blank">
              打开 PDF
            </Button>
          </>
        )
      }
    >
      <QueryState query={query} rows={10}>
        {(paper) => (
          <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 7fr) minmax(0, 4fr)' }}>
            <Panel title="正文" note="与 PDF 同一份内容；二维码与印章见 PDF">
              <PaperView blocks={paper.blocks} mark={markOf(paper)} />
            </Panel>
            <div style={{ display: 'grid', gap: 12, alignContent: 'start' }}>
              <Panel
                title="登记"
                extra={
                  paper.status === 'issued' ? (
                    <StatusBadge tone="good">有效</StatusBadge>
                  ) : (
                    <StatusBadge tone="bad">已作废</StatusBadge>
                  )
                }
              >
                <Facts columns={2} facts={factsOf(paper)} />
              </Panel>
              <Panel title="签名与查验">
                <Facts columns={1} facts={proofOf(paper)} />
              </Panel>
              {mayFiles && (
                <Panel title="签章回传" note="各方签章后的扫描件">
                  <AttachmentList
                    subject={`document:${paper.guarantorId}/${paper.id}`}
                    checklist={signedCopies}
                    isReadOnly={paper.status === 'revoked'}
                  />
                </Panel>
              )}
            </div>
          </div>
        )}
      </QueryState>
    </Page>
  );
}

const signedCopies = [{ code: 'signed-copy', title: '签章扫描件', required: false }];

const markOf = (paper: DocumentDetail): string | undefined => {
  if (paper.status === 'revoked') return '已作废';
  return paper.templateVersion === 0 ? '样例文本' : undefined;
};

const factsOf = (paper: DocumentDetail): Fact[] => [
  { name: '客户', value: paper.customerName ?? '—' },
  { name: '致送银行', value: paper.bankName ?? '—' },
  { name: '金额', value: <MoneyText value={paper.amount} unit="元" withUnit /> },
  { name: '模板', value: paper.templateVersion === 0 ? '随系统样例文本' : `第 ${paper.templateVersion} 版` },
  { name: '制作人', value: paper.issuedBy },
  { name: '签发时间', value: showInstant(paper.issuedAt) },
  ...(paper.status === 'revoked'
    ? [
        { name: '作废', value: `${paper.revokedBy ?? ''} ${showInstant(paper.revokedAt)}` },
        { name: '作废原因', value: paper.revokedWhy },
      ]
    : []),
];

const proofOf = (paper: DocumentDetail): Fact[] => [
  { name: '核验码', value: <b>{paper.checkCode}</b> },
  { name: '内容摘要（SM3）', value: <code>{paper.contentHash}</code> },
  { name: '签名密钥', value: <code>{paper.keyId}</code> },
  { name: 'PDF 摘要（SM3）', value: <code>{paper.pdfSm3}</code> },
  {
    name: '公开查验',
    value: (
      <a href={`/verify-letter?d=${paper.payload}`} target="_blank" rel="noreferrer">
        打开查验页（与扫二维码相同）
      </a>
    ),
  },
];

function Revoke({ url, number }: { url: string; number: string }) {
  const [isOpen, setOpen] = useState(false);
  const [reason, setReason] = useState('');
  const write = useWrite(
    (why: string, options) => api.post(`${url}/revoke`, { reason: why }, options),
    () => setOpen(false),
  );
  return (
    <>
      <Button danger onClick={() => setOpen(true)}>
        作废
      </Button>
      <Modal
        title={`作废 ${number}`}
        open={isOpen}
        onCancel={() => setOpen(false)}
        okText="确认作废"
        okButtonProps={{ danger: true, disabled: reason.trim().length < 2 }}
        cancelText="取消"
        confirmLoading={write.isPending}
        onOk={() => write.mutate(reason.trim())}
      >
        <p>作废后不可恢复，文号不再使用；此后任何人查验都会得知已作废。原因只在系统内可见。</p>
        <Input.TextArea
          value={reason}
          maxLength={500}
          rows={3}
          placeholder="作废原因"
          aria-label="作废原因"
          onChange={(event) => setReason(event.target.value)}
        />
        <RefusalList problem={write.error} />
      </Modal>
    </>
  );
}
