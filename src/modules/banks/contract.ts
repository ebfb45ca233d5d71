import { z } from 'zod';
import { idWire, instantOut, pageOf, pageQuery } from '../../wire/wire.ts';

/** GET /api/bank-branches. */
export const branchQuery = pageQuery.extend({
  q: z.string().trim().max(60).optional().meta({ description: '名称或代码的一部分' }),
  bankId: z.coerce.number().int().optional(),
});

/** One branch. */
export const branchWire = z.object({
  id: idWire,
  bankId: idWire,
  bankName: z.string(),
  code: z.string(),
  name: z.string(),
  regionCode: z.string().nullable(),
  regionName: z.string().nullable(),
});
/** GET /api/bank-branches answers this. */
export const branchPage = pageOf(branchWire);

/** POST /api/bank-branches. */
export const createBranchBody = z.object({
  bankId: z.coerce.number().int().positive(),
  code: z.string().trim().min(2).max(40),
  name: z.string().trim().min(2).max(100),
  regionCode: z.coerce.number().int().min(100000).max(999999).optional(),
});

/** GET /api/bank-aliases answers this. */
export const aliasPage = pageOf(
  z.object({
    alias: z.string(),
    bankId: idWire,
    bankName: z.string(),
    branchId: idWire.nullable(),
    branchName: z.string().nullable(),
    confirmedBy: z.string(),
    confirmedAt: instantOut,
  }),
);

/** POST /api/bank-aliases. */
export const confirmAliasBody = z.object({
  alias: z.string().trim().min(1).max(200),
  bankId: z.coerce.number().int().positive(),
  branchId: z.coerce.number().int().positive().optional(),
});

/** POST /api/banks/match. */
export const matchBody = z.object({ names: z.array(z.string().max(200)).max(500) });

const target = z.object({ bankId: idWire, branchId: idWire.nullable() });

/** What each name stands for, in the order given. */
export const matchWire = z.object({
  rows: z.array(
    z.object({
      given: z.string(),
      match: target.nullable(),
      suggestions: z.array(target.extend({ likeness: z.number() })),
    }),
  ),
});
