import type { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import type { BankLineStored, GuarantorLineStored, TargetStored } from './admin-store.ts';
import type * as contract from './contract.ts';
import type { HeadroomLine } from './line.ts';
import type { ReservationStored } from './reservation-store.ts';

/** As shown. */
export const reservationStates = { held: '占用中', expired: '已到期', used: '已使用', released: '已释放' } as const;

/** A limit as it crosses the wire. */
export const headroomWire = (line: HeadroomLine): z.input<typeof contract.headroomLine> => ({
  ...line,
  limit: line.limit === null ? null : formatYuan(line.limit),
  used: formatYuan(line.used),
  reserved: formatYuan(line.reserved),
  after: formatYuan(line.after),
  room: line.room === null ? null : formatYuan(line.room),
});

/** A reservation as it crosses the wire. */
export const reservationWire = (row: ReservationStored): z.input<typeof contract.reservationRow> => ({
  ...row,
  id: String(row.id),
  customerId: String(row.customerId),
  amount: formatYuan(row.amount),
  guaranteed: formatYuan(row.guaranteed),
});

/** A bank's line as it crosses the wire. */
export const bankLineWire = (row: BankLineStored): z.input<typeof contract.bankLineRow> => ({
  ...row,
  amount: formatYuan(row.amount),
  allocated: formatYuan(row.allocated),
  used: formatYuan(row.used),
  reserved: formatYuan(row.reserved),
});

/** A guarantor's yearly line as it crosses the wire. */
export const guarantorLineWire = (row: GuarantorLineStored): z.input<typeof contract.guarantorLineRow> => ({
  guarantorId: row.guarantorId,
  guarantorName: row.guarantorName,
  id: String(row.id),
  year: row.year,
  amount: formatYuan(row.amount),
  coefficient: row.coefficient,
  used: formatYuan(row.used),
  reserved: formatYuan(row.reserved),
  status: row.status,
  document: row.document,
  unverified: row.unverified,
});

/** A county target as it crosses the wire. */
export const targetWire = (row: TargetStored): z.input<typeof contract.targetRow> => ({
  ...row,
  amount: formatYuan(row.amount),
  done: formatYuan(row.done),
});

/** Where an approval stands, as it crosses the wire. */
export const approvalWire = <S>(found: { readonly instanceId: bigint; readonly status: S } | undefined) =>
  found ? { instanceId: String(found.instanceId), status: found.status } : null;
