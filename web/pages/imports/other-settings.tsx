import { Input, Radio } from 'antd';
import { Setting } from '../../mapping/date-and-money.tsx';
import type { Draft } from './draft.ts';

type SettingsProps = { readonly draft: Draft; readonly onChange: (draft: Draft) => void };

/** What is done where the book has no agreement for a row. */
export function OtherSettings({ draft, onChange }: SettingsProps) {
  const mode = draft.agreement?.mode ?? 'existing';
  const set = (change: NonNullable<Draft['agreement']>) =>
    onChange({ ...draft, agreement: { ...draft.agreement, ...change } });
  return (
    <div className="mapping-settings">
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
