import { sql } from 'kysely';
import type { Day } from '../../../kernel/day.ts';
import { Refused } from '../../../kernel/refusal.ts';
import { addWorkingDays } from '../../../platform/calendar.ts';
import type { Tx } from '../../../platform/db.ts';
import type { Context } from '../../../platform/http.ts';
import { appendAudit } from '../../audit/index.ts';
import { holdersFor } from '../../identity/index.ts';
import type { DifferenceFilter, ResolveDifference, ResolveMany } from '../contract.ts';
import { type DifferenceRecord, loadDifference, matching } from '../store/read-differences.ts';
import { loadRun, lockRun, type RunRecord } from '../store/read-runs.ts';
import { addEvents, resolveWhere, setOwner } from '../store/write-differences.ts';

/** A filter's age in working days as the last day on which such a difference was first seen; null when none is asked. */
export const seenBy = (filter: DifferenceFilter, today: Day): Day | null =>
  filter.minAgeDays === undefined ? null : addWorkingDays(today, -filter.minAgeDays).value;

/** The run, or a refusal (404) when there is none for the caller. */
export async function findRun(tx: Tx, id: bigint): Promise<RunRecord> {
  const run = await loadRun(tx, id);
  if (!run) throw new Refused({ code: 'run-unknown', message: '没有这个核对批次，或不在您的权限范围内' }, 404);
  return run;
}

/** The difference, or a refusal (404). */
export async function findDifference(tx: Tx, id: bigint): Promise<DifferenceRecord> {
  const difference = await loadDifference(tx, id);
  if (!difference)
    throw new Refused({ code: 'difference-unknown', message: '没有这条差异，或不在您的权限范围内' }, 404);
  return difference;
}

/** Locks the run; refused (409) when it is sealed. */
async function openForChange(tx: Tx, runId: bigint): Promise<RunRecord> {
  await lockRun(tx, runId);
  const run = await findRun(tx, runId);
  if (run.status === 'sealed')
    throw new Refused({ code: 'run-sealed', message: '本批次已封存，不可更改；如有变化请重新核对' }, 409);
  return run;
}

/** Asked with the version of a difference once nobody else can change it; throws Refused when it is not the one that was read. */
export type VersionCheck = (version: number) => void;

/** The difference, its run locked and not sealed, of the version the caller read. */
async function differenceForChange(tx: Tx, id: bigint, check: VersionCheck): Promise<DifferenceRecord> {
  await openForChange(tx, (await findDifference(tx, id)).runId);
  const difference = await findDifference(tx, id);
  check(difference.version);
  return difference;
}

/** Explains a difference, marks it corrected, or takes that back. Its history keeps every step. Locks the run. */
export async function resolveOne(
  tx: Tx,
  context: Context,
  id: bigint,
  resolution: ResolveDifference,
  check: VersionCheck = () => {},
): Promise<void> {
  const difference = await differenceForChange(tx, id, check);
  const by = { userId: context.actor.userId, now: context.clock.now() };
  const count = await resolveWhere(tx, difference.runId, sql`d.id = ${id}`, resolution, by);
  if (count === 0) throw new Refused({ code: 'difference-not-yours', message: '这条差异不归本机构处理' }, 403);
  await appendAudit(tx, context, {
    chain: difference.guarantorId,
    action: 'reconciliation.resolve',
    subject: `difference:${id}`,
    detail: { run: String(difference.runId), status: resolution.status },
  });
}

/** Resolves like items at once: those named, or all open ones that match the filter; answers how many. */
export async function resolveLike(tx: Tx, context: Context, runId: bigint, command: ResolveMany): Promise<number> {
  if (!command.ids && !command.filter)
    throw new Refused({ code: 'nothing-chosen', message: '请勾选差异，或给出筛选条件' });
  const run = await openForChange(tx, runId);
  const filter = command.filter ?? {};
  const where = command.ids
    ? sql`d.id = any (${command.ids}::bigint[])`
    : sql`${matching(filter, seenBy(filter, context.clock.today()))} and d.status = 'open'`;
  const by = { userId: context.actor.userId, now: context.clock.now() };
  const resolved = await resolveWhere(tx, runId, where, command, by);
  await appendAudit(tx, context, {
    chain: run.guarantorId ?? 0,
    action: 'reconciliation.resolve-many',
    subject: `reconciliation:${runId}`,
    detail: { status: command.status, resolved },
  });
  return resolved;
}

/** Adds a comment to a difference of a run that is not sealed. */
export async function commentOn(tx: Tx, context: Context, id: bigint, body: string): Promise<void> {
  const difference = await findDifference(tx, id);
  await openForChange(tx, difference.runId);
  const { userId } = context.actor;
  await addEvents(tx, difference.runId, [difference], { kind: 'comment', body, evidenceReference: null, userId });
}

/** Who may be made to answer for a difference: active people with the permission, of the province or of the guarantor it belongs to. */
export const ownersOf = async (tx: Tx, id: bigint) =>
  holdersFor(tx, 'reconciliation.resolve', (await findDifference(tx, id)).guarantorId);

/** Makes someone answer for a difference (null: nobody). Refused when that person may not resolve it. Locks the run. */
export async function assignTo(
  tx: Tx,
  context: Context,
  id: bigint,
  command: { ownerUserId: number | null; note?: string | undefined },
  check: VersionCheck = () => {},
): Promise<void> {
  const difference = await differenceForChange(tx, id, check);
  const owner = command.ownerUserId === null ? null : await findOwner(tx, difference, command.ownerUserId);
  await setOwner(tx, id, command.ownerUserId);
  const body = [owner ? `交由 ${owner} 处理` : '撤回经办人', ...(command.note ? [command.note] : [])].join('：');
  const { userId } = context.actor;
  await addEvents(tx, difference.runId, [difference], { kind: 'assigned', body, evidenceReference: null, userId });
  await appendAudit(tx, context, {
    chain: difference.guarantorId,
    action: 'reconciliation.assign',
    subject: `difference:${id}`,
    detail: { run: String(difference.runId), owner: command.ownerUserId },
  });
}

async function findOwner(tx: Tx, difference: DifferenceRecord, userId: number): Promise<string> {
  const owners = await holdersFor(tx, 'reconciliation.resolve', difference.guarantorId);
  const owner = owners.find((each) => each.id === userId);
  if (owner) return owner.name;
  const message = '此人不能处理这条差异：须是在用账号，有处理差异的权限，且数据范围含该机构';
  throw new Refused({ code: 'owner-unfit', field: 'ownerUserId', message });
}
