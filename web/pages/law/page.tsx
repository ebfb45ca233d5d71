import { useQuery } from '@tanstack/react-query';
import { useLocation } from '@tanstack/react-router';
import { Input } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { api } from '../../api.ts';
import { articleAnchor, UnverifiedMark } from '../../fields/marks.tsx';
import { Page, Panel } from '../../shell/page.tsx';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import {
  type FoundArticle,
  findArticles,
  isUnverified,
  type LawDocument,
  type LawMap,
  type LawParameter,
} from './wire.ts';
import './law.css';

/** 制度图谱: each article with the parameters, rules and tests that stand on it; what nobody has verified comes first. */
export default function LawPage() {
  const [typed, setTyped] = useState('');
  const text = useDeferredValue(typed);
  const query = useQuery({
    queryKey: ['law-map'],
    queryFn: ({ signal }) => api.get<LawMap>('/api/law-map', {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <Page
      title="制度图谱"
      note="条款 → 参数及历次版本 → 规则 → 测试。未核实的排在最前。"
      actions={
        <Input.Search
          allowClear
          placeholder="文号、条款、参数、编号"
          aria-label="查找条款"
          style={{ width: 280 }}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      }
    >
      <QueryState query={query} rows={12}>
        {(map) => <LawList map={map} text={text} />}
      </QueryState>
    </Page>
  );
}

function LawList({ map, text }: { map: LawMap; text: string }) {
  const found = findArticles(map, text);
  const hash = useLocation({ select: (location) => decodeURIComponent(location.hash) });
  useEffect(() => {
    if (hash) document.getElementById(hash)?.scrollIntoView({ block: 'start' });
  }, [hash]);
  if (found.length === 0) {
    return (
      <Panel>
        <EmptyState title={`没有与「${text}」相符的条款`} next="换一个词，或清空查找框查看全部。" />
      </Panel>
    );
  }
  const unverified = found.filter(({ article }) => isUnverified(article));
  const verified = found.filter(({ article }) => !isUnverified(article));
  return (
    <div className="law">
      <aside className="law-index" aria-label="文件目录">
        {unverified.length > 0 && (
          <a href="#unverified" className="law-index-warn">
            未核实的条款 <b>{unverified.length}</b>
          </a>
        )}
        {map.documents.map((each) => (
          <DocumentEntry key={each.number + each.document} of={each} found={found} />
        ))}
      </aside>
      <div className="law-main">
        {unverified.length > 0 && (
          <section id="unverified" className="law-section">
            <h2>
              含未核实数字的条款 <small>{unverified.length} 条；凡用到这些数字的结论都带同样的标记</small>
            </h2>
            {unverified.map((each) => (
              <ArticleCard key={articleAnchor(toArticle(each))} found={each} isMarked={hash} />
            ))}
          </section>
        )}
        {verified.length > 0 && (
          <section className="law-section">
            <h2>
              其余条款 <small>{verified.length} 条</small>
            </h2>
            {verified.map((each) => (
              <ArticleCard key={articleAnchor(toArticle(each))} found={each} isMarked={hash} />
            ))}
          </section>
        )}
      </div>
    </div>
  );
}

function DocumentEntry({ of, found }: { of: LawDocument; found: readonly FoundArticle[] }) {
  const first = found.find(({ document }) => document === of);
  if (!first) return null;
  return (
    <a href={`#${articleAnchor(toArticle(first))}`} title={of.caveat ?? undefined}>
      <span>{of.document}</span>
      <small>
        {of.number}
        {of.inForceOn ? ` · ${of.inForceOn} 起施行` : ''}
      </small>
    </a>
  );
}

function ArticleCard({ found, isMarked }: { found: FoundArticle; isMarked: string }) {
  const { document, article } = found;
  const anchor = articleAnchor(toArticle(found));
  return (
    <article id={anchor} className={`law-card${isMarked === anchor ? ' law-card-here' : ''}`}>
      <header>
        <b>{article.article}</b>
        <span>
          《{document.document}》（{document.number}）
        </span>
        {document.checkedOn && <small>核对日 {document.checkedOn}</small>}
      </header>
      {article.text && <blockquote>{article.text}</blockquote>}
      {document.caveat && <div className="law-caveat">文件说明：{document.caveat}</div>}
      {article.parameters.length > 0 && <Parameters parameters={article.parameters} />}
      <References title="规则" rows={article.rules.map((each) => ({ text: each.title, file: each.file }))} />
      <References
        title="测试"
        rows={article.tests.map((each) => ({ text: `${each.title}：${each.cases.join('、')}`, file: each.file }))}
      />
    </article>
  );
}

const Parameters = ({ parameters }: { parameters: readonly LawParameter[] }) => (
  <table className="dense">
    <thead>
      <tr>
        <th style={{ width: 90 }}>编号</th>
        <th style={{ width: '38%' }}>参数</th>
        <th style={{ width: 110 }}>起执行日</th>
        <th>数值</th>
      </tr>
    </thead>
    <tbody>
      {parameters.flatMap((parameter) =>
        parameter.versions.map((version, index) => (
          <tr key={`${parameter.title}${version.from}`}>
            <td className="muted">{index === 0 ? parameter.rule : ''}</td>
            <td>{index === 0 ? parameter.title : ''}</td>
            <td>{version.from}</td>
            <td>
              <LongValue text={version.value} />{' '}
              {version.unverified && (
                <>
                  <UnverifiedMark reason={version.unverified} /> <small className="muted">{version.unverified}</small>
                </>
              )}
            </td>
          </tr>
        )),
      )}
    </tbody>
  </table>
);

/** A value that is a whole table (industries, codes) folds up. */
const LongValue = ({ text }: { text: string }) =>
  text.length <= 120 ? (
    <span>{text}</span>
  ) : (
    <details className="law-long">
      <summary>{text.slice(0, 60)}……</summary>
      {text}
    </details>
  );

function References({ title, rows }: { title: string; rows: readonly { text: string; file: string }[] }) {
  if (rows.length === 0) return null;
  return (
    <details className="law-refs">
      <summary>
        {title} {rows.length}
      </summary>
      <ul>
        {rows.map((row) => (
          <li key={row.text + row.file}>
            {row.text} <code>{row.file}</code>
          </li>
        ))}
      </ul>
    </details>
  );
}

const toArticle = ({ document, article }: FoundArticle) => ({
  document: document.document,
  number: document.number,
  article: article.article,
});
