import pg from 'pg';

/** The role the program works as: no superuser, no bypass of row-level security, owner of nothing. */
export const appRole = 'rongdan_app';

/** The role that owns the schemas and runs the migrations. Deliberately no superuser, as in a real data centre. */
export const ownerRole = 'rongdan_owner';

/** Creates the login role, or gives an existing one this password and takes back what it must not have. */
export async function ensureLogin(client: pg.Client, role: string, password: string): Promise<void> {
  const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role]);
  const verb = rowCount === 0 ? 'create' : 'alter';
  await client.query(`${verb} role ${pg.escapeIdentifier(role)} login password ${pg.escapeLiteral(password)}`);
}

/** Is the role kept within bounds: neither superuser nor able to bypass row-level security? */
export async function isConfined(client: pg.Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ confined: boolean }>(
    'select not (rolsuper or rolbypassrls) as confined from pg_roles where rolname = $1',
    [role],
  );
  return rows[0]?.confined === true;
}

/** The same server and database under another login. */
export function withLogin(url: string, user: string, password: string): string {
  const changed = new URL(url);
  changed.username = encodeURIComponent(user);
  changed.password = encodeURIComponent(password);
  return changed.href;
}
