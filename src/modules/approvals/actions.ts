import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import { addWorkingDays } from '../../platform/calendar.ts';
import { textOfInstant } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { versionInForce } from './chains.ts';
import { type Decision, startNode, verbTitles } from './contract.ts';
import { minutesOf, tallyOf } from './rules/committee.ts';
import { begin, resubmit } from './rules/flow.ts';
import { pathOf } from './rules/path.ts';
import { type Happening, nodeOf, type Outcome, type Setting, type State, type Step, type Task } from './rules/state.ts';
import { type Answer, decide, withdraw } from './rules/verbs.ts';
import {
  deputiesOn,
  insertInstance,
  type Loaded,
  loadInstance,
  namesOf,
  personOfUser,
  saveStep,
  sendCopies,
  staffOf,
  updateMatter,
} from './store.ts';

/** Working days the initiator has to complete a returned matter: our own habit, no rule of law. */
const completeWithinWorkingDays = 5;

/** What the subject's module is told when an approval ends or comes back to the initiator. */
export type OutcomeEvent = {
  readonly guarantorId: number;
  readonly subject: string;
  readonly instanceId: bigint;
  readonly outcome: Outcome;
  readonly reason?: string;
  readonly decidedOn: Day;
};
/** Called in the transaction of the last decision: a throw takes the decision back. */
export type OutcomeHandler = (tx: Tx, context: Context, event: OutcomeEvent) => Promise<void>;
/** Handlers by the prefix of the subject ('case' of 'case:26/41'). */
export type Outcomes = ReadonlyMap<string, OutcomeHandler>;

/** A matter handed in for approval. `subject` is '<prefix>:<guarantorId>/<id>'; `href` is the page the approvers look at. */
export type StartApproval = {
  readonly guarantorId: number;
  readonly chain: string;
  readonly subject: string;
  readonly title: string;
  readonly href: string;
  readonly amount?: Fen;
  readonly facts?: Readonly<Record<string, string>>;
};

/**
 * Hands a matter in: under the version of the chain in force today and its branch for the amount; or in again, under its own version,
 * when it was returned to the initiator. Refused (409) while the subject has an approval under way.
 */
export async function startApproval(tx: Tx, context: Context, command: StartApproval): Promise<{ instanceId: bigint }> {
  const earlier = await loadInstance(tx, command, true);
  if (earlier?.row.status === 'open') throw new Refused(underWay(earlier.row.title), 409);
  if (earlier?.row.status === 'returned') return handInAgain(tx, context, earlier, command);
  const { clock, actor } = context;
  const version = await versionInForce(tx, command.chain, command.guarantorId, clock.today());
  const facts = { amount: command.amount ?? null, facts: command.facts ?? {} };
  const path = pathOf(version.body, facts);
  const initiator = { userId: actor.userId, personId: await personOfUser(tx, actor.userId) };
  const { guarantorId, subject, title, href } = command;
  const instanceId = await insertInstance(tx, {
    ...{ guarantorId, subject, title, href, path, ...facts },
    ...{ chain: command.chain, version: version.version, permission: version.permission, status: 'open', round: 1 },
    ...{ submittedRound: 1, returnedTo: null, resumeNode: null, resumeUser: null },
    ...{ initiatorId: initiator.userId, initiatorPerson: initiator.personId },
    ...{ startedAt: clock.now(), startedOn: clock.today() },
  });
  if (instanceId === undefined) throw new Refused(underWay(title), 409);
  const staff = await staffOf(tx, guarantorId, version.permission);
  const step = begin({ body: version.body, staff, deputies: [], initiator }, facts);
  const before = { ...step.state, tasks: [], ballots: [], recusals: [] };
  await saveStep(tx, {
    ...{ id: instanceId, guarantorId, at: clock.now(), before, after: step.state, events: step.events },
    about: aboutTask(version.body, clock.today()),
  });
  await appendAudit(tx, context, {
    chain: guarantorId,
    action: 'approvals.start',
    subject: `approval:${instanceId}`,
    detail: { kind: command.chain, version: version.version, document: subject },
  });
  return { instanceId };
}

async function handInAgain(
  tx: Tx,
  context: Context,
  earlier: Loaded,
  command: StartApproval,
): Promise<{ instanceId: bigint }> {
  const { row, state } = earlier;
  if (row.initiatorId !== context.actor.userId) {
    const names = await namesOf(tx, [row.initiatorId]);
    const name = names.get(row.initiatorId) ?? '原发起人';
    throw new Refused({
      code: 'not-initiator',
      message: row.initiatorHasLeft
        ? `此事项由${name}发起后退回，其账号已停用；请先撤回原审批，再重新发起`
        : `此事项由${name}发起后退回，请由${name}补正后重新提交`,
    });
  }
  const facts = { amount: command.amount ?? null, facts: command.facts ?? {} };
  const setting = await settingOf(tx, context, earlier);
  await updateMatter(tx, row.id, { title: command.title, href: command.href, ...facts });
  await store(tx, context, earlier, resubmit(setting, state, facts), new Map());
  await auditStep(tx, context, earlier, 'resubmit');
  return { instanceId: row.id };
}

/** The initiator takes a matter back. Not once somebody has decided; if the initiator has left, anyone who may act for the guarantor. */
export async function withdrawApproval(
  tx: Tx,
  context: Context,
  command: { readonly guarantorId?: number; readonly instanceId: bigint; readonly reason: string },
  outcomes: Outcomes = new Map(),
): Promise<void> {
  const loaded = await requireApproval(tx, command.instanceId, true);
  const { row } = loaded;
  if (command.guarantorId !== undefined && command.guarantorId !== row.guarantorId) throw unknownApproval();
  const setting = await settingOf(tx, context, loaded);
  const isStandIn = row.initiatorHasLeft && setting.staff.some((each) => each.userId === context.actor.userId);
  const actor = isStandIn ? setting.initiator : actorIn(setting, context);
  const step = stepOf(withdraw(setting, loaded.state, actor, command.reason));
  const events = step.events.map((each) => ({ ...each, by: context.actor.userId }));
  await store(tx, context, loaded, { ...step, events }, outcomes);
  await auditStep(tx, context, loaded, 'withdraw');
}

/** Does one verb to one open task. 409 names who was first and when; 422 says why not. */
export async function decideTask(
  tx: Tx,
  context: Context,
  command: { readonly instanceId: bigint; readonly seq: number; readonly decision: Decision },
  outcomes: Outcomes,
): Promise<State> {
  const loaded = await requireApproval(tx, command.instanceId, true);
  await requireOpen(tx, loaded, command.seq);
  const setting = await settingOf(tx, context, loaded);
  const actor = actorIn(setting, context);
  const step = stepOf(decide(setting, loaded.state, command.seq, actor, command.decision));
  await store(tx, context, loaded, await withMinutes(tx, context, loaded, setting, step), outcomes);
  await auditStep(tx, context, loaded, command.decision.verb);
  return step.state;
}

/** Loads an approval, locked until commit where asked; 404 when there is none the caller may see. */
export async function requireApproval(tx: Tx, id: bigint, lock = false): Promise<Loaded> {
  const loaded = await loadInstance(tx, { id }, lock);
  if (!loaded) throw unknownApproval();
  return loaded;
}

/** Everything the rules ask about an approval's surroundings. */
export async function settingOf(tx: Tx, context: Context, { row }: Pick<Loaded, 'row'>): Promise<Setting> {
  return {
    body: row.body,
    staff: await staffOf(tx, row.guarantorId, row.permission),
    deputies: await deputiesOn(tx, row.chain, context.clock.today()),
    initiator: { userId: row.initiatorId, personId: row.initiatorPerson },
  };
}

/** The caller as the rules know him. */
export const actorIn = (setting: Setting, context: Context) => {
  const { userId } = context.actor;
  const personId = setting.staff.find((each) => each.userId === userId)?.personId ?? userId;
  return { userId, personId };
};

const unknownApproval = () =>
  new Refused({ code: 'approval-unknown', message: '没有这个审批，或不在您的权限范围内' }, 404);
const underWay = (title: string): Refusal => ({
  code: 'approval-under-way',
  message: `“${title}”正在审批中，不能重复提交；需要改动请先撤回或由审批人退回`,
});

function stepOf(answer: Answer): Step {
  if ('refusals' in answer) throw new Refused(answer.refusals);
  return answer.step;
}

/** Refuses (409) a task that is done or was taken back, naming who and when; (422) one that waits for 加签. */
async function requireOpen(tx: Tx, { row, tasks }: Loaded, seq: number): Promise<void> {
  const task = tasks.find((each) => each.seq === seq);
  if (!task) throw unknownApproval();
  if (task.status === 'open') return;
  if (task.status === 'waiting')
    throw new Refused({ code: 'waits-for-signers', message: '正在等加签人签署，签完后再由您办理' });
  const last = task.status === 'done' ? task : lastDecided(tasks);
  const names = await namesOf(tx, [last?.decidedBy ?? row.initiatorId]);
  const who = names.get(last?.decidedBy ?? row.initiatorId) ?? '他人';
  const at = textOfInstant(last?.decidedAt ?? row.closedAt ?? row.startedAt);
  const verb = last ? (verbTitles[last.verb ?? ''] ?? '办理') : '撤回';
  throw new Refused(
    {
      code: 'already-decided',
      message: `此事项已由${who}于 ${at} 办理（${verb}），无须再办`,
      figures: { 办理人: who, 时间: at, 结果: verb },
    },
    409,
  );
}

const lastDecided = (tasks: Loaded['tasks']) =>
  tasks
    .filter((each) => each.decidedAt !== null && each.verb !== 'skip')
    .sort((a, b) => a.decidedAt!.getTime() - b.decidedAt!.getTime() || a.seq - b.seq)
    .at(-1);

/** Title and last day of a task that a step opens. */
function aboutTask(body: Setting['body'], today: Day) {
  return (task: Task) => {
    if (task.node === startNode)
      return { nodeTitle: '发起人补正', dueOn: addWorkingDays(today, completeWithinWorkingDays).value };
    const node = nodeOf(body, task.node);
    return {
      nodeTitle: task.kind === 'extra' ? `${node.title}（加签）` : node.title,
      dueOn: addWorkingDays(today, node.dueWorkingDays).value,
    };
  };
}

async function store(tx: Tx, context: Context, loaded: Loaded, step: Step, outcomes: Outcomes): Promise<void> {
  const { row, state: before } = loaded;
  const { clock } = context;
  const { id, guarantorId } = row;
  await saveStep(tx, {
    ...{ id, guarantorId, at: clock.now(), before, after: step.state, events: step.events },
    about: aboutTask(row.body, clock.today()),
  });
  if (step.outcome === null) return;
  if (step.outcome === 'approved' || step.outcome === 'rejected')
    await sendCopies(tx, { id, guarantorId, roles: row.body.cc, at: clock.now() });
  const reason = step.events.findLast((each) => each.opinion !== '')?.opinion;
  await outcomes.get(row.subject.split(':')[0] ?? '')?.(tx, context, {
    ...{ guarantorId, subject: row.subject, instanceId: id, outcome: step.outcome, decidedOn: clock.today() },
    ...(reason === undefined ? {} : { reason }),
  });
}

/** A committee's result carries its minutes, drafted from the votes. */
async function withMinutes(tx: Tx, context: Context, loaded: Loaded, setting: Setting, step: Step): Promise<Step> {
  const result = step.events.find((each) => each.verb === 'pass' || each.verb === 'fail');
  const task = step.state.tasks.find((each) => each.seq === result?.seq);
  const node = task && nodeOf(setting.body, task.node);
  if (!result || !task || !node?.committee) return step;
  const names = await namesOf(tx, [
    ...setting.staff.map((each) => each.userId),
    ...step.state.ballots.map((each) => each.userId),
    ...step.state.recusals.map((each) => each.userId),
  ]);
  const minutes = minutesOf(
    { title: loaded.row.title, nodeTitle: node.title, rule: node.committee, on: context.clock.today() },
    tallyOf(setting, step.state, task),
    step.state,
    task,
    (userId) => names.get(userId) ?? String(userId),
  );
  const carry = (each: Happening): Happening =>
    each === result ? { ...each, detail: { ...each.detail, minutes } } : each;
  return { ...step, events: step.events.map(carry) };
}

const auditStep = (tx: Tx, context: Context, { row }: Loaded, verb: string): Promise<unknown> =>
  appendAudit(tx, context, {
    chain: row.guarantorId,
    action: `approvals.${verb}`,
    subject: `approval:${row.id}`,
    detail: { kind: row.chain, document: row.subject },
  });
