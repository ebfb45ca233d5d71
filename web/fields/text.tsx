import type { ReactNode } from 'react';
import type { MoneyUnit } from '../../src/kernel/money.ts';
import { useUnit } from '../shell/unit.tsx';
import { useExplain } from './how-computed.tsx';
import {
  notApplicable,
  showCount,
  showWireDay,
  showWireMoney,
  showWireMultiple,
  showWireRatio,
  type Wire,
} from './show.ts';

type FigureProps = {
  /** Address of 怎么算的: the figure becomes a link to its own explanation. */
  readonly explain?: string | undefined;
};

type MoneyTextProps = FigureProps & {
  readonly value: Wire;
  /** Overrides the unit switch, e.g. 元 on letters and in 大写金额 contexts. */
  readonly unit?: MoneyUnit;
  readonly decimals?: number;
  /** Prints the unit after the figure, where no footer or heading says it. */
  readonly withUnit?: boolean;
};

/** An amount in the unit of the switch: negative red with minus, null as —, missing blank. Hover shows it in 元. */
export function MoneyText({ value, unit, decimals, withUnit, explain }: MoneyTextProps) {
  const chosen = useUnit();
  const shownIn = unit ?? chosen;
  const text = showWireMoney(value, shownIn, decimals);
  const title = value && shownIn !== '元' ? `${showWireMoney(value, '元')} 元` : undefined;
  return (
    <Figure text={text} explain={explain} title={title}>
      {text}
      {withUnit && text !== '' && text !== notApplicable ? ` ${shownIn}` : ''}
    </Figure>
  );
}

/** A ratio as a percentage, two to four decimals. Ratios are never added up. */
export function RatioText({ value, places, explain }: FigureProps & { value: Wire; places?: number }) {
  const text = showWireRatio(value, places);
  return (
    <Figure text={text} explain={explain}>
      {text}
    </Figure>
  );
}

/** A multiple such as 放大倍数, with 倍. */
export function MultipleText({ value, places, explain }: FigureProps & { value: Wire; places?: number }) {
  const text = showWireMultiple(value, places);
  return (
    <Figure text={text} explain={explain}>
      {text}
    </Figure>
  );
}

/** A whole number with separators; the unit (户, 笔, 家) belongs in the heading. */
export function CountText({ value, explain }: FigureProps & { value: number | Wire }) {
  const text = showCount(value);
  return (
    <Figure text={text} explain={explain}>
      {text}
    </Figure>
  );
}

/** A calendar day; `long` writes it out for headings and letters. */
export const DayText = ({ value, long = false }: { value: Wire; long?: boolean }) => (
  <span className="figure">{showWireDay(value, long)}</span>
);

type RawFigureProps = FigureProps & { text: string; title?: string | undefined; children: ReactNode };

function Figure({ text, explain, title, children }: RawFigureProps) {
  const open = useExplain();
  const tone = text === notApplicable ? ' figure-none' : text.startsWith('−') ? ' figure-negative' : '';
  if (!explain || text === '') {
    return (
      <span className={`figure${tone}`} title={text === notApplicable ? '不适用' : title}>
        {children}
      </span>
    );
  }
  return (
    <button
      type="button"
      className={`figure figure-link${tone}`}
      title={title ? `${title} · 点开看怎么算的` : '点开看怎么算的'}
      onClick={(event) => {
        event.stopPropagation();
        open(explain);
      }}
      onContextMenu={(event) => {
        event.preventDefault();
        open(explain);
      }}
    >
      {children}
    </button>
  );
}
