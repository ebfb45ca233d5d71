import { type Fen, formatYuan, larger, minus, share, zeroFen } from '../../../kernel/money.ts';
import { quotient, type Ratio } from '../../../kernel/ratio.ts';

/**
 * A cohort (bank × product × year of start, or an agreement version) in 分 of principal, reversals taken out: what was guaranteed, what
 * was claimed, what has been released (a claim releases too). 代偿率 = 累计代偿额 ÷ 累计解除担保额 (RGU-4).
 */
export type Meter = { readonly volume: Fen; readonly paid: Fen; readonly released: Fen };

export const emptyMeter: Meter = { volume: zeroFen, paid: zeroFen, released: zeroFen };

/**
 * 代偿率上限：What do the releases so far allow, and what is left of it? `atFullRelease`: what the cohort will allow once all of it is
 * released, which is what every accepted row raises; our reading for the meter, no rule of its own.
 */
export function claimRoom(meter: Meter, cap: Ratio) {
  const limit = share(meter.released, cap, 'down');
  return {
    ratio: quotient(meter.paid, meter.released),
    limit,
    room: larger(zeroFen, minus(limit, meter.paid)),
    excess: larger(zeroFen, minus(meter.paid, limit)),
    atFullRelease: share(meter.volume, cap, 'down'),
  };
}

/** 熔断：Do the claims stand above what the releases allow? Exactly at the cap is within it. */
export const isTripped = (meter: Meter, cap: Ratio): boolean => meter.paid > share(meter.released, cap, 'down');

/** A meter as it is kept: decimal 元 text. */
export const meterJson = ({ volume, paid, released }: Meter) => ({
  volume: formatYuan(volume),
  paid: formatYuan(paid),
  released: formatYuan(released),
});
