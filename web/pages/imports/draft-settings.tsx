import { Input, InputNumber, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import type { DateFormat } from '../../../src/modules/imports/contract.ts';
import { dateFormats, fieldsOf } from './fields.ts';
import { columnsOf, type Draft, distinctCells, type Sample } from './profile-draft.ts';

type SettingsProps = { readonly draft: Draft; readonly onChange: (draft: Draft) => void; readonly sample: Sample };

const defaultFormats: DateFormat[] = ['YYYY-MM-DD', 'YYYY/M/D', 'YYYY年M月D日', 'YYYYMMDD'];
const isShort = (format: string): boolean => /(^|[^Y])YY([^Y]|$)/.test(format);

/** How days and amounts are written in the file. */
export function DateAndMoney({ draft, onChange, sample }: SettingsProps) {
  const known = fieldsOf(draft.target);
  const formats = draft.dates?.formats ?? defaultFormats;
  const shown = Object.entries(draft.fields)
    .filter(([field]) => known[field]?.type === 'day')
    .flatMap(([, source]) => columnsOf(source).flatMap((column) => distinctCells(sample, column)));
  return (
    <div className="import-settings">
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
      <Setting title="映射名称" hint="以后导入同样的表，选这个名称即可">
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

/** What is done where the book has no agreement for a row. */
export function OtherSettings({ draft, onChange }: SettingsProps) {
  const mode = draft.agreement?.mode ?? 'existing';
  const set = (change: NonNullable<Draft['agreement']>) =>
    onChange({ ...draft, agreement: { ...draft.agreement, ...change } });
  return (
    <div className="import-settings">
      <Setting title="起始日没有生效的银担合作协议时" hint="分担比例以协议为准；存量业务没有录过协议时才用第二项">
        <Radio.Group
          value={mode}
          onChange={(event) => set({ mode: event.target.value })}
          options={[
            { value: 'existing', label: '该行待补正（推荐）' },
            { value: 'register', label: '按下列分担登记一份协议' },
          ]}
        />
      </Setting>
      {mode === 'register' && (
        <>
          <Setting title="协议起始日" hint="早于文件中最早的起始日">
            <Input
              style={{ width: 160 }}
              placeholder="YYYY-MM-DD"
              value={draft.agreement?.fromOn ?? ''}
              onChange={(event) => set({ fromOn: (event.target.value || undefined) as never })}
            />
          </Setting>
          <Setting title="各方分担（小数，合计为 1）" hint="银行、担保机构、省再担保、国家融担基金">
            {(
              [
                ['bankShare', '银行', '0.2'],
                ['guarantorShare', '担保机构', '0.4'],
                ['provinceShare', '省再担保', '0.2'],
                ['fundShare', '国担基金', '0.2'],
              ] as const
            ).map(([key, title, otherwise]) => (
              <Input
                key={key}
                prefix={<span className="muted">{title}</span>}
                style={{ width: 170, marginRight: 8 }}
                value={draft.agreement?.[key] ?? otherwise}
                onChange={(event) => set({ [key]: event.target.value })}
              />
            ))}
          </Setting>
        </>
      )}
      <Setting title="没有登记的银行" hint="仅首次建库时用第二项">
        <Radio.Group
          value={draft.banks?.register ?? false}
          onChange={(event) => onChange({ ...draft, banks: { ...draft.banks, register: event.target.value } })}
          options={[
            { value: false, label: '该行待补正（推荐）' },
            { value: true, label: '照文件写法登记' },
          ]}
        />
      </Setting>
    </div>
  );
}

/** One setting with its title and what it does. */
export const Setting = ({ title, hint, children }: { title: string; hint: string; children: ReactNode }) => (
  <div className="import-setting">
    <div className="import-setting-title">{title}</div>
    <div>{children}</div>
    <div className="field-hint">{hint}</div>
  </div>
);
