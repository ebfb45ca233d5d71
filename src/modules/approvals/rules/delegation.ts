import type { Day } from '../../../kernel/day.ts';
import type { Refusal } from '../../../kernel/refusal.ts';

/** A delegation in force or to come. `chains` null: all. */
export type Delegation = {
  readonly fromUser: number;
  readonly toUser: number;
  readonly from: Day;
  readonly to: Day;
  readonly chains: readonly string[] | null;
};

/** Every reason why the delegation may not be made; empty when it may. */
export function delegationRefusals(
  given: {
    readonly fromUser: number;
    readonly to: number;
    readonly from: Day;
    readonly until: Day;
    readonly chains: readonly string[] | null;
  },
  facts: {
    readonly today: Day;
    readonly isColleague: boolean;
    readonly chains: readonly string[];
    readonly others: readonly Delegation[];
  },
): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, field: string, message: string) => refusals.push({ code, field, message });
  if (given.to === given.fromUser) refuse('delegates-to-self', 'to', '不能委托给自己，请另选受托人');
  else if (!facts.isColleague)
    refuse(
      'not-a-colleague',
      'to',
      '受托人须是本机构在用的、可办理审批的人员（政府部门人员不得代办，指引第十一条），请另选',
    );
  if (given.until < given.from) refuse('days-reversed', 'until', `止日 ${given.until} 早于起日 ${given.from}，请改正`);
  if (given.until < facts.today) refuse('days-past', 'until', `止日 ${given.until} 已过，请改为今天或以后`);
  const unknown = given.chains?.find((each) => !facts.chains.includes(each));
  if (unknown) refuse('chain-unknown', 'chains', `没有审批流程“${unknown}”`);
  const wanted: Delegation = { ...given, toUser: given.to, to: given.until };
  const meeting = facts.others.filter((each) => overlaps(each, wanted));
  if (meeting.some((each) => each.fromUser === given.fromUser))
    refuse('delegated-already', 'to', '这段日期、这些流程您已委托他人，请先撤销原委托');
  if (leadsBack(given.to, given.fromUser, meeting))
    refuse('delegation-ring', 'to', '受托人又（直接或经他人）委托给了您，两头落空；请另选受托人或请对方先撤销');
  return refusals;
}

/** Do two delegations meet on some day and in some chain? */
function overlaps(a: Delegation, b: Delegation): boolean {
  const sameDay = a.from <= b.to && b.from <= a.to;
  const sameChain = a.chains === null || b.chains === null || a.chains.some((each) => b.chains!.includes(each));
  return sameDay && sameChain;
}

/** Is there a way along delegations from one person to another? */
function leadsBack(from: number, to: number, all: readonly Delegation[]): boolean {
  const seen = new Set([from]);
  for (const at of seen) for (const each of all) if (each.fromUser === at) seen.add(each.toUser);
  return from !== to && seen.has(to);
}
