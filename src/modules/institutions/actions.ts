import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { initials } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import { lineageRefusals, placeRefusals } from './rules.ts';
import { institutionOf, isAncestor, regionOf } from './store.ts';

/** A new institution; level 1 省 2 市 3 县, region of the same level. */
export type CreateInstitution = {
  readonly code: string;
  readonly name: string;
  readonly shortName?: string | undefined;
  readonly kind: string;
  readonly level: number;
  readonly regionCode: number;
  readonly licenceNo?: string | undefined;
  readonly licenceStatus?: string | undefined;
  readonly openedOn?: Day | undefined;
};

/** Creates an institution and returns its id. Refused: code or name taken, region unknown or of another level. */
export async function createInstitution(tx: Tx, context: Context, command: CreateInstitution): Promise<{ id: number }> {
  const refusals = placeRefusals(command.level, await regionOf(tx, command.regionCode));
  if (refusals.length > 0) throw new Refused(refusals);
  const shortName = command.shortName ?? command.name;
  const { rows } = await sql<{ id: number }>`
    insert into institutions.institution
      (code, name, short_name, kind, level, region_code, licence_no, licence_status, opened_on, pinyin)
    values (${command.code}, ${command.name}, ${shortName}, ${command.kind}, ${command.level}, ${command.regionCode},
            ${command.licenceNo ?? null}, ${command.licenceStatus ?? (command.licenceNo ? 'valid' : null)},
            ${command.openedOn ?? null}, ${initials(`${command.name} ${shortName}`)})
    on conflict do nothing
    returning id`.execute(tx);
  const made = rows[0];
  if (!made)
    throw new Refused({
      code: 'institution-taken',
      message: `机构代码 ${command.code} 或名称「${command.name}」已登记，请核对是否重复`,
      field: 'code',
    });
  await audit(tx, context, 'create', made.id, { code: command.code, kind: command.kind });
  return made;
}

/** Closes an institution or opens it again. An absorbed one stays absorbed. */
export async function changeStatus(
  tx: Tx,
  context: Context,
  command: { id: number; status: 'active' | 'closed'; closedOn?: Day | undefined },
): Promise<void> {
  const found = await institutionOf(tx, command.id);
  if (found.status === 'absorbed')
    throw new Refused({ code: 'already-absorbed', message: `「${found.name}」已被吸收合并，状态不能再变更` });
  const closedOn = command.status === 'closed' ? (command.closedOn ?? context.clock.today()) : null;
  if (closedOn && found.openedOn && closedOn < found.openedOn)
    throw new Refused({ code: 'closed-before-opened', message: '停业日期早于开业日期', field: 'closedOn' });
  await sql`update institutions.institution set status = ${command.status}, closed_on = ${closedOn}
             where id = ${command.id}`.execute(tx);
  await audit(tx, context, 'change-status', command.id, { from: found.status, to: command.status });
}

/** Records the operating licence (融资担保业务经营许可证) as it now is. */
export async function recordLicence(
  tx: Tx,
  context: Context,
  command: { id: number; licenceNo: string; licenceStatus: string },
): Promise<void> {
  const found = await institutionOf(tx, command.id);
  if (found.kind !== 'guarantor' && found.kind !== 'reguarantor')
    throw new Refused({ code: 'no-licence-needed', message: '只有担保、再担保机构登记经营许可证' });
  await sql`update institutions.institution set licence_no = ${command.licenceNo}, licence_status = ${command.licenceStatus}
             where id = ${command.id}`.execute(tx);
  await audit(tx, context, 'record-licence', command.id, {
    from: { no: found.licenceNo, status: found.licenceStatus },
    to: { no: command.licenceNo, status: command.licenceStatus },
  });
}

/** What became of an institution. */
export type RecordLineage = {
  readonly predecessorId: number;
  readonly successorId: number;
  readonly kind: 'absorption' | 'renaming' | 'split';
  readonly happenedOn: Day;
  readonly document?: string | undefined;
};

/** Records a succession (条8); absorption marks the predecessor absorbed. Ids stay for ever. Locks the lineage. */
export async function recordLineage(tx: Tx, context: Context, command: RecordLineage): Promise<void> {
  await sql`select pg_advisory_xact_lock(1508)`.execute(tx);
  const predecessor = await institutionOf(tx, command.predecessorId);
  const successor = await institutionOf(tx, command.successorId);
  const refusals = lineageRefusals({
    ...command,
    predecessor,
    successor,
    asOf: context.clock.today(),
    wouldLoop: await isAncestor(tx, successor.id, predecessor.id),
  });
  if (refusals.length > 0) throw new Refused(refusals);
  const { rows } = await sql<{ predecessor_id: number }>`
    insert into institutions.lineage (predecessor_id, successor_id, happened_on, kind, document)
    values (${predecessor.id}, ${successor.id}, ${command.happenedOn}, ${command.kind}, ${command.document ?? null})
    on conflict do nothing
    returning predecessor_id`.execute(tx);
  if (!rows[0]) throw new Refused({ code: 'lineage-known', message: '这一承继关系已登记' });
  if (command.kind === 'absorption')
    await sql`update institutions.institution set status = 'absorbed', closed_on = ${command.happenedOn}
               where id = ${predecessor.id}`.execute(tx);
  await audit(tx, context, 'record-lineage', predecessor.id, { successor: successor.id, kind: command.kind });
}

/** Capital of a guarantor as of a day, in 分 (BAL-11: net assets non-consolidated, stakes in guarantors shown apart). */
export type RecordCapital = {
  readonly guarantorId: number;
  readonly asOf: Day;
  readonly registeredCapital: Fen;
  readonly netAssets: Fen;
  readonly stakesInGuarantors: Fen;
  readonly source: string;
};

/** Adds a capital fact; an earlier one for the same day stays, the newest known counts. */
export async function recordCapital(tx: Tx, context: Context, command: RecordCapital): Promise<void> {
  const found = await institutionOf(tx, command.guarantorId);
  if (found.kind !== 'guarantor' && found.kind !== 'reguarantor')
    throw new Refused({ code: 'not-a-guarantor', message: '只为担保、再担保机构登记资本' });
  if (command.asOf > context.clock.today())
    throw new Refused({ code: 'not-yet', message: '截止日期不能晚于今天', field: 'asOf' });
  if (command.registeredCapital < 0n || command.stakesInGuarantors < 0n)
    throw new Refused({
      code: 'negative-capital',
      message: '注册资本与对其他担保机构的股权投资不能为负',
      field: 'registeredCapital',
    });
  await sql`
    insert into institutions.capital_fact
      (guarantor_id, as_of_on, recorded_at, registered_capital, net_assets, stakes_in_guarantors, source)
    values (${command.guarantorId}, ${command.asOf}, clock_timestamp() + kernel.ahead(), ${command.registeredCapital}, ${command.netAssets},
            ${command.stakesInGuarantors}, ${command.source})`.execute(tx);
  await audit(tx, context, 'record-capital', command.guarantorId, {
    asOf: command.asOf,
    netAssets: formatYuan(command.netAssets),
  });
}

const audit = (tx: Tx, context: Context, verb: string, id: number, detail: object) =>
  appendAudit(tx, context, { chain: 0, action: `institutions.${verb}`, subject: `institution:${id}`, detail });
