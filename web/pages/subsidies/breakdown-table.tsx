import type { z } from 'zod';
import type { breakdownRow } from '../../../src/modules/subsidies/contract.ts';
import { CountText, MoneyText } from '../../fields/index.ts';
import { type AmountKey, type Amounts, amountTitles, Placeholder } from './looks.tsx';

type Row = z.infer<typeof breakdownRow>;
type BreakdownTableProps = {
  readonly heading: string;
  readonly rows: readonly Row[];
  readonly totals: Amounts;
  readonly explain?: (row: Row | undefined, key: AmountKey) => string;
};

const shownAlways: readonly AmountKey[] = ['entitled', 'prepaid', 'net', 'payable'];
const order = Object.keys(amountTitles) as AmountKey[];

/** Amounts by county, guarantor, scheme or payer, with their total; columns that are zero throughout are left out. */
export function BreakdownTable({ heading, rows, totals, explain }: BreakdownTableProps) {
  const keys = order.filter(
    (key) => shownAlways.includes(key) || rows.some((row) => /[1-9]/.test(row[key])) || /[1-9]/.test(totals[key]),
  );
  const link = (row: Row | undefined, key: AmountKey) => (explain ? { explain: explain(row, key) } : {});
  return (
    <div className="subsidy-scroll">
      <table className="dense">
        <thead>
          <tr>
            <th>{heading}</th>
            <th className="num">笔数</th>
            {keys.map((key) => (
              <th key={key} className="num">
                {amountTitles[key]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <td>
                {row.title} <Placeholder when={row.placeholder} />
              </td>
              <td className="num">
                <CountText value={row.loans} />
              </td>
              {keys.map((key) => (
                <td key={key} className="num">
                  <MoneyText value={row[key]} {...link(row, key)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>合计</td>
            <td />
            {keys.map((key) => (
              <td key={key} className="num">
                <MoneyText value={totals[key]} {...link(undefined, key)} />
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
