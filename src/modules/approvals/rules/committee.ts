import { type CommitteeRule, type Vote, voteTitles } from '../contract.ts';
import { eligibleFor } from './people.ts';
import { type Member, nodeOf, type Setting, type State, type Task } from './state.ts';

/** Where a committee stands. */
export type Tally = {
  readonly members: readonly Member[];
  /** Members who have not recused themselves: what quorum and, where the chain says so, the majority are taken of. */
  readonly sitting: readonly Member[];
  readonly waiting: readonly Member[];
  readonly needed: number;
  readonly present: number;
  readonly hasQuorum: boolean;
  readonly votes: Readonly<Record<Vote, number>>;
  /** Would it pass with the votes cast so far? */
  readonly passes: boolean;
};

/** Who sits, who has voted, whether there is a quorum, and what the votes come to. Somebody who left after voting stays counted. */
export function tallyOf(setting: Setting, state: State, task: Task): Tally {
  const node = nodeOf(setting.body, task.node);
  const rule = node.committee;
  if (!rule) throw new RangeError(`节点 ${task.node} 不是评审会`);
  const ballots = state.ballots.filter((each) => each.seq === task.seq);
  const recused = new Set(state.recusals.filter((each) => each.seq === task.seq).map((each) => each.userId));
  const present = eligibleFor(setting, node);
  const left = [...ballots.map((each) => each.userId), ...recused].filter(
    (userId) => !present.some((each) => each.userId === userId),
  );
  const gone = left.map((userId) => ({ userId, personId: userId, name: '', role: task.role ?? '', mayDecide: false }));
  const members = [...present, ...gone];
  const sitting = members.filter((each) => !recused.has(each.userId));
  const votes = { agree: 0, disagree: 0, abstain: 0 };
  for (const ballot of ballots) votes[ballot.vote]++;
  const needed = Math.max(rule.atLeast, shareUp(rule.quorum, sitting.length));
  return {
    members,
    sitting,
    waiting: sitting.filter((each) => !ballots.some((ballot) => ballot.userId === each.userId)),
    needed,
    present: ballots.length,
    hasQuorum: ballots.length >= needed,
    votes,
    passes: reaches(rule, votes.agree, rule.of === 'present' ? ballots.length : sitting.length),
  };
}

/** Does `agree` of `base` reach the majority? Whole numbers only: 2/3 of 3 is 2, not 2.0000001. */
function reaches(rule: CommitteeRule, agree: number, base: number): boolean {
  const [part = 0, whole = 1] = rule.majority.split('/').map(Number);
  return rule.exceeds ? agree * whole > part * base : base > 0 && agree * whole >= part * base;
}

function shareUp(share: string, of: number): number {
  const [part = 0, whole = 1] = share.split('/').map(Number);
  return Math.ceil((part * of) / whole);
}

/** The rule in words. */
export function ruleText(rule: CommitteeRule): string {
  const base = rule.of === 'present' ? '到会委员' : '全体未回避委员';
  return `未回避委员的 ${rule.quorum} 以上且不少于 ${rule.atLeast} 人到会；同意票${rule.exceeds ? '超过' : '达到'}${base}的 ${rule.majority} 为通过`;
}

/** The minutes as a draft, for the secretary to complete. */
export function minutesOf(
  given: { readonly title: string; readonly nodeTitle: string; readonly rule: CommitteeRule; readonly on: string },
  tally: Tally,
  state: State,
  task: Task,
  nameOf: (userId: number) => string,
): string {
  const ballots = state.ballots.filter((each) => each.seq === task.seq);
  const recusals = state.recusals.filter((each) => each.seq === task.seq);
  const absent = tally.waiting.map((each) => nameOf(each.userId));
  const list = (names: readonly string[]) => (names.length === 0 ? '无' : names.join('、'));
  return [
    `${given.nodeTitle}纪要（草稿）`,
    `一、审议事项：${given.title}`,
    `二、日期：${given.on}`,
    `三、应到委员 ${tally.members.length} 人，回避 ${recusals.length} 人，到会表决 ${tally.present} 人，缺席 ${absent.length} 人。`,
    `　　到会：${list(ballots.map((each) => nameOf(each.userId)))}；缺席：${list(absent)}。`,
    `　　回避：${list(recusals.map((each) => `${nameOf(each.userId)}（${each.reason}）`))}。`,
    `四、表决规则：${ruleText(given.rule)}。`,
    `五、表决结果：同意 ${tally.votes.agree} 票，不同意 ${tally.votes.disagree} 票，弃权 ${tally.votes.abstain} 票，${tally.passes ? '通过' : '未通过'}。`,
    '六、委员意见：',
    ...ballots.map((each) => `　　${nameOf(each.userId)}（${voteTitles[each.vote]}）：${each.opinion || '无补充意见'}`),
  ].join('\n');
}
