import type { Refusal } from '../../src/kernel/refusal.ts';
import { ApiProblem } from '../api.ts';
import { ArticleTag, UnverifiedMark } from './marks.tsx';

type RefusalListProps =
  | { readonly refusals: readonly (Refusal & { readonly remedy?: string })[]; readonly problem?: undefined }
  | { readonly problem: unknown; readonly refusals?: undefined };

/** Every reason at once: message, deciding figures, article, unverified mark, remedy. Takes refusals or a caught problem. */
export function RefusalList({ refusals, problem }: RefusalListProps) {
  if (problem === null || (problem === undefined && !refusals?.length)) return null;
  const list: readonly (Refusal & { readonly remedy?: string })[] = refusals ?? refusalsOf(problem);
  return (
    <ul className="refusals" role="alert">
      {list.map((refusal) => (
        <li className="refusal" key={`${refusal.code}${refusal.message}`}>
          <div className="refusal-message">{refusal.message}</div>
          {refusal.figures && Object.keys(refusal.figures).length > 0 && (
            <dl className="refusal-figures">
              {Object.entries(refusal.figures).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
          {(refusal.article || refusal.unverified || refusal.remedy) && (
            <div className="refusal-foot">
              {refusal.article && <ArticleTag article={refusal.article} />}
              {refusal.unverified && <UnverifiedMark reason={refusal.unverified} />}
              {refusal.remedy && <span>办法：{refusal.remedy}</span>}
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

function refusalsOf(problem: unknown): readonly Refusal[] {
  if (problem instanceof ApiProblem && problem.refusals.length > 0) return problem.refusals;
  const message =
    problem instanceof ApiProblem && problem.message !== problem.title
      ? `${problem.title}：${problem.message}`
      : problem instanceof Error
        ? problem.message
        : String(problem);
  return [{ code: 'problem', message }];
}
