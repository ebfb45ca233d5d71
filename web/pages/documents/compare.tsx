import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import type { Comparison, VersionRow } from '../../../src/modules/documents/contract.ts';
import { api } from '../../api.ts';
import { QueryState } from '../../shell/states.tsx';

type CompareProps = {
  readonly code: string;
  readonly guarantorId: string | undefined;
  readonly versions: readonly VersionRow[];
};

const looks = {
  same: {},
  added: { background: 'var(--good-soft)', color: 'var(--good)' },
  removed: { background: 'var(--bad-soft)', color: 'var(--bad)', textDecoration: 'line-through' },
} as const;
const signs = { same: '　', added: '＋', removed: '－' } as const;

/** What was added to and removed from the text between two versions, paragraph by paragraph. */
export function Compare({ code, guarantorId, versions }: CompareProps) {
  const [from, setFrom] = useState(String(versions[1]?.id ?? 'sample'));
  const [to, setTo] = useState(String(versions[0]?.id ?? 'sample'));
  const query = useQuery({
    queryKey: ['template-compare', code, guarantorId, from, to],
    queryFn: ({ signal }) =>
      api.get<Comparison>(`/api/document-templates/${code}/compare`, { guarantorId, from, to }, signal),
  });
  const options = [
    { value: 'sample', label: '样例文本' },
    ...versions.map((row) => ({ value: String(row.id), label: `第 ${row.version} 版` })),
  ];
  return (
    <>
      <div style={{ display: 'flex', gap: 8, alignItems: 'center', marginBottom: 8 }}>
        由
        <Select size="small" style={{ width: 120 }} aria-label="由" value={from} options={options} onChange={setFrom} />
        改为
        <Select size="small" style={{ width: 120 }} aria-label="改为" value={to} options={options} onChange={setTo} />
      </div>
      <QueryState query={query}>
        {({ lines }) => (
          <div style={{ fontSize: 13, lineHeight: 1.8 }}>
            {lines.every((line) => line.kind === 'same') && <p className="muted">两个版本的文字相同。</p>}
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the comparison of two versions never changes
              <div key={index} style={{ ...looks[line.kind], padding: '0 6px' }}>
                {signs[line.kind]} {line.text}
              </div>
            ))}
          </div>
        )}
      </QueryState>
    </>
  );
}
