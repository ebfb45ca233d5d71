import { fen, larger, minus, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { renameCustomer } from '../customers/index.ts';
import { proposeChange } from '../filings/index.ts';
import { amendGuarantee, recordMovement } from '../guarantees/index.ts';
import type { ChangeRecord } from './changes.ts';
import { learnContent } from './content.ts';
import { type ContentKind, changeKinds } from './contract/titles.ts';
import { addCounter, releaseCounters } from './counters.ts';
import { guaranteeFor, type Held } from './guarantee.ts';

/**
 * Makes an approved change of content true in the book from its day on: the customer goes by the new name, the due day comes earlier,
 * the branch is another, counter-guarantees are exchanged, the amount comes down. What the contract now says is kept with both times, and
 * the filing follows. Locks the guarantee. Refused where the guarantee has gone out of force, or the thing was changed meanwhile.
 */
export async function takeEffect(tx: Tx, context: Context, guarantorId: number, change: ChangeRecord): Promise<void> {
  const { id, guaranteeId, bankId, before, after, effectiveOn } = change;
  const kind = change.kind as ContentKind;
  const held = await guaranteeFor(tx, guarantorId, guaranteeId, true);
  if (held.status !== 'in-force')
    throw new Refused({ code: 'not-in-force', message: `保函已不在保，${changeKinds[kind]}不能生效，请否决或撤回` });
  await effectIn[kind](tx, context, held, change);
  await learnContent(tx, context, {
    ...{ guarantorId, guaranteeId, bankId, kind, before },
    ...{ value: after, trueFrom: effectiveOn, changeId: id },
  });
  await proposeChange(tx, context, {
    ...{ guarantorId, guaranteeId, kind: 'change', occurredOn: effectiveOn, reference: String(id) },
    changes: [{ title: changeKinds[kind], before, after }],
  });
}

type Effect = (tx: Tx, context: Context, held: Held, change: ChangeRecord) => Promise<unknown>;
/** The book has no column for it: that the contract says so, and since when, is the effect. */
const saidOnly: Effect = async () => {};

const effectIn: Readonly<Record<ContentKind, Effect>> = {
  representative: saidOnly,
  purpose: saidOnly,
  repayment: saidOnly,
  name: (tx, context, held, { id, before, after, effectiveOn }) => {
    if (held.customerName !== before)
      throw new Refused({ code: 'changed-meanwhile', message: `客户已改名为${held.customerName}，请重新申请` });
    const { guarantorId, customerId } = held;
    return renameCustomer(tx, context, {
      ...{ guarantorId, id: customerId, name: after, from: effectiveOn },
      document: `保后变更 ${id}`,
    });
  },
  term: (tx, context, held, { id, terms }) =>
    amendGuarantee(tx, context, { ...keyOf(held), dueOn: terms.dueOn, cause: `保后变更 ${id}` }),
  branch: (tx, context, held, { id, terms }) =>
    amendGuarantee(tx, context, { ...keyOf(held), branchId: terms.branchId, cause: `保后变更 ${id}` }),
  counter: exchangeCounters,
  reduction: async (tx, context, held, { id, terms, effectiveOn }) => {
    const down = larger(fen(0n), minus(held.outstanding, yuan(terms.amount ?? '0')));
    // Repaid meanwhile down to the new amount: nothing is left to release.
    if (down === 0n) return;
    await recordMovement(tx, context, {
      ...{ ...keyOf(held), kind: 'release', amount: down, occurredOn: effectiveOn },
      ...{ cause: changeKinds.reduction, reference: `变更${id}` },
    });
  },
};

const keyOf = (held: Held) => ({ guarantorId: held.guarantorId, guaranteeId: held.id });

async function exchangeCounters(tx: Tx, context: Context, held: Held, { id, terms, effectiveOn }: ChangeRecord) {
  const { release = [], add } = terms.counters ?? {};
  await releaseCounters(tx, context, {
    ...{ guarantorId: held.guarantorId, ids: release.map(BigInt), on: effectiveOn },
    cause: `${changeKinds.counter}（保后变更 ${id}）`,
  });
  if (add) await addCounter(tx, context, { ...keyOf(held), ...add, signedOn: effectiveOn });
}
