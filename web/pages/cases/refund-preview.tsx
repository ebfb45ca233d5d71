import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import type { z } from 'zod';
import type { refundPreview } from '../../../src/modules/cases/contract.ts';
import { api } from '../../api.ts';
import { DayField, MoneyField, MoneyText, RefusalList } from '../../fields/index.ts';

/** 退费试算: what would be given back if all or part of it were released on a day. */
export function RefundPreview({ url, today }: { readonly url: string; readonly today: string }) {
  const [releasedOn, setDay] = useState(today);
  const [amount, setAmount] = useState<string>();
  const asked = useDeferredValue(amount?.startsWith('?') ? undefined : amount);
  const query = useQuery({
    queryKey: ['case', 'refund', url, releasedOn, asked],
    queryFn: ({ signal }) =>
      api.get<z.infer<typeof refundPreview>>(
        `${url}/refund`,
        { releasedOn, ...(asked ? { amount: asked } : {}) },
        signal,
      ),
  });
  const found = query.data;
  return (
    <section>
      <h3>提前解除的退费试算</h3>
      <div className="case-refund">
        <label htmlFor="refund-day">解除日</label>
        <DayField id="refund-day" value={releasedOn} onChange={(day) => setDay(day ?? today)} />
        <label htmlFor="refund-amount">解除的主债权金额</label>
        <MoneyField id="refund-amount" value={amount} onChange={setAmount} placeholder="全部" />
      </div>
      {query.error && <RefusalList problem={query.error} />}
      {found && (
        <p>
          已收 <MoneyText value={found.received} withUnit />
          ，已赚 {found.days} 天 <MoneyText value={found.earned} withUnit />
          ，应退{' '}
          <b data-testid="refund">
            <MoneyText value={found.refund} withUnit />
          </b>
          ，尚欠 <MoneyText value={found.owed} withUnit />
          <span className="field-hint"> {found.formula}</span>
        </p>
      )}
    </section>
  );
}
