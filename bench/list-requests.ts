import { Kysely, type LogEvent, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { guaranteeQuery } from '../src/modules/guarantees/contract.ts';
import { detailOf } from '../src/modules/guarantees/detail.ts';
import { listGuarantees } from '../src/modules/guarantees/list-store.ts';
import type { Db, Tx } from '../src/platform/db.ts';
import { cursorOf } from '../src/platform/list.ts';
import type { BareRequest } from './list-server.ts';

const filters = [
  '',
  'limit=100',
  'guarantorId=7',
  'bankId=903',
  'region=140105',
  'region=140200',
  'status=in-force',
  'tag=2',
  'region=140700&status=in-force&tag=1',
  'startsFrom=2025-01-01&startsTo=2025-03-31',
  'q=BH-00000123',
  'q=91140000000000004',
  'guarantorId=12&status=released',
];

/** As many addresses of details as of lists: every filter on its first page, half of them deep inside the book. */
export async function pathsOf(db: Db, userId: number): Promise<string[]> {
  const { rows } = await db.read({ userId }, (tx) =>
    listGuarantees(tx, { startsTo: '2025-06-30' as never }, undefined, 500),
  );
  const middle = rows.at(-1);
  if (!middle) throw new Error('测速台账太小');
  const deep = cursorOf(middle.startsOn, middle.id, middle.guarantorId);
  const lists = [
    ...filters,
    ...filters.filter((each) => !each.startsWith('q=')).map((each) => `${each}&after=${deep}`),
  ];
  const step = Math.floor(rows.length / lists.length);
  return lists.flatMap((query, at) => {
    const row = rows[at * step]!;
    return [`/api/guarantees?${query}`, `/api/guarantees/${row.guarantorId}/${row.id}`];
  });
}

/** The statements, with their values, that the product runs for each address. */
export async function recordSql(owner: pg.Pool, paths: readonly string[]): Promise<BareRequest[]> {
  const recorded: BareRequest[] = [];
  for (const path of paths) {
    const statements: BareRequest = [];
    const db = new Kysely({
      dialect: new PostgresDialect({ pool: owner as never }),
      log: ({ query }: LogEvent) => {
        statements.push({
          text: query.sql,
          values: [...query.parameters].map((each) => (typeof each === 'bigint' ? String(each) : each)),
        });
      },
    }) as unknown as Tx;
    const url = new URL(path, 'http://bench');
    const [, guarantorId, id] = /^\/api\/guarantees\/(\d+)\/(\d+)$/.exec(url.pathname) ?? [];
    if (id) await detailOf(db, Number(guarantorId), BigInt(id));
    else {
      const query = guaranteeQuery.parse(Object.fromEntries(url.searchParams));
      await listGuarantees(db, query, query.after, query.limit);
    }
    recorded.push(statements);
  }
  return recorded;
}
