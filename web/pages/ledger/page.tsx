import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { TrialBalance } from '../../../src/wire/ledger.ts';
import { api } from '../../api.ts';
import {
  DayField,
  FootLine,
  InstitutionField,
  MoneyText,
  StatusBadge,
  UnverifiedMark,
  useFilters,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { kindTitles } from './titles.ts';

/** 总账: the trial balance of what one may see, each account leading to its transfers. */
export default function LedgerPage() {
  const me = useMe();
  const [filters, setFilters] = useFilters();
  const asOf = filters.asOf ?? me.today;
  const query = useQuery({
    queryKey: ['trial-balance', asOf, filters.guarantorId],
    queryFn: ({ signal }) =>
      api.get<TrialBalance>('/api/ledger/trial-balance', { asOf, guarantorId: filters.guarantorId }, signal),
  });
  return (
    <Page title="总账" note={`试算平衡表　${me.scope.text}　账只增不改，更正以冲正入账`}>
      <Panel
        flush
        title={
          query.data && (
            <StatusBadge tone={query.data.isBalanced ? 'good' : 'bad'}>
              {query.data.isBalanced ? '借贷平衡' : '借贷不平，请立即联系平台管理员'}
            </StatusBadge>
          )
        }
        extra={
          <span style={{ display: 'inline-flex', gap: 8, alignItems: 'center' }}>
            <InstitutionField
              kind="guarantor"
              placeholder="全部担保机构"
              value={filters.guarantorId}
              onChange={(guarantorId) => setFilters({ guarantorId })}
            />
            截至
            <DayField
              value={asOf}
              max={me.today}
              allowClear={false}
              onChange={(day) => setFilters({ asOf: day === me.today ? undefined : day })}
            />
          </span>
        }
      >
        <QueryState query={query} rows={10}>
          {(found) =>
            found.rows.length === 0 ? (
              <EmptyState
                title="截至该日没有记账"
                next="换一个截至日或机构再看；登记放款、收费、代偿等变动后自动记账。"
              />
            ) : (
              <Accounts found={found} guarantorId={filters.guarantorId} />
            )
          }
        </QueryState>
      </Panel>
    </Page>
  );
}

function Accounts({ found, guarantorId }: { found: TrialBalance; guarantorId: string | undefined }) {
  const scope = `&to=${found.asOf}${guarantorId ? `&guarantorId=${guarantorId}` : ''}`;
  return (
    <div style={{ padding: '2px 8px 8px' }}>
      <table className="dense" aria-label="试算平衡表">
        <thead>
          <tr>
            <th>科目</th>
            <th>类别</th>
            <th className="num">借方发生额</th>
            <th className="num">贷方发生额</th>
            <th>方向</th>
            <th className="num">余额</th>
          </tr>
        </thead>
        <tbody>
          {found.rows.map((row) => (
            <tr key={row.code}>
              <td>
                <Link to={`/ledger/transfers?account=${row.code}${scope}` as string}>
                  {row.code} {row.title}
                </Link>{' '}
                {row.unverified && <UnverifiedMark reason={row.unverified} />}
              </td>
              <td>{kindTitles[row.kind]}</td>
              <td className="num">
                <MoneyText value={row.debit} />
              </td>
              <td className="num">
                <MoneyText value={row.credit} />
              </td>
              <td>{row.normal === 'debit' ? '借' : '贷'}</td>
              <td className="num">
                <MoneyText value={row.balance} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <td>
              <b>合计</b>
            </td>
            <td />
            <td className="num">
              <b>
                <MoneyText value={found.debit} />
              </b>
            </td>
            <td className="num">
              <b>
                <MoneyText value={found.credit} />
              </b>
            </td>
            <td />
            <td />
          </tr>
        </tfoot>
      </table>
      <FootLine asOf={found.asOf} basis="已入账；待定与作废不计。余额按科目的正常方向" />
    </div>
  );
}
