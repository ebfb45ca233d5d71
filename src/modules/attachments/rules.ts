/** One entry of a 资料清单. */
export type ChecklistItem = { readonly code: string; readonly title: string; readonly required: boolean };

/** How complete a set of papers is. `percent` is of the required entries, rounded down: 100 only when none is missing. */
export type Completeness = {
  readonly percent: number;
  readonly present: number;
  readonly required: number;
  readonly missing: readonly { readonly code: string; readonly title: string }[];
  readonly items: readonly (ChecklistItem & { readonly count: number })[];
};

/** Judges what is on file (how many files of each entry) against the checklist. */
export function completeness(checklist: readonly ChecklistItem[], counts: ReadonlyMap<string, number>): Completeness {
  const items = checklist.map((item) => ({ ...item, count: counts.get(item.code) ?? 0 }));
  const required = items.filter((item) => item.required);
  const missing = required.filter((item) => item.count === 0).map(({ code, title }) => ({ code, title }));
  const present = required.length - missing.length;
  const percent = required.length === 0 ? 100 : Math.floor((present * 100) / required.length);
  return { percent, present, required: required.length, missing, items };
}

/** The guarantor whose rows the subject belongs to. Throws RangeError on a malformed subject. */
export function guarantorOfSubject(subject: string): number {
  const found = /^[a-z][a-z-]{1,38}:([1-9]\d{0,8})\/\d{1,19}$/.exec(subject)?.[1];
  if (!found) throw new RangeError(`归属格式不符：${subject}`);
  return Number(found);
}
