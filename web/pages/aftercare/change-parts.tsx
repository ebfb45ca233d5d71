import type { z } from 'zod';
import type { ChangeRow, ConsentWire, contentRow, effectLine } from '../../../src/modules/aftercare/contract/change.ts';
import { changeKinds, partyTitles } from '../../../src/modules/aftercare/contract/titles.ts';
import { ArticleTag, Facts, MoneyText, StatusBadge, showInstant } from '../../fields/index.ts';
import { useUnit } from '../../shell/unit.tsx';

type Need = Pick<ConsentWire, 'party' | 'article' | 'why'> & Partial<ConsentWire>;

/** Who must consent in writing, by which clause and why; with what is on file where that is known. */
export const NeedList = ({ needs }: { needs: readonly Need[] }) => (
  <div className="care-needs">
    {needs.map((need) => (
      <div key={need.party}>
        <b>{partyTitles[need.party]}</b>
        {need.files !== undefined && <NeedStatus of={need} />}
        <ArticleTag article={need.article} />
        <span className="muted">{need.why}</span>
        {need.document && (
          <span>
            {need.consentedOn}　{need.document}
          </span>
        )}
      </div>
    ))}
  </div>
);

const NeedStatus = ({ of }: { of: Need }) => {
  if (!of.consentedOn) return <StatusBadge tone="bad">缺书面同意</StatusBadge>;
  if (of.files === 0) return <StatusBadge tone="warn">缺原件</StatusBadge>;
  return <StatusBadge tone="good">已同意</StatusBadge>;
};

/** The consents of a change in one line of a table. */
export const ConsentSummary = ({ needs }: { needs: ChangeRow['needs'] }) => (
  <>
    {needs
      .map((need) => {
        const lack = need.consentedOn ? '（缺原件）' : '（缺）';
        return `${partyTitles[need.party]}${need.consentedOn && need.files > 0 ? '✓' : lack}`;
      })
      .join('、')}
  </>
);

type EffectLine = z.infer<typeof effectLine>;

/** What a change does to everybody's share and to every limit. */
export function EffectTable({ lines }: { lines: readonly EffectLine[] }) {
  const unit = useUnit();
  const shown = (line: EffectLine, value: string) => (line.isCount ? value : <MoneyText value={value} />);
  return (
    <table className="care-effect">
      <thead>
        <tr>
          <th>影响</th>
          <th className="figure">现在（{unit}）</th>
          <th className="figure">办理之后（{unit}）</th>
          <th>说明</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr key={line.title} className={line.before === line.after ? 'muted' : ''}>
            <td>{line.title}</td>
            <td className="figure">{shown(line, line.before)}</td>
            <td className="figure">{shown(line, line.after)}</td>
            <td>{line.note}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** One change in full: before and after, its days, the consents with their clauses, what it does. */
export const ChangeDetail = ({ row }: { row: ChangeRow }) => (
  <div style={{ display: 'grid', gap: 14 }}>
    <Facts
      columns={2}
      facts={[
        { name: '变更前', value: row.before },
        { name: '变更后', value: row.after },
        { name: '原因', value: row.reason },
        { name: '申请日', value: row.askedOn },
        { name: '生效日', value: row.effectiveOn },
        { name: '办结日（得知）', value: row.doneOn ?? '—' },
      ]}
    />
    <NeedList needs={row.needs} />
    <EffectTable lines={row.effect} />
  </div>
);

/** What the contract has come to say, with both times: since when it is true, and when that was learnt. */
export const ContentHistory = ({ facts }: { facts: readonly z.infer<typeof contentRow>[] }) => (
  <table className="care-effect" data-testid="contents">
    <thead>
      <tr>
        <th>内容</th>
        <th>变更前</th>
        <th>变更后</th>
        <th>自何日起</th>
        <th>得知时间</th>
      </tr>
    </thead>
    <tbody>
      {facts.map((fact) => (
        <tr key={fact.changeId}>
          <td>{changeKinds[fact.kind]}</td>
          <td>{fact.before}</td>
          <td>{fact.value}</td>
          <td>{fact.trueFrom}</td>
          <td>{showInstant(fact.learntAt)}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
