import type { Wire } from '../../fields/show.ts';

/** GET /api/home/todo, soonest due first. `remainingWorkingDays` counts 调休; negative is overdue, null has no deadline. */
export type Todo = {
  readonly id: string;
  readonly module: string;
  readonly kind: string;
  readonly title: string;
  readonly institution: string;
  readonly dueOn: string | null;
  readonly remainingWorkingDays: number | null;
  readonly url: string;
};

/** One card: `change` compares with the day or quarter named in `against`. */
export type KeyFigure = {
  readonly key: string;
  readonly title: string;
  readonly value: Wire;
  readonly unit: string;
  readonly change?: { readonly value: Wire; readonly against: string };
  readonly explain?: string;
  readonly url?: string;
};

/** One institution and business day on the reporting strip. */
export type ReportingState = 'received' | 'sent' | 'late' | 'missing' | 'refused' | 'not-due';

/** GET /api/home/summary. Figures of the map come from sealed certificates only; `map` is null before the first seal. */
export type HomeSummary = {
  readonly asOf: string;
  readonly basis: string;
  readonly figures: readonly KeyFigure[];
  readonly map: {
    readonly title: string;
    readonly unit: string;
    readonly asOf: string;
    readonly basis: string;
    readonly rows: readonly { readonly code: string; readonly value: Wire }[];
  } | null;
  readonly reporting: {
    readonly days: readonly string[];
    readonly rows: readonly {
      readonly institution: string;
      readonly url?: string;
      readonly states: readonly ReportingState[];
    }[];
  } | null;
};
