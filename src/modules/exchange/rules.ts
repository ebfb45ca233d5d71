import { addDays, type Day } from '../../kernel/day.ts';

/** Why the due day carries a mark: the guide says every day and names no hour. */
export const dueUnverified = '指引只定每日报送，未定截止时点；“次日24时前”为平台约定';

/** The last day on which the business day's package is in time. */
export const dueOn = (businessDay: Day): Day => addDays(businessDay, 1);

export type CellStatus = 'not-required' | 'not-due' | 'accepted' | 'zero' | 'late' | 'missing' | 'refused' | 'restated';

/** What is known of one guarantor's business day. `firstAcceptedOn`: the day its first accepted version was answered. */
export type CellFacts = {
  readonly required: boolean;
  readonly latest: { status: string; kind: string } | null;
  readonly acceptedKind: 'daily' | 'zero' | 'restatement' | null;
  readonly firstAcceptedOn: Day | null;
};

/**
 * How a day stands on the board. A refusal of the newest version outweighs an acceptance of an older one; a package that was sent and
 * never answered counts as not reported once it is due. What was not owed cannot be late.
 */
export function cellStatus(businessDay: Day, facts: CellFacts, today: Day): CellStatus {
  if (facts.latest?.status === 'refused') return 'refused';
  if (facts.acceptedKind !== null && facts.firstAcceptedOn !== null) {
    if (facts.acceptedKind === 'restatement') return 'restated';
    if (facts.required && facts.firstAcceptedOn > dueOn(businessDay)) return 'late';
    return facts.acceptedKind === 'zero' ? 'zero' : 'accepted';
  }
  if (!facts.required) return 'not-required';
  return today > dueOn(businessDay) ? 'missing' : 'not-due';
}
