import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import type { CustomerRow } from '../../src/modules/customers/contract.ts';
import { api, type Listing } from '../api.ts';

type CustomerFieldProps = {
  readonly guarantorId: string | undefined;
  readonly value?: string | undefined;
  readonly onChange?: (id: string | undefined) => void;
  /** Told the whole customer, so that the form can take over county and industry. */
  readonly onPicked?: (customer: CustomerRow) => void;
  readonly id?: string;
};

/** Finds a customer of one guarantor by name, identity number or pinyin initials; the value is its id. */
export function CustomerField({ guarantorId, value, onChange, onPicked, id }: CustomerFieldProps) {
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const found = useQuery({
    queryKey: ['customers', 'field', guarantorId, q],
    queryFn: ({ signal }) => api.get<Listing<CustomerRow>>('/api/customers', { q, guarantorId, limit: 20 }, signal),
    enabled: guarantorId !== undefined,
    placeholderData: (previous) => previous,
  });
  const rows = found.data?.rows ?? [];
  return (
    <Select
      {...(id ? { id } : {})}
      value={value ?? null}
      allowClear
      disabled={guarantorId === undefined}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      placeholder={guarantorId === undefined ? '先选担保机构' : '名称、证件号或拼音首字母'}
      loading={found.isFetching}
      notFoundContent={found.isError ? found.error.message : '没有找到，请先到「客户」建档'}
      options={rows.map((row) => ({ value: row.id, label: `${row.name}（${row.countyName}，${row.sizeClass}）` }))}
      onChange={(chosen) => {
        onChange?.(chosen ?? undefined);
        const row = rows.find((each) => each.id === chosen);
        if (row) onPicked?.(row);
      }}
    />
  );
}
