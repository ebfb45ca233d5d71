import { z } from 'zod';
import { dayOut } from '../../../wire/wire.ts';
import { placeholder, runKind } from './words.ts';

/** What anyone who holds a letter is told of it. */
export const letterCheck = z.object({
  number: z.string(),
  title: z.string(),
  kind: runKind,
  year: z.number().int(),
  region: z.string(),
  amount: z.string().meta({ description: '拨付减收回（元）' }),
  issuedOn: dayOut,
  placeholder,
  guarantor: z.string().nullable().meta({ description: '发给哪家机构；空为汇总' }),
  intact: z.boolean().meta({ description: '金额与发文时的内容摘要一致' }),
  hash: z.string(),
});
export type LetterCheck = z.infer<typeof letterCheck>;
