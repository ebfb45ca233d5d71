import { randomUUID } from 'node:crypto';
import { type Fen, fen } from '../../../kernel/money.ts';
import { Refused } from '../../../kernel/refusal.ts';
import type { Db, Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import type { ComparedField, DifferenceKind, StartRun } from '../contract.ts';
import {
  type DataSetMark,
  dataSetRecords,
  mappedFields,
  sheetRecords,
  storedFields,
  storeOtherSide,
} from '../other-side.ts';
import { type CompareRules, comparePair, type Pair } from '../rules/compare.ts';
import { isMoney, type RecordValues } from '../rules/record.ts';
import { assertTotals, Slices } from '../rules/slices.ts';
import { instantText, keyOf, loadBookFacts, loadGuarantors } from '../store/facts.ts';
import {
  loadTwins,
  type MatchScope,
  matchSides,
  type PairRow,
  pairs,
  prepareMatch,
  steerPlans,
  takeOurSide,
  totalsOfOurs,
  totalsOfTheirs,
} from '../store/match.ts';
import { uploadToFile } from '../store/upload.ts';
import {
  findPreviousRun,
  insertDifferences,
  insertRun,
  insertSlices,
  linkPrevious,
  markOpen,
  type NewDifference,
  openRun,
} from '../store/write-run.ts';

/** Where the other side's data set comes from when it is asked for over its API, in the monitoring system's format. */
export type FetchRecords = (ask: {
  readonly institution: string | null;
  readonly asOf: string;
  readonly knownAt: string | undefined;
}) => Promise<{ readonly name: string; readonly stream: AsyncIterable<Uint8Array | string> }>;

/** What a run needs besides its command. */
export type RunSource = { readonly fetchRecords?: FetchRecords };

/** What a run found, in short. */
export type RunResult = { readonly runId: string; readonly status: 'open' | 'clean'; readonly differences: number };

const batchSize = 2000;

/** Runs one reconciliation in a transaction of its own: for the command line and the schedule. */
export const runReconciliation = (
  db: Db,
  context: Context,
  command: StartRun,
  source: RunSource = {},
  reserved?: bigint,
): Promise<RunResult> => db.transaction(context.actor, (tx) => startRun(tx, context, command, source, reserved));

/**
 * Stores the other side's data as it came, matches it against our book, and keeps every difference with its guessed cause.
 * A key used before answers that run; `reserved` is the number it was promised. Throws Refused when the other side's data cannot be had or read; nothing stays then.
 */
export async function startRun(
  tx: Tx,
  context: Context,
  command: StartRun,
  source: RunSource,
  reserved?: bigint,
): Promise<RunResult> {
  const key = command.key ?? randomUUID();
  const { id, earlier } = await openRun(tx, key);
  const runId = reserved ?? id;
  if (earlier !== null) return { runId: String(earlier), status: 'open', differences: 0 };
  const guarantorId = command.guarantorId ?? null;
  const guarantors = await loadGuarantors(tx, guarantorId);
  if (guarantorId !== null && guarantors.length === 0)
    throw new Refused({ code: 'guarantor-unknown', field: 'guarantorId', message: '没有这家担保机构' });
  const now = context.clock.now();
  const knownAt = await instantText(tx, command.ours.knownAt ?? null, now);
  const theirKnownAt = command.theirs.knownAt ? await instantText(tx, command.theirs.knownAt, now) : knownAt;
  const sides = { ours: { ...command.ours, knownAt }, theirs: { ...command.theirs, knownAt: theirKnownAt } };
  const scopeCode = guarantorId === null ? null : guarantors[0]!.code;
  const other = await openOtherSide(tx, command, source, scopeCode);
  await prepareMatch(tx);
  const guarantorOf = new Map(guarantors.map((each) => [each.code, each.id]));
  const records = await storeOtherSide(tx, other.batches, { runId, unit: command.theirs.unit, guarantorOf });
  const rules: CompareRules = { fields: fieldsOf(command, other.fields), tolerances: command.tolerances, sides };
  const previousRunId = await findPreviousRun(tx, guarantorId, command.source.kind);
  await insertRun(tx, {
    ...{ id: runId, key, guarantorId, asOf: command.ours.asOf, knownAt, otherSide: command.source.kind },
    ...{
      sourceName: other.name,
      uploadId: other.uploadId,
      ours: sides.ours,
      theirs: sides.theirs,
      fields: rules.fields,
    },
    ...{ tolerances: command.tolerances, sourceHash: other.mark.hash, records, previousRunId },
    startedBy: context.actor.userId,
  });
  const scope: MatchScope = { runId, guarantorId, ours: sides.ours, fields: rules.fields };
  const differences = await compareSides(tx, context, { scope, rules, guarantors, previousRunId });
  if (previousRunId !== null) await linkPrevious(tx, runId, previousRunId, context.actor.userId);
  if (differences > 0) await markOpen(tx, runId);
  await appendAudit(tx, context, {
    chain: guarantorId ?? 0,
    action: 'reconciliation.run',
    subject: `reconciliation:${runId}`,
    detail: {
      asOf: command.ours.asOf,
      otherSide: command.source.kind,
      records: records.count,
      recordsHash: records.hash,
      differences,
    },
  });
  return { runId: String(runId), status: differences > 0 ? 'open' : 'clean', differences };
}

async function openOtherSide(tx: Tx, command: StartRun, source: RunSource, institution: string | null) {
  const mark: DataSetMark = { hash: null };
  if (command.source.kind === 'file') {
    const uploadId = BigInt(command.source.uploadId);
    const upload = await uploadToFile(tx, uploadId);
    mark.hash = upload.hash;
    const { mapping } = command.source;
    const batches = upload.within((path) => sheetRecords(path, mapping));
    return { name: upload.name, uploadId, fields: mappedFields(mapping), batches, mark };
  }
  if (!source.fetchRecords)
    throw new Refused({ code: 'monitor-not-connected', message: '未连接监测系统：请先配置连接，或改用文件核对' });
  const { name, stream } = await source.fetchRecords({
    institution,
    asOf: command.theirs.asOf,
    knownAt: command.theirs.knownAt,
  });
  return {
    name,
    uploadId: null,
    fields: storedFields,
    batches: dataSetRecords(stream, command.theirs.amountBasis, mark),
    mark,
  };
}

function fieldsOf(command: StartRun, supplied: readonly ComparedField[]): ComparedField[] {
  const missing = (command.fields ?? []).filter((field) => !supplied.includes(field));
  if (missing.length > 0)
    throw new Refused({
      code: 'field-not-supplied',
      field: 'fields',
      message: `对方数据没有这些字段：${missing.join('、')}`,
    });
  return storedFields.filter((field) => (command.fields ?? supplied).includes(field));
}

type Comparison = {
  readonly scope: MatchScope;
  readonly rules: CompareRules;
  readonly guarantors: readonly { id: number; code: string }[];
  readonly previousRunId: bigint | null;
};

/** Match, then causes over what differs, batch by batch; answers the number of differences. */
async function compareSides(tx: Tx, context: Context, comparison: Comparison): Promise<number> {
  const { scope, rules } = comparison;
  await steerPlans(tx, scope, 'whole tables');
  await takeOurSide(tx, scope);
  await matchSides(tx, scope);
  const slices = new Slices();
  for (const total of await totalsOfOurs(tx, scope)) slices.start(total);
  await steerPlans(tx, scope, 'single keys');
  const twins = await twinsByKey(tx, comparison.guarantors);
  const today = context.clock.today();
  let differences = 0;
  for await (const rows of pairs(tx, batchSize)) {
    const keys = rows.flatMap((row) =>
      row.contract_no === null || row.kind === 'duplicate-key'
        ? []
        : [{ guarantorId: row.guarantor_id, contractNo: row.contract_no }],
    );
    const facts = await loadBookFacts(tx, keys);
    const found: NewDifference[] = [];
    for (const row of rows) {
      const pair = pairOf(row, twins, facts.get(keyOf(row.guarantor_id, row.contract_no ?? '')));
      const compared = comparePair(pair, rules);
      slices.add(row, compared);
      for (const each of compared.found) found.push({ ...each, ...identityOf(row) });
    }
    differences += found.length;
    if (found.length > 0) await insertDifferences(tx, scope.runId, comparison.previousRunId, today, found);
  }
  const list = slices.finish();
  assertTotals(list, await totalsOfTheirs(tx, scope));
  await insertSlices(tx, scope.runId, list);
  return differences;
}

async function twinsByKey(tx: Tx, guarantors: Comparison['guarantors']): Promise<Map<string, string>> {
  const codeOf = new Map(guarantors.map((each) => [each.id, each.code]));
  const twins = await loadTwins(tx);
  return new Map(
    twins.flatMap(({ contractNo, ours, theirs }) => [
      [`only-ours/${contractNo}`, theirs ?? ''] as const,
      [`only-theirs/${contractNo}`, codeOf.get(ours) ?? ''] as const,
    ]),
  );
}

const identityOf = (row: PairRow) => ({
  guarantorId: row.guarantor_id,
  guaranteeId: row.guarantee_id,
  county: row.county,
  institutionCode: row.institution_code,
  contractNo: row.contract_no,
  line: row.line,
  kind: row.kind,
});

function pairOf(row: PairRow, twins: ReadonlyMap<string, string>, book: Pair['lone']['book']): Pair {
  return {
    kind: row.kind as DifferenceKind,
    line: row.line,
    ours: row.guarantee_id === null ? null : valuesOf(row, 'o'),
    theirs: row.line === null ? null : valuesOf(row, 't'),
    lone: {
      contractNo: row.contract_no,
      institutionCode: row.institution_code,
      book,
      twin: twins.get(`${row.kind}/${row.contract_no}`) ?? null,
      isInstitutionKnown: row.guarantor_id !== 0,
    },
  };
}

function valuesOf(row: PairRow, side: 'o' | 't'): RecordValues {
  const values: Partial<Record<ComparedField, Fen | number | string | null>> = {};
  for (const field of storedFields) {
    const value = row[`${side}_${field}`] ?? null;
    values[field] = value !== null && isMoney(field) ? fen(value as bigint) : (value as string | number | null);
  }
  return values as RecordValues;
}
