import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Form, Input, Select } from 'antd';
import { api, type Listing } from '../../api.ts';
import { InstitutionField, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { VersionForm } from './version-form.tsx';

type Head = { guarantorId: string; bankId: string; productCode: string; contractNo: string };
type Body = { guarantorId: number; bankId: number; productCode: string; contractNo: string; version: unknown };

/** 登记协议: bank, product and number with the first version in one go. */
export default function NewAgreementPage() {
  const me = useMe();
  const router = useRouter();
  const own = me.institution?.kind === 'guarantor' ? me.institution.id : undefined;
  const products = useQuery({
    queryKey: ['products'],
    queryFn: ({ signal }) => api.get<Listing<{ code: string; name: string }>>('/api/products', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const write = useWrite(
    (body: Body, options) => api.post<{ id: number }>('/api/agreements', body, options),
    (answer, body) => router.history.push(`/agreements/${body.guarantorId}/${answer.id}`),
  );
  const submit = ({ head, ...version }: Record<string, unknown>) => {
    const { guarantorId, bankId, productCode, contractNo } = head as Head;
    write.mutate({ guarantorId: Number(guarantorId), bankId: Number(bankId), productCode, contractNo, version });
  };
  return (
    <Page title="登记协议" trail={[{ title: '合作协议', to: '/agreements' }]} note="一份协议对应一家银行、一个产品">
      <Panel className="form-wide">
        <VersionForm problem={write.error} isPending={write.isPending} submit={submit} label="登记协议">
          <div className="form-grid">
            <Form.Item
              name="guarantorId"
              label="担保机构"
              initialValue={own}
              hidden={own !== undefined}
              rules={[required('担保机构')]}
            >
              <InstitutionField kind="guarantor" placeholder="选择担保机构" />
            </Form.Item>
            <Form.Item name="bankId" label="合作银行" rules={[required('合作银行')]}>
              <InstitutionField kind="bank" placeholder="选择银行" />
            </Form.Item>
            <Form.Item name="productCode" label="产品" rules={[required('产品')]}>
              <Select
                placeholder="选择产品"
                options={products.data?.rows.map((row) => ({ value: row.code, label: row.name })) ?? []}
              />
            </Form.Item>
            <Form.Item name="contractNo" label="协议编号" rules={[required('协议编号')]}>
              <Input maxLength={100} />
            </Form.Item>
          </div>
        </VersionForm>
      </Panel>
    </Page>
  );
}

const required = (what: string) => ({ required: true, message: `请填写${what}` });
