import { sql } from 'kysely';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { normaliseName } from '../../platform/text/index.ts';
import { appendAudit } from '../audit/index.ts';
import { institutionOf } from '../institutions/index.ts';

/** A new branch of a bank; `code` is the 联行号 or 机构编码. */
export type CreateBranch = {
  readonly bankId: number;
  readonly code: string;
  readonly name: string;
  readonly regionCode?: number | undefined;
};

/** Creates a branch and returns its id. Refused: not a bank, code or name taken, region unknown. */
export async function createBranch(tx: Tx, context: Context, command: CreateBranch): Promise<{ id: number }> {
  await requireBank(tx, command.bankId);
  const { rows } = await sql<{ id: number | null; known: boolean }>`
    with made as (
      insert into banks.branch (bank_id, code, name, region_code)
      select ${command.bankId}, ${command.code}, ${command.name}, ${command.regionCode ?? null}
       where ${command.regionCode ?? null}::integer is null
          or exists (select from institutions.region where code = ${command.regionCode ?? null})
      on conflict do nothing
      returning id)
    select made.id, ${command.regionCode ?? null}::integer is null
             or exists (select from institutions.region where code = ${command.regionCode ?? null}) as known
      from (values (1)) one left join made on true`.execute(tx);
  const row = rows[0];
  if (!row?.known) throw new Refused({ code: 'region-unknown', message: '没有这个行政区划代码', field: 'regionCode' });
  if (row.id === null)
    throw new Refused({
      code: 'branch-taken',
      message: `分支机构代码 ${command.code} 或名称「${command.name}」已登记，请核对是否重复`,
      field: 'code',
    });
  await audit(tx, context, 'create-branch', `branch:${row.id}`, { bankId: command.bankId, code: command.code });
  return { id: row.id };
}

/** A name as other files write it, and what a person says it stands for. */
export type ConfirmAlias = { readonly alias: string; readonly bankId: number; readonly branchId?: number | undefined };

/**
 * Keeps what a person confirmed: this spelling stands for this bank or branch. The same again changes nothing.
 * Refused: not a bank, a branch of another bank, or the spelling already stands for another one.
 */
export async function confirmAlias(tx: Tx, context: Context, command: ConfirmAlias): Promise<{ alias: string }> {
  await requireBank(tx, command.bankId);
  const alias = normaliseName(command.alias);
  const branchId = command.branchId ?? null;
  if (alias === '') throw new Refused({ code: 'alias-empty', message: '名称不能为空', field: 'alias' });
  const { rows } = await sql<{ bank_id: number; branch_id: number | null; mine: boolean; fits: boolean }>`
    with made as (
      insert into banks.alias (alias, bank_id, branch_id, confirmed_by, confirmed_at)
      select ${alias}, ${command.bankId}, ${branchId}, ${context.actor.userId}, ${context.clock.now()}
       where ${branchId}::integer is null
          or exists (select from banks.branch where id = ${branchId} and bank_id = ${command.bankId})
      on conflict (alias) do nothing
      returning bank_id, branch_id)
    select bank_id, branch_id, true as mine, true as fits from made
    union all
    select bank_id, branch_id, false, true from banks.alias where alias = ${alias}`.execute(tx);
  const row = rows[0];
  if (!row)
    throw new Refused({
      code: 'branch-of-another-bank',
      message: '没有这家分支机构，或它不属于这家银行',
      field: 'branchId',
    });
  if (row.bank_id !== command.bankId || row.branch_id !== branchId)
    throw new Refused({
      code: 'alias-taken',
      message: `「${command.alias}」已确认为另一家机构的名称，不能改指；请核对后换一个名称`,
      field: 'alias',
    });
  if (row.mine) await audit(tx, context, 'confirm-alias', `bank:${command.bankId}`, { alias, branchId });
  return { alias };
}

async function requireBank(tx: Tx, id: number): Promise<void> {
  const found = await institutionOf(tx, id);
  if (found.kind !== 'bank')
    throw new Refused({ code: 'not-a-bank', message: `「${found.name}」不是银行`, field: 'bankId' });
}

const audit = (tx: Tx, context: Context, verb: string, subject: string, detail: object) =>
  appendAudit(tx, context, { chain: 0, action: `banks.${verb}`, subject, detail });
