import type { Day } from '../../../kernel/day.ts';
import type { Fen } from '../../../kernel/money.ts';
import type { Running } from './running.ts';

/** A cooperation agreement's version, as rows need it. */
export type AgreementFacts = {
  readonly agreementId: number;
  readonly version: number;
  readonly fromOn: Day;
  readonly toOn: Day | null;
  readonly feeRate: string;
};

/** A guarantee of the book, as far as a row can differ from it. */
export type KnownGuarantee = {
  readonly id: bigint;
  readonly customerId: bigint;
  readonly identityNo: string;
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly agreementId: number;
  readonly agreementVersion: number;
};

/** Everything rows are judged against, loaded in sets for a chunk. Answers undefined where the book knows nothing. */
export type Facts = {
  readonly today: Day;
  bankOf(text: string): number | undefined;
  /** A known bank whose name is close to this one. */
  bankLike(text: string): string | undefined;
  countyOf(text: string): number | undefined;
  hasProduct(code: string): boolean;
  /** The version in force on a day. */
  agreementOf(bankId: number, product: string, on: Day): AgreementFacts | undefined;
  customerOf(identityNo: string): { readonly id: bigint; readonly name: string } | undefined;
  guaranteeOf(contractNo: string): KnownGuarantee | undefined;
  /** The line of this file that had the contract before, and whether it said the same. */
  earlierInFile(contractNo: string, content: string): { readonly line: number; readonly isSame: boolean } | undefined;
  runningOf(contractNo: string): Running | undefined;
  isSameName(one: string, other: string): boolean;
};
