import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import type { HeadroomLineWire } from '../../src/modules/limits/contract.ts';
import { api } from '../api.ts';
import { QueryState } from '../shell/states.tsx';
import { FootLine } from './foot-line.tsx';
import './headroom.css';
import { ArticleTag, StatusBadge, UnverifiedMark } from './marks.tsx';
import { MoneyText } from './text.tsx';

type Answer = { readonly on: string; readonly lines: readonly HeadroomLineWire[] };
/** What the case is: every part left out leaves its limits out. Amounts in 元. */
export type HeadroomAsked = {
  readonly guarantorId: string | number;
  readonly customerId?: string | undefined;
  readonly bankId?: string | number | undefined;
  readonly productCode?: string | undefined;
  readonly county?: string | number | undefined;
  readonly amount: string;
  readonly guaranteed?: string | undefined;
  /** The case's own reservation is not counted against it. */
  readonly subject?: string | undefined;
  readonly on?: string | undefined;
};

/** 额度仪表 of a case, asked of the server now. */
export function Headroom({ asked }: { asked: HeadroomAsked }) {
  const query = useQuery({
    queryKey: ['headroom', asked],
    queryFn: ({ signal }) => api.get<Answer>('/api/limits/headroom', asked, signal),
  });
  return (
    <QueryState query={query} rows={6}>
      {({ on, lines }) => (
        <div style={{ display: 'grid', gap: 12 }}>
          <HeadroomVerdict lines={lines} />
          <HeadroomLines lines={lines} />
          <FootLine asOf={on} basis="合同口径；此刻的余量，提交时再核" />
        </div>
      )}
    </QueryState>
  );
}

function HeadroomVerdict({ lines }: { lines: readonly HeadroomLineWire[] }) {
  const breached = lines.filter((each) => each.isBreached && each.binds);
  return breached.length === 0 ? (
    <Alert
      type="success"
      showIcon
      title={`${lines.filter((each) => each.code !== 'elsewhere').length} 项限额均在范围内`}
    />
  ) : (
    <Alert
      type="error"
      showIcon
      title={`${breached.length} 项超限：${breached.map((each) => each.title).join('、')}`}
    />
  );
}

/** Every limit as a bar: used, held by other cases, this case; the mark is the limit. */
export const HeadroomLines = ({ lines }: { lines: readonly HeadroomLineWire[] }) => (
  <div className="headroom">
    <ul className="headroom-legend">
      <li>
        <i className="headroom-used" />
        已用
      </li>
      <li>
        <i className="headroom-reserved" />
        其他在办占用
      </li>
      <li>
        <i className="headroom-added" />
        本笔
      </li>
    </ul>
    {lines.map((line) => (
      <Line key={line.code} line={line} />
    ))}
  </div>
);

function Line({ line }: { line: HeadroomLineWire }) {
  const look = line.isBreached ? ` headroom-breach${line.binds ? '' : ' headroom-told'}` : '';
  return (
    <div className={`headroom-line${look}`}>
      <div className="headroom-title">
        <b>{line.title}</b>
        {line.article && <ArticleTag article={line.article} />}
        {line.unverified && <UnverifiedMark reason={line.unverified} />}
      </div>
      {line.limit === null ? (
        <>
          <span className="muted">{line.note}</span>
          <span />
        </>
      ) : (
        <>
          <Bar line={line} limit={line.limit} />
          <div className="headroom-figures">
            <State line={line} />
            <small>
              余量 <MoneyText value={line.room} withUnit />
            </small>
          </div>
        </>
      )}
      {line.isBreached && <div className="headroom-cure">{line.cure}</div>}
      {line.limit !== null && (
        <div className="headroom-note">
          <Figure name="上限" value={line.limit} />
          <Figure name="已用" value={line.used} />
          <Figure name="在办" value={line.reserved} />
          <Figure name="之后" value={line.after} />
          <br />
          {[line.note, line.source].filter(Boolean).join('　依据：')}
        </div>
      )}
    </div>
  );
}

const Figure = ({ name, value }: { name: string; value: string }) => (
  <span className="headroom-figure">
    {name} <MoneyText value={value} withUnit />
  </span>
);

function State({ line }: { line: HeadroomLineWire }) {
  if (line.code === 'county-target') return <StatusBadge tone="mute">只作提示</StatusBadge>;
  if (!line.isBreached) return <StatusBadge tone="good">在限额内</StatusBadge>;
  return line.binds ? <StatusBadge tone="bad">超限</StatusBadge> : <StatusBadge tone="warn">提示</StatusBadge>;
}

/** Widths are for the eye alone; the figures beside it are the server's. */
function Bar({ line, limit }: { line: HeadroomLineWire; limit: string }) {
  const [most, used, reserved, after] = [limit, line.used, line.reserved, line.after].map(Number) as [
    number,
    number,
    number,
    number,
  ];
  const whole = Math.max(most, after) * 1.02 || 1;
  const wide = (part: number) => ({ width: `${(Math.max(0, part) / whole) * 100}%` });
  return (
    <div className="headroom-track" role="img" aria-label={`${line.title}：${line.isBreached ? '超限' : '在限额内'}`}>
      <span className="headroom-used" style={wide(used)} />
      <span className="headroom-reserved" style={wide(reserved)} />
      <span className="headroom-added" style={wide(after - used - reserved)} />
      <i className="headroom-mark" style={{ left: `${(most / whole) * 100}%` }} />
    </div>
  );
}
