import { useQuery } from '@tanstack/react-query';
import { Link, useRouter } from '@tanstack/react-router';
import { Button, Select, Steps } from 'antd';
import { useState } from 'react';
import type { BatchWire } from '../../../src/modules/batches/contract.ts';
import { api, withQuery } from '../../api.ts';
import { UploadBox, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { type BatchAbout, BatchForm } from './batch-form.tsx';
import type { ProfileWire } from './wire.ts';
import './batches.css';

/** 报送一批: number, guarantor, product and mapping; then the file, which is tried or judged at once. */
export default function NewBatchPage() {
  const router = useRouter();
  const [filters] = useFilters();
  const [about, setAbout] = useState<BatchAbout>({
    batchNo: filters.resendOf ? `${filters.resendOf}-补1` : '',
    guarantorId: undefined,
    productCode: 'batch',
    isTrial: true,
  });
  const [profileCode, setProfileCode] = useState('template');
  const profiles = useQuery({
    queryKey: ['batches', 'profiles'],
    queryFn: ({ signal }) => api.get<{ rows: readonly ProfileWire[] }>('/api/batches/profiles', {}, signal),
  });
  const { isTrial, ...named } = about;
  const hasNumber = about.batchNo.trim() !== '';
  const url = withQuery('/api/batches/files', {
    ...named,
    batchNo: about.batchNo.trim(),
    profileCode,
    resendOf: filters.resendOf,
    channel: 'web',
    dryRun: isTrial ? 'true' : undefined,
  });
  return (
    <Page
      title={filters.resendOf ? '补报退回行' : '报送一批'}
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="批次号由贵行自定：同号同内容再报，答复不变；更正或补报请换新的号。"
      actions={
        <>
          <Link to={'/batches/mapping' as string}>
            <Button>文件的列不同：建立映射</Button>
          </Link>
          <Button href="/api/batches/template?format=xlsx">模板（XLSX）</Button>
          <Button href="/api/batches/template?format=csv">模板（CSV）</Button>
        </>
      }
    >
      <Steps
        size="small"
        current={hasNumber ? 1 : 0}
        items={[{ title: '批次信息' }, { title: '上传文件' }, { title: isTrial ? '试算，看过再接受' : '逐行结论' }]}
      />
      <Panel title="批次信息">
        <BatchForm about={about} onChange={setAbout} />
        <label htmlFor="batch-profile" className="batch-profile">
          <span className="batch-label">文件格式</span>
          <Select
            id="batch-profile"
            value={profileCode}
            style={{ width: 260 }}
            options={(profiles.data?.rows ?? [{ code: 'template', title: '批量业务标准模板' }]).map((each) => ({
              value: each.code,
              label: each.title,
            }))}
            onChange={setProfileCode}
          />
        </label>
        {hasNumber ? (
          <UploadBox<BatchWire>
            url={url}
            accept=".csv,.txt,.xlsx"
            maxMegabytes={512}
            hint={`CSV（UTF-8 或 GBK 编码）或 XLSX，至多 512 MB。${isTrial ? '上传后整批试算，不承保；看过结论再接受。' : '上传后即逐行判断，通过的即承保，其余可按原格式下载退回行。'}`}
            onUploaded={(batch) => void router.navigate({ to: `/batches/${batch.id}` as string })}
          />
        ) : (
          <div className="muted">先填批次号，再选文件。</div>
        )}
      </Panel>
    </Page>
  );
}
