import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Breadcrumb, Button, Drawer } from 'antd';
import { createContext, type ReactNode, useCallback, useContext, useState } from 'react';
import type { Explain } from '../../src/wire/wire.ts';
import { api } from '../api.ts';
import { QueryState } from '../shell/states.tsx';
import { useUnit } from '../shell/unit.tsx';
import { ExplainRows } from './explain-rows.tsx';
import { ArticleTag, UnverifiedMark } from './marks.tsx';
import { showFigure } from './show.ts';

/** What an explain address answers; versions and certificate where a figure rests on them. */
export type Explanation = Explain & {
  readonly versions?: readonly { readonly name: string; readonly from: string; readonly source?: string }[];
  readonly certificate?: { readonly code: string; readonly url?: string };
};
type ExplainInput = Explain['inputs'][number];

const ExplainContext = createContext<(url: string) => void>(() => undefined);

/** Opens 怎么算的 for an explain address. */
export const useExplain = (): ((url: string) => void) => useContext(ExplainContext);

/** Holds the one drawer of 怎么算的 for all pages. */
export function ExplainProvider({ children }: { children: ReactNode }) {
  const [trail, setTrail] = useState<readonly { url: string; title: string }[]>([]);
  const open = useCallback((url: string) => setTrail([{ url, title: '本数' }]), []);
  const current = trail.at(-1);
  return (
    <ExplainContext.Provider value={open}>
      {children}
      <Drawer
        title="怎么算的"
        open={current !== undefined}
        onClose={() => setTrail([])}
        size={640}
        destroyOnHidden
        extra={trail.length > 1 && <Button onClick={() => setTrail(trail.slice(0, -1))}>返回上一层</Button>}
      >
        {trail.length > 1 && (
          <Breadcrumb
            style={{ marginBottom: 10 }}
            items={trail.map((each, index) => ({
              title: each.title,
              onClick: () => setTrail(trail.slice(0, index + 1)),
            }))}
          />
        )}
        {current && (
          <ExplainView
            key={current.url}
            url={current.url}
            dive={(url, title) => setTrail([...trail, { url, title }])}
            leave={() => setTrail([])}
          />
        )}
      </Drawer>
    </ExplainContext.Provider>
  );
}

const explainQuery = (url: string) => ({
  queryKey: ['explain', url],
  queryFn: ({ signal }: { signal: AbortSignal }) => api.get<Explanation>(url, {}, signal),
});

type Dive = (url: string, title: string) => void;

function ExplainView({ url, dive, leave }: { url: string; dive: Dive; leave: () => void }) {
  const query = useQuery(explainQuery(url));
  const moneyUnit = useUnit();
  return (
    <QueryState query={query} rows={8}>
      {(found) => {
        const shown = showFigure(found.value, found.unit, moneyUnit);
        return (
          <div>
            <div className="muted">{found.title}</div>
            <div className="explain-value">
              {shown.text}
              <small>{shown.unit}</small> {found.unverified && <UnverifiedMark reason={found.unverified} />}
            </div>
            {found.unverified && <div className="field-hint">{found.unverified}</div>}
            <Block title="公式">
              <div className="formula">{found.formula}</div>
            </Block>
            {found.articles.length > 0 && (
              <Block title="依据">
                <span onClick={leave} onKeyDown={undefined} role="presentation">
                  {found.articles.map((article) => (
                    <span key={`${article.number}${article.article}`} style={{ marginRight: 6 }}>
                      <ArticleTag article={article} />
                    </span>
                  ))}
                </span>
              </Block>
            )}
            {found.inputs.length > 0 && (
              <Block title="代入的数">
                <Inputs inputs={found.inputs} dive={dive} />
              </Block>
            )}
            <Provenance found={found} leave={leave} />
            {found.rows && (
              <Block title={`对应的明细（${found.rows.count.toLocaleString('en-US')} 条）`}>
                <ExplainRows url={found.rows.url} leave={leave} />
              </Block>
            )}
            <div className="foot-line" style={{ marginTop: 14 }}>
              {shown.unit && `单位：${shown.unit}　`}
              {found.asOf && `数据截至 ${found.asOf}　`}口径：{found.basis}
            </div>
          </div>
        );
      }}
    </QueryState>
  );
}

function Provenance({ found, leave }: { found: Explanation; leave: () => void }) {
  const router = useRouter();
  const { versions, certificate } = found;
  if (!versions?.length && !certificate) return null;
  return (
    <Block title="版本与凭证">
      {versions?.map((version) => (
        <div key={version.name + version.from}>
          {version.name}：{version.from} 起执行{version.source ? `（${version.source}）` : ''}
        </div>
      ))}
      {certificate && (
        <div>
          数据凭证{' '}
          <button
            type="button"
            className="text-button"
            onClick={() => {
              leave();
              router.history.push(certificate.url ?? `/verify?code=${encodeURIComponent(certificate.code)}`);
            }}
          >
            {certificate.code}
          </button>
        </div>
      )}
    </Block>
  );
}

const Block = ({ title, children }: { title: string; children: ReactNode }) => (
  <section className="explain-block">
    <h3>{title}</h3>
    {children}
  </section>
);

function Inputs({ inputs, dive }: { inputs: readonly ExplainInput[]; dive: Dive }) {
  return (
    <ul className="explain-tree">
      {inputs.map((input) => (
        <InputRow key={input.name} input={input} dive={dive} />
      ))}
    </ul>
  );
}

function InputRow({ input, dive }: { input: ExplainInput; dive: Dive }) {
  const [isOpen, setOpen] = useState(false);
  const moneyUnit = useUnit();
  const shown = showFigure(input.value, input.unit, moneyUnit);
  const { explain } = input;
  return (
    <li>
      <div className="explain-input">
        {explain ? (
          <button
            type="button"
            className="twist"
            onClick={() => setOpen(!isOpen)}
            aria-expanded={isOpen}
            aria-label={`展开${input.name}`}
          >
            {isOpen ? '▾' : '▸'}
          </button>
        ) : (
          <span className="twist" />
        )}
        <span className="name">
          {input.name}
          {input.source && <span className="source">{input.source}</span>}
        </span>
        <span className="figure">
          {explain ? (
            <button type="button" className="figure-link" onClick={() => dive(explain, input.name)}>
              {shown.text}
            </button>
          ) : (
            shown.text
          )}{' '}
          <span className="muted">{shown.unit}</span>
        </span>
      </div>
      {isOpen && explain && <Nested url={explain} dive={dive} />}
    </li>
  );
}

function Nested({ url, dive }: { url: string; dive: Dive }) {
  const query = useQuery(explainQuery(url));
  return (
    <QueryState query={query} rows={2}>
      {(found) => (
        <>
          <div className="formula" style={{ margin: '4px 0 4px 20px' }}>
            {found.formula}
          </div>
          <Inputs inputs={found.inputs} dive={dive} />
        </>
      )}
    </QueryState>
  );
}
