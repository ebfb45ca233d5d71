import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Select, Table } from 'antd';
import { useState } from 'react';
import { type KindCode, kinds } from '../../../src/modules/documents/contract/kinds.ts';
import type { BlockWire, VersionRow } from '../../../src/modules/documents/contract.ts';
import { api, type Listing, withQuery } from '../../api.ts';
import { StatusBadge, showInstant, showWireDay, useFilters, useOwnGuarantor } from '../../fields/index.ts';
import { PaperView } from '../../fields/paper-view.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { Compare } from './compare.tsx';
import { UploadVersion, VersionVerbs } from './version-verbs.tsx';

type Shown = string | 'compare';
const looks = {
  draft: ['mute', '草稿'],
  approving: ['busy', '审批中'],
  'in-force': ['good', '已启用'],
  withdrawn: ['mute', '已停用'],
} as const;

/** One kind of paper: its versions with the fields found in each, a preview with sample values, and what changed between two. */
export default function TemplatePage() {
  const { code } = useParams({ strict: false }) as { code: KindCode };
  const own = useOwnGuarantor();
  const [filters] = useFilters();
  const guarantorId = filters.guarantorId ?? own;
  const mayWrite = useMay('templates.write');
  const [shown, setShown] = useState<Shown>('sample');
  const base = `/api/document-templates/${code}`;
  const query = useQuery({
    queryKey: ['template-versions', code, guarantorId],
    queryFn: ({ signal }) => api.get<Listing<VersionRow>>(`${base}/versions`, { guarantorId, limit: 200 }, signal),
  });
  const versions = query.data?.rows ?? [];
  return (
    <Page
      title={`${kinds[code]?.title ?? ''}模板`}
      note="在 Word 或 WPS 里写 {{字段}}；重复的表格行写 {{#重复段}}…{{/重复段}}；盖章处写 {{印章}}"
      trail={[
        { title: '文书', to: '/documents' },
        { title: '文书模板', to: '/documents/templates' },
      ]}
      actions={
        <>
          <Button href={`${base}/sample.docx`}>下载样例文本</Button>
          {mayWrite && <UploadVersion code={code} guarantorId={guarantorId} then={(id) => setShown(String(id))} />}
        </>
      }
    >
      <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 1fr) minmax(0, 1fr)' }}>
        <div style={{ display: 'grid', gap: 12, alignContent: 'start' }}>
          <Panel title="版本" flush>
            <QueryState query={query}>
              {({ rows }) => (
                <Table<VersionRow>
                  // Drawn anew after an upload, so that the fields found in the new version are open.
                  key={rows[0]?.id ?? 0}
                  size="small"
                  rowKey="id"
                  pagination={false}
                  dataSource={[...rows]}
                  columns={columns(mayWrite)}
                  locale={{ emptyText: '还没有本机构的模板，现用样例文本' }}
                  expandable={{
                    expandedRowRender: (row) => <FieldsFound row={row} />,
                    defaultExpandedRowKeys: rows.slice(0, 1).map((row) => row.id),
                  }}
                  onRow={(row) => ({ style: { cursor: 'pointer' }, onClick: () => setShown(String(row.id)) })}
                />
              )}
            </QueryState>
          </Panel>
          <Panel title="可用字段" note="写在模板里的字段须在此列；金额另有「字段大写」">
            <Available code={code} />
          </Panel>
        </div>
        <Panel
          title={shown === 'compare' ? '版本比较' : '预览'}
          note={shown === 'compare' ? '' : '以样例数据填写'}
          extra={
            <span style={{ display: 'flex', gap: 8 }}>
              <Select
                size="small"
                style={{ width: 150 }}
                aria-label="预览哪个版本"
                value={shown}
                options={[
                  { value: 'sample', label: '样例文本' },
                  ...versions.map((row) => ({ value: String(row.id), label: `第 ${row.version} 版` })),
                  ...(versions.length > 0 ? [{ value: 'compare', label: '比较两个版本' }] : []),
                ]}
                onChange={setShown}
              />
              {shown !== 'compare' && (
                <Button size="small" href={withQuery(`${base}/preview.pdf`, { guarantorId, version: shown })}>
                  预览 PDF
                </Button>
              )}
            </span>
          }
        >
          {shown === 'compare' ? (
            <Compare code={code} guarantorId={guarantorId} versions={versions} />
          ) : (
            <Preview code={code} guarantorId={guarantorId} version={shown} />
          )}
        </Panel>
      </div>
    </Page>
  );
}

const columns = (mayWrite: boolean) => [
  { title: '版本', width: 56, render: (_: unknown, row: VersionRow) => row.version },
  {
    title: '状态',
    width: 84,
    render: (_: unknown, row: VersionRow) => (
      <StatusBadge tone={looks[row.status][0]}>{looks[row.status][1]}</StatusBadge>
    ),
  },
  { title: '启用日', width: 96, render: (_: unknown, row: VersionRow) => (row.fromOn ? showWireDay(row.fromOn) : '—') },
  { title: '说明', render: (_: unknown, row: VersionRow) => row.note || row.fileName },
  ...(mayWrite ? [{ title: '', width: 96, render: (_: unknown, row: VersionRow) => <VersionVerbs row={row} /> }] : []),
];

const FieldsFound = ({ row }: { row: VersionRow }) => (
  <div style={{ fontSize: 12 }}>
    <div>找到的字段：{row.fields.join('、')}</div>
    {Object.entries(row.groups).map(([name, fields]) => (
      <div key={name}>
        重复段 {name}：{fields.join('、')}
      </div>
    ))}
    {row.unshown.length > 0 && <div style={{ color: 'var(--warn)' }}>PDF 中不呈现：{row.unshown.join('、')}</div>}
    <div className="muted">
      {row.uploadedBy} {showInstant(row.recordedAt)} 上传　
      <a href={`/api/document-templates/versions/${row.guarantorId}/${row.id}/content`}>下载</a>
    </div>
  </div>
);

const typeTitles = { text: '文字', money: '金额', day: '日期', ratio: '比例' } as const;

function Available({ code }: { code: KindCode }) {
  const { fields, rows } = kinds[code];
  const list = (of: Readonly<Record<string, { type: keyof typeof typeTitles }>>) =>
    Object.entries(of)
      .map(([name, { type }]) => (type === 'text' ? name : `${name}（${typeTitles[type]}）`))
      .join('、');
  return (
    <div style={{ fontSize: 13, lineHeight: 1.8 }}>
      <div>{list(fields)}</div>
      {Object.entries(rows).map(([name, own]) => (
        <div key={name}>
          重复段 {name}：{list(own)}
        </div>
      ))}
      <div className="muted">系统填写：文号、出具日期、出具日期大写、担保机构、印章</div>
    </div>
  );
}

type PreviewProps = { readonly code: string; readonly guarantorId: string | undefined; readonly version: string };

function Preview({ code, guarantorId, version }: PreviewProps) {
  const query = useQuery({
    queryKey: ['template-preview', code, guarantorId, version],
    queryFn: ({ signal }) =>
      api.get<{ blocks: BlockWire[] }>(`/api/document-templates/${code}/preview`, { guarantorId, version }, signal),
  });
  return (
    <QueryState query={query}>
      {({ blocks }) => <PaperView blocks={blocks} mark={version === 'sample' ? '样例文本' : '预览'} />}
    </QueryState>
  );
}
