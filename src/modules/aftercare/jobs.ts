import { type Db, systemActor } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { planInspections } from './inspections.ts';

/** Plans the inspections of every guarantor, one transaction each. Returns how many were added. */
export async function planAllInspections(db: Db, context: Context): Promise<number> {
  const guarantors = await db.read(systemActor, (tx) =>
    tx
      .selectFrom('institutions.institution')
      .select('id')
      .where('kind', '=', 'guarantor')
      .orderBy('id')
      .limit(2000)
      .execute(),
  );
  let planned = 0;
  for (const { id } of guarantors) {
    const made = await db.transaction(systemActor, (tx) => planInspections(tx, context, { guarantorId: id }));
    planned += made.planned;
  }
  return planned;
}
