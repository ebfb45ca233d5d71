import type { Explain } from '../../../src/wire/wire.ts';
import { ArticleTag, showFigure, UnverifiedMark } from '../../fields/index.ts';
import { useUnit } from '../../shell/unit.tsx';

/** 怎么算的 of an answer that carries its explanation with it: folded until somebody asks. */
export function ExplainInline({ explain }: { explain: Explain }) {
  const unit = useUnit();
  return (
    <details className="recon-explain">
      <summary>怎么算的</summary>
      <div className="formula">{explain.formula}</div>
      <ul className="explain-tree">
        {explain.inputs.map((input, index) => {
          const shown = showFigure(input.value, input.unit, unit);
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: two inputs may have one name
            <li key={index} className="explain-input">
              <span className="name">
                {input.name}
                {input.source && <span className="source">{input.source}</span>}
              </span>
              <span className="figure">
                {shown.text} <span className="muted">{shown.unit}</span>
              </span>
            </li>
          );
        })}
      </ul>
      {explain.articles.map((article) => (
        <ArticleTag key={article.number + article.article} article={article} />
      ))}
      {explain.unverified && <UnverifiedMark reason={explain.unverified} />}
      <div className="foot-line">
        {explain.asOf && `数据截至 ${explain.asOf}　`}口径：{explain.basis}
      </div>
    </details>
  );
}
