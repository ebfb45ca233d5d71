import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Drawer } from 'antd';
import type { z } from 'zod';
import type { entitlementExplain } from '../../../src/modules/subsidies/contract.ts';
import { api } from '../../api.ts';
import { ArticleTag, MoneyText } from '../../fields/index.ts';
import { QueryState } from '../../shell/states.tsx';
import { Placeholder } from './looks.tsx';

type Explained = z.infer<typeof entitlementExplain>;
type EntitlementDrawerProps = { readonly url: string; readonly seq: string | undefined; readonly close: () => void };

/** 怎么算的 of one loan: conditions one by one, steps with their own numbers, who pays, certificate and clause. Or why it is not paid for. */
export function EntitlementDrawer({ url, seq, close }: EntitlementDrawerProps) {
  const query = useQuery({
    queryKey: ['subsidies', 'entitlement', url, seq],
    queryFn: ({ signal }) => api.get<Explained>(`${url}/entitlements/${seq}/explain`, {}, signal),
    enabled: seq !== undefined,
  });
  const isRefused = query.data?.eligible === false;
  return (
    <Drawer
      title={isRefused ? '为什么这笔不补' : '怎么算的'}
      open={seq !== undefined}
      onClose={close}
      size={680}
      destroyOnHidden
    >
      <QueryState query={query} rows={10}>
        {(found) => <Explanation found={found} />}
      </QueryState>
    </Drawer>
  );
}

function Explanation({ found }: { found: Explained }) {
  return (
    <>
      <div className="muted">{found.title}</div>
      <div className="explain-value">
        <MoneyText value={found.value} unit="元" />
        <small>元</small> <Placeholder when={found.placeholder} />
      </div>
      <section className="explain-block">
        <h3>条件（依次看，有一条不满足即不补）</h3>
        <ul className="subsidy-checks">
          {found.conditions.map((condition) => (
            <li key={condition.title} className={condition.holds ? '' : 'subsidy-fails'}>
              {condition.holds ? <CheckCircleFilled /> : <CloseCircleFilled />}
              <b>{condition.title}</b>
              <span>{condition.text}</span>
            </li>
          ))}
        </ul>
      </section>
      <section className="explain-block">
        <h3>{found.eligible ? '公式' : '不补的原因'}</h3>
        <div className="formula">{found.formula}</div>
      </section>
      {found.steps.length > 0 && (
        <section className="explain-block">
          <h3>代入这一笔的数</h3>
          <table className="dense">
            <tbody>
              {found.steps.map((step) => (
                <tr key={step.text + step.value}>
                  <td>{step.text}</td>
                  <td className="num">{step.value}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <section className="explain-block">
        <h3>取数</h3>
        <table className="dense">
          <tbody>
            {found.inputs.map((input) => (
              <tr key={input.name}>
                <td>{input.name}</td>
                <td className="num">{input.value}</td>
                <td className="muted">{input.source}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {found.eligible && <Split found={found} />}
      <Sources found={found} />
    </>
  );
}

const Split = ({ found }: { found: Explained }) => (
  <section className="explain-block">
    <h3>谁承担</h3>
    <div className="subsidy-facts">
      {found.split.map((part) => (
        <span key={part.payer}>
          {part.title}{' '}
          <b>
            <MoneyText value={part.amount} unit="元" withUnit />
          </b>
        </span>
      ))}
    </div>
  </section>
);

const Sources = ({ found }: { found: Explained }) => (
  <section className="explain-block">
    <h3>依据</h3>
    <div>
      业务{' '}
      <Link to={`/guarantees/${found.loan.guarantorId}/${found.loan.guaranteeId}` as string}>
        {found.loan.contractNo}
      </Link>
    </div>
    <div>
      凭证 <Link to={`/feedback/${found.certificate.id}` as string}>{found.certificate.number}</Link>
      <span className="muted">　SM3 {found.certificate.contentHash.slice(0, 16)}…</span>
    </div>
    <div>
      办法 {found.scheme.title}（{found.scheme.from} 起，{found.scheme.document}）{' '}
      <Placeholder when={found.placeholder} />
    </div>
    <div>
      条款{' '}
      {found.articles.map((article) => (
        <ArticleTag key={article.number + article.article} article={article} />
      ))}
    </div>
  </section>
);
