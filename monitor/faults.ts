import { createHash } from 'node:crypto';
import type pg from 'pg';
import { z } from 'zod';
import { addDays, parseDay } from '../src/kernel/day.ts';
import { fen, formatYuan, yuan } from '../src/kernel/money.ts';
import { within } from './database.ts';
import { type HeldRecord, pickRecords } from './records.ts';

const packageKinds = ['lose-package', 'refuse-package', 'slow', 'drop-before', 'drop-after'] as const;
const effects = {
  'lose-rows': 'lose',
  'duplicate-rows': 'duplicate',
  'null-key-rows': 'null-key',
  'delay-rows': 'delay',
  'alter-rows': 'alter',
} as const;
const rowKinds = Object.keys(effects) as (keyof typeof effects)[];
const alterable = [
  'outstanding',
  'outstanding_actual',
  'principal',
  'guaranteed',
  'claims',
  'claim_cash',
  'recoveries',
  'county',
  'primary_tag',
  'status',
  'starts_on',
  'ends_on',
  'due_on',
  'identity_hash',
] as const;

/** What a fault is asked for with; monitor/README.md lists the kinds. */
export const faultRequest = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(packageKinds),
    count: z.number().int().min(1).max(1000).default(1),
    reason: z.string().max(200).optional(),
    ms: z.number().int().min(0).max(600_000).optional(),
  }),
  z.object({
    kind: z.enum(rowKinds as ['lose-rows', 'duplicate-rows', 'null-key-rows', 'delay-rows', 'alter-rows']),
    institution: z.string().optional(),
    contractNos: z.array(z.string()).min(1).max(10_000).optional(),
    count: z.number().int().min(1).max(100_000).default(1),
    seed: z.union([z.string(), z.number()]).default(1),
    asOf: z.string().optional(),
    days: z.number().int().min(1).max(366).default(1),
    field: z.enum(alterable).default('outstanding'),
    value: z.union([z.string(), z.number()]).nullable().optional(),
  }),
]);
export type FaultRequest = z.output<typeof faultRequest>;
type RowRequest = Extract<FaultRequest, { seed: unknown }>;

export type FaultRow = {
  institution: string;
  contractNo: string;
  effect: string;
  field: string | null;
  before: string | number | null;
  after: string | number | null;
  days: number | null;
};

/** Sets a fault up. Faults of rows happen at once and say what they did; faults of packages wait for packages. */
export const addFault = (pool: pg.Pool, request: FaultRequest): Promise<{ id: string; rows: FaultRow[] }> =>
  within(pool, async (client) => {
    const remaining = 'seed' in request ? null : request.count;
    const { rows } = await client.query<{ id: bigint }>(
      'insert into monitor.fault (kind, request, remaining) values ($1, $2, $3) returning id',
      [request.kind, JSON.stringify(request), remaining],
    );
    const id = rows[0]!.id;
    return { id: String(id), rows: 'seed' in request ? await harmRows(client, id, request) : [] };
  });

async function harmRows(client: pg.PoolClient, id: bigint, request: RowRequest): Promise<FaultRow[]> {
  const effect = effects[request.kind];
  const picked = await pickRecords(client, {
    institution: request.institution ?? null,
    asOf: request.asOf ?? (await newestDay(client, request.institution ?? null)),
    contractNos: request.contractNos ?? null,
    seed: String(request.seed),
    count: request.contractNos?.length ?? request.count,
    days: effect === 'delay' ? request.days : 0,
  });
  const harmed = picked.map((record) => harm(record, effect, request));
  await client.query(
    `insert into monitor.fault_row (fault_id, institution, contract_no, effect, field, before, after, days)
     select $1, * from jsonb_to_recordset($2::jsonb)
       as f (institution text, "contractNo" text, effect text, field text, before jsonb, after jsonb, days integer)`,
    [id, JSON.stringify(harmed)],
  );
  return harmed;
}

function harm(record: HeldRecord, effect: string, request: RowRequest): FaultRow {
  const base = { institution: record.institution, contractNo: record.key_no, effect, days: null };
  if (effect === 'delay') {
    return {
      ...base,
      field: 'outstanding',
      before: record.content.outstanding ?? null,
      after: record.earlier,
      days: request.days,
    };
  }
  if (effect !== 'alter') return { ...base, field: null, before: null, after: null };
  const before = record.content[request.field] ?? null;
  const number = Number.parseInt(
    createHash('md5').update(`${request.seed}${record.institution}${record.key_no}`).digest('hex').slice(0, 8),
    16,
  );
  return {
    ...base,
    field: request.field,
    before,
    after: request.value === undefined ? otherValue(request.field, before, number) : request.value,
  };
}

/** A believable wrong value, always another than the right one. */
function otherValue(
  field: (typeof alterable)[number],
  before: string | number | null,
  number: number,
): string | number {
  if (field === 'county') return Number(before) + 1 + (number % 3);
  if (field === 'primary_tag') return [1, 2, 4, 8].filter((tag) => tag !== before)[number % 3]!;
  if (field === 'status') return before === 'released' ? 'in-force' : 'released';
  if (field === 'identity_hash')
    return String(before)
      .split('')
      .reverse()
      .join('')
      .replace(/^./, (digit) => (digit === 'f' ? '0' : 'f'));
  if (field.endsWith('_on')) return addDays(parseDay(String(before))!, 1 + (number % 30));
  return formatYuan(fen(yuan(String(before)) + BigInt(1 + (number % 999_999))));
}

async function newestDay(client: pg.PoolClient, institution: string | null): Promise<string> {
  const { rows } = await client.query<{ day: string | null }>(
    'select max(business_day) as day from monitor.record where $1::text is null or institution = $1',
    [institution],
  );
  return rows[0]?.day ?? '1900-01-01';
}

export type PackageFault = {
  id: bigint;
  kind: (typeof packageKinds)[number];
  request: { reason?: string; ms?: number };
};

/** The fault that hits the package now coming in, if one waits; each is used up in the order it was set. */
export async function takePackageFault(pool: pg.Pool): Promise<PackageFault | undefined> {
  const { rows } = await pool.query<PackageFault>(
    `update monitor.fault set remaining = remaining - 1
      where id = (select id from monitor.fault where remaining > 0 order by id limit 1 for update skip locked)
      returning id, kind, request`,
  );
  return rows[0];
}

/** Notes which package a fault hit, as far as it was read. */
export const noteHit = (
  pool: pg.Pool,
  fault: PackageFault,
  hit: { institution?: string; businessDay?: string; contentHash?: string },
) =>
  pool.query(
    'insert into monitor.fault_hit (fault_id, institution, business_day, content_hash) values ($1, $2, $3, $4)',
    [fault.id, hit.institution ?? null, hit.businessDay ?? null, hit.contentHash ?? null],
  );

/** All that was ever done, with the rows and packages hit. */
export async function listFaults(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select f.id::text, f.kind, f.request, f.remaining,
            coalesce((select jsonb_agg(jsonb_build_object('institution', r.institution, 'contractNo', r.contract_no, 'effect', r.effect,
              'field', r.field, 'before', r.before, 'after', r.after, 'days', r.days, 'healedOn', r.healed_on) order by r.institution, r.contract_no)
              from monitor.fault_row r where r.fault_id = f.id), '[]') as rows,
            coalesce((select jsonb_agg(jsonb_build_object('institution', h.institution, 'businessDay', h.business_day,
              'contentHash', h.content_hash) order by h.happened_at) from monitor.fault_hit h where h.fault_id = f.id), '[]') as hits
       from monitor.fault f order by f.id limit 1000`,
  );
  return rows;
}

/** Takes every fault back. */
export const clearFaults = (pool: pg.Pool) => pool.query('delete from monitor.fault');
