import type { z } from 'zod';
import { percent } from '../../kernel/ratio.ts';
import { type Refusal, Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { appendAudit } from '../audit/index.ts';
import { baselineVersions } from './baseline.ts';
import { type newProductVersion, type ProductTerms, productTerms } from './contract.ts';
import { insertVersion, listProducts, lockVersions } from './store.ts';

/**
 * Adds a version of a product; the one before it ends the day before. Cases keep the version they are pinned to. Locks the product.
 * Refuses a day not after the last version's, terms that contradict themselves, an unknown product (404).
 */
export async function addProductVersion(
  tx: Tx,
  context: Context,
  command: z.output<typeof newProductVersion> & { code: string },
): Promise<{ version: number }> {
  const earlier = await lockVersions(tx, command.code);
  if (!earlier) throw new Refused({ code: 'product-unknown', message: '没有这个产品' }, 404);
  const refusals = checkTerms(command.terms);
  if (command.to !== null && command.to < command.from)
    refusals.push({ code: 'ends-before-start', field: 'to', message: '失效日早于生效日' });
  const last = earlier.at(-1);
  if (last && command.from <= last.from) {
    const message = `生效日须晚于上一版（第 ${last.version} 版）的生效日 ${last.from}`;
    refusals.push({ code: 'version-not-later', field: 'from', message });
  }
  if (refusals.length > 0) throw new Refused(refusals);
  const version = (last?.version ?? 0) + 1;
  await insertVersion(tx, { ...command, version, userId: context.actor.userId });
  await appendAudit(tx, context, {
    chain: 0,
    action: 'products.add-version',
    subject: `product:${command.code}`,
    detail: { version, from: command.from, document: command.document },
  });
  return { version };
}

function checkTerms(terms: ProductTerms): Refusal[] {
  const refusals: Refusal[] = [];
  if (terms.termMonths.least > terms.termMonths.most)
    refusals.push({ code: 'term-upside-down', field: 'terms.termMonths', message: '最短期限长于最长期限' });
  const codes = terms.checklist.map((each) => each.code);
  if (new Set(codes).size < codes.length)
    refusals.push({ code: 'checklist-twice', field: 'terms.checklist', message: '资料清单有重复的代码' });
  const ratios = [...terms.shares.map((each) => each.ratio), ...terms.feeCeilings.map((each) => each.ceiling)];
  if (ratios.some((each) => percent(each).numerator > percent(each).denominator))
    refusals.push({
      code: 'ratio-above-one',
      field: 'terms',
      message: '比例与费率须以小数填写，不得大于1（20%填0.2）',
    });
  return refusals;
}

/** Ships the lines of 财金〔2019–2026〕 for the products that exist and have no version yet; says how many versions were added. */
export async function loadBaseline(tx: Tx, context: Context): Promise<number> {
  const bare = new Set((await listProducts(tx)).filter((each) => each.versions === 0).map((each) => each.code));
  const wanted = baselineVersions().filter((each) => bare.has(each.code));
  for (const each of wanted)
    await addProductVersion(tx, context, { ...each, terms: productTerms.parse(each.terms), to: null });
  return wanted.length;
}
