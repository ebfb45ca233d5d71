import type { Day } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import { checkResidentId } from '../../../law/gb-11643.ts';
import { checkUscc, normalizeCode, usccHolder } from '../../../law/gb-32100.ts';
import {
  type CustomerKind,
  customerKinds,
  type IdentityKind,
  identityKinds,
  type StatedCustomer,
} from '../../../law/stated-party.ts';
import type { RowReasons } from './reasons.ts';
import type { RowValues } from './row.ts';

/** The borrower of a row, its number checked by the standard of its kind; undefined with a reason added. */
export function identityOf(
  values: RowValues,
  county: number | undefined,
  today: Day,
  reasons: RowReasons,
): StatedCustomer | undefined {
  const text = values.identityNo as string | undefined;
  const name = values.customerName as string | undefined;
  if (text === undefined || name === undefined) return undefined;
  const identityNo = normalizeCode(text);
  const identityKind = identityKindOf(values.identityKind as string | undefined, identityNo);
  if (!identityKind) {
    const message = `认不出证件类型“${String(values.identityKind).slice(0, 20)}”`;
    reasons.complete('identity-kind-unknown', 'identityKind', message, '请填统一社会信用代码或居民身份证，或留空');
    return undefined;
  }
  const refusals =
    identityKind === 'uscc'
      ? checkUscc(identityNo, 'identityNo')
      : identityKind === 'resident-id'
        ? checkResidentId(identityNo, today, 'identityNo')
        : [];
  reasons.refuseAll(refusals, 'identityNo', '请对照证照更正证件号码后重送');
  const kind = kindOf(values.customerKind as string | undefined, identityKind, identityNo, reasons);
  if (!kind || county === undefined || refusals.length > 0) return undefined;
  return {
    kind,
    name,
    identityKind,
    identityNo,
    county,
    industryCode: values.industryCode as string | undefined,
    staff: values.staff as number | undefined,
    revenue: values.revenue as Fen | undefined,
    assets: values.assets as Fen | undefined,
  };
}

const isResidentLike = (identityNo: string): boolean => /^\d{6}(19|20)\d{9}[\dX]$/.test(identityNo);

function identityKindOf(stated: string | undefined, identityNo: string): IdentityKind | undefined {
  if (stated === undefined) return isResidentLike(identityNo) ? 'resident-id' : 'uscc';
  return identityKinds[stated] ?? Object.values(identityKinds).find((each) => each === stated);
}

function kindOf(
  stated: string | undefined,
  identityKind: IdentityKind,
  identityNo: string,
  reasons: RowReasons,
): CustomerKind | undefined {
  if (stated === undefined) {
    if (identityKind === 'uscc') return usccHolder(identityNo) === '个体工商户' ? 'individual-business' : 'enterprise';
    return undefined;
  }
  const kind = customerKinds[stated] ?? Object.values(customerKinds).find((each) => each === stated);
  if (!kind) {
    const message = `认不出借款人类型“${stated.slice(0, 20)}”`;
    reasons.complete('customer-kind-unknown', 'customerKind', message, '请填企业、个体工商户、农户或小微企业主');
    return undefined;
  }
  if (kind === 'enterprise' && identityKind === 'resident-id') {
    const remedy = '请补统一社会信用代码，或更正借款人类型';
    reasons.refuse('identity-kind', 'identityNo', '企业须登记统一社会信用代码', remedy);
    return undefined;
  }
  return kind;
}

/**
 * 错列：Does the row read as if its cells had moved by one column from a field on? A number of one kind that stands beside the column it
 * belongs to tells. Answers by how many columns (−1 left, +1 right), or undefined.
 */
export function shiftOf(cells: readonly string[], identityAt: number): -1 | 1 | undefined {
  const isIdentity = (at: number): boolean => {
    const text = normalizeCode(cells[at] ?? '');
    return text.length === 18 && (checkUscc(text).length === 0 || isResidentLike(text));
  };
  if (identityAt < 0 || isIdentity(identityAt)) return undefined;
  if (isIdentity(identityAt - 1)) return -1;
  return isIdentity(identityAt + 1) ? 1 : undefined;
}
