import { Button, Drawer, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import type { ProductTerms, ProductVersionWire } from '../../../src/modules/products/contract.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, moneyRule, RefusalList, requiredRule, useWrite } from '../../fields/index.ts';

type Entry = { from: string; document: string; most: number; caps: Record<string, string> };

/** The next version, starting from the one shown: what changes is entered, the rest is carried over as it stands. */
export function NewVersion({ code, from }: { code: string; from: ProductVersionWire }) {
  const [isOpen, setOpen] = useState(false);
  const write = useWrite(
    (body: unknown, options) => api.post<{ version: number }>(`/api/products/${code}/versions`, body, options),
    () => setOpen(false),
  );
  const { terms } = from;
  const send = (entry: Entry) => {
    const next: ProductTerms = {
      ...terms,
      termMonths: { ...terms.termMonths, most: entry.most },
      caps: terms.caps.map((cap) => {
        const amount = entry.caps[cap.basis] ?? cap.amount;
        return amount === cap.amount ? cap : { ...cap, amount, source: entry.document, unverified: null };
      }),
    };
    write.mutate({ from: entry.from, to: null, document: entry.document, unverified: from.unverified, terms: next });
  };
  return (
    <>
      <Button type="primary" onClick={() => setOpen(true)}>
        新增版本
      </Button>
      <Drawer title="新增产品版本" open={isOpen} onClose={() => setOpen(false)} size={520} destroyOnHidden>
        <Form<Entry>
          layout="vertical"
          initialValues={{
            most: terms.termMonths.most,
            caps: Object.fromEntries(terms.caps.map((cap) => [cap.basis, cap.amount])),
          }}
          onFinish={send}
        >
          <p className="muted">自第 {from.version} 版沿用其余条款；前一版至新版生效前一日止，已办业务仍按原版本。</p>
          <Form.Item name="from" label="生效日" rules={[requiredRule('生效日')]}>
            <DayField />
          </Form.Item>
          <Form.Item name="document" label="依据文件" rules={[requiredRule('依据文件')]}>
            <Input maxLength={200} placeholder="文号或文件名" />
          </Form.Item>
          <Form.Item name="most" label="最长期限（月）" rules={[requiredRule('最长期限')]}>
            <InputNumber min={1} max={600} />
          </Form.Item>
          {terms.caps.map((cap) => (
            <Form.Item key={cap.basis} name={['caps', cap.basis]} label={`${cap.basis}上限`} rules={[moneyRule]}>
              <MoneyField />
            </Form.Item>
          ))}
          <div style={{ display: 'grid', gap: 12 }}>
            <RefusalList problem={write.error} />
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              登记新版本
            </Button>
          </div>
        </Form>
      </Drawer>
    </>
  );
}
