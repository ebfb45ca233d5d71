import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import type { CounterPolicy, InspectionPolicy, WarningPolicy } from './rules/watch.ts';

/** The dated rules of this module by their codes. */
export type Policies = {
  readonly counter: CounterPolicy;
  readonly inspection: InspectionPolicy;
  readonly warning: WarningPolicy;
  readonly refund: { readonly dayCount: string; readonly minimum: string };
};
/** A rule in force with where it comes from; `unverified` says that nobody has confirmed it. */
export type Policy<T> = { readonly body: T; readonly source: string; readonly unverified: string | null };

/** The rule of a code in force on a day. Throws where there is none: the migration ships one of each. */
export async function policyOn<C extends keyof Policies>(tx: Tx, code: C, on: Day): Promise<Policy<Policies[C]>> {
  const { rows } = await sql<Policy<Policies[C]>>`
    select body, source, unverified from aftercare.policy
     where code = ${code} and from_on <= ${on} order by from_on desc limit 1`.execute(tx);
  if (!rows[0]) throw new RangeError(`${on} 没有生效的保后规则：${code}`);
  return rows[0];
}
