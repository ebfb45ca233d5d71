import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Select, Steps } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, UploadBox, useFilters, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { fieldsOf } from './fields.ts';
import { MappingForm } from './mapping-form.tsx';
import { PreviewTable } from './preview-table.tsx';
import { ProfileChoice } from './profile-choice.tsx';
import { type Draft, missingOf } from './profile-draft.ts';
import { TryTable } from './try-table.tsx';
import { type BatchWire, type FileWire, type Preview, type ProfileWire, showBytes, type TryAnswer } from './wire.ts';
import './imports.css';

/** 导入文件: choose the file, say what its columns are, look at the first rows, then hand it to the dry run. */
export default function ImportWizard() {
  const me = useMe();
  const own = me.institution?.kind === 'guarantor' ? me.institution.id : undefined;
  const [guarantorId, setGuarantorId] = useState(own);
  const [file, setFile] = useState<FileWire>();
  return (
    <Page
      title="导入文件"
      trail={[{ title: '数据导入', to: '/imports' }]}
      note={
        file
          ? `${file.name}　${showBytes(file.bytes)}${file.encoding ? `　编码 ${file.encoding}` : ''}`
          : '第一步：选择文件'
      }
      actions={file && <Button onClick={() => setFile(undefined)}>换一个文件</Button>}
    >
      {!file && (
        <>
          <StepBar at={0} />
          <Panel>
            {own === undefined && (
              <div className="import-owner">
                为哪家机构导入：
                <InstitutionField kind="guarantor" value={guarantorId} onChange={setGuarantorId} width={320} />
              </div>
            )}
            {guarantorId !== undefined && (
              <UploadBox<FileWire>
                url={`/api/imports/files?guarantorId=${guarantorId}`}
                accept=".csv,.txt,.xlsx"
                maxMegabytes={4096}
                hint="CSV（UTF-8 或 GBK 编码）或 Excel、WPS 表格的 XLSX，至多 4 GB。老式 .xls 请先另存为 .xlsx。"
                onUploaded={setFile}
              />
            )}
          </Panel>
        </>
      )}
      {file && guarantorId !== undefined && <FileWizard file={file} guarantorId={guarantorId} />}
    </Page>
  );
}

const StepBar = ({ at }: { at: number }) => (
  <Steps
    size="small"
    current={at}
    className="import-steps"
    items={[{ title: '选文件' }, { title: '对应列' }, { title: '试读' }, { title: '试算' }, { title: '入账' }]}
  />
);

type FileWizardProps = { readonly file: FileWire; readonly guarantorId: string };

/** The steps after the file is on the server. */
function FileWizard({ file, guarantorId }: FileWizardProps) {
  const [filters] = useFilters();
  const [headerLine, setHeaderLine] = useState(1);
  const [sheet, setSheet] = useState<string | undefined>(file.sheets[0]);
  const [draft, setDraft] = useState<Draft>();
  const [tried, setTried] = useState<TryAnswer>();
  const url = `/api/imports/files/${guarantorId}/${file.id}`;
  const preview = useQuery({
    queryKey: ['imports', 'preview', url, headerLine, sheet],
    queryFn: ({ signal }) => api.get<Preview>(`${url}/preview`, { headerLine, sheet }, signal),
  });
  const attempt = useWrite(
    (profile: Draft, options) => api.post<TryAnswer>(`${url}/try`, { profile, rows: 50 }, options),
    setTried,
  );
  const withSheet = (chosen: Draft): Draft => ({
    ...chosen,
    sheet: { ...chosen.sheet, headerLine, ...(sheet === undefined ? {} : { name: sheet }) },
  });
  return (
    <>
      <StepBar at={tried ? 2 : 1} />
      <Panel
        title="文件前几行"
        flush
        extra={
          <span className="import-sheet">
            {file.sheets.length > 1 && (
              <Select
                size="small"
                aria-label="工作表"
                value={sheet ?? null}
                options={file.sheets.map((value) => ({ value, label: value }))}
                onChange={(chosen) => setSheet(chosen ?? undefined)}
              />
            )}
            标题在第
            <Select
              size="small"
              aria-label="标题所在行"
              value={headerLine}
              options={[1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((value) => ({ value, label: value }))}
              onChange={setHeaderLine}
            />
            行
          </span>
        }
      >
        <QueryState query={preview} rows={4}>
          {(sample) => <PreviewTable sample={sample} />}
        </QueryState>
      </Panel>
      <QueryState query={preview} rows={6}>
        {(sample) => {
          if (!draft) {
            return (
              <ProfileChoice sample={sample} guarantorId={guarantorId} wanted={filters.profile} onChosen={setDraft} />
            );
          }
          const missing = missingOf(draft, fieldsOf(draft.target));
          if (tried) {
            return (
              <TryStep {...{ file, guarantorId, tried }} draft={withSheet(draft)} back={() => setTried(undefined)} />
            );
          }
          return (
            <Panel title={`映射：${draft.title}`} note={draft.target === 'guarantee' ? '保函台账' : '变动流水'}>
              <MappingForm draft={draft} onChange={setDraft} sample={sample} unknown={unknownOf(attempt.data)} />
              {attempt.error && <RefusalList problem={attempt.error} />}
              <div className="import-next">
                <Button onClick={() => setDraft(undefined)}>另选映射</Button>
                {missing.length > 0 && <span className="import-bad">还缺：{missing.join('、')}</span>}
                <Button
                  type="primary"
                  disabled={missing.length > 0}
                  loading={attempt.isPending}
                  onClick={() => attempt.mutate(withSheet(draft))}
                >
                  试读前 50 行
                </Button>
              </div>
            </Panel>
          );
        }}
      </QueryState>
    </>
  );
}

type TryStepProps = FileWizardProps & {
  readonly tried: TryAnswer;
  readonly draft: Draft;
  readonly back: () => void;
};

/** What the mapping makes of the first rows; from here the file goes to the dry run of all rows. */
function TryStep({ file, guarantorId, tried, draft, back }: TryStepProps) {
  const router = useRouter();
  const start = useWrite(
    async (profile: Draft, options) => {
      await api.put<ProfileWire>('/api/imports/profiles', { guarantorId: Number(guarantorId), profile });
      const body = { guarantorId: Number(guarantorId), fileId: file.id, profileCode: profile.code };
      const batch = await api.post<BatchWire>('/api/imports/batches', body, options);
      return api.post<BatchWire>(`/api/imports/batches/${batch.guarantorId}/${batch.id}/check`);
    },
    (batch) => router.history.push(`/imports/${batch.guarantorId}/${batch.id}`),
  );
  return (
    <Panel
      title="试读前 50 行"
      note="只是看看，没有记账。有问题可回去改映射；个别行有问题不要紧，以后按原格式退回。"
      flush
    >
      <TryTable rows={tried.rows} target={draft.target} />
      <div className="pad">
        {start.error && <RefusalList problem={start.error} />}
        <div className="import-next">
          <Button onClick={back}>返回改映射</Button>
          <Button type="primary" loading={start.isPending} onClick={() => start.mutate(draft)}>
            保存映射，试算全部行
          </Button>
        </div>
      </div>
    </Panel>
  );
}

/** Banks and counties the last try did not know. */
function unknownOf(tried: TryAnswer | undefined) {
  const texts = (code: string, field: string) => [
    ...new Set(
      (tried?.rows ?? [])
        .filter((row) => row.reasons.some((reason) => reason.code === code))
        .map((row) => row.values[field] ?? '')
        .filter(Boolean),
    ),
  ];
  return { bank: texts('bank-unknown', 'bank'), county: texts('county-unknown', 'county') };
}
