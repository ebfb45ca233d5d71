import type { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { parseMoney } from '../src/kernel/money.ts';
import { sm3 } from '../src/platform/crypto/index.ts';
import { copyField } from '../src/platform/db.ts';
import { within } from './database.ts';
import { type PackageRow, type ReadPackage, type Reason, readPackage, type SectionName } from './read-package.ts';

/** The answer to a package; the same for ever once it is stored. */
export type Receipt = {
  standIn: true;
  receiptNo: string;
  institution: string;
  businessDay: string;
  sequence: number;
  contentHash: string;
  verdict: 'accepted' | 'refused';
  duplicate: boolean;
  missing: number[];
  reasons: Reason[];
  receivedAt: string;
};

/** `forcedReason`: a fault that refuses whatever came. `forget`: a fault that reads and loses it. */
export type Interference = { forcedReason?: string | undefined; forget?: boolean };

const values = [
  'outstanding',
  'outstanding_actual',
  'principal',
  'guaranteed',
  'claims',
  'claim_cash',
  'recoveries',
] as const;
const plain = ['county', 'primary_tag', 'tags', 'status', 'starts_on', 'ends_on', 'due_on', 'identity_hash'] as const;
const columns = [...values, ...plain].join(', ');

/** Reads, checks and stores a package in one transaction; answers its receipt, or the one given before. */
export const receive = (pool: pg.Pool, body: Readable, interference: Interference): Promise<Receipt> =>
  within(pool, async (client) => {
    await client.query(
      `create temp table incoming on commit drop as select contract_no, ${columns} from monitor.record limit 0`,
    );
    await client.query(
      'create temp table incoming_fact (section text, contract_no text, seq integer, content jsonb) on commit drop',
    );
    const intake = openIntake(client);
    const read = await readPackage(body, (institution) => keyOf(client, institution), intake.take);
    await intake.finish();
    // Without statistics the planner takes a filled temporary table for an empty one.
    await client.query('analyze incoming; analyze incoming_fact');
    return decide(client, read, interference);
  });

async function decide(client: pg.PoolClient, read: ReadPackage, interference: Interference): Promise<Receipt> {
  const { manifest, contentHash } = read;
  const base = {
    standIn: true as const,
    institution: manifest.institution,
    businessDay: manifest.businessDay,
    sequence: manifest.sequence,
    contentHash,
    duplicate: false,
    missing: [] as number[],
    receivedAt: await nowOf(client),
  };
  if (read.damage.length > 0 || interference.forget) {
    const receiptNo = `X-${sm3(contentHash + JSON.stringify(read.damage)).slice(0, 16)}`;
    return { ...base, receiptNo, verdict: 'refused', reasons: read.damage };
  }
  await client.query('select pg_advisory_xact_lock(hashtext($1))', [manifest.institution]);
  const earlier = await receiptOf(client, contentHash);
  if (earlier) return { ...earlier, duplicate: true };
  const forced = interference.forcedReason ? [{ code: 'refused-by-fault', message: interference.forcedReason }] : [];
  const chain = await checkChain(client, read);
  const reasons = [...read.faults, ...chain.reasons, ...forced];
  const verdict = reasons.length === 0 ? 'accepted' : 'refused';
  const { rows } = await client.query<{ id: bigint }>(
    `insert into monitor.package (content_hash, institution, business_day, sequence, version, kind, previous_hash, manifest, verdict, receipt)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, '{}') returning id`,
    [
      contentHash,
      manifest.institution,
      manifest.businessDay,
      manifest.sequence,
      manifest.version,
      manifest.kind,
      manifest.previousHash,
      read.manifestText,
      verdict,
    ],
  );
  const id = rows[0]!.id;
  const receipt: Receipt = {
    ...base,
    receiptNo: `TS-${String(id).padStart(8, '0')}`,
    verdict,
    reasons,
    missing: chain.missing,
  };
  await client.query('update monitor.package set receipt = $2 where id = $1', [id, JSON.stringify(receipt)]);
  if (verdict === 'accepted') await store(client, id, manifest.institution, manifest.businessDay);
  return receipt;
}

/** Numbers without gaps, each package naming the one before it; a day once reported changes by restatement only. */
async function checkChain(client: pg.PoolClient, read: ReadPackage): Promise<{ reasons: Reason[]; missing: number[] }> {
  const { manifest, contentHash } = read;
  const { rows } = await client.query<{
    sequence: number;
    content_hash: string;
    previous_hash: string | null;
    verdict: string;
  }>(
    'select sequence, content_hash, previous_hash, verdict from monitor.package where institution = $1 and sequence between $2 - 1 and $2 + 1',
    [manifest.institution, manifest.sequence],
  );
  const reasons: Reason[] = [];
  const at = (sequence: number) => rows.filter((row) => row.sequence === sequence);
  if (at(manifest.sequence).some((row) => row.verdict === 'accepted'))
    reasons.push({ code: 'sequence-taken', message: `顺序号 ${manifest.sequence} 已由另一份数据包占用` });
  const before = at(manifest.sequence - 1);
  if (before.length > 0 && !before.some((row) => row.content_hash === manifest.previousHash))
    reasons.push({ code: 'chain-broken', message: '所载前包摘要与已收到的前一包不符' });
  const next = at(manifest.sequence + 1);
  if (next.length > 0 && !next.some((row) => row.previous_hash === contentHash))
    reasons.push({ code: 'chain-broken', message: '与已收到的后一包所载前包摘要不符' });
  const { rows: reported } = await client.query(
    `select from monitor.package where institution = $1 and business_day = $2 and verdict = 'accepted' and version >= $3`,
    [manifest.institution, manifest.businessDay, manifest.version],
  );
  if (reported.length > 0)
    reasons.push({
      code: 'day-already-reported',
      message: `${manifest.businessDay} 已有同版或更新的数据包，变动须以更高版本重报`,
    });
  if (manifest.version > 1 && !manifest.restates?.cause)
    reasons.push({ code: 'restatement-without-cause', message: '重报须说明原因并指明所替代的数据包' });
  const { rows: gaps } = await client.query<{ n: number }>(
    `select n from generate_series(greatest(1, $2 - 1000), $2 - 1) n
      where not exists (select from monitor.package p where p.institution = $1 and p.sequence = n) order by n limit 100`,
    [manifest.institution, manifest.sequence],
  );
  return { reasons, missing: gaps.map((row) => row.n) };
}

/** Files the rows. What did not change is not repeated; a late package must not change the days that later ones have spoken for. */
async function store(client: pg.PoolClient, id: bigint, institution: string, day: string): Promise<void> {
  const key = [id, institution, day];
  const same = [...values, ...plain].map((name) => `p.${name}`).join(', ');
  const given = [...values, ...plain].map((name) => `i.${name}`).join(', ');
  await client.query(
    `create temp table changed on commit drop as
     select i.contract_no, p.contract_no is not null as known, ${same}
       from incoming i
       left join lateral (select * from monitor.record r where r.institution = '${institution.replaceAll("'", "''")}'
                           and r.contract_no = i.contract_no and r.business_day <= '${day}'::date
                         order by r.business_day desc, r.package_id desc limit 1) p on true
      where p.contract_no is null or (${same}) is distinct from (${given})`,
  );
  await client.query('analyze changed; analyze monitor.record');
  await client.query(
    `with later as (
       select p.id, p.business_day from monitor.package p
        where p.institution = $1 and p.business_day > $2 and p.verdict = 'accepted'
        order by p.business_day, p.id limit 1)
     insert into monitor.record (institution, contract_no, business_day, package_id, received_at, ${columns})
     select $1, c.contract_no, l.business_day, l.id, clock_timestamp(), ${columns}
       from changed c cross join later l
      where c.known and not exists (select from monitor.record r where r.institution = $1 and r.contract_no = c.contract_no
                                       and r.business_day > $2 and r.business_day <= l.business_day)`,
    [institution, day],
  );
  await client.query(
    `insert into monitor.record (institution, contract_no, business_day, package_id, received_at, ${columns})
     select $2, i.contract_no, $3, $1, clock_timestamp(), ${given} from incoming i join changed c using (contract_no)`,
    key,
  );
  await client.query(
    `insert into monitor.movement select $2, contract_no, seq, $1, content from incoming_fact where section = 'movements' on conflict do nothing`,
    key.slice(0, 2),
  );
  await client.query(
    `insert into monitor.master select $2, contract_no, $1, content from incoming_fact where section = 'master'`,
    key.slice(0, 2),
  );
  await client.query(
    `update monitor.fault_row f set healed_on = $2 from incoming i
      where f.institution = $1 and f.contract_no = i.contract_no and (f.healed_on is null or f.healed_on > $2)`,
    [institution, day],
  );
}

/** Takes rows as they are read; they go to the database in batches of one statement each. */
function openIntake(client: pg.PoolClient) {
  let closing: string[] = [];
  let facts: string[] = [];
  const flush = async () => {
    const recordColumns = `contract_no, ${columns}`;
    await copyRows(client, `incoming (${recordColumns})`, closing);
    await copyRows(client, 'incoming_fact (section, contract_no, seq, content)', facts);
    closing = [];
    facts = [];
  };
  return {
    take: async (section: SectionName, row: PackageRow) => {
      if (section === 'closing') closing.push(recordLine(row));
      else facts.push(factLine(section, row));
      if (closing.length + facts.length >= 5000) await flush();
    },
    finish: flush,
  };
}

const text = (value: unknown) => copyField(value as string | number | null | undefined);
const recordLine = (row: PackageRow): string =>
  [
    text(row.contract_no),
    ...values.map((name) => String(parseMoney(String(row[name]), '元'))),
    ...plain.map((name) => text(row[name])),
  ].join('\t');
const factLine = (section: string, row: PackageRow): string =>
  [section, text(row.contract_no), text(row.seq as number), copyField(JSON.stringify(row))].join('\t');

async function copyRows(client: pg.PoolClient, target: string, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  const stream = client.query(copyFrom(`copy ${target} from stdin`));
  await new Promise<void>((resolve, reject) => {
    stream.once('error', reject).once('finish', resolve);
    stream.end(`${lines.join('\n')}\n`);
  });
}

async function keyOf(client: pg.PoolClient, institution: string): Promise<string | undefined> {
  const { rows } = await client.query<{ public_key: string }>(
    'select public_key from monitor.sender where institution = $1',
    [institution],
  );
  return rows[0]?.public_key;
}

/** The receipt given for this content before. */
export async function receiptOf(client: pg.PoolClient | pg.Pool, contentHash: string): Promise<Receipt | undefined> {
  const { rows } = await client.query<{ receipt: Receipt }>(
    'select receipt from monitor.package where content_hash = $1',
    [contentHash],
  );
  return rows[0]?.receipt;
}

async function nowOf(client: pg.PoolClient): Promise<string> {
  const { rows } = await client.query<{ now: string }>(`select to_json(clock_timestamp())#>>'{}' as now`);
  return rows[0]!.now;
}
