import pg from 'pg';
import { permissions } from './permissions.ts';
import { roles } from './roles.ts';

/**
 * Brings roles and permissions of the database to those of this program; the application's own role has no right to.
 * Takes the owner's address or an open connection of the owner. Runs after `migrate`; doing it again changes nothing.
 * Throws (23514, government_decides_nothing) when the table would give a government role a deciding permission (条11).
 */
export async function syncRoles(owner: string | Pick<pg.ClientBase, 'query'>): Promise<void> {
  if (typeof owner !== 'string') return write(owner);
  const client = new pg.Client({ connectionString: owner, application_name: 'rongdan-roles' });
  await client.connect();
  try {
    await write(client);
  } finally {
    await client.end();
  }
}

/** One statement, hence all or nothing whatever connection it runs on. */
async function write(client: Pick<pg.ClientBase, 'query'>): Promise<void> {
  await client.query(`select identity.replace_roles('${literal(permissions)}'::jsonb, '${literal(roles)}'::jsonb)`);
}

const literal = (value: unknown): string => JSON.stringify(value).replaceAll("'", "''");
