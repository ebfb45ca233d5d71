import { fen, formatYuan, parseMoney } from '../../../src/kernel/money.ts';
import { MoneyText } from '../../fields/index.ts';

type Step = { readonly title: string; readonly value: string; readonly color: string; readonly onPick?: () => void };
type WaterfallProps = {
  readonly steps: readonly Step[];
  readonly total: { readonly title: string; readonly value: string };
};

/**
 * Steps that add up to a total, drawn one from where the last ended. Positions are for the eye; the figures under the bars are
 * the exact amounts. Says so in red where the steps do not add up to the total.
 */
export function Waterfall({ steps, total }: WaterfallProps) {
  const amounts: readonly bigint[] = steps.map((step) => fenOf(step.value));
  const ends: readonly bigint[] = amounts.map((_, at) =>
    amounts.slice(0, at + 1).reduce((upTo, each) => upTo + each, 0n),
  );
  const sum = ends.at(-1) ?? 0n;
  const isExact = sum === fenOf(total.value);
  const bars = [
    ...steps.map((step, at) => ({ ...step, from: at === 0 ? 0n : (ends[at - 1] ?? 0n), to: ends[at] ?? 0n })),
    { ...total, color: '#0f3a73', from: 0n, to: fenOf(total.value), onPick: undefined },
  ];
  const levels = bars.flatMap(({ from, to }) => [from, to]);
  const top = levels.reduce(larger, 0n);
  const bottom = levels.reduce(smaller, 0n);
  const span = top - bottom || 1n;
  const at = (level: bigint): number => Number(((top - level) * 10_000n) / span) / 100;
  return (
    <div>
      <div className="waterfall" role="img" aria-label={`${total.title}的构成`}>
        <div className="waterfall-zero" style={{ top: `${at(0n)}%` }} />
        {bars.map((bar) => {
          const high = larger(bar.from, bar.to);
          const low = smaller(bar.from, bar.to);
          return (
            <button
              type="button"
              key={bar.title}
              className="waterfall-bar"
              disabled={!bar.onPick}
              onClick={bar.onPick}
              aria-label={`${bar.title} ${bar.value} 元`}
            >
              <i style={{ top: `${at(high)}%`, height: `max(2px, ${at(low) - at(high)}%)`, background: bar.color }} />
            </button>
          );
        })}
      </div>
      <div className="waterfall-legend">
        {bars.map((bar) => (
          <div key={bar.title}>
            <span>{bar.title}</span>
            <b>
              <MoneyText value={bar.value} />
            </b>
          </div>
        ))}
      </div>
      {!isExact && (
        <div className="figure-negative" role="alert">
          各项之和 {formatYuan(fen(sum))} 元，与合计不等：请告知平台管理员。
        </div>
      )}
    </div>
  );
}

const fenOf = (text: string): bigint => parseMoney(text, '元') ?? 0n;

function larger(one: bigint, other: bigint): bigint {
  if (one > other) return one;
  return other;
}

function smaller(one: bigint, other: bigint): bigint {
  if (one < other) return one;
  return other;
}
