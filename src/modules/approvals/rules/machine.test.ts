import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { yuan } from '../../../kernel/money.ts';
import { chainBody, type Decision } from '../contract.ts';
import { tallyOf } from './committee.ts';
import { begin, resubmit } from './flow.ts';
import { standingOf } from './people.ts';
import { currentNode, liveTasks, type Member, type Setting, type State, type Step } from './state.ts';
import { decide, targetsOf, verbsOf, withdraw } from './verbs.ts';

const body = chainBody.parse({
  nodes: [
    {
      key: 'b-role',
      title: 'B角复核',
      by: { role: 'r01' },
      kind: 'single',
      decides: false,
      otherThanInitiator: true,
      dueWorkingDays: 2,
    },
    { key: 'risk', title: '风控审查', by: { role: 'r02' }, kind: 'all', decides: false, dueWorkingDays: 3 },
    {
      key: 'committee',
      title: '评审会',
      by: { role: 'r03' },
      kind: 'committee',
      decides: true,
      dueWorkingDays: 5,
      when: { amountAbove: '5000000' },
      committee: { quorum: '2/3', atLeast: 2, majority: '2/3' },
    },
    { key: 'head', title: '负责人签批', by: { role: 'r03' }, kind: 'single', decides: true, dueWorkingDays: 2 },
  ],
  cc: [],
});
const member = (userId: number, role: string, personId = userId): Member => ({
  userId,
  personId,
  name: `人${userId}`,
  role,
  mayDecide: role === 'r03',
});
// 1 发起人（兼评审委员）、2 B角、3 与 4 风控（4 兼客户经理）、5 至 7 评审委员、8 财务。
const staff = [
  member(1, 'r01'),
  member(1, 'r03'),
  member(2, 'r01'),
  member(3, 'r02'),
  member(4, 'r01'),
  member(4, 'r02'),
  member(5, 'r03'),
  member(6, 'r03'),
  member(7, 'r03'),
  member(8, 'r05'),
];
const who = (userId: number) => ({
  userId,
  personId: staff.find((each) => each.userId === userId)?.personId ?? userId,
});
const setting: Setting = {
  body,
  staff,
  deputies: [
    { fromUser: 5, toUser: 6 },
    { fromUser: 2, toUser: 8 },
  ],
  initiator: who(1),
};
const facts = (amount: string) => ({ amount: yuan(amount), facts: {} });
const small = () => begin(setting, facts('5000000')).state;
const large = () => begin(setting, facts('5000000.01')).state;

type Turn = readonly [userId: number, decision: Decision];
const does = (userId: number, verb: Decision['verb'], more: object = {}): Turn => [
  userId,
  { verb, opinion: '意见', ...more } as Decision,
];

/** Plays turns; each is done to the open task that is the person's own, or else to any he may do. */
function play(state: State, turns: readonly Turn[], within: Setting = setting): Step {
  let step: Step = { state, events: [], outcome: null };
  for (const [userId, decision] of turns) {
    const answer = turn(step.state, userId, decision, within);
    if ('refusals' in answer) throw new Error(answer.refusals.map((each) => each.code).join());
    step = { ...answer.step, events: [...step.events, ...answer.step.events] };
  }
  return step;
}
function turn(state: State, userId: number, decision: Decision, within = setting) {
  const open = state.tasks.filter((each) => each.status === 'open');
  const mine = open.filter((each) => !('refusal' in standingOf(within, each, who(userId))));
  const task = mine.find((each) => each.userId === userId) ?? mine[0] ?? open[0]!;
  return decide(within, state, task.seq, who(userId), decision);
}
const codes = (state: State, userId: number, decision: Decision) => {
  const answer = turn(state, userId, decision);
  return 'refusals' in answer ? answer.refusals.map((each) => each.code) : [];
};
const agree = (userId: number) => does(userId, 'agree');
const vote = (userId: number, cast = 'agree') => does(userId, 'vote', { vote: cast });
const shown = ({ state }: Step) => [state.status, currentNode(state)];

describe('按金额分支', () => {
  test.each([
    ['4999999.99', ['b-role', 'risk', 'head']],
    ['5000000.00', ['b-role', 'risk', 'head']],
    ['5000000.01', ['b-role', 'risk', 'committee', 'head']],
  ])('%s 元走 %j', (amount, path) => expect(begin(setting, facts(amount)).state.path).toEqual(path));
});

const toHead = [agree(2), agree(3), agree(4)];
const toCommittee = toHead;
const stories: readonly [string, () => State, readonly Turn[], readonly unknown[]][] = [
  ['逐节点同意至办结', small, [...toHead, agree(5)], ['approved', null]],
  ['会签须全体同意：一人同意仍停在会签', small, [agree(2), agree(3)], ['open', 'risk']],
  ['会签一人不同意即否决', small, [agree(2), agree(3), does(4, 'disagree')], ['rejected', null]],
  ['前加签：加签人签后回到我', small, [...toHead, does(5, 'add-before', { users: [8] }), agree(8)], ['open', 'head']],
  [
    '前加签人不同意只是意见，仍由我定',
    small,
    [...toHead, does(5, 'add-before', { users: [8] }), does(8, 'disagree'), agree(5)],
    ['approved', null],
  ],
  [
    '后加签：我同意后再由加签人签',
    small,
    [...toHead, does(5, 'add-after', { users: [8] }), agree(8)],
    ['approved', null],
  ],
  [
    '后加签人不同意，回到我再定',
    small,
    [...toHead, does(5, 'add-after', { users: [8] }), does(8, 'disagree')],
    ['open', 'head'],
  ],
  ['转办后由受转办人定', small, [...toHead, does(5, 'transfer', { to: 7 }), agree(7)], ['approved', null]],
  [
    '退回中间节点重走：会签要再来一遍',
    small,
    [...toHead, does(5, 'return', { to: 'b-role', afterwards: 'rerun' }), agree(2)],
    ['open', 'risk'],
  ],
  [
    '退回中间节点直接回到我',
    small,
    [...toHead, does(5, 'return', { to: 'b-role', afterwards: 'straight-back' }), agree(2)],
    ['open', 'head'],
  ],
  ['退回发起人', small, [agree(2), does(3, 'return', { to: 'start', afterwards: 'rerun' })], ['returned', 'start']],
  ['受托人代办', small, [does(8, 'agree')], ['open', 'risk']],
  [
    '评审会：全体投票且达三分之二即通过',
    large,
    [...toCommittee, vote(5), vote(6), vote(7, 'disagree')],
    ['open', 'head'],
  ],
  [
    '评审会：同意不足三分之二即否决',
    large,
    [...toCommittee, vote(5), vote(6, 'abstain'), vote(7, 'disagree')],
    ['rejected', null],
  ],
  [
    '评审会：一人回避，其余二人即为全体',
    large,
    [...toCommittee, does(7, 'recuse'), vote(5), vote(6)],
    ['open', 'head'],
  ],
  [
    '评审会：一人缺席，达法定人数后宣布结果',
    large,
    [...toCommittee, vote(5), vote(6), does(6, 'conclude')],
    ['open', 'head'],
  ],
];
test.each(stories)('%s', (_, start, turns, expected) => expect(shown(play(start(), turns))).toEqual(expected));

describe('不能这样办', () => {
  const refusedWhen: readonly [string, () => State, readonly Turn[], Turn, string][] = [
    ['发起人不能当自己的B角', small, [], agree(1), 'own-matter'],
    ['发起人兼评审委员也不能决定自己的事', small, toHead, agree(1), 'own-matter'],
    ['没有岗位的人', small, [], agree(3), 'not-yours'],
    ['没有决策权限的人', small, toHead, agree(8), 'may-not-decide'],
    ['转给没有决策权限的人决定', small, toHead, does(5, 'transfer', { to: 3 }), 'may-not-decide'],
    ['转给发起人', small, toHead, does(5, 'transfer', { to: 1 }), 'own-matter'],
    ['加签给外人', small, toHead, does(5, 'add-before', { users: [99] }), 'not-staff'],
    ['加签给会签中的同事', small, [agree(2)], does(3, 'add-before', { users: [4] }), 'already-signing'],
    ['退回到后面的节点', small, [], does(2, 'return', { to: 'head', afterwards: 'rerun' }), 'return-target'],
    ['评审会上不能用同意代替投票', large, toCommittee, agree(5), 'verb-not-here'],
    ['投两次票', large, [...toCommittee, vote(5)], vote(5), 'already-voted'],
    ['回避后再投票', large, [...toCommittee, does(5, 'recuse')], vote(5), 'recused'],
    ['财务不是委员', large, toCommittee, vote(8), 'may-not-decide-or-not-a-member'],
    ['不足法定人数就宣布', large, [...toCommittee, vote(5)], does(5, 'conclude'), 'no-quorum'],
    ['没投票就宣布', large, [...toCommittee, vote(5), vote(6)], does(7, 'conclude'), 'vote-first'],
  ];
  test.each(refusedWhen)('%s', (_, start, turns, attempt, code) => {
    const found = codes(play(start(), turns).state, ...attempt);
    expect(code.split('-or-').some((each) => found.includes(each))).toBe(true);
  });
});

test('回避的人不计入法定人数的基数', () => {
  const at = play(large(), toCommittee).state;
  const task = liveTasks(at)[0]!;
  // 委员 5、6、7（1 是发起人，不算）：3 人的 2/3 是 2；回避一人后 2 人的 2/3 进为 2；再回避一人仍受“不少于 2 人”约束。
  const needed = (state: State) => [tallyOf(setting, state, task).sitting.length, tallyOf(setting, state, task).needed];
  expect(needed(at)).toEqual([3, 2]);
  const one = play(at, [does(7, 'recuse')]).state;
  expect(needed(one)).toEqual([2, 2]);
  const two = play(one, [does(6, 'recuse'), vote(5)]).state;
  expect([...needed(two), two.status]).toEqual([1, 2, 'open']);
});

describe('同一人再次出现', () => {
  const onlyFour = staff.filter((each) => each.userId !== 2 && each.userId !== 3);
  const within = { ...setting, staff: onlyFour };
  it('B角同意后，唯一的风控就是他：自动跳过并留痕', () => {
    const step = play(begin(within, facts('1')).state, [agree(4)], within);
    expect(shown(step)).toEqual(['open', 'head']);
    expect(step.events.map((each) => [each.verb, each.by])).toEqual([
      ['agree', 4],
      ['skip', 0],
    ]);
    expect(step.state.tasks.find((each) => each.verb === 'skip')?.opinion).toContain('自动跳过');
  });
  it('还有别的风控时不跳过他们', () => {
    const step = play(small(), [agree(4)]);
    expect(liveTasks(step.state).map((each) => each.userId)).toEqual([3]);
  });
  it('核对过不等于决定过：决策节点不因此跳过', () => {
    const both = [member(1, 'r01'), member(4, 'r01'), member(4, 'r02'), member(4, 'r03')];
    const alone = { ...setting, staff: both };
    expect(shown(play(begin(alone, facts('1')).state, [agree(4)], alone))).toEqual(['open', 'head']);
  });
});

describe('撤回与重新提交', () => {
  it('无人办理时可撤回，有人办理后不可', () => {
    expect('step' in withdraw(setting, small(), who(1), '填错')).toBe(true);
    const after = play(small(), [agree(2)]).state;
    expect(withdraw(setting, after, who(1), '填错')).toMatchObject({ refusals: [{ code: 'already-under-way' }] });
    expect(withdraw(setting, small(), who(2), '填错')).toMatchObject({ refusals: [{ code: 'not-initiator' }] });
  });
  it.each([
    ['straight-back', '4000000', 'head'],
    ['rerun', '4000000', 'b-role'],
    // 补正后金额过了 500 万元，路上多了评审会：不再直接回到负责人。
    ['straight-back', '6000000', 'b-role'],
  ] as const)('退回发起人（%s），补正为 %s 元后到 %s', (afterwards, amount, node) => {
    const { state } = play(small(), [...toHead, does(5, 'return', { to: 'start', afterwards })]);
    const again = resubmit(setting, state, facts(amount));
    expect(shown(again)).toEqual(['open', node]);
    if (node === 'head') expect(liveTasks(again.state)[0]?.userId).toBe(5);
  });
});

it('经办人离职：他名下的事回到同岗位的其他人', () => {
  const { state } = play(small(), [...toHead, does(5, 'transfer', { to: 7 })]);
  const left = { ...setting, staff: staff.filter((each) => each.userId !== 7) };
  const task = liveTasks(state)[0]!;
  expect(standingOf(setting, task, who(6))).toHaveProperty('refusal');
  expect(standingOf(left, task, who(6))).toEqual({ onBehalfOf: null });
});

/** Anything anybody might try, sensible or not. */
const attempts = fc.array(
  fc.record({
    userId: fc.integer({ min: 1, max: 9 }),
    pick: fc.nat(20),
    verb: fc.constantFrom(
      'agree',
      'agree',
      'agree',
      'disagree',
      'add-before',
      'add-after',
      'transfer',
      'return',
      'vote',
      'vote',
      'recuse',
      'conclude',
      'withdraw',
      'resubmit',
    ),
    users: fc.uniqueArray(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 2 }),
    to: fc.constantFrom('start', 'b-role', 'risk', 'committee', 'head'),
    afterwards: fc.constantFrom('rerun', 'straight-back'),
    vote: fc.constantFrom('agree', 'disagree', 'abstain'),
    amount: fc.constantFrom('1', '5000000', '5000001'),
  }),
  { maxLength: 60 },
);

function attempt(
  state: State,
  given: { userId: number; pick: number; verb: string; amount: string } & Record<string, unknown>,
): State {
  if (given.verb === 'resubmit')
    return state.status === 'returned' ? resubmit(setting, state, facts(given.amount)).state : state;
  if (given.verb === 'withdraw') {
    const answer = withdraw(setting, state, who(given.userId), '撤回');
    return 'step' in answer ? answer.step.state : state;
  }
  const open = state.tasks.filter((each) => each.status === 'open');
  const task = open[given.pick % Math.max(1, open.length)];
  if (!task) return state;
  const { userId, verb, users, vote: cast, afterwards } = given;
  const to = verb === 'transfer' ? (users as number[])[0] : given.to;
  const answer = decide(setting, state, task.seq, who(userId), {
    verb,
    opinion: '意见',
    users,
    to,
    vote: cast,
    afterwards,
  } as never);
  return 'step' in answer ? answer.step.state : state;
}

function brokenInvariant(state: State): string | undefined {
  const live = liveTasks(state);
  const isClosed = state.status !== 'open' && state.status !== 'returned';
  if (isClosed && live.length > 0) return '办结后仍有待办';
  if (!isClosed && live.every((each) => each.status !== 'open')) return '未办结却无待办';
  if (new Set(live.map((each) => each.node)).size > 1) return '同时停在两个节点';
  for (const task of state.tasks) {
    if ((task.status === 'done') !== (task.decidedBy !== null && task.verb !== null))
      return '办结的任务须恰有一位办理人';
    if (task.decides && task.status === 'done' && [task.decidedBy, task.onBehalfOf].includes(1))
      return '发起人作了决定';
    if (
      task.place === 'before' &&
      task.status === 'open' &&
      state.tasks.find((each) => each.seq === task.parent)?.status !== 'waiting'
    )
      return '前加签未签，被加签者却不在等';
  }
  const voters = state.ballots.map((each) => `${each.seq}/${each.userId}`);
  if (new Set(voters).size !== voters.length || state.ballots.some((each) => each.userId === 1))
    return '一人两票或发起人投票';
  if (
    state.ballots.some((each) => state.recusals.some((other) => other.seq === each.seq && other.userId === each.userId))
  )
    return '回避者投了票';
  if (
    state.status === 'approved' &&
    !state.tasks.some((each) => each.node === 'head' && each.status === 'done' && each.decides)
  )
    return '没有决定就同意了';
  return undefined;
}

it('任意的办理次序都保持不变量，且只要大家继续同意就会办结', () => {
  fc.assert(
    fc.property(fc.constantFrom('1', '5000001'), attempts, (amount, all) => {
      let { state } = begin(setting, facts(amount));
      for (const each of all) {
        state = attempt(state, each);
        expect(brokenInvariant(state)).toBeUndefined();
      }
      if (state.status === 'returned') state = resubmit(setting, state, facts(amount)).state;
      for (let left = 100; state.status === 'open'; left--) {
        expect(left).toBeGreaterThan(0);
        state = agreeSomehow(state);
      }
      expect(brokenInvariant(state)).toBeUndefined();
    }),
    { numRuns: 400 },
  );
});

/** Lets whoever can agree or vote do so; a committee everybody has left gets its quorum from nobody, and ends the run. */
function agreeSomehow(state: State): State {
  for (const task of state.tasks.filter((each) => each.status === 'open')) {
    for (const userId of [2, 3, 4, 5, 6, 7, 8, 1]) {
      const verb = verbsOf({ setting }, task).includes('vote') ? 'vote' : 'agree';
      const answer = decide(setting, state, task.seq, who(userId), { verb, vote: 'agree', opinion: '' } as never);
      if ('step' in answer) return answer.step.state;
    }
    if (task.kind === 'committee')
      return {
        ...state,
        status: 'rejected',
        tasks: state.tasks.map((each) => (each.status === 'open' ? { ...each, status: 'void' } : each)),
      };
  }
  throw new Error(`无人能办：${JSON.stringify(liveTasks(state))} ${targetsOf(state, liveTasks(state)[0]!)}`);
}
