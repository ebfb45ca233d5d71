import { Checkbox, Segmented } from 'antd';
import { useState } from 'react';
import type { CertificateDetail, LineKey } from '../../../src/modules/feedback/contract.ts';
import { FootLine, useFilters } from '../../fields/index.ts';
import { additiveLines, explainUrl, Figure, innerMetrics, overlappingLines } from './looks.tsx';

/** All figures: one line per indicator, one column per direction; every figure opens 怎么算的, and its loans. */
export function FigureTable({ certificate }: { certificate: CertificateDetail }) {
  const [, setFilters] = useFilters();
  const [isOverlapping, setOverlapping] = useState(false);
  const [showsInner, setShowsInner] = useState(false);
  const shown: readonly LineKey[] = isOverlapping ? overlappingLines : additiveLines;
  const lines = shown.flatMap((key) => certificate.lines.filter((line) => line.line === key));
  const metrics = certificate.metrics.filter((metric) => showsInner || !innerMetrics.includes(metric.key));
  return (
    <div className="pad">
      <div className="feedback-tools">
        <Segmented
          value={isOverlapping ? 'any' : 'primary'}
          options={[
            { value: 'primary', label: '按主标签（相加等于合计）' },
            { value: 'any', label: '含兼有（互有重叠，不可相加）' },
          ]}
          onChange={(value) => setOverlapping(value === 'any')}
        />
        <Checkbox checked={showsInner} onChange={(event) => setShowsInner(event.target.checked)}>
          中间数
        </Checkbox>
        <span className="muted">点数字看怎么算的；点指标名看构成它的借款</span>
      </div>
      <div className="feedback-scroll">
        <table className="dense feedback-figures">
          <thead>
            <tr>
              <th>指标</th>
              <th />
              {lines.map((line) => (
                <th key={line.line} className="num">
                  {line.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {metrics.map((metric) => (
              <tr key={metric.key}>
                <td>
                  <button
                    type="button"
                    className="text-button"
                    onClick={() => setFilters({ tab: 'rows', metric: metric.key, line: undefined })}
                  >
                    {metric.title}
                  </button>
                </td>
                <td className="muted">{metric.unit === '户' || metric.unit === '笔' ? metric.unit : ''}</td>
                {lines.map((line) => (
                  <td key={line.line} className="num">
                    <Figure
                      metric={metric}
                      value={line.values[metric.key]}
                      explain={explainUrl(certificate, line.line, metric.key)}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <FootLine
        asOf={certificate.asOf}
        basis="两种口径并列：合同口径为主债权本金，实际承担口径按担保责任比例；户数按客户去重"
      />
      {certificate.notes.length > 0 && (
        <ul className="feedback-notes">
          {certificate.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
