import type { Day } from '../../kernel/day.ts';
import { addMonths } from '../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus, plus } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import type { Caller } from '../../platform/http.ts';
import { positionBy } from '../guarantees/index.ts';
import type { HomeSummary } from './contract.ts';
import { reportingStrip } from './reporting.ts';
import { sealedMap } from './sealed-map.ts';

/** The figures of what the caller may see, today against a month ago; nothing for those who may not read the book. */
export async function summaryFor(tx: Tx, caller: Caller, today: Day): Promise<HomeSummary> {
  const figures = caller.permissions.has('book.read') ? await bookFigures(tx, today) : [];
  const map = caller.permissions.has('feedback.read') ? await sealedMap(tx) : null;
  const reporting = caller.permissions.has('exchange.read') ? await reportingStrip(tx, today) : null;
  return { asOf: today, basis: '合同口径（主债权本金），本人可见范围', figures, map, reporting };
}

async function bookFigures(tx: Tx, today: Day): Promise<HomeSummary['figures']> {
  const before = addMonths(today, -1);
  const now = totalOf(await positionBy(tx, 'tag', { asOf: today }));
  const then = totalOf(await positionBy(tx, 'tag', { asOf: before }));
  const against = '较上月同日';
  return [
    {
      key: 'outstanding',
      title: '在保余额',
      value: formatYuan(now.outstanding),
      unit: '元',
      change: { value: formatYuan(minus(now.outstanding, then.outstanding)), against },
      url: '/guarantees',
    },
    { key: 'borne', title: '在保余额（实际承担）', value: formatYuan(now.borne), unit: '元' },
    {
      key: 'count',
      title: '在保笔数',
      value: String(now.count),
      unit: '笔',
      change: { value: String(now.count - then.count), against },
    },
    {
      key: 'households',
      title: '在保户数',
      value: String(now.households),
      unit: '户',
      change: { value: String(now.households - then.households), against },
    },
  ];
}

type Total = { outstanding: Fen; borne: Fen; count: number; households: number };

/** Sums over tags; a customer with guarantees under two primary tags counts under each, so households are an upper bound. */
function totalOf(rows: Awaited<ReturnType<typeof positionBy>>): Total {
  return rows.reduce<Total>(
    (sum, row) => ({
      outstanding: plus(sum.outstanding, row.outstanding),
      borne: plus(sum.borne, row.outstandingBorne),
      count: sum.count + row.count,
      households: sum.households + row.households,
    }),
    { outstanding: fen(0n), borne: fen(0n), count: 0, households: 0 },
  );
}
