import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Modal, Radio, Select } from 'antd';
import { useState } from 'react';
import type { ObjectionRow } from '../../../src/modules/feedback/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  RefusalList,
  StatusBadge,
  showInstant,
  useFilters,
  useWrite,
} from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { objectionLooks } from './looks.tsx';

/** Objections, of one certificate or all in sight, and the way to answer them. */
export function ObjectionTable({ certificateId }: { certificateId?: string }) {
  const [filters, setFilters] = useFilters();
  const [answering, setAnswering] = useState<ObjectionRow>();
  const mayAnswer = useMay('feedback.answer');
  return (
    <>
      <DataTable<ObjectionRow>
        url="/api/feedback/objections"
        filters={{ certificateId, status: filters.objections }}
        columns={mayAnswer ? [...columns, answerColumn(setAnswering)] : columns}
        rowKey={(row) => row.id}
        unit={null}
        tools={
          <Select
            allowClear
            placeholder="全部异议"
            aria-label="异议状态"
            style={{ width: 140 }}
            value={filters.objections ?? null}
            options={Object.entries(objectionLooks).map(([value, look]) => ({ value, label: look.title }))}
            onChange={(chosen) => setFilters({ objections: chosen ?? undefined })}
          />
        }
        empty={{ title: '没有异议', next: '在凭证的“逐笔明细”里可对任一笔提出异议；异议期满后定稿。' }}
      />
      {answering && <AnswerDialog objection={answering} close={() => setAnswering(undefined)} />}
    </>
  );
}

const columns: readonly Column<ObjectionRow>[] = [
  {
    key: 'status',
    title: '状态',
    width: 120,
    render: (row) => (
      <StatusBadge tone={objectionLooks[row.status].tone}>{objectionLooks[row.status].title}</StatusBadge>
    ),
  },
  {
    key: 'certificate',
    title: '凭证',
    width: 180,
    render: (row) => <Link to={`/feedback/${row.certificateId}` as string}>{row.certificateNumber}</Link>,
  },
  { key: 'target', title: '异议对象', width: 160, render: (row) => row.target },
  {
    key: 'reason',
    title: '理由与依据',
    width: 260,
    render: (row) => (
      <div className="feedback-wrap">
        {row.reason}
        {row.evidence && <div className="muted">依据：{row.evidence}</div>}
      </div>
    ),
  },
  {
    key: 'answer',
    title: '答复',
    width: 240,
    render: (row) => (
      <div className="feedback-wrap">
        {row.answer}
        {row.settledBy && (
          <div>
            已由 <Link to={`/feedback/${row.settledBy.id}` as string}>{row.settledBy.number}</Link> 更正
          </div>
        )}
      </div>
    ),
  },
  { key: 'by', title: '提出', width: 170, render: (row) => `${row.raisedBy} ${showInstant(row.raisedAt)}` },
  {
    key: 'answered',
    title: '答复人',
    width: 170,
    render: (row) => (row.answeredBy ? `${row.answeredBy} ${showInstant(row.answeredAt)}` : ''),
  },
];

const answerColumn = (open: (row: ObjectionRow) => void): Column<ObjectionRow> => ({
  key: 'do',
  title: '',
  width: 76,
  fixed: 'right',
  render: (row) =>
    row.status === 'open' ? (
      <Button size="small" type="primary" onClick={() => open(row)}>
        答复
      </Button>
    ) : null,
});

type Fields = { verdict: 'rejected' | 'upheld'; answer: string };

function AnswerDialog({ objection, close }: { objection: ObjectionRow; close: () => void }) {
  const answer = useWrite(
    (fields: Fields, options) => api.post(`/api/feedback/objections/${objection.id}/answer`, fields, options),
    close,
  );
  return (
    <Modal title={`答复异议：${objection.target}`} open footer={null} onCancel={close}>
      <p>
        {objection.raisedBy}：{objection.reason}
        {objection.evidence && <span className="muted">（依据：{objection.evidence}）</span>}
      </p>
      <Form<Fields>
        layout="vertical"
        initialValues={{ verdict: 'rejected' }}
        onFinish={(fields) => answer.mutate(fields)}
      >
        <Form.Item name="verdict" label="结论">
          <Radio.Group
            options={[
              { value: 'rejected', label: '维持原数' },
              { value: 'upheld', label: '异议成立，须更正' },
            ]}
          />
        </Form.Item>
        <Form.Item
          name="answer"
          label="答复理由"
          rules={[{ required: true, min: 4, message: '请写明理由（至少 4 字）' }]}
        >
          <Input.TextArea rows={3} maxLength={2000} />
        </Form.Item>
        {answer.error && <RefusalList problem={answer.error} />}
        <Button type="primary" htmlType="submit" loading={answer.isPending}>
          答复
        </Button>
      </Form>
    </Modal>
  );
}
