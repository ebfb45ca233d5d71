import { Button, Checkbox, Form, Input, Radio, Select } from 'antd';
import { borrowerTitles, counterKinds, flagTitles } from '../../../src/modules/cases/contract/titles.ts';
import { DayField, MoneyField, moneyRule, RegionField } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useProducts } from './check-panel.tsx';

const identityTitles = { uscc: '统一社会信用代码', 'resident-id': '居民身份证', 'foreign-id': '境外证件' };
const tierTitles = { specialized: '专精特新“小巨人”等', 'high-tech': '高新技术企业等', 'tech-small': '科技型中小企业' };
const relations = ['法定代表人', '实际控制人', '配偶', '股东', '共同借款人', '关联企业'];
const options = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));
const tagOptions = [
  { value: 1, label: '支小' },
  { value: 2, label: '支农' },
  { value: 4, label: '支新' },
  { value: 8, label: '支创' },
];

/** The fields of an application, each with what it is for. */
export function FormParts({ productCode, tags }: { productCode: string | undefined; tags: readonly number[] }) {
  return (
    <>
      <Loan productCode={productCode} />
      <Borrower />
      <Panel title="政策标签" note="须有依据；统计只按主标签计一次">
        <div className="case-fields">
          <Form.Item name="tags" label="标签（可多选）">
            <Checkbox.Group options={tagOptions} />
          </Form.Item>
          {tags.length > 0 && (
            <>
              <Form.Item name="primaryTag" label="主标签">
                <Radio.Group options={tagOptions.filter((each) => tags.includes(each.value))} />
              </Form.Item>
              <Form.Item name="tagEvidence" label="标签依据" extra="证照、认定名单或贷款用途">
                <Input maxLength={500} />
              </Form.Item>
            </>
          )}
        </div>
      </Panel>
      <Related />
      <Counters />
    </>
  );
}

function Loan({ productCode }: { productCode: string | undefined }) {
  const products = useProducts();
  const offered = (products.data?.rows ?? []).filter((each) => each.current !== null);
  const terms = offered.find((each) => each.code === productCode)?.current?.terms;
  const flags = (terms?.conditions ?? []).flatMap((each) =>
    each.kind === 'no-flag' || each.kind === 'needs-flag' ? [each.flag] : [],
  );
  return (
    <Panel title="贷款要素">
      <div className="case-fields">
        <Form.Item name="productCode" label="产品" required extra="按今日生效的版本判断，提交时锁定">
          <Select
            placeholder="选择产品"
            loading={products.isPending}
            options={offered.map((each) => ({ value: each.code, label: each.name }))}
          />
        </Form.Item>
        <Form.Item name="amount" label="申请金额" required rules={[moneyRule]} extra="主债权金额，含银行自担部分">
          <MoneyField />
        </Form.Item>
        <Form.Item
          name="termMonths"
          label="期限（月）"
          required
          extra={terms ? `产品为 ${terms.termMonths.least}–${terms.termMonths.most} 个月` : undefined}
        >
          <Input maxLength={4} inputMode="numeric" />
        </Form.Item>
        <Form.Item name="county" label="业务所在县（市、区）" required extra="补偿补贴按此归属">
          <RegionField countyOnly placeholder="选择县（市、区）" width={240} />
        </Form.Item>
        <Form.Item name="feeRate" label="年担保费率" extra="小数，如 0.01；不填按协议">
          <Input maxLength={12} inputMode="decimal" />
        </Form.Item>
        {terms?.conditions.some((each) => each.kind === 'tier') && (
          <Form.Item name="tier" label="科创企业档次" required extra="以认定名单为准">
            <Select allowClear options={options(tierTitles)} />
          </Form.Item>
        )}
        <Form.Item name="purpose" label="贷款用途" required className="wide">
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        <Form.Item name="repayment" label="还款来源" required className="wide">
          <Input.TextArea rows={2} maxLength={2000} />
        </Form.Item>
        {flags.length > 0 && (
          <Form.Item name="flags" label="借款人情况申明" className="wide" extra="有下列情形的须勾选">
            <Checkbox.Group
              options={[...new Set(flags)].map((flag) => ({ value: flag, label: flagTitles[flag] ?? flag }))}
            />
          </Form.Item>
        )}
      </div>
    </Panel>
  );
}

const Borrower = () => (
  <Panel title="借款人">
    <div className="case-fields">
      <Form.Item name="customerKind" label="客户类别" required className="wide">
        <Radio.Group options={options(borrowerTitles)} />
      </Form.Item>
      <Form.Item name="customerName" label="名称或姓名" required>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="identityKind" label="证件类型" required>
        <Select options={options(identityTitles)} />
      </Form.Item>
      <Form.Item name="identityNo" label="证件号码" required extra="当场核验校验码，并在全省查重">
        <Input maxLength={40} />
      </Form.Item>
      <Form.Item name="address" label="住所" required className="wide">
        <Input maxLength={300} />
      </Form.Item>
      <Form.Item name="industryCode" label="行业代码（GB/T 4754-2017）" extra="不填则划型为不可判定">
        <Input maxLength={10} placeholder="如 C1311" />
      </Form.Item>
      <Form.Item name="staff" label="从业人员（人）">
        <Input maxLength={9} inputMode="numeric" />
      </Form.Item>
      <Form.Item name="declaredOn" label="申报日">
        <DayField />
      </Form.Item>
      <Form.Item name="revenue" label="上年营业收入" rules={[moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name="assets" label="资产总额" rules={[moneyRule]}>
        <MoneyField />
      </Form.Item>
      <span />
      <Form.Item name="contactName" label="联系人" required>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="contactPhone" label="联系电话" required>
        <Input maxLength={30} inputMode="tel" />
      </Form.Item>
    </div>
  </Panel>
);

const Related = () => (
  <Panel title="关联方" note="法定代表人、实际控制人等；跨机构查重只比对摘要">
    <Form.List name="relatedParties">
      {(rows, { add, remove }) => (
        <>
          {rows.map((row) => (
            <div key={row.key} className="case-fields">
              <Form.Item name={[row.name, 'relation']} label="关系">
                <Select options={relations.map((value) => ({ value, label: value }))} />
              </Form.Item>
              <Form.Item name={[row.name, 'name']} label="姓名或名称">
                <Input maxLength={200} />
              </Form.Item>
              <Form.Item name={[row.name, 'identityKind']} label="证件类型">
                <Select options={options(identityTitles)} />
              </Form.Item>
              <Form.Item name={[row.name, 'identityNo']} label="证件号码（关联方）">
                <Input maxLength={40} />
              </Form.Item>
              <Button type="link" onClick={() => remove(row.name)} style={{ alignSelf: 'center' }}>
                移除
              </Button>
            </div>
          ))}
          <Button onClick={() => add({ identityKind: 'resident-id' })}>增加关联方</Button>
        </>
      )}
    </Form.List>
  </Panel>
);

const Counters = () => (
  <Panel title="反担保" note="按产品的反担保要求；不增加不必要的负担">
    <Form.List name="counterGuarantees">
      {(rows, { add, remove }) => (
        <>
          {rows.map((row) => (
            <div key={row.key} className="case-fields">
              <Form.Item name={[row.name, 'kind']} label="种类">
                <Select options={options(counterKinds)} />
              </Form.Item>
              <Form.Item name={[row.name, 'provider']} label="提供人">
                <Input maxLength={200} />
              </Form.Item>
              <Form.Item name={[row.name, 'providerIdentityNo']} label="提供人证件号码">
                <Input maxLength={40} />
              </Form.Item>
              <Form.Item name={[row.name, 'title']} label="反担保物或保证内容">
                <Input maxLength={300} />
              </Form.Item>
              <Form.Item name={[row.name, 'certificateNo']} label="权证号码">
                <Input maxLength={100} />
              </Form.Item>
              <Form.Item name={[row.name, 'appraised']} label="评估价值" rules={[moneyRule]}>
                <MoneyField />
              </Form.Item>
              <Button type="link" onClick={() => remove(row.name)} style={{ alignSelf: 'center' }}>
                移除
              </Button>
            </div>
          ))}
          <Button onClick={() => add({ kind: '10000' })}>增加反担保</Button>
        </>
      )}
    </Form.List>
  </Panel>
);
