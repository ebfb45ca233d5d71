import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, plus } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { AuditHead } from '../audit/index.ts';
import type { HeldBalance } from '../guarantees/index.ts';
import { freshBase, saveBase } from './book-base.ts';

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
export type BaseFacts = {
  readonly asOf: Day;
  readonly since: string;
  readonly liability: Fen;
  readonly supportBalance: Fen;
  readonly totalBalance: Fen;
  readonly supportHouseholds: number;
  readonly totalHouseholds: number;
  readonly lines: readonly { bankId: number; productCode: string; outstanding: string; reguaranteed: string }[];
  readonly counties: readonly { county: number; volume: string }[];
  readonly claims: readonly { agreementId: number; version: number; paid: string; released: string }[];
};

/** Everything the limits of one case rest on, read in one statement. Amounts in 分. */
export type Facts = {
  /** The head of the guarantor's audit chain, where the facts were locked. */
  readonly auditHead: AuditHead | 'empty';
  readonly capital: { netAssets: Fen; stakes: Fen; asOf: Day } | null;
  readonly customer: (Omit<HeldBalance, 'contract' | 'borne' | 'guaranteeClass'> & { isGrouped: boolean }) | null;
  /** Outstanding of the customer and its related group by class. */
  readonly held: readonly HeldBalance[];
  readonly standing: { balance: Fen; committed: Fen } | null;
  /** Reservations of the customer and its group, other cases only. */
  readonly reserved: readonly HeldBalance[];
  /** All reservations of the guarantor, other cases only, summed. */
  readonly promised: readonly { bankId: number; productCode: string; county: number; amount: Fen; liability: Fen }[];
  readonly base: BaseFacts;
  /** Guarantees entered since the base was reckoned, summed. */
  readonly issued: readonly {
    bankId: number;
    productCode: string;
    county: number;
    principal: Fen;
    isThisYear: boolean;
    isReguaranteed: boolean;
  }[];
  readonly bankLine: {
    amount: Fen;
    version: number;
    document: string;
    to: Day;
    allocations: readonly { productCode: string | null; amount: Fen }[];
  } | null;
  readonly guarantorLine: { amount: Fen; document: string; unverified: string | null } | null;
  readonly target: { amount: Fen; document: string } | null;
  readonly agreement: {
    agreementId: number;
    version: number;
    bankShare: string;
    provinceShare: string;
    claimRatioCap: string | null;
    document: string;
  } | null;
  readonly product: {
    code: string;
    name: string;
    class: HeldBalance['guaranteeClass'];
    version: number | null;
    caps: readonly CapFact[];
    claimRatioCap: { ratio: string; whenReached: 'suspend' | 'tell'; source: string; unverified: string | null } | null;
  } | null;
};

/**
 * Reads the facts; with `locks` the guarantor, bank and customers stay locked until commit. The base is reckoned anew when it is missing,
 * of another day, or an hour old: kept when locked, for this answer only when reading. A bank asking about a case with itself is
 * answered from the last reckoning, undefined when there is none. Refused (403) for who has no business with the guarantor.
 */
export async function factsOf(tx: Tx, asked: Asked, locks: boolean): Promise<Facts | undefined> {
  let raw = await readFacts(tx, asked, locks);
  if (!raw.seesBook) return raw.base === null ? undefined : factsFrom(raw);
  if (isStale(raw, asked.on)) {
    const base = await freshBase(tx, asked.guarantorId, asked.on);
    if (locks) {
      await saveBase(tx, asked.guarantorId, base);
      raw = await readFacts(tx, asked, locks);
    } else raw = { ...raw, base, issued: [] };
  }
  return factsFrom(raw);
}

async function readFacts(tx: Tx, asked: Asked, locks: boolean): Promise<Raw> {
  const { rows } = await sql<{
    facts: Raw | null;
  }>`select limits.facts(${asked.guarantorId}, ${asked.customerId ?? null}, ${asked.bankId ?? null},
    ${asked.productCode ?? null}, ${asked.county ?? null}, ${asked.on}, ${asked.subject ?? null}, ${locks}) as facts`.execute(
    tx,
  );
  const facts = rows[0]?.facts;
  if (facts) return facts;
  throw new Refused({ code: 'not-your-guarantor', message: '没有这家担保机构，或不在您的权限范围内' }, 403);
}

const isStale = ({ base, isOld }: Raw, on: Day): boolean => base === null || base.asOf !== on || isOld;

/** Amounts are text where the database writes them: beyond 2^53 nothing may be lost. */
export type RawBase = Omit<BaseFacts, 'liability' | 'supportBalance' | 'totalBalance'> & {
  /** Ids recorded after `since` that are in it. */
  readonly counted: readonly string[];
  readonly liability: string;
  readonly supportBalance: string;
  readonly totalBalance: string;
};
type RawHeld = Omit<HeldBalance, 'customerId' | 'contract' | 'borne'> & {
  customerId: string;
  contract: string;
  borne: string;
};
type Texts<T> = { readonly [K in keyof T]: T[K] extends Fen ? string : T[K] };
type Raw = {
  auditHead: { seq: string; hash: string } | null;
  /** The base was reckoned more than an hour ago. */
  isOld: boolean;
  seesBook: boolean;
  capital: Texts<NonNullable<Facts['capital']>> | null;
  customer: (Omit<NonNullable<Facts['customer']>, 'customerId'> & { customerId: string }) | null;
  held: (RawHeld & { committed: string })[];
  reserved: RawHeld[];
  promised: Texts<Facts['promised'][number]>[];
  base: RawBase | null;
  issued: Texts<Facts['issued'][number]>[];
  bankLine:
    | (Omit<NonNullable<Facts['bankLine']>, 'amount' | 'allocations'> & {
        amount: string;
        allocations: { productCode: string | null; amount: string }[];
      })
    | null;
  guarantorLine: { amount: string; document: string; unverified: string | null } | null;
  target: { amount: string; document: string } | null;
  agreement: Facts['agreement'];
  product: Facts['product'];
};

const money = (text: string): Fen => fen(BigInt(text));
const balanceOf = (raw: RawHeld): HeldBalance => ({
  ...raw,
  customerId: BigInt(raw.customerId),
  contract: money(raw.contract),
  borne: money(raw.borne),
});

const standingOf = (own: Raw['held']) => ({
  balance: plus(...own.map((each) => money(each.contract))),
  committed: plus(...own.map((each) => money(each.committed))),
});

function factsFrom(raw: Raw): Facts {
  const base = raw.base as RawBase;
  return {
    ...raw,
    auditHead: raw.auditHead === null ? 'empty' : { seq: BigInt(raw.auditHead.seq), hash: raw.auditHead.hash },
    capital: raw.capital && {
      ...raw.capital,
      netAssets: money(raw.capital.netAssets),
      stakes: money(raw.capital.stakes),
    },
    customer: raw.customer && { ...raw.customer, customerId: BigInt(raw.customer.customerId) },
    held: raw.held.map(balanceOf),
    standing: raw.customer && standingOf(raw.held.filter((each) => each.customerId === raw.customer?.customerId)),
    reserved: raw.reserved.map(balanceOf),
    promised: raw.promised.map((each) => ({ ...each, amount: money(each.amount), liability: money(each.liability) })),
    base: {
      ...base,
      liability: money(base.liability),
      supportBalance: money(base.supportBalance),
      totalBalance: money(base.totalBalance),
    },
    issued: raw.issued.map((each) => ({ ...each, principal: money(each.principal) })),
    bankLine: raw.bankLine && {
      ...raw.bankLine,
      amount: money(raw.bankLine.amount),
      allocations: raw.bankLine.allocations.map((each) => ({ ...each, amount: money(each.amount) })),
    },
    guarantorLine: raw.guarantorLine && { ...raw.guarantorLine, amount: money(raw.guarantorLine.amount) },
    target: raw.target && { ...raw.target, amount: money(raw.target.amount) },
  };
}
