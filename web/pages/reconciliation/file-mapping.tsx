import { Button, Input, Select } from 'antd';
import type { UploadAnswer } from '../../../src/modules/reconciliation/contract.ts';
import { fieldTitles } from './looks.ts';

/** Which column of the other side's file holds what. */
export type Mapping = {
  readonly columns: Partial<UploadAnswer['suggested']>;
  readonly institutionCode?: string;
};
type Target = keyof UploadAnswer['suggested'];

const targets: readonly (readonly [Target, string])[] = [
  ['institution', '机构代码'],
  ['contract_no', '合同编号'],
  ...(Object.entries(fieldTitles) as [Target, string][]),
];

type FileMappingProps = {
  readonly upload: UploadAnswer;
  readonly mapping: Mapping;
  readonly onChange: (mapping: Mapping) => void;
  readonly drop: () => void;
};

/** The columns of the other side's file, guessed by title and confirmed by a person. */
export function FileMapping({ upload, mapping, onChange, drop }: FileMappingProps) {
  const set = (target: Target, column: string | undefined) => {
    const { [target]: _, ...rest } = mapping.columns;
    onChange({ ...mapping, columns: column === undefined ? rest : { ...rest, [target]: column } });
  };
  return (
    <div className="recon-mapping">
      <div>
        {upload.name}　{upload.header.length} 列{' '}
        <Button size="small" onClick={drop}>
          换一个文件
        </Button>
      </div>
      <div className="recon-mapping-grid">
        {targets.map(([target, title]) => (
          <label key={target}>
            <span>
              {title}
              {target === 'contract_no' && <i className="figure-negative">*</i>}
            </span>
            <Select
              allowClear
              showSearch
              aria-label={title}
              placeholder={target === 'contract_no' ? '必选' : '不比'}
              value={mapping.columns[target] ?? null}
              options={upload.header.filter(Boolean).map((value) => ({ value, label: value }))}
              onChange={(column) => set(target, column ?? undefined)}
            />
          </label>
        ))}
        {!mapping.columns.institution && (
          <label>
            <span>整份文件属于机构（代码）</span>
            <Input
              value={mapping.institutionCode ?? ''}
              onChange={(event) => onChange({ ...mapping, institutionCode: event.target.value })}
            />
          </label>
        )}
      </div>
    </div>
  );
}
