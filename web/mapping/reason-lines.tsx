import type { Reason } from '../../src/modules/batches/contract.ts';
import { ArticleTag, UnverifiedMark } from '../fields/index.ts';
import './mapping.css';

/** What is wrong with a row, in which column, by which clause with its mark, and what cures it. */
export const ReasonLines = ({ reasons }: { reasons: readonly Reason[] }) => (
  <>
    {reasons.map((reason) => (
      <div key={reason.code + (reason.field ?? '')} className="mapping-reason">
        {reason.column && <b>【{reason.column}】</b>}
        {reason.message}
        {reason.article ? (
          <ArticleTag article={reason.article} />
        ) : (
          reason.clause && <small>依据：{reason.clause}</small>
        )}
        {reason.unverified && <UnverifiedMark reason={reason.unverified} />}
        <small>{reason.remedy}</small>
      </div>
    ))}
  </>
);
