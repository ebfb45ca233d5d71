import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Input, Select, Steps } from 'antd';
import { useState } from 'react';
import type { BatchWire } from '../../../src/modules/batches/contract.ts';
import { api, withQuery } from '../../api.ts';
import { InstitutionField, UploadBox, useFilters } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import './batches.css';

type Profile = { readonly code: string; readonly title: string };

/** 报送一批: number, guarantor, product and mapping; then the file, which is judged at once. */
export default function NewBatchPage() {
  const router = useRouter();
  const [filters] = useFilters();
  const [batchNo, setBatchNo] = useState(filters.resendOf ? `${filters.resendOf}-补1` : '');
  const [guarantorId, setGuarantorId] = useState<string>();
  const [productCode, setProductCode] = useState('batch');
  const [profileCode, setProfileCode] = useState('template');
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<{ rows: readonly { code: string; name: string }[] }>('/api/products', {}, signal),
    staleTime: 5 * 60_000,
  });
  const profiles = useQuery({
    queryKey: ['batches', 'profiles'],
    queryFn: ({ signal }) => api.get<{ rows: readonly Profile[] }>('/api/batches/profiles', {}, signal),
  });
  const url = withQuery('/api/batches/files', {
    batchNo: batchNo.trim(),
    productCode,
    profileCode,
    guarantorId,
    resendOf: filters.resendOf,
    channel: 'web',
  });
  return (
    <Page
      title={filters.resendOf ? '补报退回行' : '报送一批'}
      trail={[{ title: '批量业务', to: '/batches' }]}
      note="批次号由贵行自定：同号同内容再报，答复不变；更正或补报请换新的号。"
      actions={
        <>
          <Button icon={<DownloadOutlined />} href="/api/batches/template?format=xlsx">
            模板（XLSX）
          </Button>
          <Button href="/api/batches/template?format=csv">模板（CSV）</Button>
        </>
      }
    >
      <Steps
        size="small"
        current={batchNo.trim() === '' ? 0 : 1}
        items={[{ title: '批次信息' }, { title: '上传文件' }, { title: '逐行结论' }]}
      />
      <Panel title="批次信息">
        <div className="batch-form">
          <label>
            <span>批次号</span>
            <Input
              value={batchNo}
              maxLength={100}
              aria-label="批次号"
              placeholder="如 ZDZ20261124-01"
              onChange={(event) => setBatchNo(event.target.value)}
            />
          </label>
          <label htmlFor="batch-guarantor">
            <span>担保机构</span>
            <InstitutionField
              id="batch-guarantor"
              kind="guarantor"
              value={guarantorId}
              onChange={setGuarantorId}
              width={260}
              placeholder="逐行写明（文件中有机构代码）"
            />
          </label>
          <label htmlFor="batch-product">
            <span>产品</span>
            <Select
              id="batch-product"
              value={productCode}
              style={{ width: 260 }}
              options={(products.data?.rows ?? [{ code: 'batch', name: '总对总批量担保' }]).map((each) => ({
                value: each.code,
                label: each.name,
              }))}
              onChange={setProductCode}
            />
          </label>
          <label htmlFor="batch-profile">
            <span>文件格式</span>
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
        </div>
        {batchNo.trim() === '' ? (
          <div className="muted">先填批次号，再选文件。</div>
        ) : (
          <UploadBox<BatchWire>
            url={url}
            accept=".csv,.txt,.xlsx"
            maxMegabytes={512}
            hint="CSV（UTF-8 或 GBK 编码）或 XLSX，至多 512 MB。上传后即逐行判断，通过的即承保，其余可按原格式下载退回行。"
            onUploaded={(batch) => void router.navigate({ to: `/batches/${batch.id}` as string })}
          />
        )}
      </Panel>
    </Page>
  );
}
