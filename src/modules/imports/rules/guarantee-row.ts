import { addMonths, type Day } from '../../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../../kernel/money.ts';
import { parseRatio } from '../../../kernel/ratio.ts';
import { checkResidentId } from '../../../law/gb-11643.ts';
import { checkUscc, normalizeCode, usccHolder } from '../../../law/gb-32100.ts';
import {
  type CustomerKind,
  customerKinds,
  type IdentityKind,
  identityKinds,
  type StatedCustomer,
  tagBits,
} from '../../../law/stated-party.ts';
import type { ImportProfile } from '../contract.ts';
import { deriveMovements, matches } from './derive.ts';
import type { AgreementFacts, Facts, KnownGuarantee } from './facts.ts';
import type { Values } from './reader.ts';
import type { Reasons } from './reason.ts';
import { contentOf, freshRunning, type NewMovement, type Running } from './running.ts';

/** A guarantee ready for the book, with the movements that follow from its row. */
export type NewGuarantee = {
  readonly contractNo: string;
  readonly loanContractNo?: string | undefined;
  readonly customer: StatedCustomer;
  readonly agreement: AgreementFacts;
  readonly productCode: string;
  readonly bankId: number;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly feeRate: string;
  readonly startsOn: Day;
  readonly endsOn: Day;
  readonly tags: number;
  readonly primaryTag: number;
  readonly movements: readonly NewMovement[];
  readonly running: Running;
};

/** What a row says of a contract, in one line: two rows that agree in it are the same. */
export const rowContent = (values: Values): string =>
  Object.entries(values)
    .map(([field, value]) => `${field}=${value ?? ''}`)
    .join('|');

/** The outcome of a guarantee row: what to write, or that it is there already, or reasons. */
export type GuaranteeDecision = { readonly already?: true; readonly guarantee?: NewGuarantee };

/** Judges one guarantee row. Reasons collect everything that is wrong, not only the first. */
export function decideGuarantee(
  values: Values,
  profile: ImportProfile,
  facts: Facts,
  reasons: Reasons,
): GuaranteeDecision {
  const contractNo = values.contractNo as string | undefined;
  checkConsistency(values, profile, reasons);
  const bankId = bankOf(values, facts, reasons);
  const county = countyOf(values, facts, reasons);
  const customer = customerOf(values, county, facts, reasons);
  const amounts = amountsOf(values, reasons);
  const span = spanOf(values, profile, reasons);
  const { tags, primaryTag } = tagsOf(values, reasons);
  const product = values.product as string | undefined;
  if (product !== undefined && !facts.hasProduct(product))
    reasons.complete('product-unknown', 'product', `没有产品“${product}”`, '请在映射的代码转换表中写明对应产品');
  if (!contractNo || !bankId || !customer || !amounts || !span || !product) return {};
  const known = facts.guaranteeOf(contractNo);
  const earlier = known ? undefined : facts.earlierInFile(contractNo, rowContent(values));
  if (earlier?.isSame) return { already: true };
  if (earlier) {
    const message = `合同号 ${contractNo} 在文件第 ${earlier.line} 行已出现，且内容不同`;
    reasons.refuse('duplicate-contract-in-file', 'contractNo', message, '请核对两行，只保留正确的一行');
    return {};
  }
  const agreement = facts.agreementOf(bankId, product, span.startsOn);
  if (!agreement && reasons.isEmpty) {
    const message = `${span.startsOn} 没有与该银行就此产品生效的合作协议`;
    reasons.complete('agreement-not-in-force', 'bank', message, '请先登记合作协议，或在映射中允许按所列分担登记');
  }
  if (!reasons.isEmpty || !agreement) return {};
  const running = freshRunning({ ...amounts, startsOn: span.startsOn, dueOn: span.endsOn });
  const movements = deriveMovements(values, profile, span, running, facts.today, reasons);
  if (known) {
    compare(known, { contractNo, bankId, customer, product, ...amounts, ...span }, movements, facts, reasons);
    return reasons.isEmpty ? { already: true } : {};
  }
  if (!reasons.isEmpty) return {};
  return {
    guarantee: {
      contractNo,
      loanContractNo: values.loanContractNo as string | undefined,
      customer,
      agreement,
      productCode: product,
      bankId,
      ...amounts,
      feeRate: (values.feeRate as string | undefined) ?? agreement.feeRate,
      ...span,
      tags,
      primaryTag,
      movements,
      running,
    },
  };
}

function checkConsistency(values: Values, profile: ImportProfile, reasons: Reasons): void {
  const isBlank = (field: string) => values[field] === undefined || values[field] === 0n || values[field] === 0;
  for (const rule of profile.consistency) {
    if (!matches(values, rule.when)) continue;
    const field = rule.blank.find((each) => !isBlank(each)) ?? rule.present.find(isBlank);
    if (field !== undefined) reasons.complete(rule.code, field, rule.message, rule.remedy);
  }
}

function bankOf(values: Values, facts: Facts, reasons: Reasons): number | undefined {
  const text = values.bank as string | undefined;
  if (text === undefined) return undefined;
  const id = facts.bankOf(text);
  if (id !== undefined) return id;
  const like = facts.bankLike(text);
  const remedy = like ? `是否为“${like}”？请确认别名，或登记该银行后重送` : '请登记该银行或其别名后重送';
  reasons.complete('bank-unknown', 'bank', `没有登记的银行“${text}”`, remedy, like ? { 相近: like } : undefined);
  return undefined;
}

function countyOf(values: Values, facts: Facts, reasons: Reasons): number | undefined {
  const text = values.county as string | undefined;
  if (text === undefined) return undefined;
  const code = facts.countyOf(text);
  if (code === undefined)
    reasons.complete(
      'county-unknown',
      'county',
      `认不出县（市、区）“${text}”`,
      '请填六位行政区划代码或全称，或在映射县域表中补充',
    );
  return code;
}

function customerOf(
  values: Values,
  county: number | undefined,
  facts: Facts,
  reasons: Reasons,
): StatedCustomer | undefined {
  const text = values.identityNo as string | undefined;
  const name = values.customerName as string | undefined;
  if (text === undefined || name === undefined) return undefined;
  const identityNo = normalizeCode(text);
  const stated = values.identityKind as string | undefined;
  const identityKind = stated
    ? (identityKinds[stated] ?? (stated as IdentityKind))
    : /^\d{6}(19|20)\d{9}[\dX]$/.test(identityNo)
      ? 'resident-id'
      : 'uscc';
  if (!['uscc', 'resident-id', 'foreign-id'].includes(identityKind)) {
    reasons.complete(
      'identity-kind-unknown',
      'identityKind',
      `认不出证件类型“${stated}”`,
      '请在映射的代码转换表中写明',
    );
    return undefined;
  }
  const refusals =
    identityKind === 'uscc'
      ? checkUscc(identityNo, 'identityNo')
      : identityKind === 'resident-id'
        ? checkResidentId(identityNo, facts.today, 'identityNo')
        : [];
  reasons.refuseAll(refusals, 'identityNo', '请对照证照更正证件号码后重送');
  const kind = customerKindOf(values, identityKind, identityNo, reasons);
  const known = facts.customerOf(identityNo);
  if (known && !facts.isSameName(known.name, name)) {
    const figures = { 已登记: known.name, 文件: name };
    const remedy = '请核对证件号与名称；更名的请先在客户档案更名';
    reasons.refuse('customer-name-differs', 'customerName', '同一证件号已登记为另一名称', remedy, figures);
  }
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

function customerKindOf(
  values: Values,
  identityKind: IdentityKind,
  identityNo: string,
  reasons: Reasons,
): CustomerKind | undefined {
  const stated = values.customerKind as string | undefined;
  if (stated !== undefined) {
    const kind =
      customerKinds[stated] ?? (Object.values(customerKinds).find((each) => each === stated) as CustomerKind);
    if (!kind)
      reasons.complete(
        'customer-kind-unknown',
        'customerKind',
        `认不出被担保人类型“${stated}”`,
        '请在映射的代码转换表中写明',
      );
    else if (kind === 'enterprise' && identityKind === 'resident-id') {
      reasons.refuse(
        'identity-kind',
        'identityNo',
        '企业须登记统一社会信用代码',
        '请补统一社会信用代码，或更正被担保人类型',
      );
      return undefined;
    }
    return kind;
  }
  if (identityKind === 'uscc') return usccHolder(identityNo) === '个体工商户' ? 'individual-business' : 'enterprise';
  reasons.complete('customer-kind-missing', 'customerKind', '自然人须写明是农户还是小微企业主', '请补填被担保人类型');
  return undefined;
}

function amountsOf(values: Values, reasons: Reasons): { principal: Fen; guaranteed: Fen } | undefined {
  const principal = values.principal as Fen | undefined;
  if (principal === undefined) return undefined;
  if (principal <= 0n) {
    reasons.refuse('amount-not-positive', 'principal', '主债权金额须大于零', '请更正主债权金额');
    return undefined;
  }
  const stated = values.guaranteed as Fen | undefined;
  const share = values.guaranteedShare as string | undefined;
  const ratio = share === undefined ? undefined : parseRatio(share);
  const guaranteed =
    stated ?? (ratio && fen((principal * ratio.numerator * 2n + ratio.denominator) / (ratio.denominator * 2n)));
  if (guaranteed === undefined) {
    reasons.complete('required', 'guaranteed', '缺少担保责任金额或责任比例', '请补填其中一项');
    return undefined;
  }
  if (guaranteed <= 0n)
    reasons.refuse('amount-not-positive', 'guaranteed', '担保责任金额须大于零', '请更正担保责任金额');
  if (guaranteed > principal) {
    const figures = { 担保责任金额: formatYuan(guaranteed), 主债权金额: formatYuan(principal) };
    reasons.refuse(
      'guaranteed-above-principal',
      'guaranteed',
      '担保责任金额大于主债权金额',
      '请核对两项金额及单位',
      figures,
    );
  }
  return { principal, guaranteed };
}

function spanOf(values: Values, profile: ImportProfile, reasons: Reasons): { startsOn: Day; endsOn: Day } | undefined {
  const startsOn = values.startsOn as Day | undefined;
  let endsOn = values.endsOn as Day | undefined;
  const months = values.termMonths as number | undefined;
  if (endsOn === undefined && months !== undefined) {
    const from = values[profile.termFrom] as Day | undefined;
    if (months === 0 || months > 600)
      reasons.complete('term-impossible', 'termMonths', `期限为 ${months} 个月`, '请补填期限（1至600个月）或到期日');
    else if (from !== undefined) endsOn = addMonths(from, months);
    else if (profile.termFrom === 'disbursedOn')
      reasons.complete('required', 'disbursedOn', '缺少放款日，无法推算到期日', '请补填放款日');
  } else if (endsOn === undefined && !reasons.list.some(({ field }) => field === 'endsOn')) {
    reasons.complete('required', 'endsOn', '缺少到期日', '请补填到期日或期限');
  }
  if (startsOn === undefined || endsOn === undefined) return undefined;
  if (endsOn < startsOn) {
    const figures = { 起始日: startsOn, 到期日: endsOn };
    reasons.refuse('ends-before-start', 'endsOn', '到期日早于起始日', '请核对起止日期', figures);
  }
  return { startsOn, endsOn };
}

function tagsOf(values: Values, reasons: Reasons): { tags: number; primaryTag: number } {
  const stated = String(values.tags ?? '');
  const names = stated.split(/[,，、;；|+\s]+/).filter((each) => each !== '');
  let tags = 0;
  for (const name of names) {
    const bit = tagBits[name];
    if (bit === undefined)
      reasons.complete(
        'tag-unknown',
        'tags',
        `认不出标签“${name}”`,
        '标签只有支小、支农、支新、支创，其他写法请入代码转换表',
      );
    else tags |= bit;
  }
  const main = values.primaryTag as string | undefined;
  const primaryTag = main === undefined ? (names.length === 1 ? tags : 0) : (tagBits[main] ?? 0);
  if (
    tags !== 0 &&
    (primaryTag === 0 || (primaryTag & tags) === 0) &&
    !reasons.list.some(({ field }) => field === 'tags')
  )
    reasons.complete('primary-tag', 'primaryTag', '有多个标签时须指定其中一个为主标签，以免重复统计', '请补填主标签');
  return { tags, primaryTag };
}

function compare(
  known: KnownGuarantee,
  stated: {
    contractNo: string;
    bankId: number;
    customer: StatedCustomer;
    product: string;
    principal: Fen;
    guaranteed: Fen;
    startsOn: Day;
    endsOn: Day;
  },
  movements: readonly NewMovement[],
  facts: Facts,
  reasons: Reasons,
): void {
  const differences: Record<string, string> = {};
  const differ = (title: string, book: string, file: string) => {
    if (book !== file) differences[title] = `在账 ${book}，文件 ${file}`;
  };
  differ('主债权金额', formatYuan(known.principal), formatYuan(stated.principal));
  differ('担保责任金额', formatYuan(known.guaranteed), formatYuan(stated.guaranteed));
  differ('起始日', known.startsOn, stated.startsOn);
  differ('到期日', known.endsOn, stated.endsOn);
  differ('银行', String(known.bankId), String(stated.bankId));
  differ('产品', known.productCode, stated.product);
  differ('县', String(known.county), String(stated.customer.county));
  if (known.identityNo !== stated.customer.identityNo) differences.证件号码 = '与在账的不同';
  if (Object.keys(differences).length > 0) {
    const remedy = '系统不覆盖在账数据：如在账有误，请用更正功能；如文件有误，请改后重送';
    reasons.refuse(
      'contract-differs',
      'contractNo',
      `合同号 ${stated.contractNo} 已在账，内容不同`,
      remedy,
      differences,
    );
    return;
  }
  const seen = facts.runningOf(stated.contractNo)?.seen;
  const absent = movements.find((each) => !seen?.has(contentOf(each)));
  if (absent) {
    const figures = { 文件: contentOf(absent) };
    reasons.refuse(
      'movements-differ',
      'contractNo',
      `合同号 ${stated.contractNo} 已在账，但文件所示变动不在账上`,
      '请用变动映射补记变动',
      figures,
    );
  }
}
