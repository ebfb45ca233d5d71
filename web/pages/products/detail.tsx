import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Select, Table } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { ProductVersionWire, productDetail, TermDifference } from '../../../src/modules/products/contract.ts';
import { api, type Listing } from '../../api.ts';
import { UnverifiedMark } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { NewVersion } from './new-version.tsx';
import { TermsView } from './terms-view.tsx';

type Detail = z.infer<typeof productDetail>;

/** One product: a version in full, and what changed from any version to any other. */
export default function ProductPage() {
  const { code } = useParams({ strict: false }) as { code: string };
  const me = useMe();
  const mayWrite = useMay('products.write');
  const [chosen, setChosen] = useState<number>();
  const query = useQuery({
    queryKey: ['product', code],
    queryFn: ({ signal }) => api.get<Detail>(`/api/products/${code}`, {}, signal),
  });
  const found = query.data;
  const shown = found?.history.find((each) => each.version === chosen) ?? found?.current ?? found?.history.at(-1);
  return (
    <Page
      title={found?.name ?? '产品详情'}
      note={found && `${found.source}　共 ${found.versions} 版`}
      trail={[{ title: '产品', to: '/products' }]}
      actions={
        found && (
          <>
            <Select
              aria-label="版本"
              style={{ width: 250 }}
              value={shown?.version ?? null}
              placeholder="没有版本"
              onChange={setChosen}
              options={found.history.map((each) => ({ value: each.version, label: labelOf(each, me.today) }))}
            />
            {mayWrite && shown && <NewVersion code={code} from={shown} />}
          </>
        )
      }
    >
      <QueryState query={query} rows={10}>
        {(detail) => (
          <>
            {shown && (
              <Panel
                title={`第 ${shown.version} 版`}
                note={`${shown.from} 至 ${shown.to ?? '今后'}　依据：${shown.document}`}
                extra={shown.unverified && <UnverifiedMark reason={shown.unverified} />}
              >
                <TermsView terms={shown.terms} />
              </Panel>
            )}
            {detail.history.length > 1 && <Differences code={code} history={detail.history} today={me.today} />}
          </>
        )}
      </QueryState>
    </Page>
  );
}

const labelOf = (each: ProductVersionWire, today: string) =>
  `第 ${each.version} 版　${each.from}${each.from <= today && (each.to === null || each.to >= today) ? '（有效）' : ''}`;

function Differences({ code, history, today }: { code: string; history: Detail['history']; today: string }) {
  const [from, setFrom] = useState(history.at(-2)?.version);
  const [to, setTo] = useState(history.at(-1)?.version);
  const query = useQuery({
    queryKey: ['product', code, 'differences', from, to],
    queryFn: ({ signal }) =>
      api.get<Listing<TermDifference>>(`/api/products/${code}/differences`, { from, to }, signal),
  });
  const options = history.map((each) => ({ value: each.version, label: labelOf(each, today) }));
  return (
    <Panel
      title="版本差异"
      extra={
        <>
          <Select
            aria-label="较早的版本"
            style={{ width: 220 }}
            value={from ?? null}
            onChange={setFrom}
            options={options}
          />
          {'　→　'}
          <Select
            aria-label="较晚的版本"
            style={{ width: 220 }}
            value={to ?? null}
            onChange={setTo}
            options={options}
          />
        </>
      }
    >
      <QueryState query={query} rows={4}>
        {({ rows }) => (
          <Table<TermDifference>
            size="small"
            pagination={false}
            rowKey={(row) => row.title}
            dataSource={[...rows]}
            locale={{ emptyText: '两版没有差异' }}
            columns={[
              { title: '条款', dataIndex: 'title', width: 240 },
              { title: '较早', render: (_, row) => row.before ?? <span className="muted">没有</span> },
              { title: '较晚', render: (_, row) => row.after ?? <span className="muted">取消</span> },
            ]}
          />
        )}
      </QueryState>
    </Panel>
  );
}
