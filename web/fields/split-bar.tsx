import { seriesColors } from '../shell/theme.ts';
import { showWireRatio } from './show.ts';

/** The risk split over all tiers, as the wire carries it. */
export type Shares = {
  readonly bankShare: string;
  readonly guarantorShare: string;
  readonly provinceShare: string;
  readonly fundShare: string;
  readonly otherShare: string;
};

const parties: readonly { readonly key: keyof Shares; readonly title: string; readonly color: string }[] = [
  { key: 'bankShare', title: '银行', color: seriesColors[5]! },
  { key: 'guarantorShare', title: '直保机构', color: seriesColors[0]! },
  { key: 'provinceShare', title: '省再担保', color: seriesColors[1]! },
  { key: 'fundShare', title: '国家融担基金', color: seriesColors[2]! },
  { key: 'otherShare', title: '其他', color: seriesColors[7]! },
];

/** 风险分担 as one bar whose parts are as wide as the shares, with every party named. `thin`: the bar alone, for tables. */
export function SplitBar({ shares, thin }: { shares: Shares; thin?: boolean }) {
  const present = parties.filter(({ key }) => Number(shares[key]) > 0);
  const said = present.map(({ key, title }) => `${title} ${showWireRatio(shares[key])}`);
  return (
    <div className="split" title={said.join('　')}>
      <div className="split-bar" role="img" aria-label={`风险分担：${said.join('，')}`}>
        {present.map(({ key, color, title }) => (
          <span key={key} title={title} style={{ flexGrow: Number(shares[key]), background: color }} />
        ))}
      </div>
      {!thin && (
        <ul className="split-names">
          {present.map(({ key, title, color }) => (
            <li key={key}>
              <i style={{ background: color }} />
              {title} <b>{showWireRatio(shares[key])}</b>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Which colour is whose, for a table of thin bars. */
export const SplitLegend = () => (
  <ul className="split-names">
    {parties.map(({ key, title, color }) => (
      <li key={key}>
        <i style={{ background: color }} />
        {title}
      </li>
    ))}
  </ul>
);
