import { addDays, type Day } from '../../kernel/day.ts';
import type { Tx } from '../../platform/db.ts';
import { boardOf } from '../exchange/index.ts';
import type { HomeSummary } from './contract.ts';

const stripDays = 7;
const stripRows = 12;

/** Who reported in the last week: the worst first, so that trouble is on the home page without a click. */
export async function reportingStrip(tx: Tx, today: Day): Promise<HomeSummary['reporting']> {
  const board = await boardOf(tx, addDays(today, -stripDays), addDays(today, -1), today);
  if (board.rows.length === 0) return null;
  const rows = board.rows.map((row) => ({
    institution: row.name,
    url: '/exchange',
    states: row.cells.map((cell) => stripState[cell.status]),
  }));
  const trouble = (row: (typeof rows)[number]) =>
    row.states.filter((state) => state === 'missing' || state === 'refused').length;
  return {
    days: board.days.map((each) => each.day),
    rows: rows.sort((a, b) => trouble(b) - trouble(a)).slice(0, stripRows),
  };
}

const stripState = {
  'not-required': 'not-due',
  'not-due': 'not-due',
  accepted: 'received',
  zero: 'received',
  restated: 'received',
  late: 'late',
  missing: 'missing',
  refused: 'refused',
} as const;
