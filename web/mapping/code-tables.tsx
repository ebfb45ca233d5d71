import { Select } from 'antd';
import { EmptyState } from '../shell/states.tsx';
import { columnsOf, distinctCells, type Fields, type Mapping, type Sample, withCodes } from './mapping.ts';

export type Choice = { readonly value: string; readonly label: string };

const same = (...texts: readonly string[]): readonly Choice[] => texts.map((value) => ({ value, label: value }));
/** What code fields mean that every mapping has. A text that is one of these labels already needs no translation. */
export const commonChoices: Readonly<Record<string, readonly Choice[]>> = {
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
  tags: same('支小', '支农', '支新', '支创'),
  primaryTag: same('支小', '支农', '支新', '支创'),
};

type CodeTablesProps<M extends Mapping> = {
  readonly draft: M;
  readonly onChange: (draft: M) => void;
  readonly sample: Sample;
  readonly known: Fields;
  readonly choicesOf: (field: string) => readonly Choice[];
};

/** For every code field: each text of the file, and what it means in the book. */
export function CodeTables<M extends Mapping>({ draft, onChange, sample, known, choicesOf }: CodeTablesProps<M>) {
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
  return (
    <div className="mapping-codes">
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
