import { Button, Drawer, Form, Input, Radio } from 'antd';
import { type ReactNode, useState } from 'react';
import type { AdmissionDetail } from '../../../src/modules/admissions/contract.ts';
import { api } from '../../api.ts';
import { DayField, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { RatingFields, ratingsOf } from './rating-fields.tsx';

type Verb = 'evaluations' | 'submission' | 'reviews' | 'suspension' | 'resumption' | 'exit';
type ActionsProps = { readonly admission: AdmissionDetail; readonly url: string; readonly etag: string | undefined };

const titles: Readonly<Record<Verb, string>> = {
  evaluations: '评分',
  submission: '提交审批',
  reviews: '年度复审',
  suspension: '暂停',
  resumption: '恢复',
  exit: '退出',
};

/** The steps the state allows, each in a drawer; two people at once: the second is told to look again. */
export function AdmissionActions({ admission, url, etag }: ActionsProps) {
  const [verb, setVerb] = useState<Verb>();
  const act = useWrite(
    ({ to, body }: { to: Verb; body: unknown }, options) => api.post(`${url}/${to}`, body, { ...options, etag }),
    () => setVerb(undefined),
  );
  const open = (to: Verb) => {
    act.reset();
    setVerb(to);
  };
  const steps = stepsOf(admission);
  return (
    <>
      {steps.map((each, index) => (
        <Button key={each} type={index === steps.length - 1 ? 'primary' : 'default'} onClick={() => open(each)}>
          {titles[each]}
        </Button>
      ))}
      <Drawer
        title={verb && titles[verb]}
        open={verb !== undefined}
        onClose={() => setVerb(undefined)}
        size={560}
        destroyOnHidden
      >
        {verb && (
          <StepForm
            admission={admission}
            verb={verb}
            problem={act.error}
            isPending={act.isPending}
            send={(body) => act.mutate({ to: verb, body })}
          />
        )}
      </Drawer>
    </>
  );
}

function stepsOf({ state, suspensions }: AdmissionDetail): Verb[] {
  if (state === 'applied') return ['evaluations'];
  if (state === 'evaluated') return ['evaluations', 'submission'];
  if (state === 'suspended') return ['exit', 'reviews', 'resumption'];
  if (state === 'in-force' || state === 'not-yet')
    return suspensions.some((each) => each.to === null) ? ['exit', 'resumption'] : ['exit', 'suspension', 'reviews'];
  return [];
}

type StepProps = {
  readonly admission: AdmissionDetail;
  readonly verb: Verb;
  readonly problem: unknown;
  readonly isPending: boolean;
  readonly send: (body: Record<string, unknown>) => void;
};

function StepForm({ admission, verb, problem, isPending, send }: StepProps) {
  const me = useMe();
  const isScored = verb === 'evaluations' || verb === 'reviews';
  const finish = (entry: Record<string, unknown>) =>
    send(isScored ? { ...entry, points: undefined, evidence: undefined, ratings: ratingsOf(entry) } : entry);
  return (
    <Form layout="vertical" initialValues={{ on: me.today, from: me.today, isKept: true }} onFinish={finish}>
      {fieldsOf(verb, admission)}
      <div style={{ display: 'grid', gap: 12 }}>
        <RefusalList problem={problem} />
        <Button type="primary" htmlType="submit" loading={isPending}>
          {titles[verb]}
        </Button>
      </div>
    </Form>
  );
}

const reason = (label: string, name = 'reason') => (
  <Form.Item name={name} label={label} rules={[requiredRule(label)]}>
    <Input.TextArea rows={3} maxLength={400} />
  </Form.Item>
);
const dayItem = (name: string, label: string, extra?: string) => (
  <Form.Item name={name} label={label} rules={[requiredRule(label)]} {...(extra ? { extra } : {})}>
    <DayField />
  </Form.Item>
);
const choice = (name: string, label: string, options: readonly { value: string | boolean; label: string }[]) => (
  <Form.Item name={name} label={label}>
    <Radio.Group options={[...options]} />
  </Form.Item>
);

function fieldsOf(verb: Verb, { scorecard }: AdmissionDetail): ReactNode {
  switch (verb) {
    case 'evaluations':
      return (
        <>
          <RatingFields terms={scorecard.terms} />
          {reason('评估结论', 'conclusion')}
        </>
      );
    case 'reviews':
      return (
        <>
          <RatingFields terms={scorecard.terms} />
          {choice('isKept', '复审结论', [
            { value: true, label: '继续合作' },
            { value: false, label: '暂停合作' },
          ])}
          {reason('复审说明', 'conclusion')}
        </>
      );
    case 'submission':
      return (
        <>
          {dayItem(
            'from',
            '拟准入起始日',
            `有效 ${scorecard.terms.validMonths} 个月，每 ${scorecard.terms.reviewMonths} 个月复审`,
          )}
          <Form.Item name="document" label="依据文件" rules={[requiredRule('依据文件')]}>
            <Input maxLength={200} />
          </Form.Item>
        </>
      );
    case 'suspension':
      return (
        <>
          {dayItem('on', '暂停日', '自这一天起不得新签协议、新增业务')}
          {reason('暂停原因')}
        </>
      );
    case 'resumption':
      return (
        <>
          {dayItem('on', '恢复日', '自这一天起恢复')}
          {reason('恢复理由')}
        </>
      );
    case 'exit':
      return (
        <>
          {dayItem('on', '退出日', '自这一天起不再准入；在保业务按原合同履行')}
          {reason('退出原因')}
        </>
      );
  }
}
