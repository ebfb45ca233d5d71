import { cite } from '../../../kernel/article.ts';
import type { Day } from '../../../kernel/day.ts';
import { addMonths } from '../../../kernel/day.ts';
import { type Fen, fen, formatYuan, minus } from '../../../kernel/money.ts';
import { compareRatio, percent, type Ratio, showPercent } from '../../../kernel/ratio.ts';
import { batchScheme } from '../../../law/national-fund-2020-23.ts';
import { showRatio } from '../../../law/parameter.ts';
import { tagBits } from '../../../law/stated-party.ts';
import type { AgreementTerms, Candidate, ProductRules, RowFacts } from './facts.ts';
import { identityOf } from './party.ts';
import type { RowReasons } from './reasons.ts';

/** The fields of one row as read from the file; undefined where blank. */
export type RowValues = Readonly<Record<string, string | number | Fen | undefined>>;

/**
 * 逐笔判断：Is the row a candidate for the book, looking at it alone: parties, identity, size, amounts, days, agreement, product, fee?
 * Every reason against it is added; undefined when there is one. Duplicates and limits are asked afterwards.
 */
export function judgeRow(line: number, values: RowValues, facts: RowFacts, reasons: RowReasons): Candidate | undefined {
  const guarantorId = guarantorOf(values, facts, reasons);
  const county = countyOf(values, facts, reasons);
  const customer = identityOf(values, county, facts.today, reasons);
  const span = spanOf(values, facts.today, reasons);
  const { tags, primaryTag } = tagsOf(values, reasons);
  const principal = principalOf(values, reasons);
  const product = span && productOf(span.startsOn, facts, reasons);
  const agreement = guarantorId && span ? agreementOf(guarantorId, span.startsOn, facts, reasons) : undefined;
  const sizeClass = customer ? facts.sizeOf(customer) : '';
  if (customer && span && product) {
    checkTags(tags, customer.kind, sizeClass, reasons);
    const { kind: customerKind, industryCode = '', county: at } = customer;
    const asked = { customerKind, sizeClass, tags, industryCode, county: at, flags: flagsOf(values) };
    for (const { code, field = '', message, remedy, ...grounds } of facts.unmetConditions(span.startsOn, asked)) {
      if (code === 'condition-size-class' && sizeClass === '不可判定') askForSize(reasons);
      else reasons.refuseOn(code, field, message, remedy, grounds);
    }
  }
  if (product && span) checkTerm(span, product, reasons);
  const money = principal === undefined ? undefined : moneyOf(values, principal, agreement, reasons);
  const days = span && movementDaysOf(values, span, facts.today, reasons);
  const feeRate = values.feeRate as string | undefined;
  if (feeRate !== undefined && product?.batchFeeCeiling) checkBatchFee(feeRate, product, reasons);
  if (!reasons.isEmpty || !guarantorId || !customer || !span || !product || !agreement || !money || !days) return;
  const loanContractNo = values.loanContractNo as string;
  return {
    line,
    guarantorId,
    contractNo: values.contractNo as string,
    loanContractNo,
    loanKey: `${loanContractNo}|${(values.dueBillNo as string | undefined) ?? ''}`,
    customer,
    sizeClass,
    agreement,
    product,
    ...money,
    feeRate: feeRate as string,
    ...span,
    ...days,
    tags,
    primaryTag,
  };
}

function guarantorOf(values: RowValues, facts: RowFacts, reasons: RowReasons): number | undefined {
  const code = values.guarantorCode as string | undefined;
  const own = facts.ownGuarantor;
  if (code === undefined) {
    if (own) return own.id;
    reasons.complete('guarantor-missing', 'guarantorCode', '没有写明担保机构', '请填担保机构代码，或整批指定一家机构');
    return undefined;
  }
  if (own && code !== own.code) {
    const figures = { 本行: code, 本批: own.code };
    const remedy = '请把本行改送该机构的批次，或更正机构代码';
    reasons.refuse('guarantor-differs', 'guarantorCode', '本行的担保机构与本批指定的不同', remedy, figures);
    return undefined;
  }
  const found = own ?? facts.guarantorOf(code);
  if (!found) {
    reasons.refuse(
      'guarantor-unknown',
      'guarantorCode',
      `没有代码为“${code.slice(0, 40)}”的担保机构`,
      '请核对机构代码',
    );
    return undefined;
  }
  if ('isActive' in found && !found.isActive) {
    reasons.refuse('guarantor-closed', 'guarantorCode', `担保机构 ${code} 已合并或注销`, '请改送承接机构');
    return undefined;
  }
  return found.id;
}

function countyOf(values: RowValues, facts: RowFacts, reasons: RowReasons): number | undefined {
  const text = values.county as string | undefined;
  if (text === undefined) return undefined;
  const code = facts.countyOf(text);
  if (code === undefined)
    reasons.complete(
      'county-unknown',
      'county',
      `认不出县（市、区）“${text.slice(0, 40)}”`,
      '请填六位行政区划代码或唯一的全称',
    );
  return code;
}

function spanOf(values: RowValues, today: Day, reasons: RowReasons): { startsOn: Day; endsOn: Day } | undefined {
  const startsOn = values.startsOn as Day | undefined;
  const endsOn = values.endsOn as Day | undefined;
  if (startsOn === undefined || endsOn === undefined) return undefined;
  if (startsOn > today)
    reasons.refuse('in-the-future', 'startsOn', `起始日 ${startsOn} 晚于今天 ${today}`, '见贷即担须在放款之后报送');
  if (endsOn <= startsOn) {
    reasons.refuse('ends-before-start', 'endsOn', `到期日 ${endsOn} 不晚于起始日 ${startsOn}`, '请核对两个日期');
    return undefined;
  }
  return { startsOn, endsOn };
}

function tagsOf(values: RowValues, reasons: RowReasons): { tags: number; primaryTag: number } {
  const names = String(values.tags ?? '')
    .split(/[,，、;；|+\s]+/)
    .filter((each) => each !== '');
  let tags = 0;
  for (const name of names) {
    const bit = tagBits[name];
    if (bit === undefined)
      reasons.complete('tag-unknown', 'tags', `认不出标签“${name.slice(0, 20)}”`, '标签只有支小、支农、支新、支创');
    else tags |= bit;
  }
  const main = values.primaryTag as string | undefined;
  const primaryTag = main === undefined ? (names.length === 1 ? tags : 0) : (tagBits[main] ?? 0);
  if (
    tags !== 0 &&
    (primaryTag === 0 || (primaryTag & tags) === 0) &&
    reasons.list.every(({ field }) => field !== 'tags')
  )
    reasons.complete('primary-tag', 'primaryTag', '有多个标签时须指定其中一个为主标签，以免重复统计', '请补填主标签');
  return { tags, primaryTag };
}

/** 支小 is for 小微企业 (个体工商户 and 小微企业主 count among them, 财金〔2025〕11号第二条). */
function checkTags(tags: number, kind: string, sizeClass: string, reasons: RowReasons): void {
  if ((tags & 1) === 0 || kind !== 'enterprise' || sizeClass === '小型' || sizeClass === '微型') return;
  if (sizeClass === '不可判定') {
    askForSize(reasons);
  } else {
    const remedy = '请核对划型数据，或更正标签';
    reasons.refuse('tag-not-small', 'tags', '标为支小，但按划型标准不是小型或微型', remedy, { 划型: sizeClass });
  }
}

function askForSize(reasons: RowReasons): void {
  if (reasons.list.some(({ code }) => code === 'size-unknown')) return;
  const remedy = '请补填行业代码、从业人员、营业收入（或资产总额），以便划型';
  reasons.complete('size-unknown', 'industryCode', '须为小微企业，但划型依据不足', remedy);
}

function principalOf(values: RowValues, reasons: RowReasons): Fen | undefined {
  const principal = values.principal as Fen | undefined;
  if (principal === undefined || principal > 0n) return principal;
  reasons.refuse('amount-not-positive', 'principal', '贷款金额须大于零', '请更正贷款金额');
  return undefined;
}

function productOf(startsOn: Day, facts: RowFacts, reasons: RowReasons): ProductRules | undefined {
  const product = facts.productOn(startsOn);
  if (!product) {
    const message = `起始日 ${startsOn} 早于批量业务开办日 ${batchScheme.inForceOn}`;
    reasons.refuseOn('before-scheme', 'startsOn', message, '此前的业务不能按批量业务报送', {
      clause: `${batchScheme.document}（${batchScheme.number}）`,
    });
  }
  return product;
}

function agreementOf(guarantorId: number, on: Day, facts: RowFacts, reasons: RowReasons): AgreementTerms | undefined {
  const agreement = facts.agreementOf(guarantorId, on);
  if (!agreement) {
    const message = `${on} 该机构与贵行就此产品没有生效的合作协议`;
    reasons.refuse(
      'agreement-not-in-force',
      'guarantorCode',
      message,
      '请先签订并登记银担合作协议，或改用有协议的产品',
    );
    return undefined;
  }
  for (const { code, field = '', message, remedy, ...grounds } of facts.splitReasons(agreement, on))
    reasons.refuseOn(code, field, message, remedy, grounds);
  return agreement;
}

function checkTerm(
  { startsOn, endsOn }: { startsOn: Day; endsOn: Day },
  { termMonths, title }: ProductRules,
  reasons: RowReasons,
) {
  if (!termMonths) return;
  const { least, most, source: clause, unverified } = termMonths;
  const isShort = endsOn < addMonths(startsOn, least);
  if (!isShort && endsOn <= addMonths(startsOn, most)) return;
  const message = `期限${isShort ? '短' : '长'}于产品「${title}」的 ${least}–${most} 个月`;
  const remedy = `到期日须在 ${addMonths(startsOn, least)} 至 ${addMonths(startsOn, most)} 之间`;
  reasons.refuseOn('term', 'endsOn', message, remedy, {
    clause,
    unverified,
    figures: { 起始日: startsOn, 到期日: endsOn },
  });
}

/** The guaranteed part is the principal less the bank's share by the agreement; a share in the file must be that very share. */
function moneyOf(
  values: RowValues,
  principal: Fen,
  agreement: AgreementTerms | undefined,
  reasons: RowReasons,
): { principal: Fen; guaranteed: Fen; disbursed: Fen; fee?: Fen | undefined } | undefined {
  const disbursed = (values.disbursed as Fen | undefined) ?? principal;
  if (disbursed > principal || disbursed <= 0n) {
    const figures = { 放款金额: formatYuan(disbursed), 贷款金额: formatYuan(principal) };
    const message = disbursed > principal ? '放款金额超过贷款金额' : '放款金额须大于零';
    reasons.refuse('disbursed-above-principal', 'disbursed', message, '请核对两个金额', figures);
  }
  if (!agreement) return undefined;
  const { bank } = agreement.split;
  const stated = values.guaranteedShare as string | undefined;
  const own: Ratio = { numerator: bank.denominator - bank.numerator, denominator: bank.denominator };
  if (stated !== undefined && compareRatio(percent(stated), own) !== 0)
    reasons.refuseOn('guaranteed-share', 'guaranteedShare', '担保责任比例与合作协议不符', '请按协议填写或留空', {
      clause: agreement.document,
      figures: { 文件: showPercent(percent(stated)), 协议: showPercent(own) },
    });
  const kept = fen((principal * bank.numerator * 2n + bank.denominator) / (bank.denominator * 2n));
  const guaranteed = minus(principal, kept);
  if (guaranteed <= 0n)
    reasons.refuse('amount-not-positive', 'principal', '按协议计算的担保责任金额为零', '请核对贷款金额');
  return { principal, guaranteed, disbursed, fee: values.fee as Fen | undefined };
}

function movementDaysOf(
  values: RowValues,
  { startsOn }: { startsOn: Day },
  today: Day,
  reasons: RowReasons,
): { disbursedOn: Day; feeOn?: Day | undefined } {
  const disbursedOn = (values.disbursedOn as Day | undefined) ?? startsOn;
  const feeOn = (values.feeOn as Day | undefined) ?? (values.fee === undefined ? undefined : disbursedOn);
  for (const [field, title, on] of [
    ['disbursedOn', '放款日', disbursedOn],
    ['feeOn', '收费日', feeOn],
  ] as const) {
    if (on !== undefined && on < startsOn)
      reasons.refuse('before-start', field, `${title} ${on} 早于起始日 ${startsOn}`, '请核对日期');
    if (on !== undefined && on > today)
      reasons.refuse('in-the-future', field, `${title} ${on} 晚于今天 ${today}`, '请在发生之后报送');
  }
  return { disbursedOn, feeOn };
}

function checkBatchFee(feeRate: string, { batchFeeCeiling }: ProductRules, reasons: RowReasons): void {
  if (!batchFeeCeiling || compareRatio(percent(feeRate), batchFeeCeiling.value) <= 0) return;
  const message = `年担保费率 ${showPercent(percent(feeRate), 4)} 高于${batchFeeCeiling.title}${showRatio(batchFeeCeiling.value)}`;
  reasons.refuseOn('batch-fee-ceiling', 'feeRate', message, `请把费率降到${showRatio(batchFeeCeiling.value)}以内`, {
    article: batchFeeCeiling.article,
    clause: cite(batchFeeCeiling.article),
    unverified: batchFeeCeiling.unverified,
  });
}

const flagsOf = (values: RowValues): string[] =>
  String(values.flags ?? '')
    .split(/[,，、;；|\s]+/)
    .filter((each) => each !== '');
