import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { api, type Listing } from '../api.ts';

type Institution = { readonly id: string; readonly name: string; readonly kind?: string };
type InstitutionFieldProps = {
  readonly value?: string | undefined;
  readonly onChange?: (id: string | undefined) => void;
  /** Only institutions of this kind, as the API names it. */
  readonly kind?: string;
  readonly placeholder?: string;
  readonly width?: number;
  /** Given by a form, so that its label names the field. */
  readonly id?: string;
};

/** Finds an institution by part of its name or pinyin initials; the value is its id. */
export function InstitutionField({
  value,
  onChange,
  kind,
  placeholder = '全部机构',
  width = 220,
  id,
}: InstitutionFieldProps) {
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['institutions', 'field', kind, q],
    queryFn: ({ signal }) => api.get<Listing<Institution>>('/api/institutions', { q, kind, limit: 30 }, signal),
    staleTime: 5 * 60_000,
    placeholderData: (previous) => previous,
  });
  const rows = found.data?.rows ?? [];
  const named = useQuery({
    queryKey: ['institutions', 'one', value],
    queryFn: ({ signal }) => api.get<Institution>(`/api/institutions/${value}`, {}, signal),
    enabled: value !== undefined && found.isSuccess && !rows.some((row) => row.id === value),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const options = [...rows, ...(named.data && !rows.some((row) => row.id === value) ? [named.data] : [])];
  return (
    <Select
      {...(id ? { id } : {})}
      value={value ?? null}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={placeholder}
      loading={found.isFetching}
      notFoundContent={found.isError ? found.error.message : '没有找到机构'}
      style={{ width }}
      options={options.map((each) => ({ value: each.id, label: each.name }))}
      onChange={(chosen) => onChange?.(chosen ?? undefined)}
    />
  );
}
