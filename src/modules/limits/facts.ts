import type { Day } from '../../kernel/day.ts';
import type { Fen } from '../../kernel/money.ts';
import type { AuditHead } from '../audit/index.ts';
import type { HeldBalance } from '../guarantees/index.ts';
import type { LineGroup } from './line-group.ts';

/** What is asked for: a case of `amount` (主债权, 分), of which `guaranteed` is the guarantor's. Parts left out leave their limits out. */
export type Asked = {
  readonly guarantorId: number;
  readonly customerId?: bigint | undefined;
  readonly bankId?: number | undefined;
  readonly productCode?: string | undefined;
  readonly county?: number | undefined;
  readonly amount: Fen;
  readonly guaranteed?: Fen | undefined;
  /** The reservation of this subject is the case itself: it does not count against it. */
  readonly subject?: string | undefined;
  readonly on: Day;
};

export type CapFact = {
  basis: '单户担保金额' | '单户在保余额' | '单户授信担保额度' | '单笔担保金额';
  amount: string;
  source: string;
  unverified: string | null;
};

/** The whole book as last reckoned: by bank and product, by county, by agreement version. */
export type BaseFacts = {
  readonly liability: Fen;
  readonly supportBalance: Fen;
  readonly totalBalance: Fen;
  readonly supportHouseholds: number;
  readonly totalHouseholds: number;
  readonly lines: readonly {
    readonly bankId: number;
    readonly productCode: string;
    readonly outstanding: Fen;
    /** Of this year, shared by the province; and that by group of the yearly line. */
    readonly reguaranteed: Fen;
    readonly groups: Readonly<Partial<Record<LineGroup, Fen>>>;
  }[];
  readonly counties: readonly { readonly county: number; readonly volume: Fen }[];
  readonly claims: readonly { agreementId: number; version: number; paid: Fen; released: Fen }[];
};

export type Party = Omit<HeldBalance, 'contract' | 'borne' | 'guaranteeClass'> & {
  readonly groupId: string | null;
  /** 国有及国有控股; null: nobody said. */
  readonly isStateOwned: boolean | null;
};
export type ProductFact = {
  readonly code: string;
  readonly name: string;
  readonly class: HeldBalance['guaranteeClass'];
  readonly version: number | null;
  readonly caps: readonly CapFact[];
  readonly claimRatioCap: {
    ratio: string;
    whenReached: 'suspend' | 'tell';
    source: string;
    unverified: string | null;
  } | null;
};
export type AgreementFact = {
  readonly bankId: number;
  readonly productCode: string;
  readonly agreementId: number;
  readonly version: number;
  readonly bankShare: string;
  readonly provinceShare: string;
  readonly claimRatioCap: string | null;
  readonly document: string;
};
export type BankLineFact = {
  readonly bankId: number;
  readonly amount: Fen;
  readonly document: string;
  readonly to: Day;
  readonly allocations: readonly { productCode: string | null; amount: Fen }[];
};
/** Guarantees entered since the base was reckoned, summed. */
export type IssuedFact = {
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly principal: Fen;
  readonly isThisYear: boolean;
  readonly lineGroup: LineGroup | null;
};
/** Reservations that count, summed. */
export type PromisedFact = {
  readonly bankId: number;
  readonly productCode: string;
  readonly county: number;
  readonly lineGroup: LineGroup | null;
  readonly amount: Fen;
  readonly liability: Fen;
};
/** One reservation on file, or decided a moment ago (`id` undefined). */
export type KeptFact = {
  readonly id: bigint | undefined;
  readonly subject: string;
  readonly customerId: bigint;
  readonly bankId: number;
  readonly productCode: string;
  readonly guaranteeClass: HeldBalance['guaranteeClass'];
  readonly county: number;
  readonly amount: Fen;
  readonly guaranteed: Fen;
  readonly liability: Fen;
  readonly lineGroup: LineGroup | null;
  readonly until: Day;
  /** Held and not past its day. */
  readonly counts: boolean;
};
export type GuarantorLineFact = {
  readonly amount: Fen;
  readonly document: string;
  readonly unverified: string | null;
  readonly groups: readonly { code: LineGroup; title: string; amount: Fen; text: string }[];
  readonly groupBreach: 'refuse' | 'tell';
};
export type TargetFact = { readonly county: number; readonly amount: Fen; readonly document: string };

/** What the decisions of one guarantor rest on, for every customer, bank, product and county asked about, as they stood under the locks. */
export type Book = {
  readonly auditHead: AuditHead | 'empty';
  readonly capital: { netAssets: Fen; stakes: Fen; asOf: Day } | null;
  readonly base: BaseFacts;
  readonly issued: readonly IssuedFact[];
  readonly guarantorLine: GuarantorLineFact | null;
  /** The customers asked about and all of their groups. */
  readonly customers: ReadonlyMap<bigint, Party>;
  readonly held: readonly (HeldBalance & { readonly committed: Fen })[];
  readonly kept: readonly KeptFact[];
  readonly promised: readonly PromisedFact[];
  readonly banks: ReadonlySet<number>;
  readonly counties: ReadonlySet<number>;
  readonly bankLines: ReadonlyMap<number, BankLineFact>;
  readonly targets: ReadonlyMap<number, TargetFact>;
  /** By bank and product (`agreementKey`). */
  readonly agreements: ReadonlyMap<string, AgreementFact>;
  readonly products: ReadonlyMap<string, ProductFact>;
};

/** Where the agreement of a bank and a product is found. */
export const agreementKey = (bankId: number, productCode: string): string => `${bankId} ${productCode}`;

/** Everything the limits of one case rest on. Amounts in 分. */
export type Facts = Pick<Book, 'capital' | 'base' | 'issued' | 'guarantorLine'> & {
  readonly customer: Party | null;
  /** Outstanding of the customer and its related group by class. */
  readonly held: readonly HeldBalance[];
  readonly standing: { balance: Fen; committed: Fen } | null;
  /** Reservations of the customer and its group, other cases only. */
  readonly reserved: readonly HeldBalance[];
  /** All reservations of the guarantor, other cases only, summed. */
  readonly promised: readonly PromisedFact[];
  readonly bankLine: BankLineFact | null;
  readonly target: TargetFact | null;
  readonly agreement: AgreementFact | null;
  readonly product: ProductFact | null;
};
