import { addMonths, type Day, daysBetween } from '../../../kernel/day.ts';
import { type Fen, yuan } from '../../../kernel/money.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import { type Class, type CounterKind, classTitles, factTitles, type Level } from '../contract/watch.ts';

/** How old a valuation may be and how long before an end people are told. */
export type CounterPolicy = {
  readonly valuationMonths: Readonly<Record<string, number>>;
  readonly valuationMonthsElse: number;
  readonly daysAhead: number;
};
export type CounterFacts = {
  readonly kind: CounterKind;
  readonly releasedOn: Day | null;
  readonly valuedOn: Day | null;
  readonly registrationEndsOn: Day | null;
  readonly insuranceEndsOn: Day | null;
};
export type CounterAlert = { readonly code: string; readonly message: string; readonly dueOn: Day };

/** What of a counter-guarantee is out of date or soon will be. A guarantor's word has no valuation; released ones are silent. */
export function counterAlerts(facts: CounterFacts, policy: CounterPolicy, asOf: Day): CounterAlert[] {
  if (facts.releasedOn !== null) return [];
  const alerts: CounterAlert[] = [];
  const isThing = facts.kind !== '10000';
  const months = policy.valuationMonths[facts.kind] ?? policy.valuationMonthsElse;
  const tell = (code: string, what: string, end: Day) => {
    const left = daysBetween(asOf, end);
    if (left > policy.daysAhead) return;
    alerts.push({
      code,
      message: left < 0 ? `${what}已于 ${end} 到期` : `${what}将于 ${end} 到期`,
      dueOn: end,
    });
  };
  if (isThing && facts.valuedOn === null) alerts.push({ code: 'never-valued', message: '还没有评估价值', dueOn: asOf });
  if (isThing && facts.valuedOn !== null)
    tell('valuation-old', `${factTitles.valuation}（有效 ${months} 个月）`, addMonths(facts.valuedOn, months));
  if (facts.registrationEndsOn !== null) tell('registration-ends', factTitles.registration, facts.registrationEndsOn);
  if (facts.insuranceEndsOn !== null) tell('insurance-ends', factTitles.insurance, facts.insuranceEndsOn);
  return alerts;
}

/** The tiers of the plan, first match counts; the last has no condition. Amounts in 元. */
export type InspectionPolicy = {
  readonly daysAhead: number;
  readonly tiers: readonly {
    readonly title: string;
    readonly days: number;
    readonly classes?: readonly Class[];
    readonly overdueDaysAbove?: number;
    readonly amountAbove?: string;
  }[];
};
export type RiskFacts = { readonly outstanding: Fen; readonly overdueDays: number; readonly class: Class };

/** How often a guarantee of this risk is inspected: the first tier whose every condition holds. Throws where no tier does: a faulty rule. */
export function intervalOf(facts: RiskFacts, policy: InspectionPolicy): { days: number; title: string } {
  for (const tier of policy.tiers) {
    if (tier.classes && !tier.classes.includes(facts.class)) continue;
    if (tier.overdueDaysAbove !== undefined && facts.overdueDays <= tier.overdueDaysAbove) continue;
    if (tier.amountAbove !== undefined && facts.outstanding < yuan(tier.amountAbove)) continue;
    return { days: tier.days, title: tier.title };
  }
  throw new RangeError('检查频次规则缺少兜底的一档');
}

/** The clock of a kind of event. */
export type WarningPolicy = {
  readonly kinds: Readonly<Record<string, { readonly level: Level; readonly workingDays: number }>>;
};

/** May the event be entered? The day it became known lies between its day and today; a bank's knowing counts on the day it knew. */
export function checkWarning(facts: { occurredOn: Day; knownOn: Day }, today: Day): Refusal[] {
  const refusals: Refusal[] = [];
  if (facts.knownOn > today)
    refusals.push({
      code: 'known-in-the-future',
      field: 'knownOn',
      message: `知悉日 ${facts.knownOn} 晚于今天 ${today}`,
    });
  if (facts.knownOn < facts.occurredOn)
    refusals.push({
      code: 'known-before-event',
      field: 'knownOn',
      message: `知悉日 ${facts.knownOn} 早于发生日 ${facts.occurredOn}`,
    });
  return refusals;
}

/** May the warning be closed? Every task of its plan is done, unless there never was a plan because the event was none. */
export function checkClosing(tasks: readonly { title: string; doneOn: Day | null }[]): Refusal[] {
  const open = tasks.filter((task) => task.doneOn === null);
  if (open.length === 0) return [];
  return [
    {
      code: 'tasks-open',
      field: 'reason',
      message: `还有 ${open.length} 项任务未完成：${open.map((task) => task.title).join('、')}`,
    },
  ];
}

/** What an inspection says of itself: a worse class needs saying why. */
export function checkInspection(
  facts: { doneOn: Day; class: Class; before: Class; findings: string },
  today: Day,
): Refusal[] {
  const refusals: Refusal[] = [];
  if (facts.doneOn > today)
    refusals.push({ code: 'in-the-future', field: 'doneOn', message: `检查日 ${facts.doneOn} 晚于今天 ${today}` });
  if (facts.class !== facts.before && facts.findings.length < 20)
    refusals.push({
      code: 'class-changed-without-reason',
      field: 'findings',
      message: `五级分类由${classTitles[facts.before]}改为${classTitles[facts.class]}，请写明理由（不少于20字）`,
    });
  return refusals;
}
