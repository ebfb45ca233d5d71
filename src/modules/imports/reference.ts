import { sql } from 'kysely';
import type { Day } from '../../kernel/day.ts';
import { addDays, day } from '../../kernel/day.ts';
import { parseRatio, zeroRatio } from '../../kernel/ratio.ts';
import { sm3 } from '../../platform/crypto/index.ts';
import type { Db, Tx } from '../../platform/db.ts';
import type { Context } from '../../platform/http.ts';
import { ownText } from '../../platform/sheets/index.ts';
import { isSameName, normaliseName } from '../../platform/text/index.ts';
import { createAgreement } from '../agreements/index.ts';
import type { RiskSplit } from '../guarantees/index.ts';
import type { ImportProfile } from './contract.ts';
import type { AgreementFacts } from './rules/facts.ts';

type VersionRow = {
  agreement_id: number;
  bank_id: number;
  product_code: string;
  version: number;
  from_on: Day;
  to_on: Day | null;
  fee_rate: string;
  bank_share: string;
  guarantor_share: string;
  province_share: string;
  fund_share: string;
  other_share: string;
};

/** Reference facts of a pass, read once: banks, counties, products, agreements with their splits. */
export class Reference {
  readonly #profile: ImportProfile;
  readonly #banks = new Map<string, number>();
  readonly #bankNames: string[] = [];
  readonly #resolved = new Map<string, number | undefined>();
  readonly #likes = new Map<string, string | undefined>();
  readonly #counties = new Map<string, number | undefined>();
  readonly #countyCodes = new Set<number>();
  readonly #products = new Set<string>();
  readonly #agreements = new Map<string, AgreementFacts[]>();
  readonly #splits = new Map<string, RiskSplit>();
  #virtual = 0;

  private constructor(profile: ImportProfile) {
    this.#profile = profile;
  }

  /** Reads them as the caller may see them. */
  static async load(tx: Tx, guarantorId: number, profile: ImportProfile): Promise<Reference> {
    const reference = new Reference(profile);
    const banks = await sql<{ id: number; text: string; name: string }>`
      select id, t.text, name from institutions.institution, lateral (values (name), (short_name), (code)) t(text) where kind = 'bank'
      union all select a.bank_id, a.alias, i.name from banks.alias a join institutions.institution i on i.id = a.bank_id
      limit 200000`.execute(tx);
    for (const { id, text, name } of banks.rows) reference.#addBank(id, text, name);
    const regions = await sql<{ code: number; name: string }>`
      select code, name from institutions.region where level = 3 limit 5000`.execute(tx);
    for (const { code, name } of regions.rows) {
      reference.#countyCodes.add(code);
      // Four counties of Shanxi are called 城区: a name that is not unique tells nothing.
      reference.#counties.set(name, reference.#counties.has(name) ? undefined : code);
    }
    const products = await sql<{ code: string }>`select code from agreements.product limit 1000`.execute(tx);
    for (const { code } of products.rows) reference.#products.add(code);
    await reference.#loadAgreements(tx, guarantorId);
    return reference;
  }

  bankOf(text: string): number | undefined {
    if (this.#resolved.has(text)) return this.#resolved.get(text);
    const meant = this.#profile.banks.aliases[text] ?? text;
    const id = this.#banks.get(normaliseName(meant)) ?? this.#banks.get(normaliseName(text));
    this.#resolved.set(ownText(text), id);
    return id;
  }

  bankLike(text: string): string | undefined {
    if (!this.#likes.has(text)) this.#likes.set(text, closest(text, this.#bankNames));
    return this.#likes.get(text);
  }

  countyOf(text: string): number | undefined {
    const mapped = this.#profile.counties[text];
    if (mapped !== undefined) return this.#countyCodes.has(mapped) ? mapped : undefined;
    if (/^\d{6}$/.test(text)) return this.#countyCodes.has(Number(text)) ? Number(text) : undefined;
    return this.#counties.get(text);
  }

  hasProduct(code: string): boolean {
    return this.#products.has(code);
  }

  agreementOf(bankId: number, product: string, on: Day): AgreementFacts | undefined {
    return this.#agreements
      .get(`${bankId}|${product}`)
      ?.find(({ fromOn, toOn }) => fromOn <= on && (toOn === null || on <= toOn));
  }

  /** How a claim is split under an agreement's version. */
  splitOf(agreementId: number, version: number): RiskSplit {
    const split = this.#splits.get(`${agreementId}|${version}`);
    if (!split) throw new Error(`没有协议 ${agreementId} 第 ${version} 版的分担比例`);
    return split;
  }

  /**
   * Registers banks and agreements that the rows name and the profile allows to register. In a dry run they are only
   * pretended, so that rows are judged as the commit will judge them.
   */
  async register(
    pass: { db: Db; context: Context; guarantorId: number; isDryRun: boolean },
    bankTexts: ReadonlySet<string>,
    products: ReadonlySet<string>,
  ): Promise<void> {
    const { banks, agreement } = this.#profile;
    const unknown = banks.register ? [...bankTexts].filter((text) => this.bankOf(text) === undefined) : [];
    const pairs = () => (agreement.mode === 'existing' ? [] : this.#pairsWithout(bankTexts, products));
    if (unknown.length === 0 && pairs().length === 0) return;
    if (pass.isDryRun) return this.#pretend(unknown, pairs);
    await pass.db.transaction(pass.context.actor, async (tx) => {
      for (const [id, text] of await insertBanks(tx, pass.context, unknown, this.#profile))
        this.#addBank(id, text, text);
      this.#resolved.clear();
      for (const each of pairs()) await this.#createAgreement(tx, pass.context, pass.guarantorId, each);
      await this.#loadAgreements(tx, pass.guarantorId);
    });
  }

  /** Banks and products named together that have no agreement; two spellings of one bank count once. */
  #pairsWithout(bankTexts: ReadonlySet<string>, products: ReadonlySet<string>): { bankId: number; product: string }[] {
    const bankIds = new Set([...bankTexts].flatMap((text) => this.bankOf(text) ?? []));
    return [...bankIds].flatMap((bankId) =>
      [...products]
        .filter((product) => this.hasProduct(product) && !this.#agreements.has(`${bankId}|${product}`))
        .map((product) => ({ bankId, product })),
    );
  }

  #pretend(unknown: readonly string[], pairs: () => { bankId: number; product: string }[]): void {
    for (const text of unknown) this.#addBank(--this.#virtual, text, text);
    this.#resolved.clear();
    for (const { bankId, product } of pairs()) {
      const { feeRate, fromOn } = this.#profile.agreement;
      const agreementId = --this.#virtual;
      const facts = { agreementId, version: 1, fromOn: fromOn ?? day('1900-01-01'), toOn: null, feeRate };
      this.#agreements.set(`${bankId}|${product}`, [facts]);
    }
  }

  async #createAgreement(
    tx: Tx,
    context: Context,
    guarantorId: number,
    { bankId, product }: { bankId: number; product: string },
  ): Promise<void> {
    const { agreement } = this.#profile;
    const { bankShare, guarantorShare, provinceShare, fundShare, otherShare, feeRate, document } = agreement;
    await createAgreement(tx, context, {
      guarantorId,
      bankId,
      productCode: product,
      contractNo: `存量-${bankId}-${product}`,
      isLegacy: true,
      version: {
        from: agreement.fromOn ?? addDays(day('1970-01-01'), 0),
        to: null,
        bankShare,
        guarantorShare,
        provinceShare,
        fundShare,
        otherShare,
        feeRate,
        claimRatioCap: null,
        document,
      },
    });
  }

  #addBank(id: number, text: string, name: string): void {
    this.#banks.set(normaliseName(text), id);
    this.#bankNames.push(name);
  }

  async #loadAgreements(tx: Tx, guarantorId: number): Promise<void> {
    const { rows } = await sql<VersionRow>`
      select a.id as agreement_id, a.bank_id, a.product_code, v.version, v.from_on, v.to_on, v.fee_rate,
             v.bank_share, v.guarantor_share, v.province_share, v.fund_share, v.other_share
        from agreements.agreement a
        join agreements.version v on v.guarantor_id = a.guarantor_id and v.agreement_id = a.id
       where a.guarantor_id = ${guarantorId}
       order by v.from_on desc
       limit 100000`.execute(tx);
    this.#agreements.clear();
    for (const row of rows) {
      const key = `${row.bank_id}|${row.product_code}`;
      const { agreement_id: agreementId, version, from_on: fromOn, to_on: toOn, fee_rate: feeRate } = row;
      const list = this.#agreements.get(key) ?? [];
      list.push({ agreementId, version, fromOn, toOn, feeRate });
      this.#agreements.set(key, list);
      this.#splits.set(`${agreementId}|${version}`, {
        bank: parseRatio(row.bank_share) ?? zeroRatio,
        guarantor: parseRatio(row.guarantor_share) ?? zeroRatio,
        province: parseRatio(row.province_share) ?? zeroRatio,
        fund: parseRatio(row.fund_share) ?? zeroRatio,
        other: parseRatio(row.other_share) ?? zeroRatio,
      });
    }
  }

  isSameName(one: string, other: string): boolean {
    return one === other || isSameName(one, other);
  }
}

/** Registers banks under the names a file gives them; one that another import registered meanwhile is taken. */
async function insertBanks(
  tx: Tx,
  context: Context,
  texts: readonly string[],
  profile: ImportProfile,
): Promise<[number, string][]> {
  if (texts.length === 0) return [];
  const names = new Map(texts.map((text) => [profile.banks.aliases[text] ?? text, text]));
  const rows = [...names.keys()].map((name) => ({
    code: `IMP-${sm3(normaliseName(name)).slice(0, 12)}`,
    name,
    short_name: name,
    kind: 'bank',
    level: 1,
    region_code: profile.banks.regionCode,
  }));
  await tx
    .insertInto('institutions.institution')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const codes = rows.map(({ code }) => code);
  const found = await tx
    .selectFrom('institutions.institution')
    .select(['id', 'name', 'code'])
    .where('kind', '=', 'bank')
    .where('code', 'in', codes)
    .limit(codes.length)
    .execute();
  const byCode = new Map(found.map((each) => [each.code, each.id]));
  const known = rows.flatMap(({ code, name }): [number, string][] => {
    const id = byCode.get(code);
    return id === undefined ? [] : [[id, names.get(name)!]];
  });
  await tx
    .insertInto('banks.alias')
    .values(
      known.map(([id, text]) => ({ alias: normaliseName(text), bank_id: id, confirmed_by: context.actor.userId })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  return known;
}

/** The name that shares most letter pairs with this one, if more than half of them. */
function closest(text: string, names: readonly string[]): string | undefined {
  const pairs = (of: string) => {
    const plain = normaliseName(of);
    return new Set(Array.from({ length: Math.max(0, plain.length - 1) }, (_, index) => plain.slice(index, index + 2)));
  };
  const mine = pairs(text);
  let best: string | undefined;
  let bestScore = 0.55;
  for (const name of names) {
    const theirs = pairs(name);
    let common = 0;
    for (const pair of mine) if (theirs.has(pair)) common += 1;
    const score = (2 * common) / Math.max(1, mine.size + theirs.size);
    if (score > bestScore) [best, bestScore] = [name, score];
  }
  return best;
}
