import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Input, Modal, Table } from 'antd';
import { useState } from 'react';
import type { KindList, KindRow } from '../../../src/modules/documents/contract.ts';
import { api } from '../../api.ts';
import {
  InstitutionField,
  RefusalList,
  StatusBadge,
  showWireDay,
  useFilters,
  useOwnGuarantor,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

/** 文书模板: every kind of paper, which text is in force, and the 字号. */
export default function TemplatesPage() {
  const own = useOwnGuarantor();
  const router = useRouter();
  const mayWrite = useMay('templates.write');
  const [filters, setFilters] = useFilters();
  const guarantorId = filters.guarantorId ?? own;
  const query = useQuery({
    queryKey: ['document-kinds', guarantorId],
    queryFn: ({ signal }) => api.get<KindList>('/api/document-templates', { guarantorId }, signal),
    enabled: guarantorId !== undefined,
  });
  return (
    <Page
      title="文书模板"
      note={
        query.data
          ? `${query.data.guarantor}　没有本机构模板的，用随系统提供的样例文本（非法律意见）`
          : '本机构自己的文本，用 DOCX 编辑'
      }
      trail={[{ title: '文书', to: '/documents' }]}
      actions={query.data && mayWrite && <Numbering list={query.data} />}
    >
      {own === undefined && (
        <div>
          <InstitutionField
            kind="guarantor"
            placeholder="选择担保机构"
            value={guarantorId}
            onChange={(chosen) => setFilters({ guarantorId: chosen })}
          />
        </div>
      )}
      {guarantorId !== undefined && (
        <Panel flush>
          <QueryState query={query} rows={8}>
            {(list) => (
              <Table<KindRow>
                size="small"
                rowKey="code"
                pagination={false}
                dataSource={[...list.rows]}
                columns={columns(list.prefix)}
                onRow={(row) => ({
                  style: { cursor: 'pointer' },
                  onClick: () =>
                    router.history.push(`/documents/templates/${row.code}?guarantorId=${list.guarantorId}`),
                })}
              />
            )}
          </QueryState>
        </Panel>
      )}
    </Page>
  );
}

const columns = (prefix: string) => [
  { title: '文书', width: 130, render: (_: unknown, row: KindRow) => <b>{row.title}</b> },
  {
    title: '字号',
    width: 200,
    render: (_: unknown, row: KindRow) => `${prefix}${row.mark}〔年〕n号`,
  },
  {
    title: '现行文本',
    width: 220,
    render: (_: unknown, row: KindRow) =>
      row.inForce ? (
        <StatusBadge tone="good">{`第 ${row.inForce.version} 版，${showWireDay(row.inForce.fromOn)} 起`}</StatusBadge>
      ) : (
        <StatusBadge tone="warn">样例文本</StatusBadge>
      ),
  },
  {
    title: '可用字段',
    render: (_: unknown, row: KindRow) => (
      <span className="muted">
        {row.fields.map((field) => field.name).join('、')}
        {row.groups.map((group) => `；重复段 ${group.name}`).join('')}
      </span>
    ),
  },
];

function Numbering({ list }: { list: KindList }) {
  const [isOpen, setOpen] = useState(false);
  const [prefix, setPrefix] = useState(list.prefix);
  const write = useWrite(
    (to: string, options) =>
      api.put('/api/document-templates/numbering', { guarantorId: list.guarantorId, prefix: to }, options),
    () => setOpen(false),
  );
  return (
    <>
      <Button onClick={() => setOpen(true)}>设定字号</Button>
      <Modal
        title="设定字号"
        open={isOpen}
        onCancel={() => setOpen(false)}
        okText="保存"
        cancelText="取消"
        confirmLoading={write.isPending}
        onOk={() => write.mutate(prefix.trim())}
      >
        <p>文号形如「{prefix || '字号'}意〔2026〕12号」，每种文书每年连续编号。改动只影响此后制作的文书。</p>
        <Input value={prefix} maxLength={12} aria-label="字号" onChange={(event) => setPrefix(event.target.value)} />
        <RefusalList problem={write.error} />
      </Modal>
    </>
  );
}
