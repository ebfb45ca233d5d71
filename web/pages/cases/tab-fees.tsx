import { Form, Input, Radio } from 'antd';
import type { CaseDetail, FeePlanWire } from '../../../src/modules/cases/contract/detail.ts';
import { frequencyTitles } from '../../../src/modules/cases/contract/titles.ts';
import {
  DayField,
  DayText,
  Facts,
  MoneyField,
  MoneyText,
  moneyRule,
  RatioText,
  requiredRule,
  StatusBadge,
  showWireMoney,
  UnverifiedMark,
} from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { Act } from './act.tsx';
import { FeeNotice } from './fee-notice.tsx';
import { RefundPreview } from './refund-preview.tsx';

type PlanFields = { basis: string; frequency: string; startsOn: string; laterRates?: string };
const listed = (typed: string | undefined) => (typed ?? '').split(/[,，、\s]+/).filter(Boolean);
/** '0.8，0.6' → ['0.008', '0.006'], exactly: the point is moved, nothing is divided. */
const ratesOf = (typed: string | undefined): string[] =>
  listed(typed).map((each) => {
    const [whole = '0', decimals = ''] = each.split('.');
    const digits = whole.padStart(3, '0');
    return `${Number(digits.slice(0, -2))}.${digits.slice(-2)}${decimals}`;
  });
const laterRatesRule = {
  validator: (_: unknown, typed: string | undefined) =>
    listed(typed).every((each) => /^\d{1,2}(\.\d{1,4})?$/.test(each))
      ? Promise.resolve()
      : Promise.reject(new Error('请填写百分数，如 0.8，0.6')),
};
const basisTitles = { guaranteed: '担保责任金额', principal: '主债权金额' };

/** 收费: the plan with its day count, instalments, receipts, and what would be given back on early release. */
export function FeeTab({ of, url }: { of: CaseDetail; url: string }) {
  const { today } = useMe();
  const may = (verb: string) => of.verbs.includes(verb);
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      {of.feePlan ? <Plan plan={of.feePlan} /> : <p className="muted">批准后确定收费计划。</p>}
      <div className="case-verbs">
        {may('plan-fee') && (
          <Act<PlanFields>
            label={of.feePlan ? '重订收费计划' : '确定收费计划'}
            url={`${url}/fee-plan`}
            isPrimary={!of.feePlan}
            initialValues={{ basis: 'guaranteed', frequency: 'once', startsOn: today }}
            bodyOf={({ laterRates, ...rest }) => ({ ...rest, laterRates: ratesOf(laterRates) })}
            note={
              <p className="muted">
                按实际天数 ÷ 365 计（ACT/365，算头不算尾）；放款日不同的，放款时按实际起止日重算。
              </p>
            }
          >
            <Form.Item name="basis" label="计费基数">
              <Radio.Group options={Object.entries(basisTitles).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
            <Form.Item name="frequency" label="缴费方式">
              <Radio.Group options={Object.entries(frequencyTitles).map(([value, label]) => ({ value, label }))} />
            </Form.Item>
            <Form.Item name="startsOn" label="预计起始日" rules={[requiredRule('预计起始日')]}>
              <DayField />
            </Form.Item>
            {(of.termMonths ?? 0) > 12 && (
              <Form.Item
                name="laterRates"
                label="第二年起各年的年费率（%）"
                rules={[laterRatesRule]}
                extra="各年用逗号隔开，如 0.8，0.6；不填为各年相同，末一个沿用到期末"
              >
                <Input maxLength={100} placeholder="各年相同" />
              </Form.Item>
            )}
          </Act>
        )}
        {may('notify-fee') && of.feePlan && <FeeNotice of={of} plan={of.feePlan} url={url} />}
        {may('receive-fee') && (
          <Act<{ amount: string; receivedOn: string; reference: string }>
            label="登记收费"
            url={`${url}/receipts`}
            initialValues={{ receivedOn: today, ...nextDue(of) }}
          >
            <Form.Item name="amount" label="收款金额" rules={[requiredRule('收款金额'), moneyRule]}>
              <MoneyField />
            </Form.Item>
            <Form.Item name="receivedOn" label="收款日" rules={[requiredRule('收款日')]}>
              <DayField max={today} />
            </Form.Item>
            <Form.Item name="reference" label="收款凭证号" rules={[requiredRule('收款凭证号')]}>
              <Input maxLength={100} />
            </Form.Item>
          </Act>
        )}
      </div>
      {of.receipts.length > 0 && (
        <section>
          <h3>收款</h3>
          {of.receipts.map((each) => (
            <div key={each.seq} className="case-finding">
              <DayText value={each.receivedOn} />　<MoneyText value={each.amount} withUnit />
              　凭证 {each.reference}　{each.name}{' '}
              <StatusBadge tone={each.isBooked ? 'good' : 'busy'}>
                {each.isBooked ? '已入账' : '放款时入账'}
              </StatusBadge>
            </div>
          ))}
        </section>
      )}
      {of.feePlan && <RefundPreview url={url} today={today} />}
    </div>
  );
}

const Plan = ({ plan }: { plan: FeePlanWire }) => (
  <section>
    <h3>收费计划（第 {plan.version} 版）</h3>
    <Facts
      facts={[
        {
          name: '计费基数',
          value: (
            <>
              {basisTitles[plan.basis]} <MoneyText value={plan.base} withUnit />
            </>
          ),
        },
        {
          name: '年费率',
          value: (
            <>
              <RatioText value={plan.rate} />
              {plan.laterRates.map((rate, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is the year.
                <span key={at}>
                  ，第 {at + 2} 年{at === plan.laterRates.length - 1 && '起'} <RatioText value={rate} />
                </span>
              ))}
            </>
          ),
        },
        { name: '计费天数惯例', value: `${plan.dayCount}，算头不算尾` },
        { name: '起止', value: `${plan.startsOn} 至 ${plan.endsOn}` },
        { name: '缴费方式', value: frequencyTitles[plan.frequency] },
        { name: '合计', value: <MoneyText value={plan.total} withUnit /> },
        {
          name: '增值税',
          value: (
            <>
              <StatusBadge tone={plan.vatExempt ? 'good' : 'warn'}>{plan.vatExempt ? '免征' : '应税'}</StatusBadge>{' '}
              {plan.vatReason} {plan.vatUnverified && <UnverifiedMark reason={plan.vatUnverified} />}
            </>
          ),
          wide: true,
        },
      ]}
    />
    {plan.instalments.map((each) => (
      <div key={each.seq} className="case-finding">
        第 {each.seq} 期　应缴日 <DayText value={each.dueOn} />　{each.from} 至 {each.to}（{each.days} 天）　
        <MoneyText value={each.amount} withUnit />　{openMark(each)}
      </div>
    ))}
  </section>
);

function openMark({ open, amount }: FeePlanWire['instalments'][number]) {
  if (open === '0.00') return <StatusBadge tone="good">已缴</StatusBadge>;
  if (open === amount) return <StatusBadge tone="warn">未缴</StatusBadge>;
  return <StatusBadge tone="warn">{`尚缺 ${showWireMoney(open, '元')} 元`}</StatusBadge>;
}

/** The first instalment that is not paid: what is most likely entered next. */
function nextDue(of: CaseDetail): { amount?: string } {
  const next = of.feePlan?.instalments.find((each) => each.open !== '0.00');
  return next ? { amount: next.open } : {};
}
