import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { api } from '../../api.ts';
import { EmptyState } from '../../shell/states.tsx';
import { fieldsOf } from './fields.ts';
import { columnsOf, type Draft, distinctCells, type Sample, withCodes } from './profile-draft.ts';

type Choice = { readonly value: string; readonly label: string };

/** What the book knows for each code field. A text that is one of these labels already needs no translation. */
const choices: Readonly<Record<string, readonly Choice[]>> = {
  customerKind: [
    { value: 'enterprise', label: '企业' },
    { value: 'individual-business', label: '个体工商户' },
    { value: 'farmer', label: '农户' },
    { value: 'business-owner', label: '小微企业主' },
  ],
  identityKind: [
    { value: 'uscc', label: '统一社会信用代码' },
    { value: 'resident-id', label: '居民身份证' },
    { value: 'foreign-id', label: '其他证件' },
  ],
  kind: [
    { value: 'disburse', label: '放款' },
    { value: 'repay', label: '还款' },
    { value: 'extend', label: '展期' },
    { value: 'release', label: '解保' },
    { value: 'claim-paid', label: '代偿' },
    { value: 'recovery', label: '追偿回收' },
    { value: 'fee', label: '收取担保费' },
    { value: 'refund', label: '退费' },
    { value: 'write-off', label: '核销' },
  ],
  tags: ['支小', '支农', '支新', '支创'].map((value) => ({ value, label: value })),
  primaryTag: ['支小', '支农', '支新', '支创'].map((value) => ({ value, label: value })),
  outcome: [
    { value: 'paid-in-full', label: '正常还清' },
    { value: 'charged-off', label: '已代偿' },
  ],
  revolving: ['是', '否'].map((value) => ({ value, label: value })),
};

type CodeTablesProps = { readonly draft: Draft; readonly onChange: (draft: Draft) => void; readonly sample: Sample };

/** For every code field: each text of the file, and what it means in the book. */
export function CodeTables({ draft, onChange, sample }: CodeTablesProps) {
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<{ rows: readonly { code: string; name: string }[] }>('/api/products', {}, signal),
    staleTime: 5 * 60_000,
  });
  const known = fieldsOf(draft.target);
  const fields = Object.entries(known).filter(
    ([field, spec]) => spec.type === 'code' && columnsOf(draft.fields[field]).length > 0,
  );
  if (fields.length === 0) {
    return (
      <EmptyState
        title="没有需要转换的代码"
        next="对应了产品、客户类型、变动类型等列以后，在这里写明文件里的写法各是什么。"
      />
    );
  }
  const choicesOf = (field: string): readonly Choice[] =>
    field === 'product'
      ? (products.data?.rows ?? []).map((each) => ({ value: each.code, label: each.name }))
      : (choices[field] ?? []);
  return (
    <div className="import-codes">
      {fields.map(([field, spec]) => {
        const table = draft.codes[field] ?? {};
        const inFile = columnsOf(draft.fields[field]).flatMap((column) => distinctCells(sample, column));
        const texts = [...new Set([...inFile, ...Object.keys(table)])];
        return (
          <section key={field}>
            <h3>{spec.title}</h3>
            <table className="dense">
              <thead>
                <tr>
                  <th>文件写法</th>
                  <th style={{ width: 220 }}>台账中是</th>
                </tr>
              </thead>
              <tbody>
                {texts.map((text) => (
                  <CodeRow
                    key={text}
                    text={text}
                    title={spec.title}
                    choices={choicesOf(field)}
                    value={table[text]}
                    onChange={(to) => onChange(withCodes(draft, field, { ...table, [text]: to ?? '' }))}
                  />
                ))}
              </tbody>
            </table>
          </section>
        );
      })}
    </div>
  );
}

type CodeRowProps = {
  readonly text: string;
  readonly title: string;
  readonly choices: readonly Choice[];
  readonly value: string | undefined;
  readonly onChange: (to: string | undefined) => void;
};

function CodeRow({ text, title, choices: offered, value, onChange }: CodeRowProps) {
  const own = offered.find((each) => each.label === text || each.value === text);
  return (
    <tr>
      <td>{text}</td>
      <td>
        <Select
          allowClear
          value={value ?? null}
          style={{ width: 210 }}
          aria-label={`${title}：${text}`}
          placeholder={own ? `${own.label}（照原样）` : '照原样，认不出则待补正'}
          options={[...offered]}
          onChange={(to) => onChange(to ?? undefined)}
        />
      </td>
    </tr>
  );
}
