import type { SizeEvidence, SizeVerdict } from '../../../src/law/size-class.ts';
import { ArticleTag, UnverifiedMark } from '../../fields/index.ts';

type Stored = Partial<SizeVerdict> & { readonly reason?: string; readonly rule?: string };
const tiers = ['大型', '中型', '小型'] as const;

/** Why this size: each metric against the three bounds, the one that decided marked; or why nothing could be decided. */
export function SizeEvidenceTable({ evidence }: { evidence: unknown }) {
  const stored = (evidence ?? {}) as Stored;
  const metrics = stored.evidence ?? [];
  return (
    <div style={{ display: 'grid', gap: 8 }}>
      <div>
        {stored.reason ?? '没有留存划型依据'}　{stored.article && <ArticleTag article={stored.article} />}{' '}
        {stored.unverified && <UnverifiedMark reason={stored.unverified} />}
      </div>
      {stored.unverified && <div className="field-hint">{stored.unverified}</div>}
      {metrics.length > 0 && (
        <table className="dense" aria-label="划型依据">
          <thead>
            <tr>
              <th>指标{stored.industry ? `（${stored.industry}）` : ''}</th>
              <th className="num">申报值</th>
              {tiers.map((tier) => (
                <th key={tier} className="num">
                  {tier}下限
                </th>
              ))}
              <th>单看此项</th>
              <th>起决定作用</th>
            </tr>
          </thead>
          <tbody>
            {metrics.map((metric) => (
              <MetricRow key={metric.metric} metric={metric} />
            ))}
          </tbody>
        </table>
      )}
    </div>
  );
}

const MetricRow = ({ metric }: { metric: SizeEvidence }) => (
  <tr style={metric.isDeciding ? { background: 'var(--primary-soft)' } : undefined}>
    <td>{metric.title}</td>
    <td className="num">{metric.value}</td>
    {tiers.map((tier) => (
      <td key={tier} className="num">
        {metric.bounds[tier]}
      </td>
    ))}
    <td>{metric.reaches ?? '—'}</td>
    <td>{metric.isDeciding ? <b>是</b> : '否'}</td>
  </tr>
);
