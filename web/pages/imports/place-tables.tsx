import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { api, type Listing } from '../../api.ts';
import { RegionField } from '../../fields/index.ts';
import { columnsOf, distinctCells, type Sample } from '../../mapping/mapping.ts';
import { EmptyState } from '../../shell/states.tsx';
import type { Draft } from './draft.ts';

type PlaceTablesProps = {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly sample: Sample;
  readonly unknown: { readonly bank: readonly string[]; readonly county: readonly string[] };
};

/** Which bank and which county the texts of the file mean, where their names alone do not tell. */
export function PlaceTables({ draft, onChange, sample, unknown }: PlaceTablesProps) {
  const banks = useQuery({
    queryKey: ['banks', 'all'],
    queryFn: ({ signal }) =>
      api.get<Listing<{ name: string }>>('/api/institutions', { kind: 'bank', limit: 500 }, signal),
    staleTime: 5 * 60_000,
  });
  const bankOptions = (banks.data?.rows ?? []).map(({ name }) => ({ value: name, label: name }));
  const aliases = draft.banks?.aliases ?? {};
  const texts = (field: string, table: object, others: readonly string[]) => [
    ...new Set([
      ...others,
      ...Object.keys(table),
      ...columnsOf(draft.fields[field]).flatMap((column) => distinctCells(sample, column)),
    ]),
  ];
  const setBank = (text: string, name: string | undefined) => {
    const { [text]: _, ...rest } = aliases;
    onChange({ ...draft, banks: { ...draft.banks, aliases: name === undefined ? rest : { ...rest, [text]: name } } });
  };
  const setCounty = (text: string, code: string | undefined) => {
    const { [text]: _, ...rest } = draft.counties;
    onChange({ ...draft, counties: code === undefined ? rest : { ...rest, [text]: Number(code) } });
  };
  const bankTexts = texts('bank', aliases, unknown.bank);
  const countyTexts = texts('county', draft.counties, unknown.county);
  if (bankTexts.length + countyTexts.length === 0) {
    return <EmptyState title="还没有对应银行与县区的列" next="先在“字段对应”里选好合作银行与业务发生县两列。" />;
  }
  return (
    <div className="mapping-codes">
      <section>
        <h3>合作银行</h3>
        <table className="dense">
          <tbody>
            {bankTexts.map((text) => (
              <tr key={text} className={unknown.bank.includes(text) && !aliases[text] ? 'mapping-lacking' : ''}>
                <td>{text}</td>
                <td style={{ width: 300 }}>
                  <Select
                    allowClear
                    showSearch
                    value={aliases[text] ?? null}
                    aria-label={`银行：${text}`}
                    style={{ width: 290 }}
                    placeholder={unknown.bank.includes(text) ? '认不出，请选择' : '按名称与别名认'}
                    options={bankOptions}
                    onChange={(name) => setBank(text, name ?? undefined)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h3>业务发生县（市、区）</h3>
        <table className="dense">
          <tbody>
            {countyTexts.map((text) => (
              <tr
                key={text}
                className={unknown.county.includes(text) && draft.counties[text] === undefined ? 'mapping-lacking' : ''}
              >
                <td>{text}</td>
                <td style={{ width: 300 }}>
                  <RegionField
                    countyOnly
                    width={290}
                    value={draft.counties[text] === undefined ? undefined : String(draft.counties[text])}
                    placeholder={unknown.county.includes(text) ? '认不出，请选择' : '按名称或代码认'}
                    onChange={(code) => setCounty(text, code)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}
