import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { day } from '../src/kernel/day.ts';
import { startRun } from '../src/modules/reconciliation/contract.ts';
import { runReconciliation } from '../src/modules/reconciliation/index.ts';
import { bookDay, fillBook, perfectLines } from '../src/modules/reconciliation/testing/book.ts';
import { fixedClock } from '../src/platform/clock.ts';
import { systemActor } from '../src/platform/db.ts';
import { measure, numberOption, report, rounded, startBenchDatabase } from './harness.ts';

/**
 * Reconciles `size` records against a book of as many guarantees and about four movements each, against the limit: the same
 * records as plain COPY text into a plain table and one hand-written FULL JOIN with the book's balances, which only counts.
 */
const size = numberOption('size', 1_000_000);
const rounds = numberOption('rounds', 1);

/** One record in 997 is wrong, one in 1999 missing. */
const faulty = `
  select case when n % 997 = 0 then replace(line, '"outstanding" : "', '"outstanding" : "9') else line end as line
    from (select line, row_number() over () as n from (${perfectLines(bookDay)}) p) numbered
   where n % 1999 <> 0`;

const bench = await startBenchDatabase();
const folder = await mkdtemp(path.join(tmpdir(), 'rongdan-bench-'));
try {
  await fillBook(bench.owner, { guarantees: size, guarantors: 12 });
  const files = await writeOtherSide(bench.owner, folder);
  for (let round = 0; round < rounds; round++) {
    const limit = await measure(() => byHand(bench.owner, files.plain));
    const ours = await measure(() => reconcile(files.lines));
    report({
      bench: 'reconcile',
      size,
      ours_s: rounded(ours.seconds),
      limit_s: rounded(limit.seconds),
      ratio: rounded(ours.seconds / limit.seconds),
      rss_mb_max: ours.rssMb,
    });
  }
} finally {
  await rm(folder, { recursive: true, force: true });
  await bench.stop();
}

async function reconcile(lines: string): Promise<void> {
  const command = startRun.parse({ ours: { asOf: bookDay }, theirs: { asOf: bookDay }, source: { kind: 'monitor' } });
  const context = { actor: systemActor, clock: fixedClock(day('2026-10-08')) };
  await runReconciliation(bench.db, context, command, {
    fetchRecords: async () => ({ name: 'bench', stream: createReadStream(lines, { highWaterMark: 256 * 1024 }) }),
  });
}

/** The other side twice: as the monitoring system sends it, and as the COPY text a hand-written loader would be given. */
async function writeOtherSide(owner: pg.Pool, into: string): Promise<{ lines: string; plain: string }> {
  const [lines, plain] = [path.join(into, 'records.jsonl'), path.join(into, 'records.copy')];
  const client = await owner.connect();
  try {
    await client.query(`create temporary table answer as ${faulty}`);
    const hash = createHash('sm3');
    let rows = 0;
    const sign = new Transform({
      transform(chunk: Buffer, _, done) {
        hash.update(chunk);
        for (const byte of chunk) if (byte === 10) rows++;
        done(null, chunk);
      },
      flush(done) {
        done(null, `{"kind":"footer","rows":${rows},"sm3":"${hash.digest('hex')}"}\n`);
      },
    });
    // The csv format with unused marks passes JSON through unescaped.
    const json = client.query(
      copyTo(`copy (select line from answer) to stdout (format csv, quote e'\\x01', delimiter e'\\x02')`),
    );
    await pipeline(json, sign, createWriteStream(lines));
    const text = client.query(
      copyTo(`copy (select j->>'institution', j->>'contract_no', round((j->>'outstanding')::numeric * 100)::bigint,
        round((j->>'principal')::numeric * 100)::bigint, round((j->>'guaranteed')::numeric * 100)::bigint,
        round((j->>'claims')::numeric * 100)::bigint, round((j->>'recoveries')::numeric * 100)::bigint, j->>'county', j->>'primary_tag',
        j->>'status', j->>'starts_on', j->>'due_on', j->>'identity_hash' from (select line::json as j from answer) a) to stdout`),
    );
    await pipeline(text, createWriteStream(plain));
    await client.query('drop table answer');
    return { lines, plain };
  } finally {
    client.release();
  }
}

/** What one would write in psql: COPY, then one statement that counts what is equal, different and missing. */
async function byHand(owner: pg.Pool, plain: string): Promise<void> {
  const client = await owner.connect();
  try {
    await client.query(`begin; set local work_mem = '256MB'; set local jit = off;
      create table public.theirs (institution text, contract_no text, outstanding bigint, principal bigint, guaranteed bigint,
        claims bigint, recoveries bigint, county integer, primary_tag smallint, status text, starts_on date, ends_on date,
        identity_hash text)`);
    await pipeline(
      createReadStream(plain, { highWaterMark: 256 * 1024 }),
      client.query(copyFrom('copy public.theirs from stdin')),
    );
    await client.query(`
      with ours as (
        select i.code as institution, g.contract_no, m.outstanding, g.principal, g.guaranteed, m.claims, m.recoveries, g.county,
               g.primary_tag, case when m.outstanding > 0 then 'in-force' when m.last % 16 = 5 then 'claimed' else 'released' end as status,
               g.starts_on, coalesce(m.due_on, g.ends_on) as ends_on, c.identity_hash
          from (select guarantor_id, guarantee_id, sum(delta)::bigint as outstanding,
                       coalesce(sum(amount) filter (where kind = 5), 0)::bigint as claims,
                       coalesce(sum(amount) filter (where kind = 6), 0)::bigint as recoveries,
                       max(seq * 16 + kind) filter (where kind in (2, 4, 5, 10)) as last, max(extended_to_on) as due_on
                  from guarantees.movement where occurred_on <= date '${bookDay}' group by 1, 2) m
          join guarantees.guarantee g on g.guarantor_id = m.guarantor_id and g.id = m.guarantee_id
          join institutions.institution i on i.id = g.guarantor_id
          join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id)
      select count(*) filter (where o.institution is null) as only_theirs, count(*) filter (where t.institution is null) as only_ours,
             count(*) filter (where o.institution is not null and t.institution is not null and
               (o.outstanding, o.principal, o.guaranteed, o.claims, o.recoveries, o.county, o.primary_tag, o.status, o.starts_on,
                o.ends_on, o.identity_hash) is distinct from
               (t.outstanding, t.principal, t.guaranteed, t.claims, t.recoveries, t.county, t.primary_tag, t.status, t.starts_on,
                t.ends_on, t.identity_hash)) as different,
             sum(o.outstanding) as ours, sum(t.outstanding) as theirs
        from ours o full join public.theirs t using (institution, contract_no)`);
    await client.query('rollback');
  } finally {
    client.release();
  }
}
