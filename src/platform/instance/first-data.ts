import pg from 'pg';

/** How far the first data of a database has come: nothing yet, interrupted in the middle, or done (for ever). */
export type FirstData = 'none' | 'loading' | 'loaded';

const PREFIX = 'rongdan first data: ';

/** What the database itself says of its first data. The mark is a comment on the migration table, so it travels with backups. */
export async function firstDataOf(ownerUrl: string): Promise<FirstData> {
  return withClient(ownerUrl, async (client) => {
    const { rows } = await client.query<{ mark: string | null }>(
      `select obj_description('public.rongdan_migration'::regclass, 'pg_class') as mark`,
    );
    const mark = rows[0]?.mark ?? '';
    const state = mark.startsWith(PREFIX) ? mark.slice(PREFIX.length) : 'none';
    return state === 'loading' || state === 'loaded' ? state : 'none';
  });
}

/** Writes the mark down; committed at once. */
export async function markFirstData(ownerUrl: string, state: FirstData): Promise<void> {
  await withClient(ownerUrl, (client) =>
    client.query(`comment on table public.rongdan_migration is ${pg.escapeLiteral(PREFIX + state)}`),
  );
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
