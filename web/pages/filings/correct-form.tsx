import { App, Button, Form, Input, Select } from 'antd';
import type { FilingDetail, Problem } from '../../../src/modules/filings/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';

type Entry = Readonly<Record<string, string | undefined>>;
type Answer = { readonly blocked: boolean; readonly problems: readonly Problem[] };

const yesNo = ['是', '否'].map((value) => ({ value, label: value }));
const modes = ['001抵押', '002质押', '003保证', '004信用', '005综合'].map((value) => ({ value, label: value }));
const texts: readonly (readonly [key: string, label: string])[] = [
  ['legalRepresentative', '法定代表人'],
  ['businessEntity', '经营主体名称'],
  ['businessEntityCode', '经营主体统一社会信用代码'],
  ['iouNo', '借据号'],
  ['annualRate', '年利率（%）'],
  ['loanPurpose', '融资用途'],
  ['repayMethod', '还款方式'],
  ['entrustContractNo', '委托担保合同号'],
  ['counterMeasures', '反担保措施'],
];
const choices: readonly (readonly [key: string, label: string, options: typeof yesNo])[] = [
  ['isFirstLoan', '是否首次贷款', yesNo],
  ['isJoint', '是否共同借款人', yesNo],
  ['isHighTech', '是否高新', yesNo],
  ['isCreditLoan', '是否信用贷款', yesNo],
  ['guaranteeMode', '担保方式', modes],
];

/** 更正: takes the record anew from the book and adds what the book does not hold. */
export function CorrectForm({ of, close }: { readonly of: FilingDetail; readonly close: () => void }) {
  const { message } = App.useApp();
  const correct = useWrite(
    ({ note, ...supplement }: Entry, options) => {
      const given = Object.fromEntries(Object.entries(supplement).filter(([, value]) => value !== undefined));
      return api.post<Answer>(
        `/api/filings/${of.guarantorId}/${of.id}/corrections`,
        { supplement: given, ...(note ? { note } : {}) },
        options,
      );
    },
    (answer) => {
      if (answer.blocked) void message.warning('已重新取数，仍有未通过的校验，请看下方提示');
      else void message.success('已更正，将随下一批申报');
      close();
    },
  );
  return (
    <Form<Entry>
      layout="vertical"
      initialValues={of.supplement}
      onFinish={(entry) => correct.mutate(entry)}
      className="panel pad"
    >
      <p className="muted">
        名称、证件号码、合同号、金额、期限取自台账：台账有误请先更正台账，再在这里重新取数。以下为台账没有的内容。
      </p>
      <div className="form-grid">
        {texts.map(([key, label]) => (
          <Form.Item key={key} name={key} label={label}>
            <Input maxLength={200} />
          </Form.Item>
        ))}
        {choices.map(([key, label, options]) => (
          <Form.Item key={key} name={key} label={label}>
            <Select allowClear options={options} placeholder="未填" />
          </Form.Item>
        ))}
        <Form.Item name="note" label="更正说明">
          <Input maxLength={500} placeholder="给审核人看的说明" />
        </Form.Item>
      </div>
      <RefusalList problem={correct.error} />
      <div className="form-foot">
        <Button type="primary" htmlType="submit" loading={correct.isPending}>
          重新取数并校验
        </Button>
        <Button onClick={close}>取消</Button>
      </div>
    </Form>
  );
}
