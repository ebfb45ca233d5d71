import { type Day, day } from '../kernel/day.ts';

/** Where "now" comes from. Rules never ask it; actions and jobs are handed one, so that tests choose their day. */
export type Clock = { now(): Date; today(): Day };

const shanghai = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});

/** The machine's clock, read as a calendar day in Asia/Shanghai whatever the machine's own zone. */
export const systemClock: Clock = {
  now: () => new Date(),
  today: () => day(shanghai.format(new Date())),
};

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
