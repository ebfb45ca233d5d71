import { useQuery } from '@tanstack/react-query';
import { Form, Input, Radio } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { CaseDetail, FeePlanWire } from '../../../src/modules/cases/contract/detail.ts';
import { frequencyTitles } from '../../../src/modules/cases/contract/titles.ts';
import type { refundPreview } from '../../../src/modules/cases/contract.ts';
import { api } from '../../api.ts';
import {
  DayField,
  DayText,
  Facts,
  MoneyField,
  MoneyText,
  moneyRule,
  RatioText,
  RefusalList,
  requiredRule,
  StatusBadge,
  UnverifiedMark,
} from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { Act } from './act.tsx';

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
          <Act<{ basis: string; frequency: string; startsOn: string }>
            label={of.feePlan ? '重订收费计划' : '确定收费计划'}
            url={`${url}/fee-plan`}
            isPrimary={!of.feePlan}
            initialValues={{ basis: 'guaranteed', frequency: 'once', startsOn: today }}
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
          </Act>
        )}
        {may('receive-fee') && (
          <Act<{ amount: string; receivedOn: string; reference: string }>
            label="登记收费"
            url={`${url}/receipts`}
            initialValues={{ receivedOn: today, ...(of.feePlan ? { amount: of.feePlan.total } : {}) }}
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
      {of.feePlan && <Refund url={url} today={today} />}
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
        { name: '年费率', value: <RatioText value={plan.rate} /> },
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
        <MoneyText value={each.amount} withUnit />
      </div>
    ))}
  </section>
);

function Refund({ url, today }: { url: string; today: string }) {
  const [releasedOn, setDay] = useState(today);
  const query = useQuery({
    queryKey: ['case', 'refund', url, releasedOn],
    queryFn: ({ signal }) => api.get<z.infer<typeof refundPreview>>(`${url}/refund`, { releasedOn }, signal),
  });
  return (
    <section>
      <h3>提前解除的退费试算</h3>
      解除日 <DayField value={releasedOn} onChange={(day) => setDay(day ?? today)} />
      {query.error && <RefusalList problem={query.error} />}
      {query.data && (
        <p>
          已收 <MoneyText value={query.data.received} withUnit />
          ，已赚 {query.data.days} 天 <MoneyText value={query.data.earned} withUnit />
          ，应退{' '}
          <b>
            <MoneyText value={query.data.refund} withUnit />
          </b>
          ，尚欠 <MoneyText value={query.data.owed} withUnit />
          <span className="field-hint"> {query.data.formula}</span>
        </p>
      )}
    </section>
  );
}
