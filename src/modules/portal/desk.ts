import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';

/** Whom the customers of a guarantor may call, and when. */
export type Desk = { readonly phone: string; readonly hours: string };

/** The telephone a guarantor shows its customers; undefined where none was entered, or it is not the caller's to see. */
export async function deskOf(tx: Tx, guarantorId: number): Promise<Desk | undefined> {
  const { rows } = await sql<Desk>`select phone, hours from portal.desk where guarantor_id = ${guarantorId}`.execute(
    tx,
  );
  return rows[0];
}

/** Enters it. Refused (403) for another institution's. */
export async function setDesk(
  tx: Tx,
  context: Context,
  { guarantorId, phone, hours }: Desk & { readonly guarantorId: number },
): Promise<void> {
  const { rows } = await sql<{ mine: boolean }>`
    select identity.sees_all() or ${guarantorId} = any (identity.my_guarantors()) as mine`.execute(tx);
  if (!rows[0]?.mine)
    throw new Refused(
      { code: 'not-your-institution', field: 'guarantorId', message: '您只能设置本机构的客户电话' },
      403,
    );
  await sql`
    insert into portal.desk (guarantor_id, phone, hours, recorded_by, recorded_at)
    values (${guarantorId}, ${phone}, ${hours}, ${context.actor.userId}, ${context.clock.now()})
    on conflict (guarantor_id) do update
       set phone = excluded.phone, hours = excluded.hours, recorded_by = excluded.recorded_by, recorded_at = excluded.recorded_at`.execute(
    tx,
  );
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'portal.set-desk',
    subject: `portal-desk:${guarantorId}`,
    detail: { phone, hours },
  });
}
