import { type Day, day, daysBetween } from '../kernel/day.ts';

/** Where "now" comes from. Rules never ask it; actions and jobs are handed one, so that tests choose their day. */
export type Clock = { now(): Date; today(): Day };

const shanghai = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

let aheadMs = 0;

/** The machine's clock, read as a calendar day in Asia/Shanghai whatever the machine's own zone; in a demo moved ahead, that much later. */
export const systemClock: Clock = {
  now: () => new Date(Date.now() + aheadMs),
  today: () => dayOfInstant(systemClock.now()),
};

/** Sets how much later than the machine's `systemClock` is from now on, in milliseconds. Only a demo's start does so. */
export function moveSystemClock(ms: number): void {
  aheadMs = ms;
}

/** Is this clock another day's than the machine's? Then every page says so. */
export const isClockMoved = (): boolean => aheadMs !== 0;

/**
 * How many milliseconds to move the clock of `machine` ahead so that it reads `wanted` (a day in Shanghai, at the present time of
 * day), yet never before `reached`, the last instant that anything was recorded at: the order of facts stays true.
 */
export function msAhead(wanted: Day | undefined, reached: Date | null, machine: Clock = systemClock): number {
  const days = wanted === undefined ? 0 : Math.max(0, daysBetween(machine.today(), wanted));
  const since = reached === null ? 0 : reached.getTime() - machine.now().getTime() + 1;
  // Machines set their clocks right by seconds: that alone is no moved day.
  return Math.max(days * 86_400_000, since > 60_000 ? since : 0);
}

/** A clock that stands still at noon (Shanghai) of the given day. */
export const fixedClock = (on: Day): Clock => ({ now: () => new Date(`${on}T12:00:00+08:00`), today: () => on });

/** The calendar day in Asia/Shanghai on which an instant falls. */
export const dayOfInstant = (instant: Date): Day => day(shanghai.format(instant));

const shanghaiSecond = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
});
/** The instant as people read it: '2026-09-30 12:00:00' in Asia/Shanghai. */
export const textOfInstant = (instant: Date): string => shanghaiSecond.format(instant);

/** The instant so many minutes later (earlier when negative). */
export const minutesAfter = (instant: Date, minutes: number): Date => new Date(instant.getTime() + minutes * 60_000);
