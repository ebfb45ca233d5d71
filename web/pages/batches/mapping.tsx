import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Steps } from 'antd';
import { useState } from 'react';
import { batchFields } from '../../../src/modules/batches/contract/fields.ts';
import type { BatchWire, FileWire, PreviewWire, TryAnswer } from '../../../src/modules/batches/contract.ts';
import { api, newIntent } from '../../api.ts';
import { RefusalList, UploadBox, useWrite } from '../../fields/index.ts';
import { commonChoices } from '../../mapping/code-tables.tsx';
import { FileHead } from '../../mapping/file-head.tsx';
import { FittingProfiles } from '../../mapping/fitting-profiles.tsx';
import { type Mapping, missingOf, newMapping } from '../../mapping/mapping.ts';
import { MappingForm } from '../../mapping/mapping-form.tsx';
import { TryTable } from '../../mapping/try-table.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { type BatchAbout, BatchForm } from './batch-form.tsx';
import { type ProfileWire, verdictLooks } from './wire.ts';
import './batches.css';

/** 建立映射: a bank's own file, what its columns are, the first rows as they read, then the batch; the mapping is saved for next time. */
export default function BatchMappingPage() {
  const [file, setFile] = useState<FileWire>();
  return (
    <Page
      title="建立映射"
      trail={[
        { title: '批量业务', to: '/batches' },
        { title: '报送一批', to: '/batches/new' },
      ]}
      note={
        file
          ? `${file.name}${file.encoding ? `　编码 ${file.encoding}` : ''}`
          : '文件的列与标准模板不同时，在这里写明每一列是什么；保存以后，页面、接口与 SFTP 都可照此取数。'
      }
      actions={file && <Button onClick={() => setFile(undefined)}>换一个文件</Button>}
    >
      {file ? (
        <FileWizard file={file} />
      ) : (
        <>
          <StepBar at={0} />
          <Panel>
            <UploadBox<FileWire>
              url="/api/batches/uploads"
              accept=".csv,.txt,.xlsx"
              maxMegabytes={512}
              hint="贵行系统导出的文件：CSV（UTF-8 或 GBK 编码）或 XLSX，至多 512 MB。只用来对应列，不判断也不承保。"
              onUploaded={setFile}
            />
          </Panel>
        </>
      )}
    </Page>
  );
}

const StepBar = ({ at }: { at: number }) => (
  <Steps
    size="small"
    current={at}
    className="mapping-steps"
    items={[{ title: '选文件' }, { title: '对应列' }, { title: '试读' }, { title: '报送' }]}
  />
);

/** The steps after the file is on the server. */
function FileWizard({ file }: { file: FileWire }) {
  const [headerLine, setHeaderLine] = useState(1);
  const [sheet, setSheet] = useState<string | undefined>(file.sheets[0]);
  const [draft, setDraft] = useState<Mapping>();
  const [tried, setTried] = useState<TryAnswer>();
  const url = `/api/batches/uploads/${file.id}`;
  const preview = useQuery({
    queryKey: ['batches', 'preview', url, headerLine, sheet],
    queryFn: ({ signal }) => api.get<PreviewWire>(`${url}/preview`, { headerLine, sheet }, signal),
  });
  const [about, setAbout] = useState<BatchAbout>({
    batchNo: '',
    guarantorId: undefined,
    productCode: 'batch',
    isTrial: true,
  });
  const withSheet = (chosen: Mapping): Mapping => ({
    ...chosen,
    sheet: { ...chosen.sheet, headerLine, ...(sheet === undefined ? {} : { name: sheet }) },
  });
  const attempt = useWrite(
    (profile: Mapping, options) =>
      api.post<TryAnswer>(
        `${url}/try`,
        { profile, rows: 50, productCode: about.productCode, ...guarantorOf(about) },
        options,
      ),
    setTried,
  );
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
          if (!draft) return <Choice sample={sample} onChosen={setDraft} />;
          if (tried)
            return (
              <SendStep
                {...{ url, tried, about, setAbout }}
                draft={withSheet(draft)}
                back={() => setTried(undefined)}
              />
            );
          const missing = missingOf(draft, batchFields);
          return (
            <Panel title={`映射：${draft.title}`}>
              <BatchForm about={about} onChange={setAbout} />
              <MappingForm
                draft={draft}
                onChange={setDraft}
                sample={sample}
                known={batchFields}
                choicesOf={(field) => commonChoices[field] ?? []}
              />
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

const guarantorOf = ({ guarantorId }: BatchAbout) =>
  guarantorId === undefined ? {} : { guarantorId: Number(guarantorId) };

type ChoiceProps = { readonly sample: PreviewWire; readonly onChosen: (draft: Mapping) => void };

/** A mapping saved before, the best fitting first, or a new one filled in by column titles. */
function Choice({ sample, onChosen }: ChoiceProps) {
  const profiles = useQuery({
    queryKey: ['batches', 'profiles'],
    queryFn: ({ signal }) => api.get<{ rows: readonly ProfileWire[] }>('/api/batches/profiles', {}, signal),
  });
  const suggest = useWrite(
    (columns: readonly string[], options) =>
      api.post<{ fields: Record<string, string> }>('/api/batches/profiles/suggest', { columns }, options),
    ({ fields }) => onChosen(newMapping('本行导出格式', `map-${newIntent().slice(0, 8)}`, fields, sample, batchFields)),
  );
  return (
    <Panel title="这份文件怎么读" note="以前送过同样的文件，选用过的映射；第一次送，新建一个">
      <div className="mapping-new">
        <Button type="primary" loading={suggest.isPending} onClick={() => suggest.mutate(sample.columns)}>
          新建映射
        </Button>
      </div>
      {suggest.error && <RefusalList problem={suggest.error} />}
      <QueryState query={profiles} rows={3}>
        {({ rows }) => (
          <FittingProfiles
            profiles={rows}
            sample={sample}
            columns={profileColumns}
            onChosen={({ code, profile }) =>
              onChosen(
                // The template itself cannot be saved: what is made of it gets a name of its own.
                code === 'template'
                  ? { ...profile, code: `map-${newIntent().slice(0, 8)}`, title: '本行导出格式' }
                  : profile,
              )
            }
          />
        )}
      </QueryState>
    </Panel>
  );
}

const profileColumns = [
  { title: '用过的映射', render: ({ title }: ProfileWire) => title },
  { title: '代号（接口与 SFTP 用）', render: ({ code }: ProfileWire) => <code>{code}</code> },
  { title: '版本', render: ({ version }: ProfileWire) => `第 ${version} 版` },
];

type SendStepProps = {
  readonly url: string;
  readonly tried: TryAnswer;
  readonly draft: Mapping;
  readonly about: BatchAbout;
  readonly setAbout: (about: BatchAbout) => void;
  readonly back: () => void;
};

/** What the mapping makes of the first rows; from here it is saved, and the file sent as a batch. */
function SendStep({ url, tried, draft, about, setAbout, back }: SendStepProps) {
  const router = useRouter();
  const save = useWrite((profile: Mapping, options) =>
    api.put<ProfileWire>('/api/batches/profiles', { profile }, options),
  );
  const send = useWrite(
    async (profile: Mapping, options) => {
      await api.put<ProfileWire>('/api/batches/profiles', { profile });
      const { batchNo, productCode, isTrial } = about;
      const body = { batchNo: batchNo.trim(), productCode, profileCode: profile.code, ...guarantorOf(about) };
      return api.post<BatchWire>(`${url}/batch${isTrial ? '?dryRun=true' : ''}`, body, options);
    },
    (batch) => router.history.push(`/batches/${batch.id}`),
  );
  return (
    <>
      <Panel
        title="试读前 50 行"
        note="规则与额度照判，没有承保。有问题可回去改映射；个别行有问题不要紧，以后按原格式退回。"
        flush
      >
        <TryTable rows={tried.rows} known={batchFields} looks={verdictLooks} />
      </Panel>
      <Panel title="批次信息" note={`映射“${draft.title}”，代号 ${draft.code}`}>
        <BatchForm about={about} onChange={setAbout} />
        {(send.error ?? save.error) && <RefusalList problem={send.error ?? save.error} />}
        <div className="mapping-next">
          {save.isSuccess && <span className="batch-good">映射已保存</span>}
          <Button onClick={back}>返回改映射</Button>
          <Button loading={save.isPending} onClick={() => save.mutate(draft)}>
            只保存映射
          </Button>
          <Button
            type="primary"
            disabled={about.batchNo.trim() === ''}
            loading={send.isPending}
            onClick={() => send.mutate(draft)}
          >
            {about.isTrial ? '保存映射，试算全部行' : '保存映射，报送'}
          </Button>
        </div>
      </Panel>
    </>
  );
}
