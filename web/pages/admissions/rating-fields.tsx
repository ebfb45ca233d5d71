import { Form, Input, InputNumber } from 'antd';
import type { ScorecardTerms } from '../../../src/modules/admissions/contract.ts';
import { requiredRule } from '../../fields/index.ts';

type Points = Readonly<Record<string, number | null | undefined>>;

/** Points and evidence of every criterion, with the sum in sight. */
export function RatingFields({ terms }: { terms: ScorecardTerms }) {
  const points = (Form.useWatch('points') ?? {}) as Points;
  const sum = terms.criteria.reduce((total, each) => total + (points[each.code] ?? 0), 0);
  return (
    <>
      {terms.criteria.map((each) => (
        <div key={each.code} style={{ display: 'grid', gridTemplateColumns: '150px 1fr', gap: 10 }}>
          <Form.Item
            name={['points', each.code]}
            label={`${each.title}（满分 ${each.maximum}）`}
            tooltip={each.guide}
            rules={[requiredRule('得分')]}
          >
            <InputNumber min={0} max={each.maximum} precision={0} style={{ width: '100%' }} />
          </Form.Item>
          <Form.Item name={['evidence', each.code]} label="依据">
            <Input maxLength={400} placeholder={each.guide} />
          </Form.Item>
        </div>
      ))}
      <div className="field-hint" role="status" style={{ marginBottom: 12 }}>
        合计 {sum} 分（准入线 {terms.admitFrom} 分，保留线 {terms.keepFrom} 分）
      </div>
    </>
  );
}

/** The form's entry as the API takes it. */
export function ratingsOf(entry: Record<string, unknown>) {
  const points = (entry.points ?? {}) as Points;
  const evidence = (entry.evidence ?? {}) as Readonly<Record<string, string | undefined>>;
  return Object.entries(points).map(([code, value]) => ({ code, points: value ?? 0, evidence: evidence[code] ?? '' }));
}
