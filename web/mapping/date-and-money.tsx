import { Input, InputNumber, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import { type DateFormat, dateFormats } from '../../src/modules/imports/contract/fields.ts';
import { columnsOf, distinctCells, type Fields, type Mapping, type Sample } from './mapping.ts';

type SettingsProps<M extends Mapping> = {
  readonly draft: M;
  readonly onChange: (draft: M) => void;
  readonly sample: Sample;
  readonly known: Fields;
};

const defaultFormats: DateFormat[] = ['YYYY-MM-DD', 'YYYY/M/D', 'YYYY年M月D日', 'YYYYMMDD'];
const isShort = (format: string): boolean => /(^|[^Y])YY([^Y]|$)/.test(format);

/** How days and amounts are written in the file. */
export function DateAndMoney<M extends Mapping>({ draft, onChange, sample, known }: SettingsProps<M>) {
  const formats = draft.dates?.formats ?? defaultFormats;
  const shown = Object.entries(draft.fields)
    .filter(([field]) => known[field]?.type === 'day')
    .flatMap(([, source]) => columnsOf(source).flatMap((column) => distinctCells(sample, column)));
  return (
    <div className="mapping-settings">
      <Setting
        title="日期写法"
        hint={shown.length > 0 ? `文件里的日期：${shown.slice(0, 6).join('　')}` : '还没有对应日期列'}
      >
        <Select
          mode="multiple"
          value={[...formats]}
          aria-label="日期写法"
          style={{ width: 460 }}
          options={dateFormats.map((value) => ({ value, label: value }))}
          onChange={(chosen: DateFormat[]) =>
            chosen.length > 0 && onChange({ ...draft, dates: { ...draft.dates, formats: chosen } })
          }
        />
      </Setting>
      {formats.some(isShort) && (
        <Setting title="两位年份的分界" hint="小于此数的是 20xx 年，其余是 19xx 年；不猜，须写明">
          <InputNumber
            min={0}
            max={99}
            value={draft.dates?.pivotYear ?? null}
            onChange={(pivotYear) =>
              onChange({ ...draft, dates: { formats, ...(pivotYear === null ? {} : { pivotYear }) } })
            }
          />
        </Setting>
      )}
      <Setting title="金额单位" hint="各金额列的缺省单位；个别列不同时在“字段对应”里单独选">
        <Radio.Group
          value={draft.amounts?.unit ?? '元'}
          options={['元', '万元']}
          optionType="button"
          onChange={(event) => onChange({ ...draft, amounts: { unit: event.target.value } })}
        />
      </Setting>
      <Setting title="映射名称" hint="以后送同样的表，选这个名称即可">
        <Input
          value={draft.title}
          maxLength={100}
          style={{ width: 460 }}
          aria-label="映射名称"
          onChange={(event) => onChange({ ...draft, title: event.target.value })}
        />
      </Setting>
    </div>
  );
}

/** One setting with its title and what it does. */
export const Setting = ({ title, hint, children }: { title: string; hint: string; children: ReactNode }) => (
  <div className="mapping-setting">
    <div className="mapping-setting-title">{title}</div>
    <div>{children}</div>
    <div className="field-hint">{hint}</div>
  </div>
);
