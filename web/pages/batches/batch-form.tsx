import { useQuery } from '@tanstack/react-query';
import { Input, Radio, Select } from 'antd';
import { api } from '../../api.ts';
import { InstitutionField } from '../../fields/index.ts';

/** What a bank says of a batch before its file is judged. */
export type BatchAbout = {
  readonly batchNo: string;
  readonly guarantorId: string | undefined;
  readonly productCode: string;
  /** First tried as a whole; nothing is entered until it is accepted. */
  readonly isTrial: boolean;
};

type BatchFormProps = { readonly about: BatchAbout; readonly onChange: (about: BatchAbout) => void };

/** 批次信息: number, guarantor, product, and whether the batch is tried first. */
export function BatchForm({ about, onChange }: BatchFormProps) {
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<{ rows: readonly { code: string; name: string }[] }>('/api/products', {}, signal),
    staleTime: 5 * 60_000,
  });
  const set = (change: Partial<BatchAbout>) => onChange({ ...about, ...change });
  return (
    <div className="batch-form">
      <label>
        <span>批次号</span>
        <Input
          value={about.batchNo}
          maxLength={100}
          aria-label="批次号"
          placeholder="如 ZDZ20261124-01"
          onChange={(event) => set({ batchNo: event.target.value })}
        />
      </label>
      <label htmlFor="batch-guarantor">
        <span>担保机构</span>
        <InstitutionField
          id="batch-guarantor"
          kind="guarantor"
          value={about.guarantorId}
          onChange={(guarantorId) => set({ guarantorId })}
          width={260}
          placeholder="逐行写明（文件中有机构代码）"
        />
      </label>
      <label htmlFor="batch-product">
        <span>产品</span>
        <Select
          id="batch-product"
          value={about.productCode}
          style={{ width: 260 }}
          options={(products.data?.rows ?? [{ code: 'batch', name: '总对总批量担保' }]).map((each) => ({
            value: each.code,
            label: each.name,
          }))}
          onChange={(productCode) => set({ productCode })}
        />
      </label>
      <div>
        <span className="batch-label">怎么办理</span>
        <Radio.Group
          value={about.isTrial}
          optionType="button"
          options={[
            { value: true, label: '先试算，看过再接受' },
            { value: false, label: '直接承保' },
          ]}
          onChange={(event) => set({ isTrial: event.target.value })}
        />
      </div>
    </div>
  );
}
