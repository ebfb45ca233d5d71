import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { type Fen, fen, yuan } from '../../kernel/money.ts';
import { Refused } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import type { HeldBalance } from '../guarantees/index.ts';
import { freshBase, type RawBase, saveBase } from './book-base.ts';
import {
  type AgreementFact,
  type Asked,
  agreementKey,
  type Book,
  type KeptFact,
  type Party,
  type ProductFact,
} from './facts.ts';
import type { LineGroup } from './line-group.ts';

/**
 * Reads the book for cases of one guarantor and one day, in one statement; with `locks` the guarantor, banks, customers with their groups
 * and the audit chain stay locked until commit. The base is reckoned anew when it is missing, of another day, or an hour old: kept when
 * locked, for this answer only when reading. A bank asking about cases with itself is answered from the last reckoning, undefined when
 * there is none. Refused (403) for who has no business with the guarantor.
 */
export async function readBook(tx: Tx, asked: readonly Asked[], locks: boolean): Promise<Book | undefined> {
  const { guarantorId, on } = asked[0] as Asked;
  let raw = await readRaw(tx, asked, locks);
  if (!raw.seesBook) return raw.base === null ? undefined : bookFrom(raw, raw.base);
  if (raw.base === null || raw.base.asOf !== on || raw.isOld) {
    const base = await freshBase(tx, guarantorId, on);
    if (!locks) return bookFrom({ ...raw, issued: [] }, base);
    await saveBase(tx, guarantorId, base);
    raw = await readRaw(tx, asked, locks);
  }
  return bookFrom(raw, raw.base as RawBase);
}

const distinct = <T>(all: readonly (T | undefined)[]): T[] => [
  ...new Set(all.filter((each): each is T & {} => each !== undefined)),
];

async function readRaw(tx: Tx, asked: readonly Asked[], locks: boolean): Promise<Raw> {
  const { guarantorId, on } = asked[0] as Asked;
  const { rows } = await sql<{
    facts: Raw | null;
  }>`select limits.facts(${guarantorId}, ${distinct(asked.map((each) => each.customerId))}::bigint[],
    ${distinct(asked.map((each) => each.bankId))}::integer[], ${distinct(asked.map((each) => each.productCode))}::text[],
    ${distinct(asked.map((each) => each.county))}::integer[], ${distinct(asked.map((each) => each.subject))}::text[], ${on}, ${locks}) as facts`.execute(
    tx,
  );
  const facts = rows[0]?.facts;
  if (facts) return facts;
  throw notYourGuarantor();
}

/** The answer to who has no business with a guarantor, and to who names one that is not. */
export const notYourGuarantor = () =>
  new Refused({ code: 'not-your-guarantor', message: '没有这家担保机构，或不在您的权限范围内' }, 403);

/** Amounts are text where the database writes them: beyond 2^53 nothing may be lost. */
type Raw = {
  auditHead: { seq: string; hash: string } | null;
  /** The base was reckoned more than an hour ago. */
  isOld: boolean;
  seesBook: boolean;
  capital: { netAssets: string; stakes: string; asOf: Day } | null;
  customers: (Omit<Party, 'customerId'> & { customerId: string })[];
  held: {
    customerId: string;
    guaranteeClass: HeldBalance['guaranteeClass'];
    committed: string;
    contract: string;
    borne: string;
  }[];
  kept: (Omit<KeptFact, 'id' | 'customerId' | 'amount' | 'guaranteed' | 'liability'> & {
    id: string;
    customerId: string;
    amount: string;
    guaranteed: string;
    liability: string;
  })[];
  promised: {
    bankId: number;
    productCode: string;
    county: number;
    lineGroup: LineGroup | null;
    amount: string;
    liability: string;
  }[];
  base: RawBase | null;
  issued: {
    bankId: number;
    productCode: string;
    county: number;
    principal: string;
    isThisYear: boolean;
    lineGroup: LineGroup | null;
  }[];
  banks: number[];
  counties: number[];
  bankLines: {
    bankId: number;
    amount: string;
    document: string;
    to: Day;
    allocations: { productCode: string | null; amount: string }[];
  }[];
  guarantorLine: {
    amount: string;
    document: string;
    unverified: string | null;
    groups: { code: LineGroup; title: string; amount: string; text: string }[];
    groupBreach: 'refuse' | 'tell';
  } | null;
  targets: { county: number; amount: string; document: string }[];
  agreements: AgreementFact[];
  products: ProductFact[];
};

const money = (text: string): Fen => fen(BigInt(text));

function bookFrom(raw: Raw, base: RawBase): Book {
  const customers = new Map(
    raw.customers.map((each) => [BigInt(each.customerId), { ...each, customerId: BigInt(each.customerId) }]),
  );
  return {
    auditHead: raw.auditHead === null ? 'empty' : { seq: BigInt(raw.auditHead.seq), hash: raw.auditHead.hash },
    capital: raw.capital && {
      ...raw.capital,
      netAssets: money(raw.capital.netAssets),
      stakes: money(raw.capital.stakes),
    },
    customers,
    held: raw.held.map((each) => ({
      ...(customers.get(BigInt(each.customerId)) as Party),
      guaranteeClass: each.guaranteeClass,
      contract: money(each.contract),
      borne: money(each.borne),
      committed: money(each.committed),
    })),
    kept: raw.kept.map((each) => ({
      ...each,
      id: BigInt(each.id),
      customerId: BigInt(each.customerId),
      amount: money(each.amount),
      guaranteed: money(each.guaranteed),
      liability: money(each.liability),
    })),
    promised: raw.promised.map((each) => ({ ...each, amount: money(each.amount), liability: money(each.liability) })),
    base: baseFrom(base),
    issued: raw.issued.map((each) => ({ ...each, principal: money(each.principal) })),
    banks: new Set(raw.banks),
    counties: new Set(raw.counties),
    bankLines: new Map(
      raw.bankLines.map((each) => [
        each.bankId,
        {
          ...each,
          amount: money(each.amount),
          allocations: each.allocations.map((part) => ({ ...part, amount: money(part.amount) })),
        },
      ]),
    ),
    guarantorLine: raw.guarantorLine && {
      ...raw.guarantorLine,
      amount: money(raw.guarantorLine.amount),
      groups: raw.guarantorLine.groups.map((each) => ({ ...each, amount: yuan(each.amount) })),
    },
    targets: new Map(raw.targets.map((each) => [each.county, { ...each, amount: money(each.amount) }])),
    agreements: new Map(raw.agreements.map((each) => [agreementKey(each.bankId, each.productCode), each])),
    products: new Map(raw.products.map((each) => [each.code, each])),
  };
}

function baseFrom(base: RawBase): Book['base'] {
  return {
    liability: money(base.liability),
    supportBalance: money(base.supportBalance),
    totalBalance: money(base.totalBalance),
    supportHouseholds: base.supportHouseholds,
    totalHouseholds: base.totalHouseholds,
    lines: base.lines.map((each) => ({
      bankId: each.bankId,
      productCode: each.productCode,
      outstanding: money(each.outstanding),
      reguaranteed: money(each.reguaranteed),
      groups: Object.fromEntries(Object.entries(each.groups).map(([group, sum]) => [group, money(sum)])),
    })),
    counties: base.counties.map((each) => ({ county: each.county, volume: money(each.volume) })),
    claims: base.claims.map((each) => ({ ...each, paid: money(each.paid), released: money(each.released) })),
  };
}
