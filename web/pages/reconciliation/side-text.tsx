import { MoneyText } from '../../fields/index.ts';

const statusTitles: Readonly<Record<string, string>> = {
  pending: '未放款',
  'in-force': '在保',
  released: '解除',
  claimed: '代偿',
  'written-off': '核销',
  transferred: '转出',
};

/** What one side holds in a field: amounts in the unit of the switch like every amount beside them, codes in words. */
export function SideText({ text, withUnit }: { text: string | null; withUnit?: boolean }) {
  if (text === null) return <span className="figure-none">—</span>;
  if (/^-?\d+\.\d{2}$/.test(text)) return <MoneyText value={text} {...(withUnit ? { withUnit } : {})} />;
  return <>{statusTitles[text] ?? text}</>;
}
