import { sql } from 'kysely';
import type { z } from 'zod';
import { addDays, type Day } from '../../kernel/day.ts';
import { formatYuan, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { admissionStanding } from '../admissions/index.ts';
import { appendAudit } from '../audit/index.ts';
import type { newBankLine, newTarget } from './contract.ts';
import { checkAllocation } from './rules.ts';

/**
 * Sets the province-wide line of a bank with its whole allocation, as a new version; the one before ends the day before. Waits for the
 * decisions under way with the bank, which keep what they hold. Refused when the allocations exceed the line, or the bank is on record
 * as not admitted on the first day.
 */
export async function setBankLine(
  tx: Tx,
  context: Context,
  command: z.output<typeof newBankLine>,
): Promise<{ version: number }> {
  const { bankId, from, to } = command;
  await sql`select pg_advisory_xact_lock(1507, ${bankId})`.execute(tx);
  const made = {
    amount: yuan(command.amount),
    allocations: command.allocations.map((each) => ({ ...each, amount: yuan(each.amount) })),
  };
  const refusals = checkAllocation(made);
  if (to < from) refusals.push({ code: 'ends-before-start', field: 'to', message: '到期日早于起始日' });
  const { rows: earlier } = await sql<{ version: number; from: Day }>`
    select version, from_on as "from" from limits.bank_line where bank_id = ${bankId} order by version desc limit 1`.execute(
    tx,
  );
  const last = earlier[0];
  if (last && from <= last.from)
    refusals.push({ code: 'version-not-later', field: 'from', message: `起始日须晚于上一版的起始日 ${last.from}` });
  if ((await admissionStanding(tx, bankId, from)) === 'not-admitted')
    refusals.push({
      code: 'bank-not-admitted',
      field: 'bankId',
      message: `该银行于 ${from} 不在准入有效期（集中准入）`,
    });
  refusals.push(...(await unknownParties(tx, command)));
  if (refusals.length > 0) throw new Refused(refusals);
  const version = (last?.version ?? 0) + 1;
  await sql`update limits.bank_line set to_on = ${addDays(from, -1)} where bank_id = ${bankId} and from_on < ${from} and to_on >= ${from}`.execute(
    tx,
  );
  await sql`insert into limits.bank_line (bank_id, version, from_on, to_on, amount, document, recorded_by)
    values (${bankId}, ${version}, ${from}, ${to}, ${made.amount}, ${command.document}, ${context.actor.userId})`.execute(
    tx,
  );
  const parts = made.allocations.map((each) => ({
    guarantor: each.guarantorId,
    product: each.productCode,
    amount: String(each.amount),
  }));
  await sql`insert into limits.bank_allocation (bank_id, version, guarantor_id, product_code, amount)
    select ${bankId}, ${version}, x.guarantor, x.product, x.amount
      from jsonb_to_recordset(${JSON.stringify(parts)}::jsonb) as x(guarantor integer, product text, amount bigint)`.execute(
    tx,
  );
  await appendAudit(tx, context, {
    chain: 0,
    action: 'limits.set-bank-line',
    subject: `bank-line:${bankId}/${version}`,
    detail: { bankId, version, from, amount: formatYuan(made.amount), count: parts.length, document: command.document },
  });
  return { version };
}

async function unknownParties(tx: Tx, { bankId, allocations }: z.output<typeof newBankLine>) {
  const guarantors = [...new Set(allocations.map((each) => each.guarantorId))];
  const products = [...new Set(allocations.flatMap((each) => each.productCode ?? []))];
  const { rows } = await sql<{ bank: boolean; missing: string | null }>`
    select exists (select from institutions.institution where id = ${bankId} and kind = 'bank') as bank,
           (select string_agg(x::text, '、') from (
              select g::text as x from unnest(${guarantors}::integer[]) g
               where not exists (select from institutions.institution i where i.id = g and i.kind = 'guarantor' and i.status = 'active')
               union all
              select p from unnest(${products}::text[]) p where not exists (select from agreements.product a where a.code = p)) y) as missing`.execute(
    tx,
  );
  const found = rows[0] as (typeof rows)[number];
  return [
    ...(found.bank ? [] : [{ code: 'not-a-bank', field: 'bankId', message: '没有这家银行，请先在机构中登记' }]),
    ...(found.missing === null
      ? []
      : [{ code: 'allocation-unknown', field: 'allocations', message: `没有这些担保机构或产品：${found.missing}` }]),
  ];
}

/** Sets what a guarantor should newly guarantee in a county in a year; a later one replaces it. Information, never a refusal of a case. */
export async function setTarget(
  tx: Tx,
  context: Context,
  command: z.output<typeof newTarget>,
): Promise<{ version: number }> {
  const { rows } = await sql<{ version: number }>`
    insert into limits.policy_target (guarantor_id, county, year, version, amount, document, recorded_by)
    select ${command.guarantorId}, r.code, ${command.year},
           1 + coalesce((select max(version) from limits.policy_target t
                          where t.guarantor_id = ${command.guarantorId} and t.county = r.code and t.year = ${command.year}), 0),
           ${yuan(command.amount)}, ${command.document}, ${context.actor.userId}
      from institutions.region r where r.code = ${command.county} and r.level = 3
    returning version`.execute(tx);
  const row = rows[0];
  if (!row) throw new Refused({ code: 'county-unknown', field: 'county', message: '没有这个县（区）' });
  await appendAudit(tx, context, {
    chain: command.guarantorId,
    action: 'limits.set-target',
    subject: `target:${command.guarantorId}/${command.county}/${command.year}`,
    detail: { version: row.version, county: command.county, amount: command.amount, document: command.document },
  });
  return row;
}
