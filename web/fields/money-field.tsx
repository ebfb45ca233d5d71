import { Input } from 'antd';
import { useState } from 'react';
import { formatYuan, type MoneyUnit, parseMoney, showMoney } from '../../src/kernel/money.ts';
import { useUnit } from '../shell/unit.tsx';
import { showWireMoney } from './show.ts';

type MoneyFieldProps = {
  /** Decimal 元, or what was typed when that is no amount. */
  readonly value?: string | undefined;
  readonly onChange?: (value: string | undefined) => void;
  /** Fixes the unit people type in; otherwise the unit switch decides. */
  readonly unit?: MoneyUnit;
  readonly disabled?: boolean;
  readonly placeholder?: string;
  readonly id?: string;
};

/**
 * Types an amount in the unit of the switch and hands on decimal 元, exactly. What cannot be read is handed on as typed,
 * so that nothing is lost and `moneyRule` refuses it.
 */
export function MoneyField({ value, onChange, unit, disabled, placeholder, id }: MoneyFieldProps) {
  const chosen = useUnit();
  const typedIn = unit ?? chosen;
  const [draft, setDraft] = useState<{ text: string; unit: MoneyUnit; value: string | undefined }>();
  const text = draft && draft.unit === typedIn && draft.value === value ? draft.text : plainIn(value, typedIn);
  const isRead = value === undefined || value === '' || parseMoney(value, '元') !== undefined;
  return (
    <div>
      <Input
        {...(id ? { id } : {})}
        inputMode="decimal"
        value={text}
        {...(disabled === undefined ? {} : { disabled })}
        placeholder={placeholder ?? '0.00'}
        status={isRead ? '' : 'error'}
        suffix={<span className="muted">{typedIn}</span>}
        className="money-input"
        onChange={(event) => {
          const next = event.target.value;
          const wire = toWire(next, typedIn);
          setDraft({ text: next, unit: typedIn, value: wire });
          onChange?.(wire);
        }}
      />
      {isRead && value && typedIn !== '元' && <div className="field-hint">{showWireMoney(value, '元')} 元</div>}
      {!isRead && <div className="field-hint figure-negative">请输入数字，最细到分</div>}
    </div>
  );
}

/** For Form.Item `rules`: refuses what is no amount. */
export const moneyRule = {
  validator: (_: unknown, value: string | undefined) =>
    !value || parseMoney(value, '元') !== undefined
      ? Promise.resolve()
      : Promise.reject(new Error('金额应为数字，最细到分')),
};

/** What was typed as decimal 元; separators and spaces dropped. Unreadable text comes back as typed, never as an amount. */
export function toWire(typed: string, unit: MoneyUnit): string | undefined {
  const cleaned = typed.replace(/[,，\s]/g, '').replace(/[−－]/g, '-');
  if (cleaned === '') return undefined;
  const amount = parseMoney(cleaned, unit);
  return amount === undefined ? `?${typed}` : formatYuan(amount);
}

/** A wire amount as people type it: no separators, no needless zeros. */
export function plainIn(value: string | undefined, unit: MoneyUnit): string {
  if (!value) return '';
  if (value.startsWith('?')) return value.slice(1);
  const amount = parseMoney(value, '元');
  if (amount === undefined) return value;
  const digits = unit === '元' ? 2 : unit === '万元' ? 6 : 10;
  return showMoney(amount, unit, digits)
    .replaceAll(',', '')
    .replace(/\.?0+$/, '');
}
