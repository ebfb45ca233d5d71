import type { Day } from '../../kernel/day.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { AuthorisationState } from './contract.ts';

/** An authorisation of a customer as far as its validity goes. */
export type Authorisation = {
  readonly id: bigint;
  readonly fromOn: Day;
  readonly untilOn: Day;
  readonly isRevoked: boolean;
};

/** What an authorisation is worth on a day. Both its days count. A revocation ends it at once, for ever. */
export function stateOn(of: Omit<Authorisation, 'id'>, on: Day): AuthorisationState {
  if (of.isRevoked) return 'revoked';
  if (on < of.fromOn) return 'not-yet';
  return on > of.untilOn ? 'expired' : 'valid';
}

/**
 * The authorisation to ask by, or why nobody may ask. `all`: those of the customer for this purpose and platform, newest first.
 * `what` names purpose and platform in the message; nothing of the customer is in it.
 */
export function usableAuthorisation(
  all: readonly Authorisation[],
  on: Day,
  what: { readonly purpose: string; readonly platform: string },
): Authorisation | Refusal {
  const valid = all.find((each) => stateOn(each, on) === 'valid');
  if (valid) return valid;
  const newest = all[0];
  const head = `没有 ${on} 有效的查询授权（用途：${what.purpose}；平台：${what.platform}），不能查询`;
  const remedy = '请取得客户书面授权，上传授权书并在「信用信息授权」登记后再查';
  if (!newest) return { code: 'credit-authorisation-missing', message: `${head}。${remedy}` };
  const state = stateOn(newest, on);
  if (state === 'revoked')
    return { code: 'credit-authorisation-revoked', message: `客户已撤回授权：${head}。${remedy}` };
  const figures = { 授权起: newest.fromOn, 授权止: newest.untilOn };
  return state === 'expired'
    ? { code: 'credit-authorisation-expired', message: `授权已于 ${newest.untilOn} 到期：${head}。${remedy}`, figures }
    : { code: 'credit-authorisation-not-yet', message: `授权自 ${newest.fromOn} 起有效：${head}`, figures };
}

/** Is this the refusal of `usableAuthorisation`? */
export const isRefusal = (found: Authorisation | Refusal): found is Refusal => 'code' in found;

/** 张三丰 → 张**; 太原某某机械有限公司 → 太原****公司. Enough to recognise, too little to copy. */
export function maskName(name: string): string {
  if (name.length <= 1) return name;
  if (name.length <= 4) return name[0] + '*'.repeat(name.length - 1);
  return `${name.slice(0, 2)}****${name.slice(-2)}`;
}

/** The first three and the last two characters of a code. */
export const maskCode = (code: string): string =>
  code.length <= 6 ? '*'.repeat(code.length) : `${code.slice(0, 3)}${'*'.repeat(code.length - 5)}${code.slice(-2)}`;
