import { SafetyOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, DatePicker, Input, Select } from 'antd';
import dayjs from 'dayjs';
import type { z } from 'zod';
import type { auditEntryWire, auditVerifyWire } from '../../../src/modules/audit/contract.ts';
import { api } from '../../api.ts';
import { type Column, DataTable, RefusalList, showInstant, useFilters } from '../../fields/index.ts';
import { Page } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { moduleOptions, subjectUrl } from './titles.ts';
import { VerifyResult } from './verify-result.tsx';

type Entry = z.infer<typeof auditEntryWire>;
type Verdict = z.infer<typeof auditVerifyWire>;

/** 审计日志: who did what to which record, append-only and chained, with its proof. */
export default function AuditPage() {
  const me = useMe();
  const mayVerify = useMay('audit.verify');
  const [filters, setFilters] = useFilters();
  const verify = useMutation({ mutationFn: () => api.post<Verdict>('/api/audit/verify') });
  return (
    <Page
      title="审计日志"
      note="只增不改，逐条以 SM3 相连；改动、删除、插入任何一条，验证都会指出位置"
      actions={
        mayVerify && (
          <Button type="primary" icon={<SafetyOutlined />} loading={verify.isPending} onClick={() => verify.mutate()}>
            验证
          </Button>
        )
      }
    >
      {verify.data && <VerifyResult verdict={verify.data} />}
      {verify.error && <RefusalList problem={verify.error} />}
      <DataTable<Entry>
        key={verify.data ? 'verified' : 'plain'}
        url="/api/audit"
        filters={filters}
        columns={columns}
        rowKey={(row) => `${row.chain}/${row.seq}`}
        tools={
          <>
            <Select
              allowClear
              placeholder="全部模块"
              aria-label="模块"
              style={{ width: 150 }}
              value={filters.action ?? null}
              options={moduleOptions}
              onChange={(action) => setFilters({ action: action ?? undefined })}
            />
            <Input.Search
              allowClear
              key={`s${filters.subject ?? ''}`}
              defaultValue={filters.subject ?? ''}
              placeholder="对象代码开头"
              aria-label="对象"
              style={{ width: 230 }}
              onSearch={(subject) => setFilters({ subject: subject.trim() })}
            />
            <DatePicker.RangePicker
              value={[filters.from ? dayjs(filters.from) : null, filters.to ? dayjs(filters.to) : null]}
              allowEmpty={[true, true]}
              placeholder={['日期从', '到']}
              style={{ width: 230 }}
              onChange={(range) =>
                setFilters({ from: range?.[0]?.format('YYYY-MM-DD'), to: range?.[1]?.format('YYYY-MM-DD') })
              }
            />
          </>
        }
        empty={{ title: '没有符合条件的记录', next: '放宽模块、对象或日期再查。' }}
        asOf={me.today}
        unit={null}
      />
    </Page>
  );
}

const columns: readonly Column<Entry>[] = [
  { key: 'recordedAt', title: '时间', width: 132, render: (row) => showInstant(row.recordedAt) },
  { key: 'user', title: '操作人', width: 120, render: (row) => row.user.name },
  {
    key: 'action',
    title: '动作',
    width: 150,
    render: (row) => <span title={row.action}>{row.actionTitle}</span>,
  },
  {
    key: 'subject',
    title: '对象',
    width: 140,
    render: (row) => {
      const url = subjectUrl(row.subject);
      return url ? <Link to={url as string}>{row.subjectTitle}</Link> : row.subjectTitle;
    },
  },
  {
    key: 'detail',
    title: '内容',
    width: 360,
    render: (row) => <span title={row.detail}>{row.detailText}</span>,
  },
  {
    key: 'chain',
    title: '链·序号',
    width: 96,
    render: (row) => `${row.chain === '0' ? '平台' : row.chain}·${row.seq}`,
  },
  {
    key: 'hash',
    title: '摘要（SM3）',
    width: 150,
    render: (row) => <code title={row.hash}>{row.hash.slice(0, 16)}…</code>,
  },
];
