import type { Refusal } from '../../../kernel/refusal.ts';
import { type CaseState, stateTitles } from '../contract.ts';

/** What can be done to a case, with its Chinese name, the states it may be done in, and the state it leads to (none: it stays). */
type Verb = {
  readonly title: string;
  readonly from: readonly CaseState[];
  readonly to?: CaseState;
  /** May the bank know that it happened? */
  readonly isShared: boolean;
};
const inside: readonly CaseState[] = ['due-diligence', 'review'];
const verb = (title: string, from: readonly CaseState[], to?: CaseState, isShared = false): Verb => ({
  title,
  from,
  isShared,
  ...(to ? { to } : {}),
});

/** Every verb of a case. 'approved', 'rejected' and 'returned' of an approval come from the approvals engine. */
export const verbs = {
  create: verb('建立草稿', [], 'draft', true),
  save: verb('保存草稿', ['draft', 'returned']),
  submit: verb('提交申请', ['draft', 'returned'], 'submitted', true),
  assign: verb('受理并指定A、B角', ['submitted'], 'due-diligence', true),
  reassign: verb('更换A、B角', inside),
  'send-back': verb('退回补正', ['submitted', 'due-diligence'], 'returned', true),
  check: verb('记录尽调清单', ['due-diligence']),
  visit: verb('记录走访', ['due-diligence']),
  conclude: verb('出具尽调结论', ['due-diligence']),
  'to-review': verb('尽调完成，转评审', ['due-diligence'], 'review', true),
  'back-to-diligence': verb('退回尽调', ['review'], 'due-diligence'),
  review: verb('出具风险意见', ['review']),
  score: verb('评分', ['due-diligence', 'review']),
  'legal-check': verb('审查反担保', ['review']),
  'offer-counter': verb('登记反担保', ['due-diligence', 'review']),
  'remove-counter': verb('移除反担保', ['due-diligence', 'review']),
  'ask-approval': verb('提交审批', ['review'], 'approving', true),
  approve: verb('审批通过', ['approving'], 'approved', true),
  reject: verb('审批未通过', ['approving'], 'refused', true),
  'return-from-approval': verb('审批退回补充', ['approving'], 'review'),
  refuse: verb('不予担保', ['submitted', 'due-diligence', 'review'], 'refused', true),
  'issue-intent': verb('出具意向函', ['approved'], undefined, true),
  'start-papers': verb('开始签约', ['approved'], 'papers', true),
  'issue-paper': verb('制作合同文书', ['papers'], undefined, true),
  'plan-fee': verb('确定收费计划', ['approved', 'papers']),
  'notify-fee': verb('出具缴费通知', ['papers', 'disbursed']),
  'receive-fee': verb('登记收费', ['papers', 'disbursed']),
  disburse: verb('放款入账', ['papers'], 'disbursed', true),
  withdraw: verb(
    '撤回申请',
    ['draft', 'submitted', 'due-diligence', 'review', 'returned', 'approved', 'papers'],
    'withdrawn',
    true,
  ),
  lapse: verb('意向过期', ['approved', 'papers'], 'lapsed', true),
} as const satisfies Record<string, Verb>;
export type VerbName = keyof typeof verbs;

/** Where the case stands and who brought it there when: what a second person is told. */
export type Standing = { readonly state: CaseState; readonly by: string; readonly at: string };

/** Why the verb cannot be done in this state, naming who was there first and when; undefined when it can. */
export function refuseVerb(name: VerbName, standing: Standing): Refusal | undefined {
  const { from, title } = verbs[name] as Verb;
  if (from.includes(standing.state)) return undefined;
  return {
    code: 'state-changed',
    message: `项目现为“${stateTitles[standing.state]}”（${standing.by}于 ${standing.at} 办理），不能${title}，请刷新后再办`,
    figures: { 现状: stateTitles[standing.state], 办理人: standing.by, 时间: standing.at },
  };
}

/** Verbs of the history and their Chinese; what is not listed here is shown by its state. */
export const verbTitle = (kind: string): string => (verbs as Readonly<Record<string, Verb>>)[kind]?.title ?? kind;

/** Is a case under way: not a draft and not ended? */
export const isOpen = (state: CaseState): boolean =>
  !['draft', 'disbursed', 'refused', 'withdrawn', 'lapsed'].includes(state);
