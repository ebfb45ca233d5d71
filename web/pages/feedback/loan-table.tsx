import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import type { CertificateDetail, LoanRow } from '../../../src/modules/feedback/contract.ts';
import {
  type Column,
  DataTable,
  InstitutionField,
  MoneyText,
  RatioText,
  TagBadges,
  useFilters,
} from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { ObjectDialog, type ObjectionTarget } from './object-dialog.tsx';

/** Every loan of a certificate with its verified figures; a county may object to a row. */
export function LoanTable({ certificate, url }: { certificate: CertificateDetail; url: string }) {
  const [filters, setFilters] = useFilters();
  const [target, setTarget] = useState<ObjectionTarget>();
  const mayObject = useMay('feedback.object') && certificate.status === 'published';
  const { line, metric, guarantorId, contractNo } = filters;
  return (
    <>
      <DataTable<LoanRow>
        url={`${url}/rows`}
        filters={{ line, metric, guarantorId, contractNo }}
        columns={mayObject ? [...columns, objectColumn(setTarget)] : columns}
        rowKey={(row) => `${row.guarantorId}/${row.guaranteeId}`}
        rowUrl={(row) => `/guarantees/${row.guarantorId}/${row.guaranteeId}`}
        asOf={certificate.asOf}
        basis="封存时所知，合同口径（另有说明的除外）"
        tools={
          <>
            <Select
              allowClear
              placeholder="全部方向"
              aria-label="方向"
              style={{ width: 130 }}
              value={line ?? null}
              options={certificate.lines
                .filter((each) => each.line !== 'total')
                .map((each) => ({ value: each.line, label: each.title }))}
              onChange={(chosen) => setFilters({ line: chosen ?? undefined })}
            />
            <Select
              allowClear
              showSearch
              placeholder="构成哪个指标"
              aria-label="指标"
              style={{ width: 200 }}
              value={metric ?? null}
              options={certificate.metrics.map((each) => ({ value: each.key, label: each.title }))}
              onChange={(chosen) => setFilters({ metric: chosen ?? undefined })}
            />
            <InstitutionField
              kind="guarantor"
              width={170}
              value={guarantorId}
              onChange={(chosen) => setFilters({ guarantorId: chosen })}
            />
            <Input.Search
              allowClear
              placeholder="合同号"
              style={{ width: 170 }}
              defaultValue={contractNo ?? ''}
              onSearch={(text) => setFilters({ contractNo: text.trim() || undefined })}
            />
          </>
        }
        empty={{ title: '没有这样的借款', next: '放宽条件再看；或本县本季没有业务。' }}
      />
      {target && (
        <ObjectDialog certificate={certificate} url={url} target={target} close={() => setTarget(undefined)} />
      )}
    </>
  );
}

const money = (key: keyof LoanRow & string, title: string, width = 110): Column<LoanRow> => ({
  key,
  title,
  width,
  isFigure: true,
  render: (row) => <MoneyText value={row[key] as string} />,
});

const columns: readonly Column<LoanRow>[] = [
  { key: 'contract', title: '合同号', width: 178, fixed: 'left', render: (row) => row.contractNo },
  { key: 'guarantor', title: '机构', width: 110, render: (row) => row.guarantorName },
  { key: 'county', title: '县区', width: 80, render: (row) => row.countyName },
  {
    key: 'tags',
    title: '方向',
    width: 110,
    render: (row) => <TagBadges tags={row.tags} primaryTag={row.primaryTag} />,
  },
  money('principal', '主债权', 100),
  money('outstanding', '在保余额', 100),
  money('outstandingActual', '实际承担', 100),
  money('newAmount', '本季新增', 100),
  money('claimCash', '代偿支付', 100),
  money('recoveryAmount', '追偿回收', 100),
  money('feeIncome', '担保费', 90),
  { key: 'rate', title: '费率', width: 70, isFigure: true, render: (row) => <RatioText value={row.feeRate} /> },
  { key: 'bank', title: '银行', width: 130, render: (row) => row.bankName },
  { key: 'size', title: '划型', width: 80, render: (row) => row.sizeClass },
  { key: 'start', title: '起始日', width: 95, render: (row) => row.startsOn },
  { key: 'end', title: '到期日', width: 95, render: (row) => row.endsOn },
];

const objectColumn = (open: (target: ObjectionTarget) => void): Column<LoanRow> => ({
  key: 'object',
  title: '',
  width: 76,
  fixed: 'right',
  render: (row) => (
    <Button
      size="small"
      onClick={(event) => {
        event.stopPropagation();
        open({ guarantorId: row.guarantorId, guaranteeId: row.guaranteeId, title: `合同 ${row.contractNo}` });
      }}
    >
      {row.objectionId ? '再异议' : '异议'}
    </Button>
  ),
});
