import { sql } from 'kysely';
import { addDays, addMonths, type Day, day, yearOf } from '../../src/kernel/day.ts';
import { type Fen, fen, formatYuan, wan } from '../../src/kernel/money.ts';
import {
  addScorecard,
  applyAdmission,
  decideAdmission,
  evaluateAdmission,
  placeholderScorecard,
  recordDocument,
  reviewAdmission,
  submitAdmission,
} from '../../src/modules/admissions/index.ts';
import {
  addFormula,
  decideLine,
  placeholderFormula,
  proposeLine,
  reckonBooks,
  setBankLine,
  setTarget,
} from '../../src/modules/limits/index.ts';
import { type Db, systemActor, type Tx } from '../../src/platform/db.ts';
import type { Context } from '../../src/platform/http.ts';

/**
 * Admissions of the demo's banks, their lines with allocations, yearly lines and county targets, through the actions people use. Every
 * figure is made up and says so. To be called after the book is loaded; says how much it did.
 */
export async function seedLimits(db: Db, context: Context, today: Day): Promise<string> {
  const banks = await db.transaction(systemActor, (tx) => seedAdmissions(tx, context, today));
  await reckonBooks(db, context.clock.today());
  await db.transaction(systemActor, (tx) => seedBankLines(tx, context, today));
  const lines = await db.transaction(systemActor, (tx) => seedYearlyLines(tx, context, today));
  return `银行准入 ${banks} 家，统一授信与分配已核定；年度额度核定 ${lines.approved} 家、待核定 ${lines.proposed} 家`;
}

/** Every bank admitted fourteen months ago and reviewed, but for two whose review is due; the last has its renewal under way. */
async function seedAdmissions(tx: Tx, context: Context, today: Day): Promise<number> {
  await addScorecard(tx, context, placeholderScorecard);
  const banks = await tx
    .selectFrom('institutions.institution')
    .select(['id', 'short_name'])
    .where('kind', '=', 'bank')
    .orderBy('id')
    .execute();
  for (const [index, bank] of banks.entries()) {
    const id = await evaluated(tx, context, bank.id, '集中准入申请（演示）');
    await submitAdmission(tx, context, {
      admissionId: id,
      from: addMonths(today, -14),
      document: '银行准入批复（演示）',
    });
    await decideAdmission(tx, context, { admissionId: id, outcome: 'approved', reason: '评估达到分数线，同意准入' });
    const review = { admissionId: id, ratings: ratings(), isKept: true, conclusion: '年度复审，继续合作（演示）' };
    if (index % 6 !== 0) await reviewAdmission(tx, context, review);
  }
  const last = banks.at(-1);
  if (last) await evaluated(tx, context, last.id, '扩大产品范围的重新准入申请（演示）');
  return banks.length;
}

// One and the same score for all: these are real banks, and nothing else about them is.
const ratings = () =>
  placeholderScorecard.terms.criteria.map(({ code, maximum }) => ({ code, points: maximum - 2, evidence: '演示' }));

async function evaluated(tx: Tx, context: Context, bankId: number, summary: string): Promise<bigint> {
  const { terms } = placeholderScorecard;
  const { id } = await applyAdmission(tx, context, { bankId, products: [], summary });
  for (const item of terms.checklist.filter((each) => each.required))
    await recordDocument(tx, context, {
      admissionId: id,
      code: item.code,
      reference: `${item.title}（演示）.pdf`,
      receivedOn: context.clock.today(),
    });
  await evaluateAdmission(tx, context, { admissionId: id, ratings: ratings(), conclusion: '演示评估' });
  return id;
}

/** A line for each bank to the end of next March: every guarantor that works with it gets twice what it has, and 2,000 万元 more. */
async function seedBankLines(tx: Tx, context: Context, today: Day): Promise<void> {
  const { rows } = await sql<{ bankId: number; guarantorId: number; outstanding: Fen }>`
    select a.bank_id as "bankId", a.guarantor_id as "guarantorId",
           coalesce((select sum(e.outstanding) from guarantees.guarantee e where e.guarantor_id = a.guarantor_id and e.bank_id = a.bank_id), 0)::bigint as outstanding
      from agreements.agreement a group by 1, 2 order by 1, 2`.execute(tx);
  const million = wan('1000');
  for (const [bankId, parts] of Map.groupBy(rows, (each) => each.bankId)) {
    const allocations = parts.map((each) => ({
      guarantorId: each.guarantorId,
      productCode: null,
      amount: fen(((each.outstanding * 2n) / million + 2n) * million),
    }));
    const total = allocations.reduce((sum, each) => sum + each.amount, 0n);
    await setBankLine(tx, context, {
      bankId,
      from: firstOfYear(today),
      to: addDays(day(`${yearOf(today) + 1}-04-01`), -1),
      amount: formatYuan(fen(((total * 12n) / (10n * million) + 1n) * million)),
      document: '省级统一授信批复（演示）',
      allocations: allocations.map((each) => ({ ...each, amount: formatYuan(each.amount) })),
    });
  }
}

const firstOfYear = (today: Day): Day => day(`${yearOf(today)}-01-01`);

/** Targets and the year's line of every guarantor; a line that the year has nearly used up is left for somebody to decide. */
async function seedYearlyLines(tx: Tx, context: Context, today: Day): Promise<{ approved: number; proposed: number }> {
  await addFormula(tx, context, placeholderFormula);
  const year = yearOf(today);
  const { rows } = await sql<{ guarantorId: number; county: number; last: Fen; now: Fen }>`
    select guarantor_id as "guarantorId", county,
           coalesce(sum(principal) filter (where extract(year from starts_on) = ${year - 1}), 0)::bigint as last,
           coalesce(sum(principal) filter (where extract(year from starts_on) = ${year}), 0)::bigint as now
      from guarantees.guarantee group by 1, 2 order by 1, 2`.execute(tx);
  const counts = { approved: 0, proposed: 0 };
  for (const [guarantorId, counties] of Map.groupBy(rows, (each) => each.guarantorId)) {
    for (const { county, last } of counties.filter((each) => each.last > 0n))
      for (const inYear of [year - 1, year])
        await setTarget(tx, context, {
          ...{ guarantorId, county, year: inYear, document: '年度支小支农目标（演示）' },
          amount: formatYuan(fen((last / wan('10')) * wan('10'))),
        });
    const entered = {
      ...{ filingRate: '0.96', filingRateReason: '演示数据：上年备案未全部录入' },
      ...{ returnRate: '0.92', grade: guarantorId % 3 === 0 ? 'B' : 'A' },
    };
    const { id, amount } = await proposeLine(tx, context, {
      guarantorId,
      year,
      document: `${year}年度额度测算（演示）`,
      ...entered,
    });
    const used = counties.reduce((sum, each) => sum + each.now, 0n);
    const isAmple = BigInt(amount.replace('.', '')) * 10n > used * 12n && (await hasRoomInGroups(tx, id, year));
    if (isAmple) await decideLine(tx, context, { id, outcome: 'approved', reason: '按测算核定（演示）' });
    counts[isAmple ? 'approved' : 'proposed'] += 1;
  }
  return counts;
}

/** Are the parts with and without a bank share ample too, each by itself? */
async function hasRoomInGroups(tx: Tx, lineId: bigint, year: number): Promise<boolean> {
  const { rows } = await sql<{ isAmple: boolean }>`
    select coalesce(bool_and(p.used = 0 or p.amount * 10 > p.used * 12), true) as "isAmple"
      from limits.guarantor_line l
     cross join (values ('sharing'), ('non-sharing')) part(code)
     cross join lateral (
       select (select coalesce(sum((x ->> 'amount')::numeric * 100), 0) from jsonb_array_elements(l.working -> 'groups') x
                where x ->> 'code' like part.code || '-%') as amount,
              (select coalesce(sum(e.principal), 0)
                 from guarantees.guarantee e
                 join agreements.version v on v.guarantor_id = e.guarantor_id and v.agreement_id = e.agreement_id and v.version = e.agreement_version
                where e.guarantor_id = l.guarantor_id and extract(year from e.starts_on) = ${year}
                  and limits.line_group(v.province_share, v.bank_share, null) like part.code || '-%') as used) p
     where l.id = ${lineId}`.execute(tx);
  return rows[0]?.isAmple ?? false;
}
