import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, plus } from '../../kernel/money.ts';
import { compareRatio, formatDecimal, quotient } from '../../kernel/ratio.ts';
import { countedNetAssets, leverageCap, leverageMultiple } from '../../law/leverage.ts';
import { singleCustomerCap } from '../../law/state-council-order-683.ts';
import type { Tx } from '../../platform/db.ts';
import type { indicatorAnswer } from './contract.ts';
import { type LiabilityLineRow, largestExposures, liabilityLines } from './position.ts';

/** 责任余额 by line, 放大倍数 against its cap (条例第十五条) and the largest customers against 10% (第十六条). */
export async function indicatorsOf(tx: Tx, guarantorId: number, asOf: Day): Promise<z.input<typeof indicatorAnswer>> {
  const lines = await liabilityLines(tx, { guarantorId, asOf });
  const capital = await tx
    .selectFrom('institutions.capital_fact')
    .select(['net_assets', 'stakes_in_guarantors'])
    .where('guarantor_id', '=', guarantorId)
    .where('as_of_on', '<=', asOf)
    .orderBy('as_of_on', 'desc')
    .orderBy('recorded_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const total = (pick: (row: LiabilityLineRow) => Fen) => plus(...lines.map(pick));
  const liability = total((row) => row.liability);
  const assets =
    capital &&
    countedNetAssets({ netAssets: capital.net_assets, stakesInGuarantors: capital.stakes_in_guarantors }, asOf);
  const cap = leverageCap(mixOf(lines), asOf);
  const multiple = assets ? leverageMultiple(liability, assets.counted) : null;
  const largest = await largestExposures(tx, { guarantorId, asOf }, 10);
  const marks = [cap.unverified, assets?.unverified, ...lines.map((row) => row.unverified)].filter(
    (mark) => mark != null,
  );
  return {
    guarantorId,
    asOf,
    lines: lines.map((row) => ({
      ...row,
      outstanding: formatYuan(row.outstanding),
      liability: formatYuan(row.liability),
      outstandingBorne: formatYuan(row.outstandingBorne),
      liabilityBorne: formatYuan(row.liabilityBorne),
    })),
    liability: formatYuan(liability),
    liabilityBorne: formatYuan(total((row) => row.liabilityBorne)),
    netAssets: capital ? formatYuan(capital.net_assets) : null,
    countedNetAssets: assets ? formatYuan(assets.counted) : null,
    multiple: multiple ? formatDecimal(multiple, 4) : null,
    cap: formatDecimal(cap.cap),
    capReason: cap.reason,
    unverified: marks.length > 0 ? [...new Set(marks)].join('；') : null,
    largestCustomers: largest.map((row) => {
      const part = assets ? quotient(row.outstanding, assets.counted) : null;
      const exceeds = part !== null && compareRatio(part, singleCustomerCap.at(asOf)) > 0;
      return {
        customerId: String(row.customerId),
        name: row.name,
        outstanding: formatYuan(row.outstanding),
        ratio: part && formatDecimal(part),
        exceeds,
      };
    }),
  };
}

/** 小微企业 and 农户 against the whole financing book, for the 15× conditions (BAL-9). */
function mixOf(lines: readonly LiabilityLineRow[]) {
  const support = lines.filter((row) => ['small-micro-loan', 'farmer-loan'].includes(row.line));
  const financing = lines.filter((row) => row.line !== 'non-financing');
  const households = (rows: readonly LiabilityLineRow[]) => rows.reduce((sum, row) => sum + row.households, 0);
  return {
    supportBalance: plus(fen(0n), ...support.map((row) => row.outstanding)),
    totalBalance: plus(fen(0n), ...financing.map((row) => row.outstanding)),
    supportHouseholds: households(support),
    totalHouseholds: households(financing),
  };
}
