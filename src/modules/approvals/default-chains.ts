import type { z } from 'zod';
import { type Day, day } from '../../kernel/day.ts';
import type { chainBody, nodeWire } from './contract.ts';

/** A chain that the product brings along. `permission`: what a deciding node asks for. */
export type DefaultChain = {
  readonly code: string;
  readonly title: string;
  readonly permission: string;
  readonly from: Day;
  readonly source: string;
  readonly unverified: string;
  readonly body: z.input<typeof chainBody>;
};

type Node = z.input<typeof nodeWire>;
const sample = {
  from: day('2019-01-01'),
  source: '内置样例（占位）',
  unverified: '内置样例（占位）：指引没有规定审批的层级与金额，请按本单位的制度另存一个版本',
};

const single = (key: string, title: string, role: string, dueWorkingDays: number, more: Partial<Node> = {}): Node => ({
  key,
  title,
  by: { role },
  kind: 'single',
  decides: false,
  dueWorkingDays,
  ...more,
});
const head = single('head', '负责人签批', 'r03-committee', 2, { decides: true });
const risk = single('risk', '风控法务审查', 'r02-risk', 3, { otherThanInitiator: true });
const committee = (amountAbove: string): Node => ({
  key: 'committee',
  title: '评审会',
  by: { role: 'r03-committee' },
  kind: 'committee',
  decides: true,
  dueWorkingDays: 5,
  when: { amountAbove },
  committee: { quorum: '2/3', atLeast: 3, majority: '2/3' },
});

/** The chains by code, each a sample to be replaced by the institution's own rules. Their codes are what modules start approvals with. */
export const defaultChains: readonly DefaultChain[] = [
  {
    ...sample,
    code: 'case',
    title: '担保项目审批',
    permission: 'guarantees.decide',
    body: {
      nodes: [
        single('b-role', '客户经理B角复核', 'r01-client-manager', 2, { otherThanInitiator: true }),
        risk,
        single('finance', '财务资金复核', 'r05-finance-officer', 1, { when: { amountAbove: '5000000.00' } }),
        committee('5000000.00'),
        head,
      ],
      cc: ['r04-assets', 'r06-statistics'],
    },
  },
  {
    ...sample,
    code: 'admission',
    title: '银行准入审批',
    permission: 'admissions.write',
    body: {
      nodes: [single('decide', '再担保业务审定', 'r07-reguarantee', 5, { decides: true })],
      cc: [],
    },
  },
  {
    ...sample,
    code: 'line',
    title: '额度核定审批',
    permission: 'limits.write',
    body: {
      nodes: [single('decide', '再担保业务审定', 'r07-reguarantee', 5, { decides: true })],
      cc: [],
    },
  },
  {
    ...sample,
    code: 'change',
    title: '保后变更审批',
    permission: 'guarantees.decide',
    body: { nodes: [risk, committee('5000000.00'), head], cc: ['r01-client-manager', 'r06-statistics'] },
  },
  {
    ...sample,
    code: 'release',
    title: '解除担保审批',
    permission: 'guarantees.decide',
    body: {
      nodes: [single('finance', '财务资金复核', 'r05-finance-officer', 1), risk, head],
      cc: ['r01-client-manager', 'r06-statistics'],
    },
  },
  {
    ...sample,
    code: 'batch-exclusion',
    title: '批量业务剔除审批',
    permission: 'guarantees.decide',
    body: { nodes: [single('risk', '风控法务审查', 'r02-risk', 3), head], cc: ['r04-assets', 'r06-statistics'] },
  },
  {
    ...sample,
    code: 'template',
    title: '文书模板审批',
    permission: 'approvals.act',
    body: { nodes: [risk, head], cc: [] },
  },
];
