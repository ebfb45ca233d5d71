import type { z } from 'zod';
import { formatYuan } from '../../kernel/money.ts';
import { workingDaysBetween } from '../../platform/calendar.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { roleTitle } from '../identity/index.ts';
import { actorIn, settingOf } from './actions.ts';
import { type approvalDetail, type CommitteeView, type Step, startNode, verbTitles } from './contract.ts';
import { type EventRow, eventsOf } from './lists.ts';
import { ruleText, tallyOf } from './rules/committee.ts';
import { conditionText } from './rules/path.ts';
import { isUnattended, standingOf } from './rules/people.ts';
import { nodeOf, type Setting } from './rules/state.ts';
import { targetsOf, verbsOf, withdrawRefusal } from './rules/verbs.ts';
import { type Loaded, loadInstance, namesOf, type TaskRow } from './store.ts';

type Names = ReadonlyMap<number, string>;
const nameIn = (names: Names, userId: number): string => names.get(userId) ?? `用户${userId}`;

/** The page of one approval: the chain as a picture, what the caller may do, the committee, the history. */
export async function detailOf(tx: Tx, context: Context, loaded: Loaded): Promise<z.input<typeof approvalDetail>> {
  const { row, tasks, state } = loaded;
  const setting = await settingOf(tx, context, loaded);
  const events = await eventsOf(tx, row.id);
  const names = await namesIn(tx, loaded, setting);
  const actor = actorIn(setting, context);
  const open = tasks.filter((each) => each.status === 'open');
  return {
    instanceId: String(row.id),
    ...{ guarantorId: row.guarantorId, guarantorName: row.guarantorName, subject: row.subject },
    ...{ chain: row.chain, chainTitle: row.chainTitle, chainVersion: row.version, chainSource: row.source },
    ...{ chainUnverified: row.unverified, title: row.title, href: row.href, status: row.status },
    amount: row.amount === null ? null : formatYuan(row.amount),
    initiator: nameIn(names, row.initiatorId),
    startedAt: row.startedAt.toISOString(),
    closedAt: row.closedAt?.toISOString() ?? null,
    steps: stepsOf(loaded, names),
    committees: committeesOf(loaded, setting, names, events, actor.userId),
    mine: mineOf(loaded, setting, context, names),
    mayWithdraw: withdrawRefusal(setting, state, actor) === undefined,
    unattended: open.filter((each) => isUnattended(setting, each)).map((each) => each.nodeTitle),
    events: events.map((each) => eventLine(each, names, loaded)),
  };
}

async function namesIn(tx: Tx, { row, tasks, state }: Loaded, setting: Setting): Promise<Names> {
  return namesOf(tx, [
    row.initiatorId,
    ...tasks.flatMap((each) => [each.userId, each.decidedBy, each.onBehalfOf]),
    ...[...state.ballots, ...state.recusals].map((each) => each.userId),
    ...setting.staff.map((each) => each.userId),
  ]);
}

/** The picture: every node of the version, in order, with what became of it. */
export function stepsOf({ row, tasks, state }: Loaded, names: Names): Step[] {
  return row.body.nodes.map((node) => {
    const own = tasks.filter((each) => each.node === node.key && each.status !== 'void');
    const round = own.reduce((most, each) => Math.max(most, each.round), 0);
    const newest = own.filter((each) => each.round === round);
    return {
      ...{
        key: node.key,
        title: node.title,
        kind: node.kind,
        decides: node.decides,
        dueWorkingDays: node.dueWorkingDays,
      },
      who: 'role' in node.by ? roleTitle(node.by.role) : '发起人',
      condition: conditionText(node),
      state: stateOf(node.key, newest, state.path, state.status),
      people: newest.map((each) => personLine(each, names)),
    };
  });
}

function stateOf(key: string, newest: readonly TaskRow[], path: readonly string[], status: string): Step['state'] {
  if (!path.includes(key)) return 'off-path';
  if (newest.some((each) => each.status === 'open' || each.status === 'waiting')) return 'current';
  if (newest.some((each) => each.verb === 'return')) return 'returned';
  if (
    status === 'rejected' &&
    newest.some((each) => (each.verb === 'disagree' && each.kind === 'node') || each.verb === 'fail')
  )
    return 'rejected';
  if (newest.length === 0) return 'ahead';
  return newest.every((each) => each.verb === 'skip') ? 'skipped' : 'done';
}

const personLine = (task: TaskRow, names: Names): Step['people'][number] => ({
  seq: task.seq,
  name: nameOfTask(task, names),
  onBehalfOf: task.onBehalfOf === null ? null : nameIn(names, task.onBehalfOf),
  verb: task.verb === null ? null : (verbTitles[task.verb] ?? task.verb),
  opinion: task.opinion,
  at: task.decidedAt?.toISOString() ?? null,
  dueOn: task.dueOn,
  isExtra: task.kind === 'extra',
  status: task.status,
});

function nameOfTask(task: TaskRow, names: Names): string {
  if (task.kind === 'committee') return '全体委员';
  const userId = task.decidedBy ?? task.userId;
  return userId === null ? `${roleTitle(task.role ?? '')}（待办）` : nameIn(names, userId);
}

function committeesOf(
  { tasks, state, row }: Loaded,
  setting: Setting,
  names: Names,
  events: readonly EventRow[],
  caller: number,
): CommitteeView[] {
  const all = tasks.filter((each) => each.kind === 'committee' && (each.status === 'open' || each.status === 'done'));
  return all.map((task) => {
    const tally = tallyOf(setting, state, task);
    const isOpen = task.status === 'open';
    const votes = new Map(state.ballots.filter((each) => each.seq === task.seq).map((each) => [each.userId, each]));
    const recused = new Map(state.recusals.filter((each) => each.seq === task.seq).map((each) => [each.userId, each]));
    const result = events.find((each) => each.seq === task.seq && (each.verb === 'pass' || each.verb === 'fail'));
    // Once over, the members are those who took part: who came to the role later did not sit.
    const members = tally.members.filter((each) => isOpen || votes.has(each.userId) || recused.has(each.userId));
    return {
      ...{ seq: task.seq, nodeTitle: task.nodeTitle, isOpen },
      members: members.map(({ userId }) => {
        const ballot = votes.get(userId);
        const isShown = !isOpen || userId === caller;
        return {
          userId,
          name: nameIn(names, userId),
          state: recused.has(userId) ? ('recused' as const) : ballot ? ('voted' as const) : ('waiting' as const),
          vote: isShown ? (ballot?.vote ?? null) : null,
          opinion: recused.get(userId)?.reason ?? (isShown ? (ballot?.opinion ?? null) : null),
        };
      }),
      ...{ needed: tally.needed, present: tally.present, hasQuorum: tally.hasQuorum },
      ruleText: ruleText(nodeOf(row.body, task.node).committee!),
      minutes: typeof result?.detail.minutes === 'string' ? result.detail.minutes : null,
    };
  });
}

function mineOf({ row, tasks, state }: Loaded, setting: Setting, context: Context, names: Names) {
  const actor = actorIn(setting, context);
  const today = context.clock.today();
  const title = (key: string) =>
    key === startNode ? `发起人（${nameIn(names, row.initiatorId)}）` : nodeOf(row.body, key).title;
  return tasks
    .filter((each) => each.status === 'open')
    .flatMap((task) => {
      const standing = standingOf(setting, task, actor);
      if ('refusal' in standing) return [];
      const verbs =
        task.kind === 'committee' ? votingVerbs(state, setting, task, actor.userId) : verbsOf({ setting }, task);
      if (verbs.length === 0) return [];
      return [
        {
          ...{
            seq: task.seq,
            nodeTitle: task.nodeTitle,
            kind: task.kind,
            decides: task.decides,
            dueOn: task.dueOn,
            verbs,
          },
          remainingWorkingDays: workingDaysBetween(today, task.dueOn).value,
          onBehalfOf: standing.onBehalfOf === null ? null : nameIn(names, standing.onBehalfOf),
          targets: targetsOf(state, task).map((key) => ({ key, title: title(key) })),
        },
      ];
    });
}

function votingVerbs(state: Loaded['state'], setting: Setting, task: TaskRow, userId: number): string[] {
  if (state.recusals.some((each) => each.seq === task.seq && each.userId === userId)) return [];
  const tally = tallyOf(setting, state, task);
  if (!tally.members.some((each) => each.userId === userId)) return [];
  const hasVoted = state.ballots.some((each) => each.seq === task.seq && each.userId === userId);
  if (!hasVoted) return ['vote', 'recuse'];
  return tally.hasQuorum ? ['conclude'] : [];
}

function eventLine(event: EventRow, names: Names, { row }: Loaded) {
  const { detail } = event;
  const people = (value: unknown) =>
    Array.isArray(value) ? value.map((id) => nameIn(names, Number(id))).join('、') : '';
  const node = (key: unknown) =>
    key === startNode ? '发起人' : (row.body.nodes.find((each) => each.key === key)?.title ?? String(key));
  const notes: Record<string, () => string> = {
    transfer: () => `转给${people(detail.to)}`,
    assign: () => `无人可办，指派给${people(detail.to)}`,
    'add-before': () => `请${people(detail.signers)}先签`,
    'add-after': () => `再请${people(detail.signers)}签`,
    return: () =>
      `退回到${node(detail.to)}，${detail.afterwards === 'straight-back' ? '之后直接回到退回人' : '之后重走各节点'}`,
    resubmit: () => (detail.straightBack === 'yes' ? '直接回到退回人' : '从头重走各节点'),
    skip: () => `${nameIn(names, Number(detail.person))}此前已同意`,
  };
  return {
    id: String(event.id),
    at: event.at.toISOString(),
    by: event.byUser === 0 && event.verb === 'skip' ? '系统' : event.by,
    onBehalfOf: event.onBehalfOf,
    verb: verbTitles[event.verb] ?? event.verb,
    nodeTitle: event.nodeTitle,
    opinion: event.opinion,
    note: notes[event.verb]?.() ?? '',
  };
}

/** Where the newest approval of a subject stands, for the subject's own page; undefined when it never had one. */
export async function approvalOf(
  tx: Tx,
  guarantorId: number,
  subject: string,
): Promise<
  | {
      readonly instanceId: bigint;
      readonly status: Loaded['row']['status'];
      readonly chainTitle: string;
      readonly steps: Step[];
    }
  | undefined
> {
  const loaded = await loadInstance(tx, { guarantorId, subject });
  if (!loaded) return undefined;
  const { row, tasks } = loaded;
  const names = await namesOf(
    tx,
    tasks.flatMap((each) => [each.userId, each.decidedBy, each.onBehalfOf]),
  );
  return { instanceId: row.id, status: row.status, chainTitle: row.chainTitle, steps: stepsOf(loaded, names) };
}
