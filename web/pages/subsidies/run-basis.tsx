import { Link } from '@tanstack/react-router';
import { CountText, StatusBadge, showInstant, showWireQuarter } from '../../fields/index.ts';
import { Placeholder } from './looks.tsx';
import type { RunDetail } from './run.tsx';

/** Certificates and scheme versions a run rests on, with their hashes. */
export function RunBasis({ run }: { run: RunDetail }) {
  return (
    <div className="pad">
      <h3 className="subsidy-heading">凭证（只认已定稿的）</h3>
      <div className="subsidy-scroll">
        <table className="dense">
          <thead>
            <tr>
              <th>凭证号</th>
              <th>县区</th>
              <th>季度</th>
              <th className="num">笔数</th>
              <th>内容摘要（SM3）</th>
              <th />
            </tr>
          </thead>
          <tbody>
            {run.certificates.map((each) => (
              <tr key={`${each.id}/${each.forYear}`}>
                <td>
                  <Link to={`/feedback/${each.id}` as string}>{each.number}</Link>
                </td>
                <td>{each.countyName}</td>
                <td>{showWireQuarter(each.quarter)}</td>
                <td className="num">
                  <CountText value={each.rowCount} />
                </td>
                <td>
                  <code title={each.contentHash}>{each.contentHash.slice(0, 24)}…</code>
                </td>
                <td>{each.superseded && <StatusBadge tone="warn">后来被更正，差额进下次清算</StatusBadge>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <h3 className="subsidy-heading">办法版本</h3>
      <ul className="subsidy-list">
        {run.schemes.map((scheme) => (
          <li key={scheme.id}>
            <Link to={'/subsidies/schemes' as string}>{scheme.title}</Link> {scheme.from} 起{' '}
            <Placeholder when={scheme.placeholder} /> <code>{scheme.contentHash.slice(0, 16)}…</code>
          </li>
        ))}
      </ul>
      <div className="muted">
        输入摘要 <code>{run.inputHash.slice(0, 24)}…</code>　结果摘要 <code>{run.resultHash.slice(0, 24)}…</code>
        {'　同样的输入总得同样的结果'}
      </div>
    </div>
  );
}

/** What happened to a run, in order. */
export const RunEvents = ({ run }: { run: RunDetail }) => (
  <div className="pad">
    <ul className="subsidy-events">
      {run.events.map((event) => (
        <li key={event.at + event.kind}>
          <b>{event.title}</b> {event.user} {showInstant(event.at)}
          {event.note && <div>{event.note}</div>}
        </li>
      ))}
    </ul>
  </div>
);
