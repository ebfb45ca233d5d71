import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import type { SourceWire, VisitLine } from '../../../src/modules/batches/contract.ts';
import { api } from '../../api.ts';
import {
  type Column,
  DataTable,
  DayText,
  Facts,
  RefusalList,
  StatusBadge,
  showInstant,
  showWireDay,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { SourceForm } from './source-form.tsx';
import { useLiveList } from './use-live-list.ts';
import { visitLooks } from './wire.ts';
import './batches.css';

/** SFTP 来源: how each bank's server is reached and since when, visits to them, and the visit right now. */
export default function SourcesPage() {
  const [editing, setEditing] = useState<SourceWire | 'new'>();
  const onLoaded = useLiveList('/api/batches/visits', isRunning);
  const sources = useQuery({
    queryKey: ['batches', 'sources'],
    queryFn: ({ signal }) => api.get<{ rows: readonly SourceWire[] }>('/api/batches/sources', {}, signal),
  });
  return (
    <Page
      title="SFTP 来源"
      note="私钥不进数据库：这里只写服务器上环境变量的名字。改设置成为新的一版，从启用日起用；以往的取件仍可查到当时的设置。"
      actions={
        <Button type="primary" onClick={() => setEditing('new')}>
          新增来源
        </Button>
      }
    >
      <QueryState query={sources} rows={4}>
        {({ rows }) =>
          rows.length === 0 ? (
            <Panel>
              <EmptyState title="还没有 SFTP 来源" next="与银行约好地址、账号与文件夹后，点右上角“新增来源”。" />
            </Panel>
          ) : (
            rows.map((source) => <SourcePanel key={source.bankId} source={source} edit={() => setEditing(source)} />)
          )
        }
      </QueryState>
      <DataTable<VisitLine>
        url="/api/batches/visits"
        columns={visitColumns}
        rowKey={(row) => row.id}
        onLoaded={onLoaded}
        unit={null}
        empty={{ title: '还没有取件', next: '夜间自动取；也可在上面点“现在取件”。' }}
      />
      {editing && <SourceForm source={editing === 'new' ? undefined : editing} close={() => setEditing(undefined)} />}
    </Page>
  );
}

const isRunning = ({ state }: VisitLine): boolean => state === 'running';

function SourcePanel({ source, edit }: { source: SourceWire; edit: () => void }) {
  const visit = useWrite((bankId: number, options) =>
    api.post<VisitLine>(`/api/batches/sources/${bankId}/visits`, undefined, options),
  );
  return (
    <Panel
      title={source.bankName}
      note={`第 ${source.version} 版，${showWireDay(source.fromOn)} 起　${source.recordedBy} ${showInstant(source.recordedAt)}`}
      extra={
        <span className="batch-buttons">
          <Button size="small" onClick={edit}>
            改设置
          </Button>
          <Button
            size="small"
            type="primary"
            disabled={!source.isInForce}
            loading={visit.isPending}
            onClick={() => visit.mutate(source.bankId)}
          >
            现在取件
          </Button>
        </span>
      }
    >
      <Facts
        facts={[
          { name: '状态', value: <SourceState source={source} /> },
          { name: '服务器', value: <code>{`${source.username}@${source.host}:${source.port}`}</code> },
          {
            name: '私钥（环境变量）',
            value: (
              <>
                <code>{source.keyEnv}</code>{' '}
                <StatusBadge tone={source.hasKey ? 'good' : 'bad'}>
                  {source.hasKey ? '已设置' : '服务器上没有'}
                </StatusBadge>
              </>
            ),
          },
          { name: '公钥指纹（SHA256）', value: <code>{source.hostKeySha256}</code> },
          { name: '取 / 放回 / 移走', value: <code>{`${source.inbox}　${source.outbox}　${source.done}`}</code> },
          {
            name: '产品 / 机构 / 映射',
            value: `${source.productCode} / ${source.guarantorCode ?? '逐行写明'} / ${source.profileCode ?? '标准模板'}`,
          },
        ]}
      />
      {visit.error && <RefusalList problem={visit.error} />}
      {source.earlier.length > 0 && (
        <details className="batch-earlier">
          <summary>以往 {source.earlier.length} 版</summary>
          {source.earlier.map((each) => (
            <div key={each.version}>
              第 {each.version} 版，
              <DayText value={each.fromOn} /> 起，{each.isActive ? '启用' : '停用'}：{each.username}@{each.host}:
              {each.port}，{each.recordedBy}
            </div>
          ))}
        </details>
      )}
    </Panel>
  );
}

function SourceState({ source }: { source: SourceWire }) {
  if (!source.isActive) return <StatusBadge tone="mute">停用</StatusBadge>;
  return source.isInForce ? (
    <StatusBadge tone="good">启用</StatusBadge>
  ) : (
    <StatusBadge tone="warn">还没到启用日，之前照上一版</StatusBadge>
  );
}

const visitColumns: readonly Column<VisitLine>[] = [
  { key: 'bank', title: '银行', width: 130, render: (row) => row.bankName },
  { key: 'started', title: '开始', width: 140, render: (row) => showInstant(row.startedAt) },
  { key: 'by', title: '由谁', width: 130, render: (row) => row.startedBy },
  {
    key: 'state',
    title: '结果',
    width: 100,
    render: (row) => <StatusBadge tone={visitLooks[row.state].tone}>{visitLooks[row.state].title}</StatusBadge>,
  },
  { key: 'answered', title: '取走并答复', width: 200, render: (row) => row.answered.join('、') },
  { key: 'refused', title: '整份退回', width: 140, render: (row) => row.refused.join('、') },
  { key: 'waiting', title: '还没写完', width: 140, render: (row) => row.waiting.join('、') },
  { key: 'problem', title: '为何没取成', width: 260, render: (row) => row.problem ?? '' },
];
