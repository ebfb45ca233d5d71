import type { z } from 'zod';
import type { Day } from '../../kernel/day.ts';
import { type Fen, parseMoney, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { identityHash, sizeOf } from '../customers/index.ts';
import { type HeadroomLine, headroom } from '../limits/index.ts';
import { productVersionOn } from '../products/index.ts';
import type { CaseDraft, caseCheck, checkAsked } from './contract.ts';
import { type Asked, gather } from './gather.ts';
import { applicationOf, checkApplication, checkNumber, elsewhereText } from './rules/application.ts';
import { atCounter, callerSide, customerStanding, elsewhereOf } from './store.ts';

type Check = z.input<typeof caseCheck>;
const identityKinds = ['uscc', 'resident-id', 'foreign-id'] as const;
const kinds = ['enterprise', 'individual-business', 'farmer', 'business-owner'] as const;
const known = <T extends string>(all: readonly T[], text: string | undefined): T | undefined =>
  all.find((each) => each === text);
const amountOf = (text: string | undefined): Fen | undefined => (text ? parseMoney(text, '元') : undefined);

/**
 * 填表即查：what can be said of a draft as far as it is typed: identity, size, twins, clauses of the product, room under the limits, and all that
 * is missing. Stores nothing; a bank is told colours of limits, not the guarantor's figures. Refused (403) for who has no business here.
 */
export async function checkDraft(tx: Tx, command: z.output<typeof checkAsked>, today: Day): Promise<Check> {
  const { guarantorId, draft } = command;
  const side = await callerSide(tx);
  if (!(await atCounter(tx, guarantorId, null)))
    throw new Refused({ code: 'not-your-guarantor', message: '与该担保机构没有合作协议' }, 403);
  const isBank = side.bankId !== 0;
  const asked: Asked = {
    guarantorId,
    id: command.caseId === undefined ? null : BigInt(command.caseId),
    bankId: isBank ? side.bankId : (command.bankId ?? null),
    on: today,
  };
  const product = draft.productCode ? await productVersionOn(tx, draft.productCode, today) : undefined;
  const read = applicationOf(draft);
  const gathered = 'application' in read ? await gather(tx, asked, read.application) : undefined;
  const wrong =
    'application' in read
      ? [...checkApplication(read.application, today), ...(gathered?.refusals ?? [])]
      : read.refusals;
  const hash = draft.identityNo && draft.identityKind ? identityHash(draft.identityKind, draft.identityNo) : undefined;
  return {
    identity: identityTold(draft, today),
    size: sizeTold(draft, today),
    own: isBank ? [] : (gathered?.told ?? []).map((message) => ({ code: 'own-case', message })),
    elsewhere: gathered?.elsewhere ?? (hash ? await elsewhereTold(tx, guarantorId, hash) : []),
    product: product
      ? {
          code: product.code,
          name: product.name,
          version: product.version,
          feeRate: gathered?.feeRate ?? product.terms.feeRate.rate,
        }
      : null,
    eligibility: gathered?.eligibility ?? [],
    headroom: await roomTold(tx, asked, draft, hash),
    missing: wrong.map(({ code, message, field }) => ({ code, message, ...(field ? { field } : {}) })),
  };
}

function identityTold(draft: CaseDraft, today: Day): Check['identity'] {
  const identityKind = known(identityKinds, draft.identityKind);
  if (!identityKind || !draft.identityNo) return null;
  const refusals = checkNumber({ identityKind, identityNo: draft.identityNo }, today, 'identityNo');
  return { ok: refusals.length === 0, messages: refusals.map((each) => each.message) };
}

function sizeTold(draft: CaseDraft, today: Day): Check['size'] {
  const kind = known(kinds, draft.customerKind);
  if (!kind) return null;
  const { size, evidence } = sizeOf(
    {
      kind,
      identityKind: known(identityKinds, draft.identityKind) ?? 'uscc',
      identityNo: draft.identityNo ?? '',
      industryCode: draft.industryCode || undefined,
      staff: draft.staff && /^\d+$/.test(draft.staff) ? Number(draft.staff) : undefined,
      revenue: amountOf(draft.revenue),
      assets: amountOf(draft.assets),
    },
    today,
  );
  return { size: size as '小型', reason: (evidence as { reason?: string }).reason ?? '' };
}

const elsewhereTold = async (tx: Tx, guarantorId: number, hash: string) => {
  const counts = (await elsewhereOf(tx, guarantorId, [hash])).get(hash);
  return counts ? elsewhereText([{ who: '该客户', ...counts }]) : [];
};

async function roomTold(tx: Tx, asked: Asked, draft: CaseDraft, hash: string | undefined): Promise<Check['headroom']> {
  const amount = amountOf(draft.amount);
  if (!amount || amount <= 0n) return [];
  const customer = hash ? await customerStanding(tx, asked.guarantorId, hash) : undefined;
  const lines = await headroom(tx, {
    guarantorId: asked.guarantorId,
    customerId: customer?.id,
    bankId: asked.bankId ?? undefined,
    productCode: draft.productCode || undefined,
    county: draft.county && /^\d{6}$/.test(draft.county) ? Number(draft.county) : undefined,
    amount,
    on: asked.on,
  });
  return lines.filter((each) => each.limit !== null).map(markOf);
}

/** Red: breached. Amber: more than nine tenths used with this case; a habit of display, no rule. */
const markOf = (line: HeadroomLine): Check['headroom'][number] => ({
  code: line.code,
  title: line.title,
  level: line.isBreached
    ? line.binds
      ? 'red'
      : 'amber'
    : line.after * 10n > (line.limit ?? yuan('0')) * 9n
      ? 'amber'
      : 'green',
  cure: line.isBreached ? '超出可用额度，请减少金额或与担保机构联系' : '',
});
