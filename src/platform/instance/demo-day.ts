import pg from 'pg';
import { type Day, parseDay } from '../../kernel/day.ts';
import { dayOfInstant, moveSystemClock, msAhead, systemClock } from '../clock.ts';
import { StartupProblem } from './problem.ts';

/** The day that RONGDAN_TODAY asks for; undefined when it is not set. Throws StartupProblem when it is no day. */
export function demoDayOf(env: Readonly<Record<string, string | undefined>>): Day | undefined {
  const text = env.RONGDAN_TODAY?.trim();
  if (!text) return undefined;
  const wanted = parseDay(text);
  if (wanted) return wanted;
  throw new StartupProblem(`RONGDAN_TODAY 须为真实存在的日期，写作 YYYY-MM-DD，如 2027-03-01；收到的是“${text}”。`);
}

/**
 * Moves the clock of a demo, and every instant that its database stamps itself, to a later business day: the one wanted, or the one
 * where the demo was left. Answers one line for the operator; undefined when the day is today. As the owner of the schemas, before
 * anybody else is connected.
 */
export async function moveDemo(ownerUrl: string, wanted: Day | undefined): Promise<string | undefined> {
  return withOwner(ownerUrl, async (client) => {
    const { rows } = await client.query<{ at: Date | null }>('select max(recorded_at) as at from audit.entry');
    moveSystemClock(0);
    const ms = msAhead(wanted, rows[0]?.at ?? null);
    await moveDatabase(client, ms);
    moveSystemClock(ms);
    return lineOf(wanted, ms, systemClock.today(), rows[0]?.at ?? null);
  });
}

/** Sets the clock of this process as the program that last opened this database had set it: for the command line. */
export async function followDemo(ownerUrl: string): Promise<void> {
  await withOwner(ownerUrl, async (client) => {
    const { rows: found } = await client.query(`select from pg_proc where oid = to_regprocedure('kernel.ahead()')`);
    if (found.length > 0) moveSystemClock(await aheadOf(client));
  });
}

function lineOf(wanted: Day | undefined, ms: number, today: Day, reached: Date | null): string | undefined {
  if (wanted !== undefined && wanted !== today)
    return `业务日期不能倒退：RONGDAN_TODAY=${wanted} 早于今天或数据已记到的 ${dayOfInstant(reached ?? systemClock.now())}，从 ${today} 继续。`;
  if (ms === 0) return undefined;
  return wanted === undefined
    ? `业务日期接着上次演示所到的 ${today}（不是今天）。`
    : `业务日期设为 ${today}（RONGDAN_TODAY，仅限演示），时刻照常前进。`;
}

async function moveDatabase(client: pg.Client, ms: number): Promise<void> {
  if ((await aheadOf(client)) === ms) return;
  await client.query(
    `create or replace function kernel.ahead() returns interval language sql immutable as $$ select interval '${ms / 1000} seconds' $$`,
  );
  const { rows } = await client.query<{ statement: string }>(
    `select format('alter table %s alter column %I set default %s + kernel.ahead()', a.attrelid::regclass, a.attname,
                   pg_get_expr(d.adbin, d.adrelid)) as statement
       from pg_attrdef d
       join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
       join pg_class c on c.oid = d.adrelid
       join pg_namespace n on n.oid = c.relnamespace
      where n.nspname not in ('public', 'pgboss') and pg_get_expr(d.adbin, d.adrelid) in ('now()', 'clock_timestamp()')`,
  );
  if (rows.length > 0) await client.query(rows.map((row) => row.statement).join('; '));
}

async function aheadOf(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ ms: number }>('select extract(epoch from kernel.ahead())::float8 * 1000 as ms');
  return Math.round(rows[0]!.ms);
}

async function withOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
