import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { guideArticle11 } from '../../law/shanxi-reform-guide.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { roles } from '../identity/index.ts';
import { type ChainBody, chainBody } from './contract.ts';
import { type DefaultChain, defaultChains } from './default-chains.ts';
import { chainRefusals } from './rules/path.ts';

/** A version of a chain as it is stored. `guarantorId` null: the province's, for whoever has none of its own. */
export type ChainVersion = {
  readonly chain: string;
  readonly permission: string;
  readonly version: number;
  readonly guarantorId: number | null;
  /** The institution goes by the province's version again from this day on. */
  readonly followsProvince: boolean;
  readonly from: Day;
  readonly body: ChainBody;
  readonly source: string;
  readonly unverified: string | null;
  readonly savedBy: string;
};

const versionColumns = sql`
  v.chain_code as chain, c.permission, v.version, v.guarantor_id as "guarantorId", v.follows_province as "followsProvince",
  v.from_on as "from", v.body, v.source, v.unverified, p.name as "savedBy"`;
const versionJoins = sql`
  join approvals.chain c on c.code = v.chain_code
  join identity.person p on p.id = v.saved_by`;

/**
 * The version of a chain that counts for an institution on a day: its own, else the province's, else the built-in sample. Refuses a chain
 * there is not.
 */
export async function versionInForce(tx: Tx, code: string, guarantorId: number, on: Day): Promise<ChainVersion> {
  await storeDefault(tx, code);
  const { rows } = await sql<ChainVersion>`
    select distinct on (v.guarantor_id is null) ${versionColumns}
      from approvals.chain_version v ${versionJoins}
     where v.chain_code = ${code} and v.from_on <= ${on} and (v.guarantor_id is null or v.guarantor_id = ${guarantorId})
     order by v.guarantor_id is null, v.from_on desc, v.version desc`.execute(tx);
  const found = rows.find((each) => each.guarantorId !== null && !each.followsProvince) ?? rows.at(-1);
  if (!found || found.followsProvince)
    throw new Refused({ code: 'chain-unknown', message: `没有在 ${on} 有效的审批流程“${code}”，请先在审批流程中设置` });
  return found;
}

/** The province's versions of every chain and those of one institution (null: the province's alone), the newest first; at most 2,000. */
export async function storedVersions(tx: Tx, guarantorId: number | null): Promise<ChainVersion[]> {
  const { rows } = await sql<ChainVersion>`
    select ${versionColumns}
      from approvals.chain_version v ${versionJoins}
     where v.guarantor_id is null or v.guarantor_id = ${guarantorId}::integer
     order by v.chain_code, v.version desc
     limit 2000`.execute(tx);
  return rows;
}

/** The version in force of those given (of one chain): the institution's own first. */
export function inForceOf(versions: readonly ChainVersion[], on: Day): ChainVersion | undefined {
  const newest = (of: readonly ChainVersion[]) =>
    of
      .filter((each) => each.from <= on)
      .sort((a, b) => (a.from === b.from ? b.version - a.version : a.from < b.from ? 1 : -1))[0];
  const own = newest(versions.filter((each) => each.guarantorId !== null));
  return own && !own.followsProvince ? own : newest(versions.filter((each) => each.guarantorId === null));
}

/** What is to be saved. `guarantorId` null: for the province. No `body`: the institution follows the province's version again. */
export type NewVersion = {
  readonly chain: string;
  readonly guarantorId: number | null;
  readonly from: Day;
  readonly body?: ChainBody | undefined;
  readonly source: string;
};

/**
 * Saves a new version of a chain, in force from a day on, for the province or for one institution. What is under way keeps its own.
 * Refused: a government role on a deciding node (条11), a node nobody could do, an amount at which nobody would decide, a day before today
 * or before another version of the same owner; (403) the province's version by whoever does not act for the province.
 */
export async function saveChainVersion(tx: Tx, context: Context, command: NewVersion): Promise<{ version: number }> {
  const chain = defaultChains.find((each) => each.code === command.chain);
  if (!chain) throw new Refused({ code: 'chain-unknown', message: '没有这个审批流程' }, 404);
  await requireOwner(tx, command.guarantorId);
  await sql`select pg_advisory_xact_lock(100, hashtext(${command.chain}))`.execute(tx);
  await storeDefault(tx, command.chain);
  const today = context.clock.today();
  const stored = (await storedVersions(tx, command.guarantorId)).filter((each) => each.chain === command.chain);
  const own = stored.filter((each) => each.guarantorId === command.guarantorId);
  const refusals = dayRefusals(command.from, today, own[0]);
  if (command.body) refusals.push(...chainRefusals(command.body, chain.permission, roles, guideArticle11));
  else if (!own[0] || own[0].followsProvince)
    refusals.push({ code: 'nothing-to-end', message: '本机构没有自己的流程，现在就按省级统一流程办理' });
  if (refusals.length > 0) throw new Refused(refusals);
  const body =
    command.body ??
    inForceOf(
      stored.filter((each) => each.guarantorId === null),
      command.from,
    )?.body;
  if (!body) throw new Error(`流程 ${command.chain} 在 ${command.from} 没有省级版本`);
  const version = await nextVersion(tx, command.chain);
  await insertVersion(tx, { ...command, body, followsProvince: !command.body, version, savedBy: context.actor.userId });
  await appendAudit(tx, context, {
    chain: command.guarantorId ?? 0,
    action: 'approvals.save-chain',
    subject: `approval-chain:${command.chain}`,
    detail: { version, from: command.from, document: command.source, kind: command.body ? 'own' : 'follows-province' },
  });
  return { version };
}

/** Refuses (403) who would set the province's chain without acting for it, (404) an institution out of sight or no guarantor. */
async function requireOwner(tx: Tx, guarantorId: number | null): Promise<void> {
  const { rows } = await sql<{ seesAll: boolean; isOwner: boolean }>`
    select identity.sees_all() as "seesAll",
           exists (select from institutions.institution i
                    where i.id = ${guarantorId}::integer and i.kind in ('guarantor', 'reguarantor')
                      and (identity.sees_all() or i.id = any (identity.my_guarantors()))) as "isOwner"`.execute(tx);
  if (guarantorId !== null && !rows[0]?.isOwner)
    throw new Refused(
      { code: 'institution-unknown', field: 'guarantorId', message: '没有这家担保机构，或不在您的权限范围内' },
      404,
    );
  if (guarantorId === null && !rows[0]?.seesAll)
    throw new Refused(
      { code: 'not-the-province', message: '省级统一流程由再担保机构设置；您可以为本机构另存一个版本' },
      403,
    );
}

function dayRefusals(from: Day, today: Day, latest: ChainVersion | undefined): Refusal[] {
  const refusals: Refusal[] = [];
  if (from < today)
    refusals.push({ code: 'from-past', field: 'from', message: `生效日不能早于今天（${today}），已办的审批不受影响` });
  if (latest && from < latest.from)
    refusals.push({
      code: 'from-before-latest',
      field: 'from',
      message: `第 ${latest.version} 版自 ${latest.from} 起生效，新版本的生效日不能早于它`,
    });
  return refusals;
}

async function nextVersion(tx: Tx, chain: string): Promise<number> {
  const { rows } = await sql<{ version: number }>`select approvals.next_version(${chain}) as version`.execute(tx);
  return rows[0]!.version;
}

/** Stores the built-in sample of a chain as its first version, once. */
async function storeDefault(tx: Tx, code: string): Promise<void> {
  const given = defaultChains.find((each) => each.code === code);
  if (!given) return;
  const { rows } = await sql`select from approvals.chain where code = ${code}`.execute(tx);
  if (rows.length > 0) return;
  await sql`insert into approvals.chain (code, title, permission) values (${code}, ${given.title}, ${given.permission})
            on conflict do nothing`.execute(tx);
  const { from, source, unverified } = given;
  const made = { chain: code, guarantorId: null, from, body: bodyOf(given), source, unverified };
  await insertVersion(tx, { ...made, followsProvince: false, version: 1, savedBy: 0 });
}

/** The built-in sample with its defaults filled in. */
export const bodyOf = (given: DefaultChain): ChainBody => chainBody.parse(given.body);

async function insertVersion(
  tx: Tx,
  given: Omit<ChainVersion, 'permission' | 'savedBy' | 'unverified'> & {
    readonly savedBy: number;
    readonly unverified?: string | null;
  },
): Promise<void> {
  const { rows } = await sql`
    insert into approvals.chain_version (chain_code, version, guarantor_id, follows_province, from_on, body, source, unverified, saved_by)
    values (${given.chain}, ${given.version}, ${given.guarantorId}, ${given.followsProvince}, ${given.from}, ${JSON.stringify(given.body)},
            ${given.source}, ${given.unverified ?? null}, ${given.savedBy})
    on conflict do nothing
    returning version`.execute(tx);
  if (rows.length === 0) return;
  const nodes = given.body.nodes.map((each) => {
    const role = 'role' in each.by ? each.by.role : null;
    const isGovernment = roles.find((one) => one.code === role)?.isGovernment ?? false;
    return { node: each.key, role, isGovernment, decides: each.decides };
  });
  await sql`
    insert into approvals.chain_node (chain_code, version, node, role_code, is_government, decides)
    select ${given.chain}, ${given.version}, node, role, "isGovernment", decides
      from jsonb_to_recordset(${JSON.stringify(nodes)}) as n (node text, role text, "isGovernment" boolean, decides boolean)`.execute(
    tx,
  );
}
