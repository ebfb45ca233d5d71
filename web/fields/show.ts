import { parseDay, showDay } from '../../src/kernel/day.ts';
import { type MoneyUnit, parseMoney, showMoney } from '../../src/kernel/money.ts';
import { parseQuarter, showQuarter } from '../../src/kernel/month.ts';
import { formatDecimal, parseRatio, showPercent } from '../../src/kernel/ratio.ts';

/** A value from the wire: null does not apply (shown as —), undefined or '' is missing (blank), '0' is zero. Never mixed. */
export type Wire = string | null | undefined;

export const notApplicable = '—';
const decimalsOf: Record<MoneyUnit, number> = { 元: 2, 万元: 2, 亿元: 4 };

/**
 * A wire amount (decimal 元) in the display unit, with thousands separators and a true minus sign.
 * An amount that rounds to nothing in this unit says so with more decimals, so that it never looks like zero.
 */
export function showWireMoney(value: Wire, unit: MoneyUnit, decimals = decimalsOf[unit]): string {
  return present(value, (text) => {
    const amount = parseMoney(text, '元');
    if (amount === undefined) return text;
    const shown = showMoney(amount, unit, decimals);
    const looksZero = amount !== 0n && !/[1-9]/.test(shown);
    return (looksZero ? showMoney(amount, unit, unit === '亿元' ? 10 : 6) : shown).replace('-', '−');
  });
}

/** A wire ratio ('0.125') as a percentage with 2–4 decimals: two unless more are there to show. */
export function showWireRatio(value: Wire, places?: number): string {
  return present(value, (text) => {
    const ratio = parseRatio(text);
    if (!ratio) return text;
    const shown = places === undefined ? showPercent(ratio, 4).replace(/0{1,2}%$/, '%') : showPercent(ratio, places);
    return shown.replace('-', '−');
  });
}

/** A wire multiple ('3.254') as 3.25 倍. */
export const showWireMultiple = (value: Wire, places = 2): string =>
  present(value, (text) => {
    const multiple = parseRatio(text);
    if (!multiple) return text;
    const [whole, fraction = ''] = formatDecimal(multiple, places).split('.');
    return `${whole}${places === 0 ? '' : `.${fraction.padEnd(places, '0')}`} 倍`.replace('-', '−');
  });

/** A count with thousands separators. */
export const showCount = (value: number | Wire): string =>
  typeof value === 'number'
    ? value.toLocaleString('en-US').replace('-', '−')
    : present(value, (text) => text.replace('-', '−').replace(/\B(?=(\d{3})+(?!\d))/g, ','));

/** '2024-09-30' stays as it is in tables; `long` gives 2024年9月30日. */
export const showWireDay = (value: Wire, long = false): string =>
  present(value, (text) => {
    const day = parseDay(text);
    return day && long ? showDay(day) : text;
  });

/** An instant as '2024-09-30 14:05' in Asia/Shanghai. */
export const showInstant = (value: Wire): string =>
  present(value, (text) => {
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) return text;
    return new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Shanghai',
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(at);
  });

/** '2024-Q3' as 2024年第三季度. */
export const showWireQuarter = (value: Wire): string =>
  present(value, (text) => {
    const quarter = parseQuarter(text);
    return quarter ? showQuarter(quarter) : text;
  });

/** A figure with its own unit (元 follows the switch, the others do not), as 怎么算的 and summary cards carry it. */
export function showFigure(value: Wire, unit: string, moneyUnit: MoneyUnit): { text: string; unit: string } {
  if (unit === '元') return { text: showWireMoney(value, moneyUnit), unit: moneyUnit };
  if (unit === '%' || unit === '比例') return { text: showWireRatio(value), unit: '' };
  if (unit === '倍') return { text: showWireMultiple(value).replace(' 倍', ''), unit };
  if (unit === '无') return { text: present(value, (text) => text), unit: '' };
  return { text: showCount(value), unit };
}

function present(value: Wire, show: (text: string) => string): string {
  if (value === null) return notApplicable;
  if (value === undefined || value === '') return '';
  return show(value);
}
