import { useRouter } from '@tanstack/react-router';
import { Button, Form, InputNumber, Radio } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import { addDays, type Day } from '../../../src/kernel/day.ts';
import type { startRun, UploadAnswer } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { DayField, InstitutionField, RefusalList, UploadBox, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { FileMapping, type Mapping } from './file-mapping.tsx';
import { amountBasisTitles, timeBasisTitles } from './looks.ts';
import './reconciliation.css';

type Fields = {
  guarantorId?: string;
  asOf: string;
  source: 'monitor' | 'file';
  timeBasis: 'value' | 'entry';
  amountBasis: 'contract' | 'actual';
  unit: '元' | '万元' | '分';
  tolerance: number;
  toleranceDays: number;
};

type FileSource = Extract<z.input<typeof startRun>['source'], { kind: 'file' }>;

/** 发起核对: with whom, as of which day, and by which definitions both sides reckon. */
export default function StartRunPage() {
  const me = useMe();
  const router = useRouter();
  const [form] = Form.useForm<Fields>();
  const source = Form.useWatch('source', form);
  const [upload, setUpload] = useState<UploadAnswer>();
  const [mapping, setMapping] = useState<Mapping>();
  const yesterday = addDays(me.today as Day, -1);
  const isOne = me.institution?.kind === 'guarantor';
  const start = useWrite(
    (fields: Fields, options) =>
      api.post<{ runId: string }>('/api/reconciliation/runs', bodyOf(fields, upload, mapping), options),
    ({ runId }) => router.history.push(`/reconciliation/${runId}`),
  );
  return (
    <Page
      title="发起核对"
      trail={[{ title: '数据核对', to: '/reconciliation' }]}
      note="两边的时点与口径要说清：说法不同，差异会按口径差列出，而不是被抹平。"
    >
      <Panel>
        <Form<Fields>
          form={form}
          layout="vertical"
          className="recon-form"
          initialValues={{
            asOf: yesterday,
            source: 'monitor',
            timeBasis: 'value',
            amountBasis: 'contract',
            unit: '元',
            tolerance: 0,
            toleranceDays: 0,
            ...(isOne ? { guarantorId: me.institution?.id } : {}),
          }}
          onFinish={(fields) => start.mutate(fields)}
        >
          <div className="recon-form-row">
            <Form.Item name="guarantorId" label="核对范围">
              <InstitutionField kind="guarantor" placeholder={isOne ? '本机构' : '全省全部机构'} width={320} />
            </Form.Item>
            <Form.Item name="asOf" label="截至哪一日" rules={[{ required: true, message: '请选择日期' }]}>
              <DayField max={me.today} allowClear={false} />
            </Form.Item>
          </div>
          <Form.Item name="source" label="对方数据从哪里来">
            <Radio.Group
              options={[
                { value: 'monitor', label: me.demo ? '监测系统接口（演示中是替身）' : '监测系统接口' },
                { value: 'file', label: '上传文件（CSV、XLSX）' },
              ]}
            />
          </Form.Item>
          {source === 'file' && !upload && (
            <UploadBox<UploadAnswer>
              url="/api/reconciliation/uploads"
              accept=".csv,.xlsx"
              hint="对方导出的明细表：一行一笔，须有合同编号一列。"
              onUploaded={(answer) => {
                setUpload(answer);
                setMapping({ columns: { ...answer.suggested } });
              }}
            />
          )}
          {source === 'file' && upload && mapping && (
            <FileMapping upload={upload} mapping={mapping} onChange={setMapping} drop={() => setUpload(undefined)} />
          )}
          <div className="recon-form-row">
            <Form.Item name="timeBasis" label="对方的时点" tooltip="我方按发生日">
              <Radio.Group options={Object.entries(timeBasisTitles).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
            <Form.Item name="amountBasis" label="对方的口径" tooltip="我方按合同口径（主债权本金）">
              <Radio.Group options={Object.entries(amountBasisTitles).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
            {source === 'file' && (
              <Form.Item name="unit" label="文件金额单位">
                <Radio.Group options={['元', '万元', '分']} />
              </Form.Item>
            )}
          </div>
          <div className="recon-form-row">
            <Form.Item
              name="tolerance"
              label="金额容差（分）"
              extra="0 为一分不让；容差内的差额另列，不算一致也不算差异"
            >
              <InputNumber min={0} max={100_000_000} precision={0} style={{ width: 140 }} />
            </Form.Item>
            <Form.Item name="toleranceDays" label="日期容差（天）">
              <InputNumber min={0} max={366} precision={0} style={{ width: 140 }} />
            </Form.Item>
          </div>
          {start.error && <RefusalList problem={start.error} />}
          <Button
            type="primary"
            htmlType="submit"
            loading={start.isPending}
            disabled={source === 'file' && !mapping?.columns.contract_no}
          >
            开始核对
          </Button>
        </Form>
      </Panel>
    </Page>
  );
}

function bodyOf(
  fields: Fields,
  upload: UploadAnswer | undefined,
  mapping: Mapping | undefined,
): z.input<typeof startRun> {
  const { guarantorId, asOf, timeBasis, amountBasis } = fields;
  const isFile = fields.source === 'file' && upload && mapping;
  return {
    ...(guarantorId ? { guarantorId: Number(guarantorId) } : {}),
    ours: { timeBasis: 'value', asOf, amountBasis: 'contract' },
    theirs: { timeBasis, asOf, amountBasis, unit: isFile ? fields.unit : '元' },
    tolerances: { money: { 分: fields.tolerance ?? 0 }, dates: { 天: fields.toleranceDays ?? 0 } },
    source: isFile
      ? { kind: 'file', uploadId: upload.id, mapping: mapping as FileSource['mapping'] }
      : { kind: 'monitor' },
  };
}
