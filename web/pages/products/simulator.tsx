import './products.css';
import { Alert, Button, Checkbox, Form, Input, InputNumber, Select } from 'antd';
import type { EligibilityAnswer, EligibilityFinding } from '../../../src/modules/products/contract.ts';
import { api } from '../../api.ts';
import {
  FootLine,
  MoneyField,
  moneyRule,
  RefusalList,
  requiredRule,
  StatusBadge,
  UnverifiedMark,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';

type Entry = {
  customerKind: string;
  sizeClass: string;
  tags: number[];
  tier?: string;
  industryCode?: string;
  amount: string;
  termMonths: number;
  balance?: string;
  committed?: string;
  feeRate?: string;
  flags?: string[];
};

const flags = [
  ['startup-group', '创业担保贷款十类人员'],
  ['abnormal', '列入经营异常名录'],
  ['dishonest', '列入严重失信名单'],
  ['restricted-industry', '禁止、限制或淘汰类项目'],
  ['major-violation', '近3年有重大违法'],
  ['government-bond', '用于政府债券发行'],
  ['financing-platform', '政府融资平台'],
] as const;
const options = (pairs: readonly (readonly [string | number, string])[]) =>
  pairs.map(([value, label]) => ({ value, label }));

/** 准入模拟: before anything is applied for, which product would take the case, which clause fails, and what would pass. */
export default function SimulatorPage() {
  const ask = useWrite((entry: Entry, settings) =>
    api.post<EligibilityAnswer>('/api/products/eligibility', bodyOf(entry), settings),
  );
  return (
    <Page title="准入模拟" note="申请之前逐条试算，不保存任何内容" trail={[{ title: '产品', to: '/products' }]}>
      <div className="cols" style={{ gridTemplateColumns: 'minmax(330px, 4fr) minmax(0, 8fr)', alignItems: 'start' }}>
        <Panel title="客户与申请">
          <Form<Entry>
            layout="vertical"
            initialValues={{ customerKind: 'enterprise', sizeClass: '小型', tags: [1], termMonths: 12 }}
            onFinish={(entry) => ask.mutate(entry)}
          >
            <div className="form-grid" style={{ gridTemplateColumns: '1fr 1fr' }}>
              <Form.Item name="customerKind" label="客户类别">
                <Select
                  options={options([
                    ['enterprise', '企业'],
                    ['individual-business', '个体工商户'],
                    ['farmer', '农户'],
                    ['business-owner', '小微企业主'],
                  ])}
                />
              </Form.Item>
              <Form.Item name="sizeClass" label="企业划型">
                <Select
                  options={options(['大型', '中型', '小型', '微型', '不可判定'].map((each) => [each, each] as const))}
                />
              </Form.Item>
              <Form.Item name="amount" label="申请金额" rules={[requiredRule('申请金额'), moneyRule]}>
                <MoneyField />
              </Form.Item>
              <Form.Item name="termMonths" label="期限（月）" rules={[requiredRule('期限')]}>
                <InputNumber min={1} max={600} style={{ width: '100%' }} />
              </Form.Item>
              <Form.Item name="balance" label="现有在保余额" rules={[moneyRule]}>
                <MoneyField placeholder="没有则不填" />
              </Form.Item>
              <Form.Item name="committed" label="有效合同金额合计" rules={[moneyRule]}>
                <MoneyField placeholder="没有则不填" />
              </Form.Item>
              <Form.Item name="tier" label="科创企业档次">
                <Select
                  allowClear
                  placeholder="不是科创企业则不填"
                  options={options([
                    ['specialized', '专精特新等'],
                    ['high-tech', '高新技术等'],
                    ['tech-small', '科技型中小等'],
                  ])}
                />
              </Form.Item>
              <Form.Item name="industryCode" label="行业代码">
                <Input maxLength={4} placeholder="GB/T 4754" />
              </Form.Item>
            </div>
            <Form.Item name="tags" label="业务标签">
              <Checkbox.Group
                options={options([
                  [1, '支小'],
                  [2, '支农'],
                  [4, '支新'],
                  [8, '支创'],
                ])}
              />
            </Form.Item>
            <Form.Item name="flags" label="情况申明">
              <Checkbox.Group options={options(flags)} style={{ display: 'grid', gap: 4 }} />
            </Form.Item>
            <div style={{ display: 'grid', gap: 12 }}>
              <RefusalList problem={ask.error} />
              <Button type="primary" htmlType="submit" loading={ask.isPending}>
                试算
              </Button>
            </div>
          </Form>
        </Panel>
        <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
          {ask.data ? (
            [...ask.data.products]
              .sort((a, b) => Number(b.passes) - Number(a.passes))
              .map((product) => <ProductResult key={product.code} product={product} />)
          ) : (
            <Alert type="info" showIcon title="填好左侧后点「试算」，这里逐产品列出结果" />
          )}
          {ask.data && <FootLine asOf={ask.data.on} unit={null} basis="按当日有效的产品版本" />}
        </div>
      </div>
    </Page>
  );
}

function ProductResult({ product }: { product: EligibilityAnswer['products'][number] }) {
  const failed = product.findings.filter((each) => !each.passes);
  return (
    <Panel
      title={product.name}
      note={`第 ${product.version} 版，共 ${product.findings.length} 条`}
      extra={
        <StatusBadge tone={product.passes ? 'good' : 'bad'}>
          {product.passes ? '符合' : `${failed.length} 条不符合`}
        </StatusBadge>
      }
    >
      {failed.length === 0 ? (
        <span className="muted">全部条款通过</span>
      ) : (
        <ul className="simulated">
          {failed.map((each) => (
            <Failed key={`${each.code} ${each.title}`} finding={each} />
          ))}
        </ul>
      )}
    </Panel>
  );
}

const Failed = ({ finding }: { finding: EligibilityFinding }) => (
  <li>
    <b>{finding.title}</b>
    {'　'}
    {finding.message}
    {finding.wouldPass && (
      <span className="simulated-cure">
        {'　→　'}
        {finding.wouldPass}
      </span>
    )}
    <div className="muted">
      {finding.clause} {finding.unverified && <UnverifiedMark reason={finding.unverified} />}
    </div>
  </li>
);

const bodyOf = ({ tags, flags: raised, balance, committed, tier, ...rest }: Entry) => ({
  ...rest,
  tags: tags.reduce((sum, each) => sum + each, 0),
  tier: tier ?? null,
  balance: balance || '0',
  committed: committed || '0',
  flags: raised ?? [],
});
