import { Link } from '@tanstack/react-router';
import type { GuaranteeDetail } from '../../../src/modules/guarantees/contract.ts';
import { DayText, FootLine, MoneyText } from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState } from '../../shell/states.tsx';
import { partyTitles } from './titles.ts';

/** The double entries of one guarantee, voucher by voucher. */
export function Postings({ of }: { of: GuaranteeDetail }) {
  const me = useMe();
  const mayLedger = useMay('ledger.read');
  if (of.postings.length === 0) return <EmptyState title="还没有记账" next="登记变动后同一事务内自动记账。" />;
  const account = (code: number, title: string) => {
    const text = `${code} ${title}`;
    return mayLedger ? <Link to={`/ledger/transfers?account=${code}` as string}>{text}</Link> : text;
  };
  return (
    <div style={{ overflowX: 'auto', padding: '4px 6px 10px' }}>
      <table className="dense" aria-label="记账">
        <thead>
          <tr>
            <th>凭证号</th>
            <th className="num">分录</th>
            <th>记账日</th>
            <th>借方科目</th>
            <th>贷方科目</th>
            <th className="num">金额</th>
            <th>分险方</th>
          </tr>
        </thead>
        <tbody>
          {of.postings.map((each) => (
            <tr key={`${each.key}#${each.leg}`}>
              <td className="nowrap">{each.key}</td>
              <td className="num">{each.leg}</td>
              <td className="nowrap">
                <DayText value={each.effectiveOn} />
              </td>
              <td>{account(each.debit, each.debitTitle)}</td>
              <td>{account(each.credit, each.creditTitle)}</td>
              <td className="num">
                <MoneyText value={each.amount} />
              </td>
              <td>{each.party ? (partyTitles[each.party] ?? each.party) : '—'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <div style={{ padding: '0 8px' }}>
        <FootLine asOf={me.today} basis="总账；7001、7002 为备查科目" />
      </div>
    </div>
  );
}
