import { formatYuan } from '../../kernel/money.ts';
import type { GuaranteeListRow } from './list-store.ts';

/** What crosses the wire for one row of the book. */
export const wireOf = (row: GuaranteeListRow) => ({
  ...row,
  id: String(row.id),
  customerId: String(row.customerId),
  principal: formatYuan(row.principal),
  guaranteed: formatYuan(row.guaranteed),
  outstanding: formatYuan(row.outstanding),
});
