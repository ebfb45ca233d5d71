import type { Refusal } from '../../../kernel/refusal.ts';
import type { ChainNode } from '../contract.ts';
import { type Actor, barsInitiator, type Member, type Setting, type Task } from './state.ts';

/** People who may do a node, one row each (two accounts of one person count once), by user id. */
export function eligibleFor(setting: Setting, node: ChainNode): Member[] {
  if ('initiator' in node.by) return [];
  const { role } = node.by;
  const able = setting.staff.filter(
    (each) =>
      each.role === role &&
      !(barsInitiator(node) && each.personId === setting.initiator.personId) &&
      (!node.decides || mayDecide(setting, each.userId)),
  );
  return able.filter((each, at) => able.findIndex((other) => other.personId === each.personId) === at);
}

/** Does the user hold, by any role, the permission that deciding nodes of this chain ask for? */
export const mayDecide = (setting: Setting, userId: number): boolean =>
  setting.staff.some((each) => each.userId === userId && each.mayDecide);

/** Is the user still here and able to act in approvals? */
export const isStaff = (setting: Setting, userId: number): boolean =>
  setting.staff.some((each) => each.userId === userId);

/** The person behind a user; the user itself when unknown here. */
export const personOf = (setting: Setting, userId: number): number =>
  setting.staff.find((each) => each.userId === userId)?.personId ?? userId;

/** In whose name the actor may do an open task: his own (null), or the one who delegated to him. Otherwise why not. */
export type Standing = { readonly onBehalfOf: number | null } | { readonly refusal: Refusal };

/**
 * May the actor do this task, and in whose name? In one's own before as a deputy. A deputy acts for one step only: what was
 * delegated to somebody is not passed on with his own delegation (民法典第一百六十九条).
 */
export function standingOf(setting: Setting, task: Task, actor: Actor): Standing {
  if (task.kind === 'complete') {
    return { refusal: no('to-be-completed', '已退回发起人，请在业务页面补正后重新提交，此处不能审批') };
  }
  if (task.barsInitiator && actor.personId === setting.initiator.personId) {
    return { refusal: no('own-matter', '不能审批自己发起的事项，请由同岗位的其他人办理') };
  }
  if (task.decides && task.kind === 'node' && !mayDecide(setting, actor.userId)) {
    return { refusal: no('may-not-decide', '此节点作出业务决定，您的岗位没有这项决策权限') };
  }
  if (isFor(setting, task, actor.userId)) return { onBehalfOf: null };
  if (task.kind === 'committee') return { refusal: no('not-a-member', '您不是本次评审的委员，不能表决') };
  const principal = setting.deputies.find(
    (each) =>
      each.toUser === actor.userId &&
      isStaff(setting, actor.userId) &&
      isFor(setting, task, each.fromUser) &&
      !(task.barsInitiator && personOf(setting, each.fromUser) === setting.initiator.personId),
  );
  if (principal) return { onBehalfOf: principal.fromUser };
  return { refusal: no('not-yours', '这一节点不由您办理') };
}

/** Is the task this user's by assignment, by role, or because the one it was given to has left? */
function isFor(setting: Setting, task: Task, userId: number): boolean {
  const owner = task.userId;
  if (owner !== null && (isStaff(setting, owner) || task.role === null)) return owner === userId;
  return setting.staff.some((each) => each.userId === userId && each.role === task.role);
}

/** Can nobody do this open task? Then administrators are told. */
export function isUnattended(setting: Setting, task: Task): boolean {
  if (task.kind === 'complete') return false;
  return !setting.staff.some((each) => !('refusal' in standingOf(setting, task, each)));
}

const no = (code: string, message: string): Refusal => ({ code, message });
