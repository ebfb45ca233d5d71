import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, type Listing } from '../../api.ts';
import './documents.css';

type Kind = 'guarantee' | 'case' | 'release';
type Row = { guarantorId: number; id: string; contractNo?: string; number?: string; customerName: string | null };
type SubjectFieldProps = {
  readonly value: string | undefined;
  readonly onChange: (subject: string | undefined) => void;
};

const sources: Readonly<Record<Kind, { title: string; url: string }>> = {
  guarantee: { title: '保函', url: '/api/guarantees' },
  case: { title: '担保项目', url: '/api/cases' },
  release: { title: '解保', url: '/api/aftercare/releases' },
};

/** What a paper is about: its kind, then found by contract or project number or customer. The value is 'guarantee:26/118'. */
export function SubjectField({ value, onChange }: SubjectFieldProps) {
  const given = value?.split(':')[0] as Kind | undefined;
  const [kind, setKind] = useState<Kind>(given && given in sources ? given : 'guarantee');
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['paper-subjects', kind, q],
    queryFn: ({ signal }) => api.get<Listing<Row>>(sources[kind].url, { ...(q ? { q } : {}), limit: 20 }, signal),
    placeholderData: (previous) => previous,
  });
  const rows = found.data?.rows ?? [];
  const options = rows.map((row) => ({
    value: `${kind}:${row.guarantorId}/${row.id}`,
    label: `${row.contractNo ?? row.number}　${row.customerName ?? ''}`,
  }));
  const isListed = value === undefined || options.some((option) => option.value === value);
  return (
    <>
      <Select<Kind>
        aria-label="业务类别"
        value={kind}
        options={Object.entries(sources).map(([code, { title }]) => ({ value: code as Kind, label: title }))}
        onChange={(chosen) => {
          setKind(chosen);
          onChange(undefined);
        }}
      />
      <Select
        aria-label="业务"
        value={value ?? null}
        allowClear
        showSearch={{ filterOption: false, onSearch: setTyped }}
        placeholder="合同号、项目编号或客户名称"
        loading={found.isFetching}
        notFoundContent={found.isError ? found.error.message : '没有找到'}
        options={isListed ? options : [{ value, label: '已选的业务' }, ...options]}
        onChange={(chosen) => onChange(chosen ?? undefined)}
      />
    </>
  );
}
