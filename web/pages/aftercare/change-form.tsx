import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { changeEffect, Dossier } from '../../../src/modules/aftercare/contract/change.ts';
import {
  type ChangeKind,
  chainKinds,
  changeKinds,
  contentKinds,
  partyTitles,
} from '../../../src/modules/aftercare/contract/titles.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Foreseen = z.infer<typeof changeEffect>;
type Entry = {
  kind: ChangeKind;
  reason: string;
  after?: string;
  dueOn?: string;
  amount?: string;
  renewal?: { contractNo: string; principal: string; startsOn: string; endsOn: string };
};
type ChangeFormProps = { readonly of: Dossier; readonly first: ChangeKind; readonly close: () => void };

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));
const required = (what: string) => [{ required: true, message: `请填写${what}` }];

/** Asks for an extension, a renewal or a change: first what it would mean, then the request itself. */
export function ChangeForm({ of, first, close }: ChangeFormProps) {
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<Entry>();
  const [foreseen, setForeseen] = useState<Foreseen>();
  const kind = Form.useWatch('kind', form) ?? first;
  const url = `/api/aftercare/guarantees/${of.guarantorId}/${of.guaranteeId}/changes`;
  const trial = useMutation({
    mutationFn: (entry: Entry) => api.post<Foreseen>(`${url}/foresee`, entry),
    onSuccess: setForeseen,
  });
  const write = useWrite(
    (entry: Entry, options) => api.post<{ id: string }>(url, entry, options),
    () => {
      void message.success('已登记申请，请登记各方同意后提交审批');
      close();
    },
  );
  return (
    <Drawer title={`${changeKinds[kind]} · ${of.contractNo}`} open onClose={close} size={520}>
      <Form<Entry>
        form={form}
        layout="vertical"
        initialValues={{ kind: first, renewal: { startsOn: me.today, principal: of.outstanding } }}
        onValuesChange={() => {
          setForeseen(undefined);
          trial.reset();
          write.reset();
        }}
        onFinish={(entry) => (foreseen ? write.mutate(entry) : trial.mutate(entry))}
      >
        <Form.Item name="kind" label="种类" rules={required('种类')}>
          <Select
            options={[
              { label: '展期与续贷', options: optionsOf(chainKinds) },
              { label: '内容变更', options: optionsOf(contentKinds) },
            ]}
          />
        </Form.Item>
        <KindFields kind={kind} of={of} />
        <Form.Item name="reason" label="原因" rules={required('原因')}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
          <RefusalList problem={trial.error ?? write.error} />
          {foreseen && <Effect of={foreseen} />}
          <div className="form-foot">
            <Button type="primary" htmlType="submit" loading={trial.isPending || write.isPending}>
              {foreseen ? '确认申请' : '试算'}
            </Button>
            <Button onClick={close}>取消</Button>
          </div>
        </div>
      </Form>
    </Drawer>
  );
}

function KindFields({ kind, of }: { kind: ChangeKind; of: Dossier }) {
  if (kind === 'extension' || kind === 'term')
    return (
      <Form.Item name="dueOn" label={`变更后到期日（现 ${of.dueOn}）`} rules={required('到期日')}>
        <DayField />
      </Form.Item>
    );
  if (kind === 'reduction')
    return (
      <Form.Item name="amount" label="下调后的主债权金额" rules={[...required('金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
    );
  if (kind in contentKinds)
    return (
      <Form.Item name="after" label="变更后内容" rules={required('变更后内容')}>
        <Input maxLength={300} />
      </Form.Item>
    );
  return (
    <>
      <Form.Item name={['renewal', 'contractNo']} label="新保证合同号" rules={required('新保证合同号')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name={['renewal', 'principal']} label="新主债权金额" rules={[...required('金额'), moneyRule]}>
        <MoneyField />
      </Form.Item>
      <Form.Item name={['renewal', 'startsOn']} label="起始日（原保函同日解除）" rules={required('起始日')}>
        <DayField />
      </Form.Item>
      <Form.Item name={['renewal', 'endsOn']} label="到期日" rules={required('到期日')}>
        <DayField />
      </Form.Item>
    </>
  );
}

function Effect({ of }: { of: Foreseen }) {
  return (
    <Alert
      type="info"
      title={`变更前：${of.before}　变更后：${of.after}`}
      description={
        <>
          须由{of.needs.map((party) => partyTitles[party]).join('、')}书面同意。
          <table className="care-effect">
            <thead>
              <tr>
                <th>影响</th>
                <th className="figure">现在</th>
                <th className="figure">办理之后</th>
                <th>说明</th>
              </tr>
            </thead>
            <tbody>
              {of.effect.map((line) => (
                <tr key={line.title}>
                  <td>{line.title}</td>
                  <td className="figure">{line.before}</td>
                  <td className="figure">{line.after}</td>
                  <td>{line.note}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      }
    />
  );
}
