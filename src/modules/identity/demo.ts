import { sql } from 'kysely';
import type { Tx } from '../../platform/db.ts';

/** One account of the demo province, as the sign-in page offers it. */
export type DemoAccount = {
  readonly account: string;
  readonly password: string;
  readonly name: string;
  readonly institution: string;
  readonly role: string;
};

/** Is this a demo installation? Only then are demo accounts shown and the demo may be controlled. */
export const isDemo = (): boolean => /^(1|true|on|yes)$/i.test(process.env.RONGDAN_DEMO ?? '');

/** The one password of every demo account. Nothing but a demo seed may use it. */
export const demoPassword = 'rongdan-demo';

/** Demo accounts are those whose name begins so; a seed creates them, and only for a demo. */
export const demoAccountPrefix = 'demo-';

/** The demo accounts with the institutions and roles they stand for, at most 60. Only to be shown when `isDemo()`. */
export async function demoAccounts(tx: Tx): Promise<DemoAccount[]> {
  const { rows } = await sql<DemoAccount>`
    select u.account, ${demoPassword} as password, u.name, i.name as institution, string_agg(r.title, '、' order by r.code) as role
      from identity.user_account u
      join institutions.institution i on i.id = u.institution_id
      join identity.role_grant g on g.user_id = u.id and g.revoked_at is null
      join identity.role r on r.code = g.role_code
     where u.account like ${`${demoAccountPrefix}%`} and u.status = 'active' and u.kind = 'person'
     group by u.id, i.id
     order by min(r.code), u.id
     limit 60`.execute(tx);
  return rows;
}
