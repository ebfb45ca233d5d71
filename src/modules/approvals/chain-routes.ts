import type { FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { type Deps, endpoint } from '../../platform/http.ts';
import { roles } from '../identity/index.ts';
import { bodyOf, type ChainVersion, inForceOf, saveChainVersion, storedVersions } from './chains.ts';
import { chainQuery, chainsAnswer, newChainVersion } from './contract.ts';
import { type DefaultChain, defaultChains } from './default-chains.ts';

const tag = '审批';

/** Chains: the province's versions and one institution's own, and saving a new one. */
export function chainRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/chains',
    tag,
    summary: '审批流程及其全部版本：省级统一的，与一家机构自己的',
    permission: 'approvals.read',
    query: chainQuery,
    answer: chainsAnswer,
    handle: ({ read, query }) =>
      read(async (tx) => {
        const owner = await ownerOf(tx, query.guarantorId ?? null);
        const stored = await storedVersions(tx, owner.id);
        const able = roles.filter((each) => each.permissions.includes('approvals.read') || each.isGovernment);
        return {
          ...{ guarantorId: owner.id, guarantorName: owner.name },
          rows: defaultChains.map((chain) => chainWireOf(chain, stored, deps.clock.today())),
          roles: able.map(({ code, title, isGovernment }) => ({ code, title, isGovernment })),
        };
      }),
  });
  endpoint(app, deps, {
    method: 'POST',
    url: '/api/approvals/chains/:code/versions',
    tag,
    summary: '另存审批流程的新版本；政府部门岗位不得设在决策节点（指引第十一条）',
    permission: 'approvals.configure',
    params: z.object({ code: z.string().max(40) }),
    body: newChainVersion,
    answer: z.object({ version: z.number().int() }),
    handle: ({ write, params, body, context }) =>
      write((tx) => saveChainVersion(tx, context, { ...body, chain: params.code })),
  });
}

/** The institution whose chains are looked at: the one asked for, else the caller's own guarantor, else the province. */
async function ownerOf(tx: Tx, asked: number | null): Promise<{ id: number | null; name: string | null }> {
  const { rows } = await sql<{ id: number; name: string }>`
    select i.id, i.short_name as name
      from institutions.institution i
     where i.id = coalesce(${asked}::integer, identity.my_institution()) and i.kind in ('guarantor', 'reguarantor')
       and (${asked}::integer is not null or i.kind = 'guarantor')
       and (identity.sees_all() or i.id = any (identity.my_guarantors()))`.execute(tx);
  if (rows[0]) return rows[0];
  if (asked === null) return { id: null, name: null };
  throw new Refused({ code: 'institution-unknown', message: '没有这家担保机构，或不在您的权限范围内' }, 404);
}

function chainWireOf(chain: DefaultChain, stored: readonly ChainVersion[], today: Day) {
  const kept = stored.filter((each) => each.chain === chain.code);
  // Until somebody uses a chain its sample is not stored; it is what would be used.
  const sample: ChainVersion = {
    ...{ chain: chain.code, permission: chain.permission, version: 1, guarantorId: null, followsProvince: false },
    ...{ from: chain.from, body: bodyOf(chain), source: chain.source, unverified: chain.unverified, savedBy: '系统' },
  };
  const versions = kept.length > 0 ? kept : [sample];
  return {
    ...{ code: chain.code, title: chain.title, permission: chain.permission },
    permissionTitle: permissionTitles[chain.permission] ?? chain.permission,
    current: inForceOf(versions, today)?.version ?? null,
    versions: versions.map(({ version, followsProvince, from, body, source, unverified, savedBy, guarantorId }) => ({
      ...{ version, followsProvince, from, body, source, unverified, savedBy },
      isOwn: guarantorId !== null,
    })),
  };
}

const permissionTitles: Readonly<Record<string, string>> = {
  'guarantees.decide': '决定是否担保',
  'admissions.write': '办理银行准入',
  'limits.write': '核定与分配额度',
  'approvals.act': '办理审批',
};
