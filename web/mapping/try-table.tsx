import type { Reason, Verdict } from '../../src/modules/batches/contract.ts';
import { StatusBadge, type StatusTone } from '../fields/index.ts';
import type { Fields } from './mapping.ts';
import { ReasonLines } from './reason-lines.tsx';

type TryTableProps = {
  readonly rows: readonly {
    readonly line: number;
    readonly verdict: Verdict;
    readonly values: Readonly<Record<string, string>>;
    readonly reasons: readonly Reason[];
  }[];
  readonly known: Fields;
  /** What the verdicts are called and how they look. */
  readonly looks: Readonly<Record<Verdict, { readonly title: string; readonly tone: StatusTone }>>;
};

/** The first rows as the mapping reads them, each with its verdict and reasons. */
export function TryTable({ rows, known, looks }: TryTableProps) {
  const fields = Object.keys(known).filter((field) => rows.some((row) => row.values[field] !== undefined));
  const counts = Object.keys(looks).map((verdict) => ({
    verdict: verdict as Verdict,
    count: rows.filter((row) => row.verdict === verdict).length,
  }));
  return (
    <>
      <div className="pad mapping-counts">
        {counts
          .filter(({ count }) => count > 0)
          .map(({ verdict, count }) => (
            <StatusBadge key={verdict} tone={looks[verdict].tone}>
              {`${looks[verdict].title} ${count} 行`}
            </StatusBadge>
          ))}
      </div>
      <div className="mapping-preview mapping-try">
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
                  <StatusBadge tone={looks[row.verdict].tone}>{looks[row.verdict].title}</StatusBadge>
                </td>
                <td className="mapping-wrap">
                  <ReasonLines reasons={row.reasons} />
                </td>
                {fields.map((field) => (
                  <td
                    key={field}
                    className={`${known[field]?.type === 'money' ? 'num' : ''}${row.reasons.some((reason) => reason.field === field) ? ' mapping-lacking-cell' : ''}`}
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
