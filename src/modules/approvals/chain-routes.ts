import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { type Deps, endpoint } from '../../platform/http.ts';
import { roles } from '../identity/index.ts';
import { bodyOf, saveChainVersion, storedVersions } from './chains.ts';
import { chainsAnswer, newChainVersion } from './contract.ts';
import { defaultChains } from './default-chains.ts';

const tag = '审批';

/** Chains: every version, and saving a new one. */
export function chainRoutes(app: FastifyInstance, deps: Deps): void {
  endpoint(app, deps, {
    method: 'GET',
    url: '/api/approvals/chains',
    tag,
    summary: '审批流程及其全部版本',
    permission: 'approvals.read',
    answer: chainsAnswer,
    handle: ({ read }) =>
      read(async (tx) => {
        const stored = await storedVersions(tx);
        const today = deps.clock.today();
        const rows = defaultChains.map((chain) => {
          const own = stored.filter((each) => each.chain === chain.code);
          // Until somebody uses a chain its sample is not stored; it is what would be used.
          const sample = { version: 1, from: chain.from, body: bodyOf(chain), source: chain.source };
          const versions = own.length > 0 ? own : [{ ...sample, unverified: chain.unverified, savedBy: '系统' }];
          const inForce = versions.filter((each) => each.from <= today);
          return {
            ...{ code: chain.code, title: chain.title, permission: chain.permission },
            permissionTitle: permissionTitles[chain.permission] ?? chain.permission,
            current:
              inForce.sort((a, b) => (a.from < b.from ? 1 : a.from > b.from ? -1 : b.version - a.version))[0]
                ?.version ?? null,
            versions: versions.map(({ version, from, body, source, unverified, savedBy }) => ({
              ...{ version, from, body, source, unverified, savedBy },
            })),
          };
        });
        const able = roles.filter((each) => each.permissions.includes('approvals.read') || each.isGovernment);
        return { rows, roles: able.map(({ code, title }) => ({ code, title })) };
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

const permissionTitles: Readonly<Record<string, string>> = {
  'guarantees.decide': '决定是否担保',
  'admissions.write': '办理银行准入',
  'limits.write': '核定与分配额度',
  'approvals.act': '办理审批',
};
