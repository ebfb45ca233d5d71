import type { Refusal } from '../../../kernel/refusal.ts';
import { type Decision, startNode } from '../contract.ts';
import { tallyOf } from './committee.ts';
import { close, record, sendBack, settle } from './flow.ts';
import { isStaff, mayDecide, personOf, standingOf } from './people.ts';
import {
  type Actor,
  addTask,
  type Draft,
  draftOf,
  finishTask,
  type Setting,
  type State,
  type Step,
  type Task,
} from './state.ts';

/** What a decision comes to: the next state with its history, or every reason why not. */
export type Answer = { readonly step: Step } | { readonly refusals: readonly Refusal[] };

type Turn = {
  readonly draft: Draft;
  readonly task: Task;
  readonly actor: Actor;
  readonly onBehalfOf: number | null;
};
type Of<V extends Decision['verb']> = Extract<Decision, { verb: V }>;

/** Does one verb to one open task. The task exists and is open: `alreadyDecided` is asked before. */
export function decide(setting: Setting, before: State, seq: number, actor: Actor, decision: Decision): Answer {
  const draft = draftOf(setting, before);
  const task = draft.state.tasks.find((each) => each.seq === seq);
  if (task?.status !== 'open') throw new RangeError(`没有待办的任务 ${seq}`);
  const standing = standingOf(setting, task, actor);
  if ('refusal' in standing) return { refusals: [standing.refusal] };
  if (!verbsOf(draft, task).includes(decision.verb)) return refused('verb-not-here', '这一节点不能这样办理');
  const turn: Turn = { draft, task, actor, onBehalfOf: standing.onBehalfOf };
  const refusals = run(turn, decision);
  return refusals.length > 0 ? { refusals } : { step: draft };
}

/** The verbs a task takes. */
export function verbsOf({ setting }: Pick<Draft, 'setting'>, task: Task): Decision['verb'][] {
  if (task.kind === 'committee') return ['vote', 'recuse', 'conclude'];
  if (task.kind === 'extra') return ['agree', 'disagree', 'transfer'];
  if (task.kind === 'complete') return [];
  const node = setting.body.nodes.find((each) => each.key === task.node);
  if (node && 'initiator' in node.by) return ['agree'];
  return ['agree', 'disagree', 'return', 'add-before', 'add-after', 'transfer'];
}

/** Where a task may be returned to: the initiator, and every node of the path before it. */
export function targetsOf(state: State, task: Task): string[] {
  if (task.kind !== 'node') return [];
  return [startNode, ...state.path.slice(0, Math.max(0, state.path.indexOf(task.node)))];
}

/** The initiator takes the matter back; not once somebody has decided since it was last handed in. */
export function withdraw(setting: Setting, before: State, actor: Actor, reason: string): Answer {
  const draft = draftOf(setting, before);
  const refusal = withdrawRefusal(setting, before, actor);
  if (refusal) return { refusals: [refusal] };
  record(draft, 'withdraw', null, null, actor.userId, {}, reason);
  close(draft, 'withdrawn');
  return { step: draft };
}

/** Why the actor may not take it back; undefined when he may. */
export function withdrawRefusal(setting: Setting, state: State, actor: Actor): Refusal | undefined {
  if (state.status !== 'open' && state.status !== 'returned')
    return { code: 'approval-closed', message: '审批已办结，不能撤回' };
  if (actor.userId !== setting.initiator.userId)
    return { code: 'not-initiator', message: '只有发起人可以撤回，请联系发起人' };
  const isDecided =
    state.tasks.some(
      (each) =>
        each.round >= state.submittedRound &&
        each.status === 'done' &&
        each.verb !== 'skip' &&
        each.kind !== 'complete',
    ) ||
    state.tasks.some(
      (each) => each.round >= state.submittedRound && state.ballots.some((ballot) => ballot.seq === each.seq),
    );
  if (state.status === 'open' && isDecided)
    return { code: 'already-under-way', message: '已有人办理，不能撤回；请联系现办理人退回' };
  return undefined;
}

function run(turn: Turn, decision: Decision): readonly Refusal[] {
  switch (decision.verb) {
    case 'agree':
      return agree(turn, decision);
    case 'disagree':
      return disagree(turn, decision);
    case 'return':
      return giveBack(turn, decision);
    case 'transfer':
      return transfer(turn, decision);
    case 'add-before':
    case 'add-after':
      return addSigners(turn, decision);
    case 'vote':
      return vote(turn, decision);
    case 'recuse':
      return recuse(turn, decision);
    case 'conclude':
      return conclude(turn);
  }
}

function agree(turn: Turn, { opinion }: Of<'agree'>): readonly Refusal[] {
  finish(turn, 'agree', opinion);
  return afterSigning(turn);
}

function disagree(turn: Turn, { opinion }: Of<'disagree'>): readonly Refusal[] {
  const { draft, task } = turn;
  finish(turn, 'disagree', opinion);
  if (task.kind !== 'extra') {
    close(draft, 'rejected');
    return [];
  }
  // A 加签 gives an opinion; the one who asked for it decides with that opinion before him.
  const asked = draft.state.tasks.find((each) => each.seq === task.parent);
  if (task.place === 'after' && asked) {
    const { node, role, decides, barsInitiator } = asked;
    addTask(draft, { node, kind: 'node', role, decides, barsInitiator, userId: asked.decidedBy });
  }
  return afterSigning(turn);
}

/** Wakes the one who asked for signatures before his own once the last is given, and moves on when the node is done. */
function afterSigning({ draft, task }: Turn): readonly Refusal[] {
  if (task.place === 'before') {
    const asked = draft.state.tasks.find((each) => each.seq === task.parent);
    const isWaiting = draft.state.tasks.some((each) => each.parent === task.parent && each.status === 'open');
    if (asked?.status === 'waiting' && !isWaiting) asked.status = 'open';
  }
  settle(draft, task.node);
  return [];
}

function giveBack(turn: Turn, { opinion, to, afterwards }: Of<'return'>): readonly Refusal[] {
  const { draft, task, actor } = turn;
  if (!targetsOf(draft.state, task).includes(to))
    return [{ code: 'return-target', field: 'to', message: '只能退回发起人或本流程中在此之前的节点' }];
  finish(turn, 'return', opinion, { to, afterwards });
  draft.state.resumeNode = afterwards === 'straight-back' ? task.node : null;
  draft.state.resumeUser = afterwards === 'straight-back' ? (turn.onBehalfOf ?? actor.userId) : null;
  sendBack(draft, to);
  return [];
}

function transfer(turn: Turn, { opinion, to }: Of<'transfer'>): readonly Refusal[] {
  const { draft, task, actor, onBehalfOf } = turn;
  const refusals = signerRefusals(turn, [to], 'to');
  if (task.kind === 'node' && task.decides && !mayDecide(draft.setting, to))
    refusals.push({
      code: 'may-not-decide',
      field: 'to',
      message: '此节点作出业务决定，受转办人没有这项决策权限，请另选',
    });
  if (refusals.length > 0) return refusals;
  task.userId = to;
  record(draft, 'transfer', task.node, task.seq, actor.userId, { to: [to] }, opinion, onBehalfOf);
  return [];
}

function addSigners(turn: Turn, { verb, users, opinion }: Of<'add-before' | 'add-after'>): readonly Refusal[] {
  const { draft, task, actor, onBehalfOf } = turn;
  const refusals = signerRefusals(turn, users, 'users');
  if (refusals.length > 0) return refusals;
  const place = verb === 'add-before' ? 'before' : 'after';
  if (place === 'after') finish(turn, 'agree', opinion, { signers: users });
  else {
    // He who asked stays the one to answer, even where the task was his role's.
    Object.assign(task, { status: 'waiting', userId: onBehalfOf ?? actor.userId });
    record(draft, verb, task.node, task.seq, actor.userId, { signers: users }, opinion, onBehalfOf);
  }
  const { node, role, barsInitiator } = task;
  for (const userId of users)
    addTask(draft, { node, kind: 'extra', role, decides: false, barsInitiator, userId, parent: task.seq, place });
  return [];
}

/** Why these people cannot sign or take over at this task; empty when they can. */
function signerRefusals({ draft, task, actor }: Turn, users: readonly number[], field: string): Refusal[] {
  const { setting, state } = draft;
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string) => refusals.push({ code, field, message });
  const busy = state.tasks.filter(
    (each) => each.node === task.node && each.round === state.round && each.status !== 'void' && each.seq !== task.seq,
  );
  if (new Set(users).size !== users.length) refuse('chosen-twice', '同一人被选了两次');
  for (const userId of users) {
    const name = setting.staff.find((each) => each.userId === userId)?.name ?? '所选人员';
    const person = personOf(setting, userId);
    if (!isStaff(setting, userId)) refuse('not-staff', `${name}不在本机构可办理审批的人员之列，请另选`);
    else if (userId === actor.userId || userId === task.userId)
      refuse('same-person', `${name}本来就在办理这一节点，请另选`);
    else if (task.barsInitiator && person === setting.initiator.personId)
      refuse('own-matter', `${name}是发起人，不能审批自己发起的事项，请另选`);
    else if (busy.some((each) => [each.userId, each.decidedBy].includes(userId)))
      refuse('already-signing', `${name}已在这一节点办理，请另选`);
  }
  return refusals;
}

function vote(turn: Turn, { vote: cast, opinion }: Of<'vote'>): readonly Refusal[] {
  const { draft, task, actor } = turn;
  const refusal = memberRefusal(turn);
  if (refusal) return [refusal];
  draft.state.ballots.push({ seq: task.seq, userId: actor.userId, vote: cast, opinion });
  record(draft, 'vote', task.node, task.seq, actor.userId);
  concludeWhenAllVoted(turn);
  return [];
}

function recuse(turn: Turn, { opinion }: Of<'recuse'>): readonly Refusal[] {
  const { draft, task, actor } = turn;
  const refusal = memberRefusal(turn);
  if (refusal) return [refusal];
  draft.state.recusals.push({ seq: task.seq, userId: actor.userId, reason: opinion });
  record(draft, 'recuse', task.node, task.seq, actor.userId, {}, opinion);
  concludeWhenAllVoted(turn);
  return [];
}

/** Why the actor may neither vote nor recuse himself (any more). */
function memberRefusal({ draft, task, actor }: Turn): Refusal | undefined {
  const { state, setting } = draft;
  if (state.ballots.some((each) => each.seq === task.seq && each.userId === actor.userId))
    return { code: 'already-voted', message: '您已投票，投票后不能更改' };
  if (state.recusals.some((each) => each.seq === task.seq && each.userId === actor.userId))
    return { code: 'recused', message: '您已回避，不能再表决' };
  if (!tallyOf(setting, state, task).members.some((each) => each.userId === actor.userId))
    return { code: 'not-a-member', message: '您不是本次评审的委员，不能表决' };
  return undefined;
}

/** A member who has voted declares the result although somebody is absent; refused below the quorum. */
function conclude(turn: Turn): readonly Refusal[] {
  const { draft, task, actor } = turn;
  const tally = tallyOf(draft.setting, draft.state, task);
  if (!draft.state.ballots.some((each) => each.seq === task.seq && each.userId === actor.userId))
    return [{ code: 'vote-first', message: '请先投票，再宣布结果' }];
  if (!tally.hasQuorum) {
    return [
      {
        code: 'no-quorum',
        message: `到会 ${tally.present} 人，不足法定人数 ${tally.needed} 人，不能宣布结果；请等其他委员投票`,
        figures: { 到会: `${tally.present}`, 法定人数: `${tally.needed}` },
      },
    ];
  }
  announce(turn, tally.passes);
  return [];
}

function concludeWhenAllVoted(turn: Turn): void {
  const tally = tallyOf(turn.draft.setting, turn.draft.state, turn.task);
  if (tally.waiting.length === 0 && tally.hasQuorum) announce(turn, tally.passes);
}

function announce(turn: Turn, passes: boolean): void {
  finish(turn, passes ? 'pass' : 'fail', '');
  if (passes) settle(turn.draft, turn.task.node);
  else close(turn.draft, 'rejected');
}

function finish({ draft, task, actor, onBehalfOf }: Turn, verb: string, opinion: string, detail = {}): void {
  finishTask(task, verb, actor.userId, onBehalfOf, opinion);
  const shown = 'signers' in detail ? 'add-after' : verb;
  record(draft, shown, task.node, task.seq, actor.userId, detail, opinion, onBehalfOf);
}

const refused = (code: string, message: string): Answer => ({ refusals: [{ code, message }] });
