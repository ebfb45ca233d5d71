import type { ImportTarget } from '../../../src/modules/imports/contract.ts';
import { StatusBadge } from '../../fields/index.ts';
import { fieldsOf } from './fields.ts';
import { ReasonLines } from './reason-lines.tsx';
import { type TryAnswer, type Verdict, verdictLooks } from './wire.ts';

/** The first rows as the mapping reads them, each with its verdict and reasons. */
export function TryTable({ rows, target }: { rows: TryAnswer['rows']; target: ImportTarget }) {
  const known = fieldsOf(target);
  const fields = Object.keys(known).filter((field) => rows.some((row) => row.values[field] !== undefined));
  const counts = Object.keys(verdictLooks).map((verdict) => ({
    verdict: verdict as Verdict,
    count: rows.filter((row) => row.verdict === verdict).length,
  }));
  return (
    <>
      <div className="pad import-counts">
        {counts
          .filter(({ count }) => count > 0)
          .map(({ verdict, count }) => (
            <StatusBadge key={verdict} tone={verdictLooks[verdict].tone}>
              {`${verdictLooks[verdict].title} ${count} 行`}
            </StatusBadge>
          ))}
      </div>
      <div className="import-preview import-try">
        <table className="dense">
          <thead>
            <tr>
              <th className="num">行</th>
              <th>结论</th>
              <th style={{ minWidth: 260 }}>原因与办法</th>
              {fields.map((field) => (
                <th key={field}>{known[field]?.title}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.line}>
                <td className="num muted">{row.line}</td>
                <td>
                  <StatusBadge tone={verdictLooks[row.verdict].tone}>{verdictLooks[row.verdict].title}</StatusBadge>
                </td>
                <td className="import-wrap">
                  <ReasonLines reasons={row.reasons} />
                </td>
                {fields.map((field) => (
                  <td
                    key={field}
                    className={`${known[field]?.type === 'money' ? 'num' : ''}${row.reasons.some((reason) => reason.field === field) ? ' import-lacking-cell' : ''}`}
                  >
                    {row.values[field] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
