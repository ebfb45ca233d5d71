import { cite } from '../../kernel/article.ts';
import type { Day } from '../../kernel/day.ts';
import { yuan } from '../../kernel/money.ts';
import { percent } from '../../kernel/ratio.ts';
import type { GuaranteeClass } from '../../law/liability-weights.ts';
import { batchFeeCeiling, batchScheme } from '../../law/national-fund-2020-23.ts';
import { type Programme, programmeTerms, type Term, termOf } from '../../law/programme.ts';
import { checkRiskSplit } from '../../law/programme-checks.ts';
import type { StatedCustomer } from '../../law/stated-party.ts';
import type { Tx } from '../../platform/db.ts';
import { sizeOf } from '../customers/index.ts';
import { eligibility, type ProductVersion } from '../products/index.ts';
import type { AgreementTerms, ConditionFacts, ProductRules, RowFacts } from './rules/facts.ts';
import type { RowReason } from './rules/reasons.ts';
import { type AgreementRow, agreementRows, countyRows, guarantorRows, productRow } from './store-reference.ts';

type Product = { name: string; class: GuaranteeClass; versions: readonly ProductVersion[] };
type Of = { readonly bankId: number; readonly productCode: string; readonly guarantorId: number | null };

/** Everything single rows are judged against, read once for a run: guarantors, counties, agreements of the bank, versions of the product. */
export class Reference implements RowFacts {
  readonly today: Day;
  readonly ownGuarantor: { readonly id: number; readonly code: string } | undefined;
  readonly #guarantors = new Map<string, { id: number; isActive: boolean }>();
  readonly #counties = new Map<string, number | undefined>();
  readonly #agreements = new Map<number, AgreementTerms[]>();
  readonly #product: Product;
  readonly #byDay = new Map<Day, ProductRules | undefined>();
  readonly #conditions = new Map<string, readonly RowReason[]>();
  readonly #splits = new Map<string, readonly RowReason[]>();
  readonly #sizes = new Map<string, string>();

  private constructor(today: Day, own: Reference['ownGuarantor'], product: Product) {
    this.today = today;
    this.ownGuarantor = own;
    this.#product = product;
  }

  /** Reads them as the caller may see them. Throws when the product is gone. */
  static async load(tx: Tx, of: Of, today: Day): Promise<Reference> {
    const guarantors = await guarantorRows(tx);
    const own = of.guarantorId === null ? undefined : guarantors.find(({ id }) => id === of.guarantorId);
    const reference = new Reference(today, own, await productRow(tx, of.productCode));
    for (const { code, id, status } of guarantors)
      reference.#guarantors.set(code, { id, isActive: status === 'active' });
    for (const { code, name } of await countyRows(tx)) {
      reference.#counties.set(String(code), code);
      // Four counties of Shanxi are called 城区: a name that is not unique tells nothing.
      reference.#counties.set(name, reference.#counties.has(name) ? undefined : code);
    }
    for (const row of await agreementRows(tx, of.bankId, of.productCode)) reference.#addAgreement(row);
    return reference;
  }

  guarantorOf(code: string) {
    return this.#guarantors.get(code);
  }

  countyOf(text: string): number | undefined {
    return this.#counties.get(text);
  }

  agreementOf(guarantorId: number, on: Day): AgreementTerms | undefined {
    return this.#agreements.get(guarantorId)?.find(({ from, to }) => from <= on && (to === null || on <= to));
  }

  productOn(on: Day): ProductRules | undefined {
    if (!this.#byDay.has(on)) this.#byDay.set(on, this.#rulesOn(on));
    return this.#byDay.get(on);
  }

  sizeOf(customer: StatedCustomer): string {
    const { kind, industryCode, staff, revenue, assets } = customer;
    if (kind !== 'enterprise') return sizeOf(customer, this.today).size;
    const key = `${industryCode}|${staff}|${revenue}|${assets}`;
    let size = this.#sizes.get(key);
    if (size === undefined) {
      size = sizeOf(customer, this.today).size;
      if (this.#sizes.size > 100_000) this.#sizes.clear();
      this.#sizes.set(key, size);
    }
    return size;
  }

  /** Remembered by what conditions ask about: a batch has few distinct kinds of borrower. */
  unmetConditions(on: Day, facts: ConditionFacts): readonly RowReason[] {
    const version = this.#versionOn(on);
    if (!version) return [];
    const key = `${version.version}|${facts.customerKind}|${facts.sizeClass}|${facts.tags}|${facts.industryCode}|${facts.county}|${facts.flags.join(',')}`;
    let unmet = this.#conditions.get(key);
    if (!unmet) {
      const asked = { ...facts, flags: [...facts.flags], ...neutral };
      unmet = eligibility(asked as Parameters<typeof eligibility>[0], version.terms)
        .filter(({ code, passes }) => !passes && code.startsWith('condition-'))
        .map(({ code, title, message, clause, unverified, wouldPass }) => ({
          code,
          field: conditionFields[code] ?? 'flags',
          message: `不符合产品条件「${title}」：${message}`,
          remedy: wouldPass ?? '请改走其他产品',
          clause,
          ...(unverified ? { unverified } : {}),
        }));
      if (this.#conditions.size > 50_000) this.#conditions.clear();
      this.#conditions.set(key, unmet);
    }
    return unmet;
  }

  splitReasons(agreement: AgreementTerms, on: Day): readonly RowReason[] {
    const programme = this.productOn(on)?.programme;
    if (!programme || programme === 'sci-tech') return [];
    const key = `${agreement.agreementId}|${agreement.version}|${on}`;
    let reasons = this.#splits.get(key);
    if (!reasons) {
      reasons = checkRiskSplit(agreement.split, programme, on).map(
        ({ code, message, article, figures, unverified }) => ({
          code,
          field: 'guarantorCode',
          message: `合作协议的分担比例：${message}`,
          remedy: '请与担保机构变更协议后重送；与本行数据无关',
          ...(article ? { article, clause: cite(article) } : {}),
          ...(figures ? { figures } : {}),
          ...(unverified ? { unverified } : {}),
        }),
      );
      this.#splits.set(key, reasons);
    }
    return reasons;
  }

  #addAgreement(row: AgreementRow): void {
    const list = this.#agreements.get(row.guarantorId) ?? [];
    const share = (text: string) => percent(text);
    list.push({
      agreementId: row.agreementId,
      version: row.version,
      from: row.from,
      to: row.to,
      split: {
        bank: share(row.bankShare),
        direct: share(row.guarantorShare),
        province: share(row.provinceShare),
        fund: share(row.fundShare),
        others: share(row.otherShare),
      },
      claimRatioCap: row.claimRatioCap,
      document: row.document,
    });
    this.#agreements.set(row.guarantorId, list);
  }

  #versionOn(on: Day): ProductVersion | undefined {
    return this.#product.versions.findLast(({ from, to }) => from <= on && (to === null || on <= to));
  }

  #rulesOn(on: Day): ProductRules | undefined {
    const version = this.#versionOn(on);
    const programme: Programme | null = version ? version.terms.programme : 'batch';
    if (programme === 'batch' && on < batchScheme.inForceOn) return undefined;
    const { name: title, class: guaranteeClass } = this.#product;
    const common = { title, guaranteeClass, programme, batchFeeCeiling: batchFeeOn(programme, on) };
    if (!version) return { ...common, version: null, termMonths: null, ...lawOnly(on) };
    const { terms } = version;
    return {
      ...common,
      version: version.version,
      termMonths: terms.termMonths,
      caps: terms.caps.map((cap) => ({ ...cap, amount: yuan(cap.amount) })),
      feeCeilings: terms.feeCeilings.map(({ upTo, ceiling, source, unverified }) => ({
        upTo: upTo === null ? null : yuan(upTo),
        ceiling: percent(ceiling),
        source,
        unverified,
      })),
      claimCap: terms.claimRatioCap && {
        ratio: percent(terms.claimRatioCap.ratio),
        suspends: terms.claimRatioCap.whenReached === 'suspend',
        source: terms.claimRatioCap.source,
        unverified: terms.claimRatioCap.unverified,
      },
    };
  }
}

/** Where the product has no version on the day, the law of 总对总 itself bounds the row. */
function lawOnly(on: Day): Pick<ProductRules, 'caps' | 'feeCeilings' | 'claimCap'> {
  const law = programmeTerms('batch', on);
  const cited = (term: Term<unknown>) => ({ source: cite(term.article), unverified: term.unverified ?? null });
  return {
    caps: [{ basis: law.customerCap.basis, amount: law.customerCap.value, ...cited(law.customerCap) }],
    feeCeilings: [],
    claimCap: { ratio: law.claimRatioCap.value, suspends: true, ...cited(law.claimRatioCap) },
  };
}

// What the conditions do not look at, so that the simulator may be asked about them alone.
const neutral = { tier: null, amount: '0', termMonths: 1, feeRate: '0', balance: '0', committed: '0' };
const conditionFields: Readonly<Record<string, string>> = {
  'condition-customer-kind': 'customerKind',
  'condition-size-class': 'industryCode',
  'condition-tag': 'tags',
  'condition-industry': 'industryCode',
  'condition-county': 'county',
};

/** 批量业务的担保费率上限 in force on a day; null outside 总对总 business. */
export function batchFeeOn(programme: Programme | null, on: Day) {
  return programme === 'batch' ? termOf(batchFeeCeiling, on) : null;
}
