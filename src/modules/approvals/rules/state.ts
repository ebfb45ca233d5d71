import type { ApprovalStatus, ChainBody, ChainNode, Vote } from '../contract.ts';

/** One role of one person who may act for the guarantor. A person with two accounts has one `personId`. */
export type Member = {
  readonly userId: number;
  readonly personId: number;
  readonly name: string;
  readonly role: string;
  /** Holds, by this role, the permission the chain's deciding nodes ask for. */
  readonly mayDecide: boolean;
};

/** Somebody acts for somebody else, today and in this chain. */
export type Deputy = { readonly fromUser: number; readonly toUser: number };

/** Who stands around an approval: everything the rules need to know besides its state. */
export type Setting = {
  readonly body: ChainBody;
  readonly staff: readonly Member[];
  readonly deputies: readonly Deputy[];
  readonly initiator: Actor;
};

export type Actor = { readonly userId: number; readonly personId: number };
export type TaskKind = 'node' | 'committee' | 'extra' | 'complete';
export type TaskStatus = 'open' | 'waiting' | 'done' | 'void';

/** One thing somebody has to do. `seq` counts within the approval. */
export type Task = {
  readonly seq: number;
  readonly node: string;
  readonly round: number;
  readonly kind: TaskKind;
  readonly role: string | null;
  readonly decides: boolean;
  readonly barsInitiator: boolean;
  /** Whose it is; null: of whoever holds the role. */
  userId: number | null;
  status: TaskStatus;
  /** 加签: the task that asked for it, and whether it comes before or after that one. */
  readonly parent: number | null;
  readonly place: 'before' | 'after' | null;
  verb: string | null;
  decidedBy: number | null;
  onBehalfOf: number | null;
  opinion: string | null;
};

export type Ballot = {
  readonly seq: number;
  readonly userId: number;
  readonly vote: Vote;
  readonly opinion: string;
};
export type Recusal = { readonly seq: number; readonly userId: number; readonly reason: string };

/** Everything that changes while an approval runs. */
export type State = {
  status: ApprovalStatus;
  /** Keys of the nodes that apply, in order. */
  path: readonly string[];
  round: number;
  /** The round in which it was last handed in by the initiator. */
  submittedRound: number;
  /** A return runs: which node was returned to, and where its consent leads straight back to, and to whom. */
  returnedTo: string | null;
  resumeNode: string | null;
  resumeUser: number | null;
  tasks: Task[];
  ballots: Ballot[];
  recusals: Recusal[];
};

/** One line of the history. `by` 0 is the engine itself. */
export type Happening = {
  readonly verb: string;
  readonly node: string | null;
  readonly seq: number | null;
  readonly by: number;
  readonly onBehalfOf: number | null;
  readonly opinion: string;
  readonly detail: Readonly<Record<string, string | number | readonly number[]>>;
};

/** What the subject's module is told. */
export type Outcome = 'approved' | 'rejected' | 'withdrawn' | 'returned';

/** A step under way: the state is a copy of its own, to be changed freely. */
export type Draft = {
  readonly setting: Setting;
  readonly state: State;
  readonly events: Happening[];
  outcome: Outcome | null;
};

/** The finished step. */
export type Step = { readonly state: State; readonly events: readonly Happening[]; readonly outcome: Outcome | null };

/** Begins a step on a copy of the state. */
export const draftOf = (setting: Setting, state: State): Draft => ({
  setting,
  state: structuredClone(state),
  events: [],
  outcome: null,
});

/** The node of a key; a chain's own keys only. */
export function nodeOf(body: ChainBody, key: string): ChainNode {
  const found = body.nodes.find((each) => each.key === key);
  if (!found) throw new RangeError(`流程没有节点 ${key}`);
  return found;
}

/** May nobody who is the initiator do this node? Deciding one's own matter is never possible. */
export const barsInitiator = (node: ChainNode): boolean => node.decides || node.otherThanInitiator;

/** Tasks that still wait for somebody, or for a 加签 before them. */
export const liveTasks = (state: State): Task[] =>
  state.tasks.filter((each) => each.status === 'open' || each.status === 'waiting');

/** The node the approval stands at; null when it stands nowhere. */
export const currentNode = (state: State): string | null => liveTasks(state)[0]?.node ?? null;

/** Adds a task to the draft and answers it. */
export function addTask(
  draft: Draft,
  given: Pick<Task, 'node' | 'kind' | 'role' | 'decides' | 'barsInitiator' | 'userId'> &
    Partial<Pick<Task, 'parent' | 'place'>>,
): Task {
  const task: Task = {
    parent: null,
    place: null,
    ...given,
    seq: draft.state.tasks.reduce((most, each) => Math.max(most, each.seq), 0) + 1,
    round: draft.state.round,
    status: 'open',
    verb: null,
    decidedBy: null,
    onBehalfOf: null,
    opinion: null,
  };
  draft.state.tasks.push(task);
  return task;
}

/** Marks a task done by somebody. */
export function finishTask(task: Task, verb: string, by: number, onBehalfOf: number | null, opinion: string): void {
  Object.assign(task, { status: 'done', verb, decidedBy: by, onBehalfOf, opinion });
}

/** Takes back every task that still waits. */
export function voidLive(state: State): void {
  for (const task of liveTasks(state)) task.status = 'void';
}
