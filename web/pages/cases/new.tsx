import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { Button, Form, Select } from 'antd';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

type Choice = { readonly guarantorId: string; readonly bankId?: string };
type Guarantors = { readonly rows: readonly { readonly id: string; readonly name: string }[] };

/** 新建申请: between whom; the rest is typed on the next page and kept as typed. */
export default function NewCasePage() {
  const me = useMe();
  const isBank = me.institution?.kind === 'bank';
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['cases', 'guarantors'],
    queryFn: ({ signal }) => api.get<Guarantors>('/api/cases/guarantors', {}, signal),
  });
  const make = useWrite(
    (choice: Choice, options) =>
      api.post<{ id: string }>(
        '/api/cases',
        { guarantorId: Number(choice.guarantorId), ...(choice.bankId ? { bankId: Number(choice.bankId) } : {}) },
        options,
      ),
    ({ id }, { guarantorId }) => void navigate({ to: `/cases/${guarantorId}/${id}/edit` as string }),
  );
  return (
    <Page
      title="新建申请"
      note="先选申请的双方，再填写内容；填写中自动保存为草稿"
      trail={[{ title: '担保项目', to: '/cases' }]}
    >
      <QueryState query={query} rows={3}>
        {({ rows }) => (
          <Panel>
            <Form<Choice>
              layout="vertical"
              style={{ maxWidth: 520 }}
              initialValues={rows.length === 1 && rows[0] ? { guarantorId: rows[0].id } : {}}
              onFinish={(choice) => make.mutate(choice)}
            >
              <Form.Item
                name="guarantorId"
                label="担保机构"
                rules={[requiredRule('担保机构')]}
                extra={isBank ? '只列出与本行有合作协议的机构' : undefined}
              >
                <Select
                  showSearch={{ optionFilterProp: 'label' }}
                  placeholder="选择担保机构"
                  options={rows.map((row) => ({ value: row.id, label: row.name }))}
                />
              </Form.Item>
              {!isBank && (
                <Form.Item name="bankId" label="贷款银行" rules={[requiredRule('贷款银行')]}>
                  <InstitutionField kind="bank" placeholder="选择银行" width={520} />
                </Form.Item>
              )}
              {make.error && <RefusalList problem={make.error} />}
              <Button type="primary" htmlType="submit" loading={make.isPending}>
                开始填写
              </Button>
            </Form>
          </Panel>
        )}
      </QueryState>
    </Page>
  );
}
