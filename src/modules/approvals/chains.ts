import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import { guideArticle11 } from '../../law/shanxi-reform-guide.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { roles } from '../identity/index.ts';
import { type ChainBody, chainBody } from './contract.ts';
import { type DefaultChain, defaultChains } from './default-chains.ts';
import { chainRefusals } from './rules/path.ts';

/** A version of a chain as it is stored. */
export type ChainVersion = {
  readonly chain: string;
  readonly permission: string;
  readonly version: number;
  readonly from: Day;
  readonly body: ChainBody;
  readonly source: string;
  readonly unverified: string | null;
  readonly savedBy: string;
};

/** The version of a chain in force on a day; the built-in sample where nobody has saved one. Refuses a chain there is not. */
export async function versionInForce(tx: Tx, code: string, on: Day): Promise<ChainVersion> {
  await storeDefault(tx, code);
  const { rows } = await sql<ChainVersion>`
    select v.chain_code as chain, c.permission, v.version, v.from_on as "from", v.body, v.source, v.unverified, p.name as "savedBy"
      from approvals.chain_version v
      join approvals.chain c on c.code = v.chain_code
      join identity.person p on p.id = v.saved_by
     where v.chain_code = ${code} and v.from_on <= ${on}
     order by v.from_on desc, v.version desc
     limit 1`.execute(tx);
  if (!rows[0])
    throw new Refused({ code: 'chain-unknown', message: `没有在 ${on} 有效的审批流程“${code}”，请先在审批流程中设置` });
  return rows[0];
}

/** Every stored version of every chain, the newest first; at most 2,000. */
export async function storedVersions(tx: Tx): Promise<ChainVersion[]> {
  const { rows } = await sql<ChainVersion>`
    select v.chain_code as chain, c.permission, v.version, v.from_on as "from", v.body, v.source, v.unverified, p.name as "savedBy"
      from approvals.chain_version v
      join approvals.chain c on c.code = v.chain_code
      join identity.person p on p.id = v.saved_by
     order by v.chain_code, v.version desc
     limit 2000`.execute(tx);
  return rows;
}

/**
 * Saves a new version of a chain, in force from a day on. What is under way keeps its own. Refused: a government role on a deciding
 * node (条11), a node nobody could do, an amount at which nobody would decide, a day before today or before another version.
 */
export async function saveChainVersion(
  tx: Tx,
  context: Context,
  command: { chain: string; from: Day; body: ChainBody; source: string },
): Promise<{ version: number }> {
  const chain = defaultChains.find((each) => each.code === command.chain);
  if (!chain) throw new Refused({ code: 'chain-unknown', message: '没有这个审批流程' }, 404);
  await sql`select pg_advisory_xact_lock(100, hashtext(${command.chain}))`.execute(tx);
  await storeDefault(tx, command.chain);
  const refusals = chainRefusals(command.body, chain.permission, roles, guideArticle11);
  const today = context.clock.today();
  if (command.from < today)
    refusals.push({ code: 'from-past', field: 'from', message: `生效日不能早于今天（${today}），已办的审批不受影响` });
  const latest = (await storedVersions(tx)).find((each) => each.chain === command.chain);
  if (latest && command.from < latest.from)
    refusals.push({
      code: 'from-before-latest',
      field: 'from',
      message: `第 ${latest.version} 版自 ${latest.from} 起生效，新版本的生效日不能早于它`,
    });
  if (refusals.length > 0) throw new Refused(refusals);
  const version = (latest?.version ?? 0) + 1;
  await insertVersion(tx, command, version, context.actor.userId, null);
  await appendAudit(tx, context, {
    chain: 0,
    action: 'approvals.save-chain',
    subject: `approval-chain:${command.chain}`,
    detail: { version, from: command.from, document: command.source },
  });
  return { version };
}

/** Stores the built-in sample of a chain as its first version, once. */
async function storeDefault(tx: Tx, code: string): Promise<void> {
  const given = defaultChains.find((each) => each.code === code);
  if (!given) return;
  const { rows } = await sql`select from approvals.chain where code = ${code}`.execute(tx);
  if (rows.length > 0) return;
  await sql`insert into approvals.chain (code, title, permission) values (${code}, ${given.title}, ${given.permission})
            on conflict do nothing`.execute(tx);
  await insertVersion(tx, { ...given, chain: code, body: bodyOf(given) }, 1, 0, given.unverified);
}

/** The built-in sample with its defaults filled in. */
export const bodyOf = (given: DefaultChain): ChainBody => chainBody.parse(given.body);

async function insertVersion(
  tx: Tx,
  given: { chain: string; from: Day; body: ChainBody; source: string },
  version: number,
  savedBy: number,
  unverified: string | null,
): Promise<void> {
  const { rows } = await sql`
    insert into approvals.chain_version (chain_code, version, from_on, body, source, unverified, saved_by)
    values (${given.chain}, ${version}, ${given.from}, ${JSON.stringify(given.body)}, ${given.source}, ${unverified}, ${savedBy})
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
    select ${given.chain}, ${version}, node, role, "isGovernment", decides
      from jsonb_to_recordset(${JSON.stringify(nodes)}) as n (node text, role text, "isGovernment" boolean, decides boolean)`.execute(
    tx,
  );
}
