import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import { guideArticle16 } from '../../law/shanxi-reform-guide.ts';
import { account, post, type Transfer } from '../../ledger/index.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { factsOf, inputHashOf } from './compute.ts';
import { type ComputeRun, computeRun, type Payer, type RunKind, type RunStatus } from './contract.ts';
import { addRunEvent, type RunEventKind } from './events.ts';
import { issueLetters } from './letters.ts';
import { planRun } from './plan.ts';
import { isMyRegion } from './store/facts.ts';

/** A run's own row, locked until commit. */
export type RunState = {
  readonly id: bigint;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly regionCode: number;
  readonly year: number;
  readonly asOf: Day;
  readonly inputHash: string;
  readonly resultHash: string;
  readonly parameters: {
    prepayRatio: string | null;
    budgets: ComputeRun['budgets'];
    overpaid: ComputeRun['overpaid'];
    schemeIds: number[];
  };
  readonly computedBy: number;
  readonly submittedBy: number | null;
  readonly version: number;
};

/** Puts a draft forward for approval. Refused when it is no draft (409) or its inputs changed since. */
export async function submitRun(tx: Tx, context: Context, id: bigint, note: string): Promise<void> {
  const run = await lockRun(tx, id, 'draft');
  await requireSameInputs(tx, run);
  await sql`
    update subsidies.run
       set status = 'submitted', submitted_by = ${context.actor.userId}, submitted_at = ${context.clock.now()}, version = version + 1
     where id = ${id}`.execute(tx);
  await record(tx, context, run, 'submitted', note);
}

/** Gives a submitted run back with a reason; it is a draft again. */
export async function returnRun(tx: Tx, context: Context, id: bigint, reason: string): Promise<void> {
  const run = await lockRun(tx, id, 'submitted');
  await sql`
    update subsidies.run
       set status = 'draft', submitted_by = null, submitted_at = null, version = version + 1
     where id = ${id}`.execute(tx);
  await record(tx, context, run, 'returned', reason);
}

/** Drops a draft for good; the same inputs may be computed again. */
export async function voidRun(tx: Tx, context: Context, id: bigint, reason: string): Promise<void> {
  const run = await lockRun(tx, id, 'draft');
  await sql`update subsidies.run set status = 'void', version = version + 1 where id = ${id}`.execute(tx);
  await record(tx, context, run, 'voided', reason);
}

/**
 * Approves a submitted run: 四眼, by a person who neither computed nor submitted it. Issues its letters, makes its payments,
 * books what a settlement recognises. One approval at a time. Refused when the inputs changed since it was computed.
 */
export async function approveRun(
  tx: Tx,
  context: Context,
  id: bigint,
  note: string,
): Promise<{ letterNumber: string }> {
  await sql`select pg_advisory_xact_lock(60, 1)`.execute(tx);
  const run = await lockRun(tx, id, 'submitted');
  await requireOtherPerson(tx, context.actor.userId, [run.computedBy, run.submittedBy ?? 0]);
  await requireSameInputs(tx, run);
  const today = context.clock.today();
  await sql`
    update subsidies.run
       set status = 'approved', approved_by = ${context.actor.userId}, approved_at = ${context.clock.now()}, approved_on = ${today},
           version = version + 1
     where id = ${id}`.execute(tx);
  await sql`
    insert into subsidies.payment (run_id, guarantor_id, payer, payer_region, direction, amount)
    select run_id, guarantor_id, payer, payer_region, direction, sum(amount)::bigint
      from (select *, 'pay' as direction, payable as amount from subsidies.line where run_id = ${id}
             union all
            select *, 'return', claw_back from subsidies.line where run_id = ${id}) each
     group by 1, 2, 3, 4, 5
    having sum(amount) > 0
     order by 2, 3, 4, 5`.execute(tx);
  if (run.kind === 'settle') await post(tx, await recognised(tx, run, today));
  const letterNumber = await issueLetters(tx, context, run);
  await record(tx, context, run, 'approved', note, { letterNumber });
  return { letterNumber };
}

/** The transfers by which a settlement is booked: what it recognises (Dr1222/Cr6117) and the prepayment it sets off (Dr2401/Cr1222). */
export async function recognised(tx: Tx, run: Pick<RunState, 'id' | 'year'>, effectiveOn: Day): Promise<Transfer[]> {
  type Group = { guarantorId: number; payer: Payer; payerRegion: number; entitled: bigint; prepaid: bigint };
  const { rows } = await sql<Group>`
    select guarantor_id as "guarantorId", payer, payer_region as "payerRegion",
           sum(entitled - settled_before + restatement)::bigint as entitled, sum(prepaid)::bigint as prepaid
      from subsidies.line
     where run_id = ${run.id}
     group by 1, 2, 3
     order by 1, 2, 3`.execute(tx);
  return rows.flatMap((row) => {
    const place = `${row.payer}-${row.payerRegion}`;
    const party = row.payer === 'province' ? 'province' : 'other';
    const common = { guarantorId: row.guarantorId, leg: 1, effectiveOn, guaranteeId: null, party } as const;
    const own = { debit: account.subsidyReceivable, credit: account.subsidyIncome } as const;
    const back = { debit: own.credit, credit: own.debit } as const;
    const advance = { debit: account.prepaidFunds, credit: account.subsidyReceivable } as const;
    const transfer = (
      what: string,
      sides: typeof own | typeof back | typeof advance,
      amount: bigint,
      reason: string,
    ) =>
      amount === 0n
        ? []
        : [{ ...common, ...sides, key: `subsidy/${run.id}/${what}/${place}`, amount: abs(amount), reason } as Transfer];
    return [
      ...transfer('entitlement', row.entitled > 0n ? own : back, row.entitled, `${run.year}年补偿补贴清算确认`),
      ...transfer('prepaid', advance, row.prepaid, `${run.year}年补偿补贴预拨冲抵`),
    ];
  });
}

async function lockRun(tx: Tx, id: bigint, wanted: RunStatus): Promise<RunState> {
  const { rows } = await sql<RunState>`
    select id, kind, status, region_code as "regionCode", year, as_of_on as "asOf", input_hash as "inputHash",
           result_hash as "resultHash", parameters, computed_by as "computedBy", submitted_by as "submittedBy", version
      from subsidies.run
     where id = ${id}
       for update`.execute(tx);
  const run = rows[0];
  if (!run || !(await isMyRegion(tx, run.regionCode))) {
    throw new Refused({ code: 'run-unknown', message: '没有这个批次，或不在您的权限范围内' }, 404);
  }
  if (run.status !== wanted) {
    throw new Refused(
      { code: 'run-state', message: `批次 ${id} 现为“${stateTitles[run.status]}”，不能办理此事项` },
      409,
    );
  }
  return run;
}
const stateTitles: Record<RunStatus, string> = {
  draft: '草稿',
  submitted: '待核定',
  approved: '已核定',
  void: '已作废',
};

async function requireOtherPerson(tx: Tx, userId: number, others: readonly number[]): Promise<void> {
  const { rows } = await sql<{ same: boolean }>`
    select subsidies.is_same_person(${userId}, ${others}::integer[]) as same`.execute(tx);
  if (!rows[0]!.same && !others.includes(userId)) return;
  throw new Refused(
    { code: 'four-eyes', message: '测算人、提交人不能核定同一批次，请由另一人核定', article: guideArticle16 },
    403,
  );
}

async function requireSameInputs(tx: Tx, run: RunState): Promise<void> {
  const command = computeRun.parse({
    kind: run.kind,
    regionCode: run.regionCode,
    year: run.year,
    schemeIds: run.parameters.schemeIds,
    ...(run.parameters.prepayRatio === null ? {} : { prepayRatio: run.parameters.prepayRatio }),
    budgets: run.parameters.budgets,
    overpaid: run.parameters.overpaid,
  });
  const plan = await planRun(tx, command, run.asOf);
  const facts = await factsOf(tx, command, plan);
  if (inputHashOf(command, plan, facts.hash) === run.inputHash) return;
  throw new Refused(
    { code: 'inputs-changed', message: '测算之后，所依据的反馈凭证、办法或已拨付情况有变化，请作废本批次后重新测算' },
    409,
  );
}

async function record(
  tx: Tx,
  context: Context,
  run: RunState,
  kind: RunEventKind,
  note: string,
  more: object = {},
): Promise<void> {
  await addRunEvent(tx, context, run.id, kind, note);
  const detail = { resultHash: run.resultHash, ...more };
  await appendAudit(tx, context, { chain: 0, action: `subsidies.${kind}`, subject: `subsidy-run:${run.id}`, detail });
}

const abs = (amount: bigint): Fen => (amount < 0n ? -amount : amount) as Fen;
