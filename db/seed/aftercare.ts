import { sql } from 'kysely';
import { addDays, type Day } from '../../src/kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../src/kernel/money.ts';
import {
  addCounter,
  addCounterFact,
  afterReports,
  askChange,
  finishInspection,
  planAllInspections,
  planWarning,
  raiseWarning,
  recordConsent,
} from '../../src/modules/aftercare/index.ts';
import type { LineStatus } from '../../src/modules/bankreports/contract.ts';
import { handIn, type ParsedRow, startReports } from '../../src/modules/bankreports/index.ts';
import { addWorkingDays } from '../../src/platform/calendar.ts';
import { type Db, systemActor } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';

const reportedDays = 2;
/** The guarantor whose people sign in to the demo. */
const shownGuarantor = '太原';

/**
 * The demo's aftercare: every bank's word on the last working days, with a few loans left out and one bank silent on the newest day, some
 * overdue (warned of by themselves), one repayment nobody had entered and one difference nobody can explain; inspections planned, a few
 * done; counter-guarantees, one of them with an old valuation; a warning with a joint plan. Through the actions people use.
 */
export async function seedAftercare(db: Db, context: Context, today: Day): Promise<string> {
  const days: Day[] = [];
  for (let at = addWorkingDays(today, 1).value; days.length < reportedDays; ) {
    at = addWorkingDays(at, -1).value;
    days.unshift(at);
  }
  const banks = await banksInForce(db);
  let lines = 0;
  for (const [index, bankId] of banks.entries()) {
    await db.transaction(systemActor, (tx) =>
      startReports(tx, context, { bankId, from: days[0]!, document: '演示：关于逐笔报送贷款状态的通知' }),
    );
    // The second bank has not reported the newest day yet: the board shows it, its people have a to-do.
    const own = index === 1 ? days.slice(0, -1) : days;
    for (const businessDay of own) {
      const rows = await rowsOf(db, bankId, businessDay, businessDay === days.at(-1));
      if (rows.length === 0) continue;
      await handIn(db, context, { bankId, businessDay, source: 'api', rows }, afterReports);
      lines += rows.length;
    }
  }
  const inspections = await planAllInspections(db, context);
  await lookAfterSome(db, context, today);
  return `银行逐笔状态 ${lines} 行、保后检查 ${inspections} 笔已排`;
}

const banksInForce = async (db: Db): Promise<number[]> => {
  const { rows } = await db.read(systemActor, (tx) =>
    sql<{ id: number }>`
      select bank_id as id from guarantees.guarantee where status = 'in-force' group by 1 order by count(*) desc, 1 limit 200`.execute(
      tx,
    ),
  );
  return rows.map((row) => row.id);
};

type Loan = { code: string; contractNo: string; balance: Fen; repaid: Fen; extendedTo: Day | null; mark: number };

/** What a bank says of a day: the book as it stood, but for what the demo wants to show. About one loan in sixty is left out. */
export async function rowsOf(db: Db, bankId: number, businessDay: Day, isNewest: boolean): Promise<ParsedRow[]> {
  const { rows } = await db.read(systemActor, (tx) =>
    sql<Loan>`
      select i.code, g.contract_no as "contractNo", (g.outstanding - coalesce(l.later, 0))::bigint as balance,
             coalesce(l.repaid, 0)::bigint as repaid, l.extended as "extendedTo",
             abs(hashtext(g.contract_no)) % 1000 as mark
        from guarantees.guarantee g
        join institutions.institution i on i.id = g.guarantor_id
        left join (select m.guarantor_id, m.guarantee_id, sum(m.delta) filter (where m.occurred_on > ${businessDay}) as later,
                          sum(m.amount) filter (where m.occurred_on = ${businessDay} and m.kind = 2) as repaid,
                          max(m.extended_to_on) filter (where m.occurred_on = ${businessDay}) as extended
                     from guarantees.movement m where m.occurred_on >= ${businessDay} group by 1, 2) l
               on l.guarantor_id = g.guarantor_id and l.guarantee_id = g.id
       where g.bank_id = ${bankId} and g.starts_on < ${businessDay}
         and g.outstanding - coalesce(l.later, 0) + coalesce(l.repaid, 0) > 0
       order by g.guarantor_id, g.id`.execute(tx),
  );
  return rows
    .filter((loan) => loan.mark >= 16)
    .map((loan, index) => {
      const parsed = said(loan, isNewest && index === 0, isNewest && index === 1);
      return {
        ...{ line: index + 1, contractNo: loan.contractNo, guarantorCode: loan.code, parsed, problems: [] },
        text: `${loan.code} ${loan.contractNo} ${parsed.status} ${formatYuan(parsed.balance)} ${parsed.overdueDays}`,
      };
    });
}

const nil = fen(0n);

/** `pays`: a repayment the book does not have yet. `differs`: a balance that nothing explains. */
function said({ balance, repaid, mark }: Loan, pays: boolean, differs: boolean) {
  const line = (
    status: LineStatus,
    change: { repaid?: Fen; balance?: Fen; overdueDays?: number; overdueAmount?: Fen } = {},
  ) => ({
    ...{ status, disbursed: nil, repaid, overdueDays: 0, overdueAmount: nil, balance },
    ...change,
  });
  if (balance === 0n) return line('settled');
  const part = fen(balance / 10n);
  if (pays && repaid === 0n && part > 0n) return line('repaid', { repaid: part, balance: fen(balance - part) });
  if (differs && repaid === 0n && part > 0n) return line('normal', { balance: fen(balance - part) });
  if (repaid > 0n) return line('repaid');
  if (mark >= 990) return line('overdue', { overdueDays: (mark % 20) + 1, overdueAmount: part > 0n ? part : balance });
  return line('normal');
}

type Held = { guarantorId: number; id: bigint; principal: Fen; customerName: string; dueOn: Day };

/** What people of the shown guarantor have done by hand. */
async function lookAfterSome(db: Db, context: Context, today: Day): Promise<void> {
  const { rows } = await db.read(systemActor, (tx) =>
    sql<Held>`
      select g.guarantor_id as "guarantorId", g.id, g.principal, g.due_on as "dueOn", c.name as "customerName"
        from guarantees.guarantee g
        join institutions.institution i on i.id = g.guarantor_id and i.short_name like ${`${shownGuarantor}%`} and i.level = 2
        join customers.customer c on c.guarantor_id = g.guarantor_id and c.id = g.customer_id
       where g.status = 'in-force' and g.starts_on < ${addDays(today, -60)}
       order by g.outstanding desc, g.id
       limit 12`.execute(tx),
  );
  for (const [index, held] of rows.entries()) {
    await db.transaction(systemActor, async (tx) => {
      const key = { guarantorId: held.guarantorId, guaranteeId: held.id };
      const signedOn = addDays(today, -60);
      const property = {
        kind: '20008' as const,
        title: '厂房及土地',
        ownerName: held.customerName,
        contractNo: `FD-${held.id}-1`,
        signedOn,
      };
      const { id } = await addCounter(tx, context, { ...key, ...property, certificateNo: '（演示）不动产权证' });
      // Every fourth valuation is older than a year: its warning shows.
      const onDay = addDays(today, index % 4 === 0 ? -400 : -60);
      const amount = fen((held.principal * 7n) / 5n);
      const fact = { guarantorId: held.guarantorId, id, reference: '演示评估报告' };
      await addCounterFact(tx, context, { ...fact, kind: 'valuation', amount, onDay });
      await addCounterFact(tx, context, {
        ...fact,
        ...{
          kind: 'registration',
          onDay: signedOn,
          expiresOn: addDays(today, index === 1 ? 12 : 700),
          reference: '演示抵押登记',
        },
      });
      const person = {
        kind: '10000' as const,
        title: '法定代表人连带责任保证',
        ownerName: '法定代表人',
        contractNo: `FD-${held.id}-2`,
        signedOn,
      };
      await addCounter(tx, context, { ...key, ...person });
    });
  }
  await raiseTwo(db, context, rows, today);
  await askTwo(db, context, rows, today);
  await finishSome(db, context, rows[0]?.guarantorId, today);
}

async function raiseTwo(db: Db, context: Context, rows: readonly Held[], today: Day): Promise<void> {
  const [first, second] = rows;
  if (!first || !second) return;
  await db.transaction(systemActor, async (tx) => {
    const knownOn = addWorkingDays(today, -1).value;
    const event = { occurredOn: addDays(knownOn, -2), knownOn, source: 'guarantor' as const };
    const of = (held: Held) => ({ guarantorId: held.guarantorId, guaranteeId: held.id });
    const { id } = await raiseWarning(tx, context, {
      ...{ ...of(first), ...event, kind: 'lawsuit' },
      description: '演示：被上游供应商起诉，标的 86 万元',
    });
    const dueOn = addWorkingDays(context.clock.today(), 3).value;
    const tasks = [
      { title: '约谈实际控制人，核实诉讼进展', doer: 'guarantor' as const, dueOn },
      { title: '核查账户流水与在途资金', doer: 'bank' as const, dueOn },
    ];
    await planWarning(tx, context, {
      guarantorId: first.guarantorId,
      id,
      plan: '演示：与银行联合约谈，追加应收账款质押，压缩余额',
      tasks,
    });
    await raiseWarning(tx, context, {
      ...of(second),
      ...event,
      kind: 'stopped',
      description: '演示：现场走访发现停产，工人已遣散',
    });
  });
}

/** Two changes are under way: an extension whose bank has consented, a change of representative nobody has consented to. */
async function askTwo(db: Db, context: Context, rows: readonly Held[], today: Day): Promise<void> {
  const [, , third, fourth] = rows;
  if (!third || !fourth) return;
  const keyOf = (held: Held) => ({ guarantorId: held.guarantorId, guaranteeId: held.id });
  await db.transaction(systemActor, async (tx) => {
    const { id } = await askChange(tx, context, {
      ...{ ...keyOf(third), kind: 'extension', dueOn: addDays(third.dueOn, 180) },
      reason: '演示：下游回款延后半年，经营正常',
    });
    const consent = { guarantorId: third.guarantorId, id, party: 'bank' as const, consentedOn: today };
    await recordConsent(tx, context, { ...consent, document: '演示：银行同意展期的函' });
    await askChange(tx, context, {
      ...{ ...keyOf(fourth), kind: 'representative', after: '演示：王新任', effectiveOn: addDays(today, -10) },
      reason: '演示：股东会决议更换法定代表人',
    });
  });
}

/** A few inspections are done. */
async function finishSome(db: Db, context: Context, guarantorId: number | undefined, today: Day): Promise<void> {
  if (guarantorId === undefined) return;
  const { rows } = await db.read(systemActor, (tx) =>
    sql<{ id: bigint }>`
      select id from aftercare.inspection where guarantor_id = ${guarantorId} and status = 'open' order by due_on, id limit 3`.execute(
      tx,
    ),
  );
  for (const { id } of rows)
    await db.transaction(systemActor, (tx) =>
      finishInspection(tx, context, {
        ...{ guarantorId, id, doneOn: today, class: 'normal' },
        findings: '演示：生产经营正常，订单充足，按期付息',
      }),
    );
}
