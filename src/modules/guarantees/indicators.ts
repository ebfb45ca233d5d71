import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, plus } from '../../kernel/money.ts';
import { compareRatio, formatDecimal, quotient, type Ratio } from '../../kernel/ratio.ts';
import { readAsSmallMicro } from '../../law/cbirc-2018-1-liability-balance.ts';
import { countedNetAssets, leverageCap, leverageMultiple } from '../../law/leverage.ts';
import { unratedIssuer } from '../../law/liability-weights.ts';
import { type Parameter, unverifiedOf } from '../../law/parameter.ts';
import { relatedGroupCap, singleCustomerCap } from '../../law/state-council-order-683.ts';
import type { Tx } from '../../platform/db.ts';
import type { indicatorAnswer } from './contract.ts';
import { type ExposureRow, type LiabilityLineRow, largestExposures, liabilityLines } from './liability-store.ts';

/** 责任余额 by line, 放大倍数 against its cap (条例第十五条) and the largest customers and groups against 10% and 15% (第十六条). */
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
  const cap = leverageCap(supportMixOf(lines), asOf);
  const multiple = assets ? leverageMultiple(liability, assets.counted) : null;
  const customers = await largestExposures(tx, { guarantorId, asOf }, 'customer', 10);
  const groups = await largestExposures(tx, { guarantorId, asOf }, 'group', 10);
  const against = againstCap(asOf, assets?.counted);
  const marks = [cap.unverified, assets?.unverified, ...lines.map((row) => lineNotes(row, asOf))].filter(
    (mark) => mark != null,
  );
  return {
    guarantorId,
    asOf,
    lines: lines.map((row) => ({
      ...row,
      unverified: lineNotes(row, asOf),
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
    largestCustomers: customers.map((row) => ({ ...against(row, singleCustomerCap), customerId: String(row.id) })),
    largestGroups: groups.map((row) => ({
      ...against(row, relatedGroupCap),
      groupId: String(row.id),
      customers: row.customers,
    })),
  };
}

const againstCap = (asOf: Day, counted: Fen | undefined) => (row: ExposureRow, cap: Parameter<Ratio>) => {
  const part = counted === undefined || counted <= 0n ? null : quotient(row.exposure, counted);
  return {
    name: row.name,
    outstanding: formatYuan(row.outstanding),
    exposure: formatYuan(row.exposure),
    exposureBorne: formatYuan(row.exposureBorne),
    ratio: part && formatDecimal(part),
    exceeds: counted !== undefined && row.exposure > 0n && (part === null || compareRatio(part, cap.at(asOf)) > 0),
  };
};

/** The mark of a line with what decided for want of knowledge: our reading, a size or a rating that is 不可判定. */
function lineNotes(row: LiabilityLineRow, asOf: Day): string | null {
  const notes = [
    row.unverified,
    row.byReading > 0 ? `${row.byReading} 户个体工商户、小微企业主：${unverifiedOf(asOf, readAsSmallMicro)}` : null,
    row.unsized > 0 ? `${row.unsized} 户企业划型不可判定，从严按其他借款类计` : null,
    row.unrated > 0 ? `${row.unrated} 户${unratedIssuer}` : null,
  ].filter((note) => note !== null);
  return notes.length > 0 ? notes.join('；') : null;
}

/** 小微企业 and 农户 against the whole financing book, for the 15× conditions (BAL-9). */
export function supportMixOf(lines: readonly LiabilityLineRow[]) {
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
