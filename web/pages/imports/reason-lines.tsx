import { ArticleTag } from '../../fields/index.ts';
import type { Reason } from './wire.ts';

/** What is wrong with a row, in which column, and what cures it. */
export const ReasonLines = ({ reasons }: { reasons: readonly Reason[] }) => (
  <>
    {reasons.map((reason) => (
      <div key={reason.code + (reason.field ?? '')} className="import-reason">
        {reason.column && <b>【{reason.column}】</b>}
        {reason.message}
        {reason.article && <ArticleTag article={reason.article} />}
        <small>{reason.remedy}</small>
      </div>
    ))}
  </>
);
