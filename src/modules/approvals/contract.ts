import { z } from 'zod';
import { dayOut, dayWire, idWire, instantOut, moneyWire, pageOf, pageQuery, refusalWire } from '../../wire/wire.ts';

/** States of an approval. `returned`: with the initiator, to be completed and handed in again. */
export const approvalStatuses = ['open', 'approved', 'rejected', 'withdrawn', 'returned'] as const;
export type ApprovalStatus = (typeof approvalStatuses)[number];
export const statusTitles: Readonly<Record<ApprovalStatus, string>> = {
  open: '审批中',
  approved: '已同意',
  rejected: '已否决',
  withdrawn: '已撤回',
  returned: '退回补正',
};

/** What a person or the engine did, in the words of Chinese offices. */
export const verbTitles: Readonly<Record<string, string>> = {
  start: '发起',
  resubmit: '补正后重新提交',
  agree: '同意',
  disagree: '不同意',
  'add-before': '前加签',
  'add-after': '后加签',
  transfer: '转办',
  assign: '指派',
  return: '退回',
  withdraw: '撤回',
  skip: '自动跳过',
  vote: '投票',
  recuse: '回避',
  pass: '评审通过',
  fail: '评审未通过',
};
export const voteTitles = { agree: '同意', disagree: '不同意', abstain: '弃权' } as const;
export type Vote = keyof typeof voteTitles;
/** Where a return to the initiator goes. */
export const startNode = 'start';

const key = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, '节点代码须为小写字母、数字与短横线，以字母开头');
const share = z.string().regex(/^[1-9]\d{0,2}\/[1-9]\d{0,2}$/, '须写成分数，如 2/3');

/** How a committee decides. `quorum`: present of the members who have not recused themselves, at least `atLeast` of them. */
export const committeeWire = z.object({
  quorum: share,
  atLeast: z.number().int().min(1).max(30),
  /** Consenting votes over those present or over all members who have not recused themselves. */
  majority: share,
  /** true: more than `majority`; false: that much is enough. */
  exceeds: z.boolean().default(false),
  of: z.enum(['present', 'members']).default('present'),
});
export type CommitteeRule = z.output<typeof committeeWire>;

/** One node of a chain. It applies only when every condition in `when` holds; amounts are 元. */
export const nodeWire = z.object({
  key: key.refine((text) => text !== startNode, '“start”是发起节点的名字，请另起'),
  title: z.string().trim().min(1).max(40),
  by: z.union([z.object({ role: z.string().min(1) }).strict(), z.object({ initiator: z.literal(true) }).strict()]),
  kind: z.enum(['single', 'all', 'committee']),
  decides: z.boolean(),
  otherThanInitiator: z.boolean().default(false),
  dueWorkingDays: z.number().int().min(1).max(60),
  when: z
    .object({
      amountAbove: moneyWire.optional(),
      amountUpTo: moneyWire.optional(),
      fact: z.object({ name: z.string().min(1).max(40), is: z.string().max(100) }).optional(),
    })
    .optional(),
  committee: committeeWire.optional(),
});
export type ChainNode = z.output<typeof nodeWire>;

/** What a version of a chain says. */
export const chainBody = z.object({ nodes: z.array(nodeWire).min(1).max(20), cc: z.array(z.string()).max(10) });
export type ChainBody = z.output<typeof chainBody>;

export const chainVersionWire = z.object({
  version: z.number().int(),
  isOwn: z.boolean().meta({ description: '本机构自己的版本；否则为省级统一流程' }),
  followsProvince: z.boolean().meta({ description: '自此日起恢复省级统一流程' }),
  from: dayOut,
  body: chainBody,
  source: z.string(),
  unverified: z.string().nullable(),
  savedBy: z.string(),
});
export const chainWire = z.object({
  code: z.string(),
  title: z.string(),
  permission: z.string(),
  permissionTitle: z.string(),
  current: z.number().int().nullable(),
  versions: z.array(chainVersionWire),
});
export type ChainWire = z.infer<typeof chainWire>;
export const chainQuery = z.object({
  guarantorId: z.coerce.number().int().optional().meta({ description: '看哪家机构的流程；不填为省级统一流程或本机构' }),
});
export const chainsAnswer = z.object({
  guarantorId: z.number().int().nullable().meta({ description: '所看的机构；null 为省级统一流程' }),
  guarantorName: z.string().nullable(),
  rows: z.array(chainWire),
  roles: z.array(z.object({ code: z.string(), title: z.string(), isGovernment: z.boolean() })),
});
export const newChainVersion = z.object({
  guarantorId: z.number().int().nullable().default(null).meta({ description: '为哪家机构；null 为省级统一流程' }),
  from: dayWire,
  body: chainBody.optional().meta({ description: '不填：该机构自此日起恢复省级统一流程' }),
  source: z.string().trim().min(2).max(200).meta({ description: '依据：本单位制度的名称与文号' }),
});

/** The boxes of the list. */
export const boxes = ['todo', 'done', 'copied', 'mine', 'all'] as const;
export const approvalQuery = pageQuery.extend({
  box: z.enum(boxes).default('todo'),
  chain: z.string().max(40).optional(),
  status: z.enum(approvalStatuses).optional(),
  late: z.enum(['true', 'false']).optional(),
  q: z.string().trim().max(60).optional(),
});
export const approvalRow = z.object({
  instanceId: idWire,
  taskSeq: z.number().int().nullable(),
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  subject: z.string(),
  chain: z.string(),
  chainTitle: z.string(),
  title: z.string(),
  href: z.string(),
  amount: z.string().nullable(),
  status: z.enum(approvalStatuses),
  node: z.string().nullable(),
  nodeTitle: z.string().nullable(),
  kind: z.string().nullable(),
  initiator: z.string(),
  startedOn: dayOut,
  dueOn: dayOut.nullable(),
  remainingWorkingDays: z.number().int().nullable(),
  onBehalfOf: z.string().nullable(),
  verb: z.string().nullable(),
  opinion: z.string().nullable(),
  at: instantOut.nullable(),
});
export type ApprovalRow = z.infer<typeof approvalRow>;
export const approvalPage = pageOf(approvalRow);

const person = z.object({ userId: z.number().int(), name: z.string() });
/** One node of the picture, with what became of it. */
export const stepWire = z.object({
  key: z.string(),
  title: z.string(),
  who: z.string(),
  kind: z.enum(['single', 'all', 'committee']),
  decides: z.boolean(),
  dueWorkingDays: z.number().int(),
  condition: z.string().nullable(),
  state: z.enum(['done', 'skipped', 'current', 'ahead', 'off-path', 'rejected', 'returned']),
  people: z.array(
    z.object({
      seq: z.number().int(),
      name: z.string(),
      onBehalfOf: z.string().nullable(),
      verb: z.string().nullable(),
      opinion: z.string().nullable(),
      at: instantOut.nullable(),
      dueOn: dayOut,
      isExtra: z.boolean(),
      status: z.enum(['open', 'waiting', 'done', 'void']),
    }),
  ),
});
export type Step = z.infer<typeof stepWire>;
export const committeeView = z.object({
  seq: z.number().int(),
  nodeTitle: z.string(),
  isOpen: z.boolean(),
  members: z.array(
    person.extend({
      state: z.enum(['waiting', 'voted', 'recused']),
      vote: z.enum(['agree', 'disagree', 'abstain']).nullable(),
      opinion: z.string().nullable(),
    }),
  ),
  needed: z.number().int(),
  present: z.number().int(),
  hasQuorum: z.boolean(),
  ruleText: z.string(),
  minutes: z.string().nullable(),
});
export type CommitteeView = z.infer<typeof committeeView>;
export const approvalDetail = z.object({
  instanceId: idWire,
  guarantorId: z.number().int(),
  guarantorName: z.string(),
  subject: z.string(),
  chain: z.string(),
  chainTitle: z.string(),
  chainVersion: z.number().int(),
  chainSource: z.string(),
  chainUnverified: z.string().nullable(),
  title: z.string(),
  href: z.string(),
  amount: z.string().nullable(),
  status: z.enum(approvalStatuses),
  initiator: z.string(),
  startedAt: instantOut,
  closedAt: instantOut.nullable(),
  steps: z.array(stepWire),
  committees: z.array(committeeView),
  /** Open tasks the caller may do, and with which verbs. */
  mine: z.array(
    z.object({
      seq: z.number().int(),
      nodeTitle: z.string(),
      kind: z.string(),
      decides: z.boolean(),
      dueOn: dayOut,
      remainingWorkingDays: z.number().int(),
      onBehalfOf: z.string().nullable(),
      verbs: z.array(z.string()),
      targets: z.array(z.object({ key: z.string(), title: z.string() })),
    }),
  ),
  mayWithdraw: z.boolean(),
  /** Open tasks that nobody can do. */
  unattended: z.array(z.string()),
  events: z.array(
    z.object({
      id: idWire,
      at: instantOut,
      by: z.string(),
      onBehalfOf: z.string().nullable(),
      verb: z.string(),
      nodeTitle: z.string().nullable(),
      opinion: z.string(),
      note: z.string(),
    }),
  ),
});
export type ApprovalDetail = z.infer<typeof approvalDetail>;

const opinion = z.string().trim().max(2000);
const reason = opinion.min(2, '请写明理由');
const users = z.array(z.number().int()).min(1, '请选择人员').max(10);
/** What may be done with an open task. */
export const decision = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('agree'), opinion: opinion.default('') }),
  z.object({ verb: z.literal('disagree'), opinion: reason }),
  z.object({ verb: z.literal('add-before'), opinion, users }),
  z.object({ verb: z.literal('add-after'), opinion, users }),
  z.object({ verb: z.literal('transfer'), opinion: reason, to: z.number().int() }),
  z.object({
    verb: z.literal('return'),
    opinion: reason,
    to: z.string().min(1).meta({ description: '退回到哪个节点；start 为发起人' }),
    afterwards: z
      .enum(['rerun', 'straight-back'])
      .meta({ description: 'rerun 重走后续各节点；straight-back 直接回到我' }),
  }),
  z.object({ verb: z.literal('vote'), vote: z.enum(['agree', 'disagree', 'abstain']), opinion: opinion.default('') }),
  z.object({ verb: z.literal('recuse'), opinion: reason }),
  z.object({ verb: z.literal('conclude'), opinion: opinion.default('') }),
]);
export type Decision = z.output<typeof decision>;
export const decided = z.object({
  status: z.enum(approvalStatuses),
  nodeTitle: z.string().nullable().meta({ description: '现在到哪一节点；已办结为 null' }),
});
export const withdrawal = z.object({ reason });

/** Like items agreed at one stroke. Each succeeds or fails by itself. */
export const batchDecision = z.object({
  items: z
    .array(z.object({ instanceId: idWire, seq: z.number().int().positive() }))
    .min(1)
    .max(100),
  opinion: opinion.default(''),
});
export const batchAnswer = z.object({
  agreed: z.number().int(),
  rows: z.array(
    z.object({ instanceId: idWire, seq: z.number().int(), ok: z.boolean(), refusals: z.array(refusalWire) }),
  ),
});

export const peopleAnswer = z.object({
  rows: z.array(person.extend({ institution: z.string(), roles: z.array(z.string()), mayDecide: z.boolean() })),
});

export const delegationWire = z.object({
  id: z.number().int(),
  fromUser: z.number().int(),
  fromName: z.string(),
  toUser: z.number().int(),
  toName: z.string(),
  from: dayOut,
  to: dayOut,
  chains: z.array(z.string()).nullable(),
  reason: z.string(),
  state: z.enum(['ahead', 'in-force', 'over', 'revoked']),
  mayRevoke: z.boolean(),
});
export type DelegationWire = z.infer<typeof delegationWire>;
export const delegationPage = pageOf(delegationWire);
export const newDelegation = z.object({
  to: z.number().int(),
  from: dayWire,
  until: dayWire,
  chains: z.array(z.string()).min(1).nullable().meta({ description: '哪些流程；null 为全部' }),
  reason,
});

export const unattendedAnswer = z.object({
  rows: z.array(
    z.object({
      instanceId: idWire,
      seq: z.number().int(),
      guarantorId: z.number().int(),
      institution: z.string(),
      chainTitle: z.string(),
      nodeTitle: z.string(),
      kind: z.enum(['node', 'committee', 'extra']),
      role: z.string(),
      openedOn: dayOut,
      dueOn: dayOut,
    }),
  ),
});
/** 指派 of what nobody can do. */
export const assignment = z.object({ to: z.number().int(), reason });
