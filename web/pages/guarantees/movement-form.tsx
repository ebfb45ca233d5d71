import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, Select } from 'antd';
import { useState } from 'react';
import type { GuaranteeDetail } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, showWireMoney, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { useUnit } from '../../shell/unit.tsx';
import { type EnteredKind, enteredKinds } from './titles.ts';

type Entry = {
  readonly kind: EnteredKind;
  readonly amount: string;
  readonly occurredOn: string;
  readonly extendedToOn?: string;
  readonly cause?: string;
  readonly reference?: string;
};
type Answer = { readonly seq: number; readonly outstanding: string };

/** 登记变动: a dry run of the real action first, which says what the balance will be or every reason against; then the entry. */
export function MovementForm({ of, isOpen, close }: { of: GuaranteeDetail; isOpen: boolean; close: () => void }) {
  return (
    <Drawer title={`登记变动 · ${of.contractNo}`} open={isOpen} onClose={close} size={460} destroyOnHidden>
      <MovementFields of={of} close={close} />
    </Drawer>
  );
}

function MovementFields({ of, close }: { of: GuaranteeDetail; close: () => void }) {
  const me = useMe();
  const unit = useUnit();
  const { message } = App.useApp();
  const [form] = Form.useForm<Entry>();
  const [tried, setTried] = useState<Answer>();
  const kind = Form.useWatch('kind', form) ?? 'repay';
  const url = `/api/guarantees/${of.guarantorId}/${of.id}/movements`;
  const trial = useMutation({
    mutationFn: (entry: Entry) => api.post<Answer>(`${url}?dryRun=true`, entry),
    onSuccess: setTried,
  });
  const write = useWrite(
    (entry: Entry, options) => api.post<Answer>(url, entry, options),
    (answer) => {
      void message.success(`已登记第 ${answer.seq} 笔，在保余额 ${showWireMoney(answer.outstanding, unit)} ${unit}`);
      close();
    },
  );
  const isExtension = kind === 'extend';
  const title = enteredKinds.find((each) => each.value === kind)!;
  return (
    <Form<Entry>
      form={form}
      layout="vertical"
      initialValues={{ kind: 'repay', occurredOn: me.today }}
      onValuesChange={() => {
        setTried(undefined);
        trial.reset();
        write.reset();
      }}
      onFinish={(entry) => {
        const asked = isExtension ? { ...entry, amount: entry.amount ?? of.outstanding } : entry;
        if (tried) write.mutate(asked);
        else trial.mutate(asked);
      }}
    >
      <Form.Item name="kind" label="变动类型" rules={[{ required: true }]}>
        <Select options={enteredKinds.map(({ value, label }) => ({ value, label }))} />
      </Form.Item>
      <Form.Item
        name="amount"
        label={title.amount}
        rules={[{ required: !isExtension, message: `请填写${title.amount}` }, moneyRule]}
        extra={`现在保余额 ${showWireMoney(of.outstanding, unit)} ${unit}`}
      >
        <MoneyField />
      </Form.Item>
      <Form.Item name="occurredOn" label="发生日" rules={[{ required: true, message: '请选择发生日' }]}>
        <DayField />
      </Form.Item>
      {isExtension && (
        <Form.Item
          name="extendedToOn"
          label={`展期到（现到期日 ${of.dueOn}）`}
          rules={[{ required: true, message: '请选择展期后的到期日' }]}
        >
          <DayField />
        </Form.Item>
      )}
      <Form.Item name="reference" label="凭证号或回单号">
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="cause" label="说明">
        <Input.TextArea rows={2} maxLength={500} />
      </Form.Item>
      <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
        <RefusalList problem={trial.error ?? write.error} />
        {tried && (
          <Alert
            type="success"
            showIcon
            title={`试算通过：登记后在保余额 ${showWireMoney(tried.outstanding, unit)} ${unit}`}
            description="尚未入账，请核对后确认。"
          />
        )}
        <div className="form-foot">
          {tried ? (
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              确认登记
            </Button>
          ) : (
            <Button type="primary" htmlType="submit" loading={trial.isPending}>
              试算
            </Button>
          )}
          <Button onClick={close}>取消</Button>
        </div>
      </div>
    </Form>
  );
}
