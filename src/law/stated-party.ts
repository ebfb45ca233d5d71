import type { Fen } from '../kernel/money.ts';

export type CustomerKind = 'enterprise' | 'individual-business' | 'farmer' | 'business-owner';
export type IdentityKind = 'uscc' | 'resident-id' | 'foreign-id';

/** The guaranteed party as a row of a file states it, whoever sends the file. */
export type StatedCustomer = {
  readonly kind: CustomerKind;
  readonly name: string;
  readonly identityKind: IdentityKind;
  readonly identityNo: string;
  readonly county: number;
  readonly industryCode?: string | undefined;
  readonly staff?: number | undefined;
  readonly revenue?: Fen | undefined;
  readonly assets?: Fen | undefined;
};

/** The words files use for a kind of party. */
export const customerKinds: Readonly<Record<string, CustomerKind>> = {
  企业: 'enterprise',
  个体工商户: 'individual-business',
  个体户: 'individual-business',
  农户: 'farmer',
  小微企业主: 'business-owner',
};
/** The words files use for a kind of identity number. */
export const identityKinds: Readonly<Record<string, IdentityKind>> = {
  统一社会信用代码: 'uscc',
  居民身份证: 'resident-id',
  身份证: 'resident-id',
};
/** The bits of 支小, 支农, 支新, 支创 in a mask of tags. */
export const tagBits: Readonly<Record<string, number>> = { 支小: 1, 支农: 2, 支新: 4, 支创: 8 };
