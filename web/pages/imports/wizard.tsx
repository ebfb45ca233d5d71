import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Steps } from 'antd';
import { useState } from 'react';
import { fieldsOf } from '../../../src/modules/imports/contract/fields.ts';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, UploadBox, useFilters, useWrite } from '../../fields/index.ts';
import { FileHead } from '../../mapping/file-head.tsx';
import { MappingForm } from '../../mapping/mapping-form.tsx';
import { TryTable } from '../../mapping/try-table.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { choices, type Draft, lackingOf, targetTitles } from './draft.ts';
import { OtherSettings } from './other-settings.tsx';
import { PlaceTables } from './place-tables.tsx';
import { ProfileChoice } from './profile-choice.tsx';
import {
  type BatchWire,
  type FileWire,
  type Preview,
  type ProfileWire,
  showBytes,
  type TryAnswer,
  verdictLooks,
} from './wire.ts';
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
    className="mapping-steps"
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
      <FileHead
        {...{ preview, sheet, headerLine }}
        sheets={file.sheets}
        onSheet={setSheet}
        onHeaderLine={setHeaderLine}
      />
      <QueryState query={preview} rows={6}>
        {(sample) => {
          if (!draft) {
            return (
              <ProfileChoice sample={sample} guarantorId={guarantorId} wanted={filters.profile} onChosen={setDraft} />
            );
          }
          const missing = lackingOf(draft);
          if (tried) {
            return (
              <TryStep {...{ file, guarantorId, tried }} draft={withSheet(draft)} back={() => setTried(undefined)} />
            );
          }
          return (
            <Panel title={`映射：${draft.title}`} note={targetTitles[draft.target]}>
              <DraftForm draft={draft} onChange={setDraft} sample={sample} tried={attempt.data} />
              {attempt.error && <RefusalList problem={attempt.error} />}
              <div className="mapping-next">
                <Button onClick={() => setDraft(undefined)}>另选映射</Button>
                {missing.length > 0 && <span className="mapping-bad">还缺：{missing.join('、')}</span>}
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

type DraftFormProps = {
  readonly draft: Draft;
  readonly onChange: (draft: Draft) => void;
  readonly sample: Preview;
  readonly tried: TryAnswer | undefined;
};

/** The mapping, and for guarantees which bank and county the file means and what is done without an agreement. */
function DraftForm({ draft, onChange, sample, tried }: DraftFormProps) {
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<{ rows: readonly { code: string; name: string }[] }>('/api/products', {}, signal),
    staleTime: 5 * 60_000,
  });
  const unknown = unknownOf(tried);
  const open = unknown.bank.length + unknown.county.length;
  const of = { draft, onChange, sample };
  const more = [
    {
      key: 'places',
      label: open > 0 ? `银行与县区（${open} 个认不出）` : '银行与县区',
      children: <PlaceTables {...of} unknown={unknown} />,
    },
    { key: 'other', label: '合作协议', children: <OtherSettings {...of} /> },
  ];
  return (
    <MappingForm
      {...of}
      known={fieldsOf(draft.target)}
      choicesOf={(field) =>
        field === 'product'
          ? (products.data?.rows ?? []).map((each) => ({ value: each.code, label: each.name }))
          : (choices[field] ?? [])
      }
      more={draft.target === 'guarantee' ? more : []}
    />
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
      <TryTable rows={tried.rows} known={fieldsOf(draft.target)} looks={verdictLooks} />
      <div className="pad">
        {start.error && <RefusalList problem={start.error} />}
        <div className="mapping-next">
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
