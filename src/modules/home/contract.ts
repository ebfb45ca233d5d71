import { z } from 'zod';
import { todoWire } from '../../wire/wire.ts';

export const todoPage = z.object({ rows: z.array(todoWire), next: z.null() });

export const figureWire = z.object({
  key: z.string(),
  title: z.string(),
  value: z.string().nullable(),
  unit: z.string(),
  change: z.object({ value: z.string().nullable(), against: z.string() }).optional(),
  explain: z.string().optional(),
  url: z.string().optional(),
});

/** The home page: figures of the caller's own area, the map of the newest final quarter, who has reported. */
export const summaryWire = z.object({
  asOf: z.string(),
  basis: z.string(),
  figures: z.array(figureWire),
  map: z
    .object({
      title: z.string(),
      unit: z.string(),
      asOf: z.string(),
      basis: z.string(),
      rows: z.array(z.object({ code: z.string(), value: z.string().nullable() })),
    })
    .nullable(),
  reporting: z
    .object({
      days: z.array(z.string()),
      rows: z.array(
        z.object({
          institution: z.string(),
          url: z.string().optional(),
          states: z.array(z.enum(['received', 'sent', 'late', 'missing', 'refused', 'not-due'])),
        }),
      ),
    })
    .nullable(),
});
export type HomeSummary = z.infer<typeof summaryWire>;

export const searchAnswer = z.object({
  rows: z.array(z.object({ kind: z.string(), title: z.string(), subtitle: z.string().optional(), url: z.string() })),
});
