import { Form, Input, Select } from 'antd';
import type { CaseDetail, FeePlanWire } from '../../../src/modules/cases/contract/detail.ts';
import { DayField, requiredRule, showWireMoney } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { Act } from './act.tsx';

type Fields = { instalments: number[]; payBy: string; account: string };
type FeeNoticeProps = { readonly of: CaseDetail; readonly plan: FeePlanWire; readonly url: string };

/** 出具缴费通知: for what is open of the instalments chosen; the first open one is proposed. */
export function FeeNotice({ of, plan, url }: FeeNoticeProps) {
  const { today } = useMe();
  const open = plan.instalments.filter((each) => each.open !== '0.00');
  const first = open[0];
  if (!first) return null;
  const sent = of.papers.filter((paper) => paper.template === 'fee-notice' && !paper.isRevoked).length;
  return (
    <Act<Fields>
      label={sent > 0 ? `再出缴费通知（已出 ${sent} 份）` : '出具缴费通知'}
      title="出具缴费通知"
      url={`${url}/fee-notices`}
      initialValues={{ instalments: [first.seq], payBy: first.dueOn.localeCompare(today) > 0 ? first.dueOn : today }}
      note={<p className="muted">按所选各期尚未缴纳的金额出具，带二维码，列在文书页；客户在“我的业务”里也能看到。</p>}
    >
      <Form.Item name="instalments" label="通知哪几期" rules={[requiredRule('期次')]}>
        <Select
          mode="multiple"
          options={open.map((each) => ({
            value: each.seq,
            label: `第 ${each.seq} 期 ${each.dueOn} 应缴，尚缺 ${showWireMoney(each.open, '元')} 元`,
          }))}
        />
      </Form.Item>
      <Form.Item name="payBy" label="缴费截止日" rules={[requiredRule('缴费截止日')]}>
        <DayField min={today} />
      </Form.Item>
      <Form.Item name="account" label="收款账户" rules={[requiredRule('收款账户')]}>
        <Input maxLength={200} placeholder="开户行与账号" />
      </Form.Item>
    </Act>
  );
}
