import { useQuery } from '@tanstack/react-query';
import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import type { BatchRow, ReadBackAnswer } from '../../../src/modules/filings/contract.ts';
import { api, type Listing } from '../../api.ts';
import { showInstant, UploadBox, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { DeskBatch } from './desk-batch.tsx';
import './filings.css';

/** 备案审核: batches that wait, and the rows of the chosen one to confirm or deny. */
export default function DeskPage() {
  const [filters, setFilters] = useFilters();
  const [isImporting, setImporting] = useState(false);
  const query = useQuery({
    queryKey: ['filings', 'desk'],
    queryFn: ({ signal }) =>
      api.get<Listing<BatchRow>>('/api/filings/batches', { waiting: 'true', limit: 200 }, signal),
  });
  return (
    <Page
      title="备案审核"
      trail={[{ title: '再担保备案', to: '/filings' }]}
      note="逐笔或整批确认；驳回须写明原因，退回后机构更正再报。"
      actions={<Button onClick={() => setImporting(true)}>导入回读文件</Button>}
    >
      <QueryState query={query} rows={8}>
        {({ rows }) => {
          const chosen = rows.find((row) => keyOf(row) === filters.batch) ?? rows[0];
          if (!chosen)
            return (
              <Panel>
                <EmptyState title="没有待审核的批次" next="担保机构申报后会出现在这里和您的待办里。" />
              </Panel>
            );
          return (
            <div className="filing-desk">
              <Panel title="待审核批次" note={`${rows.length} 批`} flush>
                <div className="filing-batches">
                  {rows.map((row) => (
                    <button
                      key={keyOf(row)}
                      type="button"
                      className="filing-batch"
                      aria-pressed={row === chosen}
                      onClick={() => setFilters({ batch: keyOf(row) })}
                    >
                      <b>
                        {row.guarantorName}　{row.month}
                      </b>
                      <span>{row.waiting} 笔待审</span>
                      <small>
                        {showInstant(row.submittedAt)} 申报{row.isLate ? '，逾期' : ''}
                        {row.warned > 0 ? `；${row.warned} 笔有提示` : ''}
                      </small>
                    </button>
                  ))}
                </div>
              </Panel>
              <DeskBatch key={keyOf(chosen)} of={chosen} />
            </div>
          );
        }}
      </QueryState>
      {isImporting && <ReadBackDialog close={() => setImporting(false)} />}
    </Page>
  );
}

const keyOf = (row: BatchRow): string => `${row.guarantorId}-${row.id}`;

function ReadBackDialog({ close }: { readonly close: () => void }) {
  const { message } = App.useApp();
  const [answer, setAnswer] = useState<ReadBackAnswer>();
  return (
    <Modal title="导入回读文件" open width={720} footer={<Button onClick={close}>关闭</Button>} onCancel={close}>
      {!answer && (
        <UploadBox<ReadBackAnswer>
          url="/api/filings/read-backs"
          accept=".csv,.xlsx"
          hint="再担保机构业务系统导出的备案结果：须有「唯一业务编号」「审核结果」两列，可有驳回原因、项目备案证、上报融担基金批次、借款人名称、保证合同号。"
          onUploaded={(found) => {
            setAnswer(found);
            void message.success(`已采纳 ${found.confirmed + found.denied} 行`);
          }}
        />
      )}
      {answer && (
        <>
          <p>
            共 {answer.rows} 行：确认 <b>{answer.confirmed}</b>，驳回 <b>{answer.denied}</b>，此前已采纳{' '}
            <b>{answer.already}</b>，未采纳 <b>{answer.refused}</b>
          </p>
          {answer.lines.length > 0 && (
            <div style={{ maxHeight: 320, overflow: 'auto' }}>
              <table className="dense">
                <thead>
                  <tr>
                    <th>行</th>
                    <th>唯一业务编号</th>
                    <th>未采纳的原因</th>
                  </tr>
                </thead>
                <tbody>
                  {answer.lines.map((line) => (
                    <tr key={line.line}>
                      <td>{line.line}</td>
                      <td>{line.businessNo}</td>
                      <td>{line.message}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </>
      )}
    </Modal>
  );
}
