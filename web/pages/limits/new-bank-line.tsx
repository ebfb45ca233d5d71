import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import type { BankLineDetail } from '../../../src/modules/limits/contract.ts';
import { api, type Listing } from '../../api.ts';
import { DayField, DrawerForm, InstitutionField, MoneyField, moneyRule, requiredRule } from '../../fields/index.ts';

type Part = { guarantorId: string; productCode?: string; amount: string };
type Entry = { bankId: string; from: string; to: string; amount: string; document: string; allocations?: Part[] };

/** 核定授信: the whole line with its allocation as a new version; `previous` fills the form with what is in force. */
export function NewBankLine({ previous }: { previous?: BankLineDetail }) {
  const router = useRouter();
  return (
    <DrawerForm<Entry>
      note="提交后由再担保机构另一人审定，审定之前仍按现行授信办理。"
      opener={previous ? '调整额度与分配' : '核定授信'}
      title="核定统一授信"
      send="提交审定"
      size={760}
      url="/api/limits/bank-lines"
      initial={startOf(previous)}
      bodyOf={bodyOf}
      then={({ id }) => router.history.push(`/limits/proposals/${id}`)}
    >
      <div className="form-grid">
        <Form.Item name="bankId" label="银行" rules={[requiredRule('银行')]}>
          <InstitutionField kind="bank" placeholder="选择银行" />
        </Form.Item>
        <Form.Item name="amount" label="授信额度" rules={[requiredRule('授信额度'), moneyRule]}>
          <MoneyField />
        </Form.Item>
        <Form.Item name="from" label="起始日" rules={[requiredRule('起始日')]}>
          <DayField />
        </Form.Item>
        <Form.Item name="to" label="到期日" rules={[requiredRule('到期日')]}>
          <DayField />
        </Form.Item>
      </div>
      <Form.Item name="document" label="依据文件" rules={[requiredRule('依据文件')]}>
        <Input maxLength={200} />
      </Form.Item>
      <Allocations />
    </DrawerForm>
  );
}

function Allocations() {
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<Listing<{ code: string; name: string }>>('/api/products', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Form.List name="allocations">
      {(fields, { add, remove }) => (
        <div className="limits-parts">
          <b>分配（合计不得超过授信额度）</b>
          {fields.map((field) => (
            <div key={field.key} className="limits-part">
              <Form.Item name={[field.name, 'guarantorId']} rules={[requiredRule('担保机构')]} noStyle>
                <InstitutionField kind="guarantor" placeholder="担保机构" />
              </Form.Item>
              <Form.Item name={[field.name, 'productCode']} noStyle>
                <Select
                  allowClear
                  placeholder="全部（未单列的）"
                  options={products.data?.rows.map((row) => ({ value: row.code, label: row.name })) ?? []}
                />
              </Form.Item>
              <Form.Item name={[field.name, 'amount']} rules={[requiredRule('额度'), moneyRule]} noStyle>
                <MoneyField />
              </Form.Item>
              <Button type="text" onClick={() => remove(field.name)}>
                删除
              </Button>
            </div>
          ))}
          <Button type="dashed" onClick={() => add()}>
            添加一行
          </Button>
        </div>
      )}
    </Form.List>
  );
}

const startOf = (previous: BankLineDetail | undefined): Partial<Entry> =>
  previous
    ? {
        bankId: String(previous.bankId),
        to: previous.to,
        amount: previous.amount,
        allocations: previous.allocations.map((each) => ({
          guarantorId: String(each.guarantorId),
          ...(each.productCode ? { productCode: each.productCode } : {}),
          amount: each.amount,
        })),
      }
    : {};

const bodyOf = ({ bankId, allocations = [], ...rest }: Entry) => ({
  ...rest,
  bankId: Number(bankId),
  allocations: allocations.map(({ guarantorId, productCode, amount }) => ({
    guarantorId: Number(guarantorId),
    productCode: productCode ?? null,
    amount,
  })),
});
