import type { z } from 'zod';
import type { CertificateDetail, loanDelta } from '../../../src/modules/feedback/contract.ts';
import { type Column, DataTable, FootLine, showWireMoney } from '../../fields/index.ts';
import { additiveLines, Figure } from './looks.tsx';

type LoanDelta = z.infer<typeof loanDelta>;

/** What a correction changed: in the figures, and loan by loan. */
export function ChangesTable({ certificate, url }: { certificate: CertificateDetail; url: string }) {
  const delta = certificate.delta ?? [];
  const lines = additiveLines.flatMap((key) => delta.filter((line) => line.line === key));
  const metrics = certificate.metrics.filter((metric) =>
    lines.some((line) => /[1-9]/.test(line.values[metric.key] ?? '')),
  );
  return (
    <>
      <div className="pad">
        {metrics.length === 0 ? (
          <p className="muted">各项合计没有变化。</p>
        ) : (
          <table className="dense">
            <thead>
              <tr>
                <th>指标（更正后 − 更正前）</th>
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
                  <td>{metric.title}</td>
                  {lines.map((line) => (
                    <td key={line.line} className="num">
                      <Figure metric={metric} value={line.values[metric.key]} />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
        <FootLine asOf={certificate.asOf} />
      </div>
      {certificate.regionLevel === 3 && (
        <DataTable<LoanDelta>
          url={`${url}/changes`}
          columns={columns}
          rowKey={(row) => `${row.guarantorId}/${row.guaranteeId}`}
          unit="元"
          height={320}
          empty={{ title: '没有逐笔变化', next: '数字相同，仅重新出具。' }}
        />
      )}
    </>
  );
}

const shown = (value: string | null): string =>
  value === null ? '（无此笔）' : /^-?\d+\.\d{2}$/.test(value) ? showWireMoney(value, '元') : value;

const columns: readonly Column<LoanDelta>[] = [
  { key: 'contract', title: '合同号', width: 170, render: (row) => row.contractNo },
  { key: 'guarantor', title: '机构', width: 140, render: (row) => row.guarantorName },
  {
    key: 'changes',
    title: '变化',
    width: 560,
    render: (row) => (
      <div className="feedback-wrap">
        {row.changes.map((each) => (
          <div key={each.field}>
            {each.title}：{shown(each.before)} → <b>{shown(each.after)}</b>
          </div>
        ))}
      </div>
    ),
  },
];
