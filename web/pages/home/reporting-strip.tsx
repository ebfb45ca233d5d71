import { Link } from '@tanstack/react-router';
import type { HomeSummary } from '../../../src/modules/home/contract.ts';
import { EmptyState } from '../../shell/states.tsx';

type ReportingState = NonNullable<HomeSummary['reporting']>['rows'][number]['states'][number];

const words: Record<ReportingState, string> = {
  received: '已收',
  sent: '已发，待回执',
  late: '迟报',
  missing: '未报',
  refused: '被退回',
  'not-due': '未到时间',
};
const letters: Record<ReportingState, string> = {
  received: '',
  sent: '',
  late: '迟',
  missing: '缺',
  refused: '退',
  'not-due': '',
};

/** Red and green of the last business days by institution. Troubles carry a character, so that colour is not all. */
export function ReportingStrip({ reporting }: { reporting: HomeSummary['reporting'] }) {
  if (!reporting || reporting.rows.length === 0) {
    return (
      <EmptyState title="还没有日报送" next={<Link to={'/exchange' as string}>到「日报送」生成第一个数据包</Link>} />
    );
  }
  return (
    <div className="strip">
      <table>
        <thead>
          <tr>
            <th>机构</th>
            {reporting.days.map((day) => (
              <th key={day} title={day}>
                {day.slice(5).replace('-', '/')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {reporting.rows.map((row) => (
            <tr key={row.institution}>
              <th title={row.institution}>
                {row.url ? <Link to={row.url as string}>{row.institution}</Link> : row.institution}
              </th>
              {row.states.map((state, index) => (
                <td key={reporting.days[index]}>
                  <span
                    className={`cell cell-${state}`}
                    title={`${row.institution} ${reporting.days[index]} ${words[state]}`}
                    role="img"
                    aria-label={words[state]}
                  >
                    {letters[state]}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <div className="strip-legend">
        {(Object.keys(words) as ReportingState[]).map((state) => (
          <span key={state}>
            <i className={`cell cell-${state}`}>{letters[state]}</i>
            {words[state]}
          </span>
        ))}
      </div>
    </div>
  );
}
