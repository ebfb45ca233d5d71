import { startNode } from '../contract.ts';
import { type Facts, pathOf } from './path.ts';
import { eligibleFor } from './people.ts';
import {
  addTask,
  barsInitiator,
  type Draft,
  draftOf,
  finishTask,
  liveTasks,
  type Member,
  nodeOf,
  type Setting,
  type State,
  type Step,
  voidLive,
} from './state.ts';

/** Hands a matter in for the first time: takes its branch and opens the first node. */
export function begin(setting: Setting, facts: Facts): Step {
  const state: State = {
    status: 'open',
    path: pathOf(setting.body, facts),
    round: 1,
    submittedRound: 1,
    returnedTo: null,
    resumeNode: null,
    resumeUser: null,
    tasks: [],
    ballots: [],
    recusals: [],
  };
  const draft = draftOf(setting, state);
  record(draft, 'start', null, null, setting.initiator.userId);
  enter(draft, 0);
  return draft;
}

/**
 * Hands a returned matter in again, with what it says now. Straight back to the one who returned it when he chose so and the way to
 * him is still the same; else through every node anew.
 */
export function resubmit(setting: Setting, before: State, facts: Facts): Step {
  const draft = draftOf(setting, before);
  const { state } = draft;
  const completing = liveTasks(state).find((each) => each.kind === 'complete');
  if (state.status !== 'returned' || !completing) throw new RangeError('只有退回发起人的事项才能重新提交');
  finishTask(completing, 'resubmit', setting.initiator.userId, null, '');
  const path = pathOf(setting.body, facts);
  const until = state.resumeNode === null ? -1 : path.indexOf(state.resumeNode);
  const isSameWay = until >= 0 && path.slice(0, until + 1).join() === state.path.slice(0, until + 1).join();
  state.status = 'open';
  state.path = path;
  state.round++;
  state.submittedRound = state.round;
  record(draft, 'resubmit', null, completing.seq, setting.initiator.userId, { straightBack: isSameWay ? 'yes' : 'no' });
  if (isSameWay) resume(draft);
  else {
    forget(state);
    enter(draft, 0);
  }
  return draft;
}

/** A task was agreed to: opens what comes next once nothing at its node waits any more. */
export function settle(draft: Draft, node: string): void {
  const { state } = draft;
  if (liveTasks(state).length > 0) return;
  if (state.resumeNode !== null && state.returnedTo === node) resume(draft);
  else enter(draft, state.path.indexOf(node) + 1);
}

/** Closes the matter; whatever still waits is taken back. */
export function close(draft: Draft, outcome: 'approved' | 'rejected' | 'withdrawn'): void {
  voidLive(draft.state);
  forget(draft.state);
  draft.state.status = outcome;
  draft.outcome = outcome;
}

/** Sends the matter back to an earlier node or to the initiator, in a new round. */
export function sendBack(draft: Draft, to: string): void {
  const { state, setting } = draft;
  const earlier = state.tasks.findLast((each) => each.node === to && each.kind === 'node' && each.status === 'done');
  voidLive(state);
  state.round++;
  state.returnedTo = to;
  if (to === startNode) {
    addTask(draft, {
      node: startNode,
      kind: 'complete',
      role: null,
      decides: false,
      barsInitiator: false,
      userId: setting.initiator.userId,
    });
    state.status = 'returned';
    draft.outcome = 'returned';
    return;
  }
  openNode(draft, to, earlier?.decidedBy ?? null);
}

/** Adds a line to the history. */
export function record(
  draft: Draft,
  verb: string,
  node: string | null,
  seq: number | null,
  by: number,
  detail: Draft['events'][number]['detail'] = {},
  opinion = '',
  onBehalfOf: number | null = null,
): void {
  draft.events.push({ verb, node, seq, by, onBehalfOf, opinion, detail });
}

/** Opens the first node from `index` on at which somebody has to act; past the last, the matter is approved. */
function enter(draft: Draft, index: number): void {
  const { path } = draft.state;
  for (let at = index; at < path.length; at++) {
    if (openNode(draft, path[at]!, null)) return;
  }
  close(draft, 'approved');
}

function resume(draft: Draft): void {
  const { resumeNode, resumeUser } = draft.state;
  forget(draft.state);
  if (!openNode(draft, resumeNode!, resumeUser, true)) enter(draft, draft.state.path.indexOf(resumeNode!) + 1);
}

function forget(state: State): void {
  Object.assign(state, { returnedTo: null, resumeNode: null, resumeUser: null });
}

/** Makes a node's tasks; false when all of them were skipped, because the same person comes twice. */
function openNode(draft: Draft, key: string, owner: number | null, isResumed = false): boolean {
  const { setting, state } = draft;
  const node = nodeOf(setting.body, key);
  const common = { node: key, decides: node.decides, barsInitiator: barsInitiator(node) };
  if ('initiator' in node.by) {
    addTask(draft, { ...common, kind: 'node', role: null, userId: setting.initiator.userId });
    return true;
  }
  const { role } = node.by;
  if (node.kind === 'committee') {
    addTask(draft, { ...common, kind: 'committee', role, userId: null });
    return true;
  }
  const able = eligibleFor(setting, node);
  // Returned to and straight back: whoever is asked again has to answer again.
  const isAnswered = (each: Member) => owner === null && !isResumed && hasAgreed(draft, each, node.decides);
  if (node.kind === 'single') {
    const task = addTask(draft, { ...common, kind: 'node', role, userId: owner });
    if (able.length === 0 || !able.every(isAnswered)) return true;
    skip(draft, task, able[0]!);
    return false;
  }
  const tasks = able.map((each) => addTask(draft, { ...common, kind: 'node', role, userId: each.userId }));
  if (tasks.length === 0) addTask(draft, { ...common, kind: 'node', role, userId: null });
  for (const [at, each] of able.entries()) if (isAnswered(each)) skip(draft, tasks[at]!, each);
  return liveTasks(state).length > 0;
}

/** Has this person agreed already in this round? For a deciding node only an earlier decision counts, never a mere check. */
function hasAgreed({ state, setting }: Draft, who: Member, decides: boolean): boolean {
  const own = new Set(setting.staff.filter((each) => each.personId === who.personId).map((each) => each.userId));
  return state.tasks.some(
    (each) =>
      each.round === state.round &&
      each.kind === 'node' &&
      each.verb === 'agree' &&
      each.onBehalfOf === null &&
      own.has(each.decidedBy!) &&
      (!decides || each.decides),
  );
}

function skip(draft: Draft, task: Draft['state']['tasks'][number], who: Member): void {
  const opinion = '同一人此前已同意，自动跳过';
  finishTask(task, 'skip', who.userId, null, opinion);
  record(draft, 'skip', task.node, task.seq, 0, { person: who.userId }, opinion);
}
