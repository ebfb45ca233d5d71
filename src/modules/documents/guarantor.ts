import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { ownGuarantor } from './store.ts';

/** The guarantor a command is for. Refused (422) when none is named and the caller works for none, (403) when not for that one. */
export async function wantedGuarantor(tx: Tx, named: number | undefined): Promise<number> {
  const own = await ownGuarantor(tx, named);
  if (own !== undefined) return own;
  const message = named === undefined ? '请指明机构' : '您不在这家机构任职';
  throw new Refused({ code: 'guarantor-needed', field: 'guarantorId', message }, named === undefined ? 422 : 403);
}
