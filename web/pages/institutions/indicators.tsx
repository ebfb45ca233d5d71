import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import type { z } from 'zod';
import type { indicatorAnswer } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import {
  DayField,
  FootLine,
  MoneyText,
  MultipleText,
  RatioText,
  StatusBadge,
  UnverifiedMark,
} from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { tokens } from '../../shell/theme.ts';
import { useUnit } from '../../shell/unit.tsx';

type Answer = z.infer<typeof indicatorAnswer>;

/** 责任余额, 放大倍数 against its cap, and the largest customers, as of any day. */
export function Indicators({ guarantorId }: { guarantorId: string }) {
  const me = useMe();
  const [asOf, setAsOf] = useState(me.today);
  const query = useQuery({
    queryKey: ['indicators', guarantorId, asOf],
    queryFn: ({ signal }) => api.get<Answer>(`/api/indicators/${guarantorId}`, { asOf }, signal),
  });
  const explain = (figure: string) => `/api/indicators/${guarantorId}/explain/${figure}?asOf=${asOf}`;
  return (
    <Panel
      title="监管指标"
      extra={
        <>
          截至 <DayField value={asOf} max={me.today} allowClear={false} onChange={(day) => day && setAsOf(day)} />
        </>
      }
    >
      <QueryState query={query} rows={6}>
        {(found) => (
          <div style={{ display: 'grid', gap: 14 }}>
            <Heads found={found} explain={explain} />
            <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 7fr) minmax(0, 5fr)', gap: 18 }}>
              <Lines found={found} />
              <Largest found={found} explain={explain} />
            </div>
            {found.unverified && (
              <div className="field-hint">
                <UnverifiedMark reason={found.unverified} /> {found.unverified}
              </div>
            )}
            <FootLine asOf={asOf} basis="主列为合同口径，「实际承担」列扣除银行自担部分" />
          </div>
        )}
      </QueryState>
    </Panel>
  );
}

type HeadsProps = { readonly found: Answer; readonly explain: (figure: string) => string };

function Heads({ found, explain }: HeadsProps) {
  const unit = useUnit();
  return (
    <div className="key-row">
      <div>
        <div className="key-name">放大倍数</div>
        <div className="key-figure">
          <MultipleText value={found.multiple} explain={explain('multiple')} />
        </div>
        <Gauge multiple={found.multiple} cap={found.cap} />
      </div>
      <div>
        <div className="key-name">放大倍数上限</div>
        <div className="key-figure">
          <MultipleText value={found.cap} places={0} explain={explain('cap')} />
        </div>
      </div>
      <div>
        <div className="key-name">融资担保责任余额</div>
        <div className="key-figure">
          <MoneyText value={found.liability} explain={explain('liability')} />
          <small>{unit}</small>
        </div>
        <div className="field-hint">
          实际承担口径 <MoneyText value={found.liabilityBorne} withUnit />
        </div>
      </div>
      <div>
        <div className="key-name">计量净资产</div>
        <div className="key-figure">
          <MoneyText value={found.countedNetAssets} explain={explain('net-assets')} />
          <small>{unit}</small>
        </div>
        <div className="field-hint">
          净资产 <MoneyText value={found.netAssets} withUnit />
        </div>
      </div>
    </div>
  );
}

/** How much of the cap is used. The bar is paint: the figures stand above it. */
function Gauge({ multiple, cap }: { multiple: string | null; cap: string | null }) {
  if (multiple === null || cap === null) return <div className="field-hint">没有净资产数据，不适用</div>;
  const part = Math.min(1, Number(multiple) / Number(cap));
  const color = part >= 1 ? tokens.bad : part >= 0.8 ? '#e09a1a' : tokens.good;
  const word = part >= 1 ? '达到或超过上限' : part >= 0.8 ? '接近上限' : '在上限之内';
  return (
    <div title={word}>
      <div style={{ height: 8, borderRadius: 4, background: tokens.mute, overflow: 'hidden', marginTop: 2 }}>
        <div style={{ width: `${part * 100}%`, height: '100%', background: color }} />
      </div>
      <div className="field-hint">{word}</div>
    </div>
  );
}

const weightOf = (weight: string) => weight.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');

function Lines({ found }: { found: Answer }) {
  if (found.lines.length === 0) return <EmptyState title="当日没有在保业务" next="换一个截至日再看。" />;
  return (
    <div style={{ overflowX: 'auto' }}>
      <table className="dense" aria-label="责任余额">
        <thead>
          <tr>
            <th>业务类别</th>
            <th className="num">权重</th>
            <th className="num">在保余额</th>
            <th className="num">责任余额</th>
            <th className="num">实际承担余额</th>
            <th className="num">实际承担责任</th>
          </tr>
        </thead>
        <tbody>
          {found.lines.map((line) => (
            <tr key={line.line}>
              <td>
                {line.title} {line.unverified && <UnverifiedMark reason={line.unverified} />}
              </td>
              <td className="num">{weightOf(line.weight)}</td>
              {[line.outstanding, line.liability, line.outstandingBorne, line.liabilityBorne].map((value, index) => (
                <td className="num" key={['a', 'b', 'c', 'd'][index]}>
                  <MoneyText value={value} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Largest({ found, explain }: HeadsProps) {
  if (found.largestCustomers.length === 0) return null;
  return (
    <div style={{ display: 'grid', gap: 14, alignContent: 'start' }}>
      <Concentration
        title="最大客户"
        cap="10%"
        rows={found.largestCustomers.map((each) => ({
          ...each,
          key: each.customerId,
          label: <Link to={`/customers/${found.guarantorId}/${each.customerId}` as string}>{each.name}</Link>,
          explain: `${explain('concentration')}&of=${each.customerId}`,
        }))}
      />
      {found.largestGroups.length > 0 && (
        <Concentration
          title="最大关联集团"
          cap="15%"
          rows={found.largestGroups.map((each) => ({
            ...each,
            key: each.groupId,
            label: `${each.name}（${each.customers} 户）`,
            explain: `${explain('group-concentration')}&of=${each.groupId}`,
          }))}
        />
      )}
    </div>
  );
}

type ConcentrationRow = Pick<Answer['largestCustomers'][number], 'outstanding' | 'exposure' | 'ratio' | 'exceeds'> & {
  readonly key: string;
  readonly label: ReactNode;
  readonly explain: string;
};

/** Against 条16: the weighted 责任余额, not the balance, is measured; the balance stands beside it. */
function Concentration({ title, cap, rows }: { title: string; cap: string; rows: readonly ConcentrationRow[] }) {
  return (
    <table className="dense" aria-label={`集中度：${title}`}>
      <thead>
        <tr>
          <th>{title}</th>
          <th className="num">在保余额</th>
          <th className="num">责任余额</th>
          <th className="num">占净资产（上限{cap}）</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((each) => (
          <tr key={each.key}>
            <td>{each.label}</td>
            <td className="num">
              <MoneyText value={each.outstanding} />
            </td>
            <td className="num">
              <MoneyText value={each.exposure} />
            </td>
            <td className="num">
              {each.exceeds && <StatusBadge tone="bad">超限</StatusBadge>}{' '}
              <RatioText value={each.ratio} explain={each.explain} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
