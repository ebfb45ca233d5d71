import { sql } from 'kysely';
import { rowsOf } from '../db/seed/aftercare.ts';
import { carryCase, type PlannedCase, type Stage } from '../db/seed/cases.ts';
import { outcomes } from '../src/approval-outcomes.ts';
import { addDays, addMonths } from '../src/kernel/day.ts';
import { fen } from '../src/kernel/money.ts';
import { monthOf } from '../src/kernel/month.ts';
import {
  afterReports,
  askChange,
  askRelease,
  planAllInspections,
  raiseWarning,
} from '../src/modules/aftercare/index.ts';
import { decideTask } from '../src/modules/approvals/actions.ts';
import { handIn } from '../src/modules/bankreports/index.ts';
import { checkFilings, decideFilings, prepareFilings, submitBatch } from '../src/modules/filings/index.ts';
import { closeMonths, recordMovement, reverseMovement } from '../src/modules/guarantees/index.ts';
import { reckonBooks, releaseReservation, reserve } from '../src/modules/limits/index.ts';
import { systemActor } from '../src/platform/db.ts';
import type { Met, World } from './world.ts';

type Event = { readonly name: string; readonly weight: number; happen(world: World): Promise<void> };

/** A share of an amount, and now and then one 分 more than there is. */
const someOf = (world: World, whole: bigint) =>
  fen(world.random.chance(0.1) ? whole + 1n : (whole * BigInt(world.random.between(1, 100))) / 100n);
/** Mostly today; now and then learnt late. */
const someDay = (world: World) => addDays(world.today, world.random.chance(0.2) ? -world.random.between(1, 45) : 0);
const inForce = (world: World) => meetOne(world, 'in-force');
async function meetOne(world: World, ...states: string[]): Promise<Met> {
  const met = await world.meet(...states);
  if (!met) throw new Error(`没有一笔${states.join('、')}的保函`);
  return met;
}
const keyOf = ({ guarantorId, id }: Met) => ({ guarantorId, guaranteeId: id });

const move = (kind: Parameters<typeof recordMovement>[2]['kind'], weight: number, ...states: string[]): Event => ({
  name: kind,
  weight,
  happen: async (world) => {
    const met = await meetOne(world, ...states);
    const amount = someOf(world, kind === 'repay' || kind === 'claim-paid' ? met.outstanding : met.principal / 10n);
    const command = { ...keyOf(met), kind, amount, occurredOn: someDay(world), cause: '模拟' };
    await world.asSystem((tx, context) => recordMovement(tx, context, command));
  },
});

/** What may happen on any day. */
export const dailyEvents: readonly Event[] = [
  move('repay', 24, 'in-force'),
  move('claim-paid', 5, 'in-force'),
  move('recovery', 6, 'in-force', 'claimed', 'settled'),
  move('fee', 4, 'in-force'),
  {
    name: 'extend',
    weight: 4,
    happen: async (world) => {
      const met = await inForce(world);
      const extendedToOn = addMonths(met.dueOn, world.random.between(-1, 6));
      const command = {
        ...keyOf(met),
        kind: 'extend' as const,
        amount: fen(0n),
        occurredOn: world.today,
        extendedToOn,
      };
      await world.asSystem((tx, context) => recordMovement(tx, context, command));
    },
  },
  {
    name: 'reverse',
    weight: 5,
    happen: async (world) => {
      const met = await meetOne(world, 'in-force', 'claimed', 'settled', 'released');
      const command = { ...keyOf(met), seq: world.random.between(1, met.lastSeq), cause: '录入差错' };
      await world.asSystem((tx, context) => reverseMovement(tx, context, command));
    },
  },
  {
    name: 'new-case',
    weight: 5,
    happen: async (world) => {
      const number = world.nextNumber();
      const until = world.random.pick([
        'submitted',
        'approved',
        'disbursed',
        'disbursed',
        'refused',
        'withdrawn',
      ] as const);
      const plan: PlannedCase = {
        ...{ name: `太原模样第${number}号商贸有限公司`, wan: world.random.between(10, 300) },
        ...{ until: until satisfies Stage, by: world.random.pick(['bank', 'manager'] as const) },
      };
      const steps = carryCase(await world.hand(), plan, number);
      await steps.next();
      world.cases.push(steps);
    },
  },
  {
    name: 'case-step',
    weight: 18,
    happen: async (world) => {
      if (world.cases.length === 0) return;
      const at = world.random.between(0, world.cases.length - 1);
      const steps = world.cases[at]!;
      // A case that was refused a step stays where it is, as in an office where nobody comes back to it.
      const { done } = await steps.next();
      if (done) world.cases.splice(at, 1);
    },
  },
  {
    name: 'reserve',
    weight: 5,
    happen: async (world) => {
      const { guarantorId, customerId, bankId, productCode, county, principal } = await inForce(world);
      const amount = someOf(world, principal);
      const asked = {
        guarantorId,
        customerId,
        bankId,
        productCode,
        county,
        amount,
        guaranteed: fen((amount * 8n) / 10n),
      };
      const until = addDays(world.today, world.random.between(-1, 30));
      const subject = `case:${guarantorId}/${900_000 + world.random.between(1, 20)}`;
      await world.asSystem((tx, context) => reserve(tx, context, { ...asked, subject, until }));
    },
  },
  {
    name: 'give-room-back',
    weight: 2,
    happen: async (world) => {
      const { guarantorId } = await inForce(world);
      const subject = `case:${guarantorId}/${900_000 + world.random.between(1, 20)}`;
      await world.asSystem((tx, context) => releaseReservation(tx, context, { guarantorId, subject }));
    },
  },
  {
    name: 'ask-release',
    weight: 3,
    happen: async (world) => {
      const met = await inForce(world);
      const kind = world.random.pick(['full', 'partial'] as const);
      const part = kind === 'partial' ? { amount: someOf(world, met.outstanding) } : {};
      const command = { ...keyOf(met), kind, ...part, releaseOn: world.today, reason: '提前还款', counters: [] };
      await world.asSystem((tx, context) => askRelease(tx, context, command));
    },
  },
  {
    name: 'ask-change',
    weight: 3,
    happen: async (world) => {
      const met = await inForce(world);
      const command = {
        ...keyOf(met),
        kind: 'reduction' as const,
        reason: '压降',
        amount: someOf(world, met.outstanding),
      };
      await world.asSystem((tx, context) => askChange(tx, context, command));
    },
  },
  {
    name: 'warn',
    weight: 3,
    happen: async (world) => {
      const met = await inForce(world);
      const days = { occurredOn: someDay(world), knownOn: world.today };
      const command = {
        ...keyOf(met),
        ...days,
        kind: 'overdue' as const,
        description: '模拟',
        source: 'guarantor' as const,
      };
      await world.asSystem((tx, context) => raiseWarning(tx, context, command));
    },
  },
  { name: 'decide', weight: 14, happen: decideSomething },
  {
    name: 'bank-day',
    weight: 4,
    happen: async (world) => {
      const { bankId } = await inForce(world);
      const businessDay = addDays(world.today, -world.random.between(0, 3));
      const rows = await rowsOf(world.db, bankId, businessDay, false);
      await handIn(world.db, world.context, { bankId, businessDay, source: 'api', rows }, afterReports);
    },
  },
];

/** Some person takes up some open task of some approval; who has no business with it is refused. */
async function decideSomething(world: World): Promise<void> {
  const { rows: tasks } = await world.db.read(systemActor, (tx) =>
    sql<{ instanceId: bigint; seq: number }>`
      select instance_id as "instanceId", seq from approvals.task where status = 'open' order by instance_id, seq limit 200`.execute(
      tx,
    ),
  );
  const { rows: people } = await world.db.read(systemActor, (tx) =>
    sql<{ id: number }>`select id from identity.user_account where account like 'demo-%' order by id`.execute(tx),
  );
  if (tasks.length === 0) return;
  const task = world.random.pick(tasks);
  const actor = { userId: world.random.pick(people).id };
  const decision = world.random.chance(0.85)
    ? { verb: 'agree' as const, opinion: '同意' }
    : { verb: 'disagree' as const, opinion: '风险偏高' };
  await world.db.transaction(actor, (tx) =>
    decideTask(tx, { ...world.context, actor }, { ...task, decision }, outcomes),
  );
}

/** What the turn of a month brings: the month is closed, limits reckoned, inspections planned, last month filed and looked at. */
export async function monthTurn(world: World): Promise<void> {
  const lastMonth = monthOf(addMonths(world.today, -1));
  await closeMonths(world.db, world.context);
  await reckonBooks(world.db, world.today);
  await planAllInspections(world.db, world.context);
  await world.asSystem(async (tx, context) => {
    await prepareFilings(tx, context, { from: addMonths(world.today, -2), to: addDays(world.today, -1) });
    await checkFilings(tx, context, { statuses: ['prepared'] });
  });
  const { rows } = await world.db.read(systemActor, (tx) =>
    sql<{
      guarantorId: number;
    }>`select distinct guarantor_id as "guarantorId" from filings.record where status = 'prepared' order by 1`.execute(
      tx,
    ),
  );
  for (const { guarantorId } of rows) {
    let batchId: bigint | undefined;
    await world.happens('file', async () => {
      ({ batchId } = await world.asSystem((tx, context) =>
        submitBatch(tx, context, { guarantorId, month: lastMonth }),
      ));
    });
    if (batchId === undefined) continue;
    const of = { guarantorId, batchId };
    await world.happens('confirm', async () => {
      const verdict = world.random.chance(0.8) ? ('confirm' as const) : ('deny' as const);
      const reason = verdict === 'deny' ? { reason: '合同号不一致' } : {};
      await world.asSystem((tx, context) => decideFilings(tx, context, { ...of, verdict, ...reason }));
    });
  }
}
