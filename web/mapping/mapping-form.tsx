import { Select, Tabs, type TabsProps } from 'antd';
import type { FieldSource, FieldSpec } from '../../src/modules/imports/contract.ts';
import { type Choice, CodeTables } from './code-tables.tsx';
import { DateAndMoney } from './date-and-money.tsx';
import {
  columnsOf,
  distinctCells,
  type Fields,
  fixedOf,
  type Mapping,
  type Sample,
  unitOf,
  withSource,
} from './mapping.ts';
import './mapping.css';

type MappingFormProps<M extends Mapping> = {
  readonly draft: M;
  readonly onChange: (draft: M) => void;
  readonly sample: Sample;
  readonly known: Fields;
  /** What a code field may mean. */
  readonly choicesOf: (field: string) => readonly Choice[];
  /** What this kind of mapping asks besides. */
  readonly more?: NonNullable<TabsProps['items']>;
};

/** The mapping itself: which column fills which field, and how its texts are read. */
export function MappingForm<M extends Mapping>(props: MappingFormProps<M>) {
  const { draft, known, more = [] } = props;
  const codeFields = Object.entries(known).filter(([field, spec]) => spec.type === 'code' && field in draft.fields);
  return (
    <Tabs
      className="mapping-tabs"
      items={[
        {
          key: 'fields',
          label: `字段对应（${Object.keys(draft.fields).length} / ${Object.keys(known).length}）`,
          children: <FieldTable {...props} />,
        },
        { key: 'formats', label: '日期与金额', children: <DateAndMoney {...props} /> },
        { key: 'codes', label: `代码转换（${codeFields.length}）`, children: <CodeTables {...props} /> },
        ...more,
      ]}
    />
  );
}

/** One line per target field: where it comes from, its unit, and what stands in the file. */
function FieldTable<M extends Mapping>({ draft, onChange, sample, known }: MappingFormProps<M>) {
  const used = new Set(Object.values(draft.fields).flatMap(columnsOf));
  const unused = sample.columns.filter((column) => column !== '' && !used.has(column));
  return (
    <>
      <table className="dense mapping-fields">
        <thead>
          <tr>
            <th style={{ width: 210 }}>字段</th>
            <th style={{ width: 300 }}>取自文件的列</th>
            <th style={{ width: 90 }}>单位</th>
            <th>文件里的样子</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(known).map(([field, spec]) => (
            <FieldRow key={field} field={field} spec={spec} draft={draft} onChange={onChange} sample={sample} />
          ))}
        </tbody>
      </table>
      <div className="foot-line">
        {unused.length === 0 ? '文件的列全部用上了。' : `文件里没有用到的列：${unused.join('、')}`}
      </div>
    </>
  );
}

const fixedChoice = '\u0000fixed';
type FieldRowProps<M extends Mapping> = Pick<MappingFormProps<M>, 'draft' | 'onChange' | 'sample'> & {
  readonly field: string;
  readonly spec: FieldSpec;
};

function FieldRow<M extends Mapping>({ field, spec, draft, onChange, sample }: FieldRowProps<M>) {
  const source = draft.fields[field];
  const fixed = fixedOf(source);
  const columns = columnsOf(source);
  const [column] = columns;
  const set = (to: FieldSource | undefined) => onChange(withSource(draft, field, to));
  const options = [
    ...sample.columns.filter(Boolean).map((each) => ({ value: each, label: each })),
    { value: fixedChoice, label: '固定值……' },
  ];
  return (
    <tr className={spec.isRequired && source === undefined ? 'mapping-lacking' : ''}>
      <td>
        {spec.title}
        {spec.isRequired && (
          <span className="mapping-star" title="必填">
            *
          </span>
        )}
      </td>
      <td>
        <Select
          value={fixed === undefined ? (columns.length > 1 ? columns.join('、') : (column ?? null)) : fixedChoice}
          placeholder={spec.isRequired ? '请选择列' : '不取'}
          aria-label={`${spec.title}取自`}
          allowClear
          showSearch
          style={{ width: fixed === undefined ? 280 : 110 }}
          options={options}
          onChange={(chosen) => set(sourceOf(chosen ?? undefined, spec))}
        />
        {fixed !== undefined && (
          <input
            className="mapping-fixed"
            value={fixed}
            placeholder="每行都取此值"
            aria-label={`${spec.title}固定值`}
            onChange={(event) => set({ value: event.target.value })}
          />
        )}
      </td>
      <td>
        {spec.type === 'money' && column !== undefined && (
          <Select
            size="small"
            style={{ width: 72 }}
            aria-label={`${spec.title}单位`}
            value={unitOf(source) ?? draft.amounts?.unit ?? '元'}
            options={[{ value: '元' }, { value: '万元' }]}
            onChange={(unit: '元' | '万元') => set({ column, unit })}
          />
        )}
      </td>
      <td className="muted mapping-sample">
        {columns
          .flatMap((each) => distinctCells(sample, each))
          .slice(0, 4)
          .join('　')}
      </td>
    </tr>
  );
}

function sourceOf(chosen: string | undefined, spec: FieldSpec): FieldSource | undefined {
  if (chosen === undefined) return undefined;
  if (chosen === fixedChoice) return { value: '' };
  return spec.type === 'money' && /万元/.test(chosen) ? { column: chosen, unit: '万元' } : chosen;
}
