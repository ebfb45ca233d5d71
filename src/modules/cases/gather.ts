import type { Day } from '../../kernel/day.ts';
import { type Fen, formatYuan, yuan, zeroFen } from '../../kernel/money.ts';
import { formatDecimal, percent } from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import type { Tx } from '../../platform/db.ts';
import { admissionStanding } from '../admissions/index.ts';
import { type PinnedVersion, versionInForce } from '../agreements/index.ts';
import { missingItems } from '../attachments/index.ts';
import { identityHash, sizeOf } from '../customers/index.ts';
import { eligibility, type ProductVersion, productVersionOn } from '../products/index.ts';
import type { CaseApplication, EligibilityFinding } from './contract.ts';
import { checkTwins, type Elsewhere, elsewhereText, guaranteedOf, tagsOf } from './rules/application.ts';
import { customerStanding, elsewhereOf, subjectOf, twinsOf } from './store.ts';

/** Whom the question is asked about. */
export type Asked = {
  readonly guarantorId: number;
  readonly id: bigint | null;
  readonly bankId: number | null;
  readonly on: Day;
};

/** Everything outside the application that judging it needs. */
export type Gathered = {
  readonly size: { size: string; evidence: unknown };
  readonly product: ProductVersion | undefined;
  readonly agreement: PinnedVersion | undefined;
  readonly eligibility: EligibilityFinding[];
  readonly guaranteed: Fen;
  readonly feeRate: string;
  readonly refusals: Refusal[];
  readonly told: string[];
  readonly elsewhere: { who: string; message: string }[];
  readonly customerId: bigint | undefined;
};

/** The declared size of the applicant as the customers' module works it out. */
export function sizeOfApplicant(application: CaseApplication, on: Day): { size: string; evidence: unknown } {
  return sizeOf(
    {
      kind: application.customerKind,
      identityKind: application.identityKind,
      identityNo: application.identityNo,
      industryCode: application.industryCode,
      staff: application.staff,
      revenue: application.revenue === undefined ? undefined : yuan(application.revenue),
      assets: application.assets === undefined ? undefined : yuan(application.assets),
    },
    application.declaredOn ?? on,
  );
}

/**
 * Asks everything about a whole application: size, product version, agreement, admission of the bank, eligibility clause by clause, papers
 * on file, twins at home, counts elsewhere. Reads only.
 */
export async function gather(tx: Tx, asked: Asked, application: CaseApplication): Promise<Gathered> {
  const { guarantorId, bankId, on } = asked;
  const { productCode } = application;
  const amount = yuan(application.amount);
  const hash = identityHash(application.identityKind, application.identityNo);
  const size = sizeOfApplicant(application, on);
  const product = await productVersionOn(tx, productCode, on);
  const agreement = bankId === null ? undefined : await versionInForce(tx, { guarantorId, bankId, productCode, on });
  const standing = await customerStanding(tx, guarantorId, hash);
  const feeRate = application.feeRate ?? agreement?.feeRate ?? product?.terms.feeRate.rate ?? '0';
  const findings = product ? eligibilityOf(application, { product, size: size.size, feeRate, standing, on }) : [];
  const twins = checkTwins(await twinsOf(tx, { guarantorId, id: asked.id, identityHash: hash, bankId, productCode }));
  return {
    size,
    product,
    agreement,
    eligibility: findings,
    guaranteed: agreement ? guaranteedOf(amount, agreement.bankShare) : amount,
    feeRate: formatDecimal(percent(feeRate), 6),
    refusals: [
      ...(await standingRefusals(tx, asked, { productCode, product, agreement })),
      ...findings.filter((each) => !each.passes).map(refusalOf),
      ...(await paperRefusals(tx, asked, product)),
      ...twins.refusals,
    ],
    told: twins.told,
    elsewhere: await elsewhere(tx, guarantorId, application, hash),
    customerId: standing?.id,
  };
}

function eligibilityOf(
  application: CaseApplication,
  given: {
    product: ProductVersion;
    size: string;
    feeRate: string;
    standing: { balance: Fen; committed: Fen } | undefined;
    on: Day;
  },
): EligibilityFinding[] {
  return eligibility(
    {
      on: given.on,
      customerKind: application.customerKind,
      sizeClass: given.size as '小型',
      tags: tagsOf(application.tags),
      tier: application.tier ?? null,
      industryCode: application.industryCode ?? '',
      county: application.county,
      amount: application.amount,
      termMonths: application.termMonths,
      feeRate: given.feeRate,
      balance: formatYuan(given.standing?.balance ?? zeroFen),
      committed: formatYuan(given.standing?.committed ?? zeroFen),
      flags: application.flags,
    },
    given.product.terms,
  );
}

const refusalOf = (finding: EligibilityFinding): Refusal => ({
  code: `eligibility-${finding.code}`,
  message: `不符合产品条件“${finding.title}”：${finding.message}（${finding.clause}）${finding.wouldPass ? `；${finding.wouldPass}即可` : ''}`,
  ...(finding.unverified ? { unverified: finding.unverified } : {}),
});

async function standingRefusals(
  tx: Tx,
  { bankId, on }: Asked,
  { productCode, product, agreement }: { productCode: string } & Pick<Gathered, 'product' | 'agreement'>,
): Promise<Refusal[]> {
  if (bankId === null) return [{ code: 'no-bank', field: 'bankId', message: '请选择贷款银行' }];
  const refusals: Refusal[] = [];
  if (!product)
    refusals.push({
      code: 'no-product-version',
      field: 'productCode',
      message: `该产品在 ${on} 没有生效的版本，请联系再担保机构登记`,
    });
  if (!agreement)
    refusals.push({
      code: 'agreement-not-in-force',
      field: 'productCode',
      message: `${on} 该银行与担保机构就此产品没有生效的合作协议，请换产品或先签协议`,
    });
  if ((await admissionStanding(tx, bankId, on, productCode)) === 'not-admitted')
    refusals.push({
      code: 'bank-not-admitted',
      field: 'bankId',
      message: '该银行在此产品上没有有效的准入（集中准入），不能受理',
    });
  return refusals;
}

async function paperRefusals(
  tx: Tx,
  { guarantorId, id }: Asked,
  product: ProductVersion | undefined,
): Promise<Refusal[]> {
  if (!product || id === null) return [];
  const missing = await missingItems(tx, guarantorId, subjectOf({ guarantorId, id }), product.terms.checklist);
  return missing.map((each) => ({
    code: 'paper-missing',
    field: `attachments.${each.code}`,
    message: `资料清单缺“${each.title}”，请上传`,
  }));
}

async function elsewhere(tx: Tx, guarantorId: number, application: CaseApplication, own: string) {
  const people = application.relatedParties.map((each) => ({
    who: `关联方${each.name}`,
    hash: identityHash(each.identityKind, each.identityNo),
  }));
  const all = [{ who: '该客户', hash: own }, ...people];
  const counts = await elsewhereOf(
    tx,
    guarantorId,
    all.map((each) => each.hash),
  );
  const found: Elsewhere[] = all.map(({ who, hash }) => ({
    who,
    ...(counts.get(hash) ?? { openCases: 0, relatedCases: 0, inForce: 0 }),
  }));
  return elsewhereText(found);
}
