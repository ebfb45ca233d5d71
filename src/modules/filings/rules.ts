import { type Day, daysBetween } from '../../kernel/day.ts';
import { type Fen, formatYuan, minus, share } from '../../kernel/money.ts';
import {
  addRatio,
  compareRatio,
  parseRatio,
  type Ratio,
  showPercent,
  wholeRatio,
  zeroRatio,
} from '../../kernel/ratio.ts';
import { checkResidentId } from '../../law/gb-11643.ts';
import { checkUscc } from '../../law/gb-32100.ts';
import type { FilingKind, Problem } from './contract.ts';

/** The content of a record, or of the book: amounts are digits of 分, shares decimals, days 'YYYY-MM-DD'. */
export type Content = Readonly<Record<string, string | number | null | undefined>>;

/** What is known of one record when it is checked. `book` is what the book says now; `initial` the state of its first filing. */
export type FilingFacts = {
  readonly kind: FilingKind;
  readonly occurredOn: Day;
  readonly content: Content;
  readonly book: Content;
  readonly supplement: Content;
  readonly detail: Content;
  readonly initial: string | null;
  /** Other first filings of the same loan contract that the caller can see. */
  readonly sameLoan: number;
};

/** 10 working days after the month: a convention of this platform. */
export const submissionWorkingDays = 10;
export const submissionUnverified = '申报期限为平台约定（次月起第10个工作日），国担基金与省级再担保的规定未见原文';
/** 备案率: what is divided is not defined in any text seen. */
export const rateUnverified = '备案率的分子分母凭行业惯例（已备案 ÷ 应备案新增），未见原文';

/**
 * 自动校验: every fault of a record, worst first; an empty list means it may go out. Names, codes and contract numbers must be the
 * same in record, book and customer file; the split must make a whole; amounts and days must fit each other.
 * asOf: nothing is filed before it happens.
 */
export function checkRecord(facts: FilingFacts, asOf: Day): Problem[] {
  const problems = [
    ...checkIdentity(facts, asOf),
    ...checkSameAsBook(facts),
    ...checkSplit(facts.content),
    ...checkAmounts(facts.content),
    ...checkDays(facts, asOf),
    ...checkFollowUp(facts),
    ...checkDuplicates(facts),
  ];
  return [
    ...problems.filter((each) => each.severity === 'block'),
    ...problems.filter((each) => each.severity === 'warn'),
  ];
}

const block = (code: string, field: string, message: string, remedy: string): Problem => ({
  code,
  field,
  severity: 'block',
  message,
  remedy,
});
const warn = (code: string, field: string, message: string, remedy: string): Problem => ({
  ...block(code, field, message, remedy),
  severity: 'warn',
});

const text = (content: Content, key: string): string => String(content[key] ?? '').trim();
const fixBook = '请先在台账或客户档案更正，再回到本笔点「更正」重新取数';

function checkIdentity({ content, supplement }: FilingFacts, asOf: Day): Problem[] {
  const problems: Problem[] = [];
  if (text(content, 'borrowerName') === '')
    problems.push(block('name-missing', 'borrowerName', '借款人名称为空', fixBook));
  if (text(content, 'contractNo') === '')
    problems.push(block('contract-missing', 'contractNo', '保证合同号为空', fixBook));
  if (text(content, 'loanContractNo') === '')
    problems.push(
      block('loan-contract-missing', 'loanContractNo', '借款合同号未登记', '请补登借款合同号，再点「更正」重新取数'),
    );
  const code = text(content, 'identityNo');
  const refusals =
    content.identityKind === 'uscc'
      ? checkUscc(code)
      : content.identityKind === 'resident-id'
        ? checkResidentId(code, asOf)
        : [];
  for (const each of refusals) problems.push(block('code-malformed', 'identityNo', each.message, fixBook));
  const entity = text(supplement, 'businessEntityCode');
  if (entity !== '')
    for (const each of checkUscc(entity))
      problems.push(
        block('entity-code-malformed', 'businessEntityCode', `经营主体：${each.message}`, '请在「更正」中改正'),
      );
  return problems;
}

/** Fields that must be the same in the record and the book; the first three are what a re-guarantor looks up a case by. */
const compared: readonly (readonly [key: string, title: string, code: string])[] = [
  ['borrowerName', '借款人名称', 'name-differs'],
  ['identityNo', '证件号码', 'code-differs'],
  ['contractNo', '保证合同号', 'contract-differs'],
  ['loanContractNo', '借款合同号', 'loan-contract-differs'],
  ['principal', '主债权金额', 'principal-differs'],
  ['guaranteed', '担保金额', 'guaranteed-differs'],
  ['startsOn', '起始日', 'starts-differs'],
  ['endsOn', '到期日', 'ends-differs'],
  ['productCode', '业务品种', 'product-differs'],
  ['county', '登记所在地', 'county-differs'],
];
const amounts = new Set(['principal', 'guaranteed']);
/** Codes are personal: a message says that they differ, never what they are. */
const hidden = new Set(['identityNo']);

/** Has the book moved on since the record was taken? */
export const staleFields = (content: Content, book: Content): readonly string[] =>
  compared.filter(([key]) => text(content, key) !== text(book, key)).map(([key]) => key);

function checkSameAsBook({ content, book }: FilingFacts): Problem[] {
  const stale = new Set(staleFields(content, book));
  const show = (key: string, of: Content) => {
    if (hidden.has(key)) return '';
    return amounts.has(key) ? `${formatYuan(fenOf(of, key))}元` : text(of, key) || '（空）';
  };
  return compared
    .filter(([key]) => stale.has(key))
    .map(([key, title, code]) => {
      const [ours, theirs] = [show(key, content), show(key, book)];
      const figures = ours === '' ? '' : `：备案为 ${ours}，台账为 ${theirs}`;
      return block(code, key, `${title}与台账不一致${figures}`, '以台账为准时点「更正」重新取数；台账有误时先改台账');
    });
}

/** The six parties of the split, with the names the ledger uses. */
export const splitParties: readonly (readonly [key: string, title: string])[] = [
  ['bankShare', '合作贷款机构'],
  ['guarantorShare', '原担保'],
  ['provinceShare', '省级再担保'],
  ['fundShare', '国担基金'],
  ['cityShare', '市级基金'],
  ['otherShare', '其他'],
];

const ratioOf = (content: Content, key: string): Ratio | undefined => parseRatio(text(content, key) || '0');

function checkSplit(content: Content): Problem[] {
  const parts = splitParties.map(([key, title]) => ({ key, title, value: ratioOf(content, key) }));
  const unreadable = parts.find((each) => each.value === undefined || each.value.numerator < 0n);
  if (unreadable)
    return [
      block(
        'split-unreadable',
        unreadable.key,
        `${unreadable.title}分险比例不是有效的比例`,
        '请核对合作协议的分险比例',
      ),
    ];
  const sum = parts.reduce((total, each) => addRatio(total, each.value ?? zeroRatio), zeroRatio);
  if (compareRatio(sum, wholeRatio) === 0) return [];
  const listed = parts.map((each) => `${each.title}${showPercent(each.value ?? zeroRatio, 2)}`).join('、');
  return [
    block(
      'split-not-whole',
      'bankShare',
      `各方分险合计 ${showPercent(sum, 2)}，应为 100%（${listed}）`,
      '请核对合作协议的分险比例',
    ),
  ];
}

/** An amount of the record in 分; nil when it is missing. */
export function fenOf(content: Content, key: string): Fen {
  const digits = text(content, key);
  return (/^-?\d{1,18}$/.test(digits) ? BigInt(digits) : 0n) as Fen;
}

function checkAmounts(content: Content): Problem[] {
  const [principal, guaranteed, disbursed] = ['principal', 'guaranteed', 'disbursed'].map((key) =>
    fenOf(content, key),
  ) as [Fen, Fen, Fen];
  const problems: Problem[] = [];
  if (principal <= 0n) problems.push(block('principal-not-positive', 'principal', '主债权金额须大于零', fixBook));
  if (guaranteed <= 0n) problems.push(block('guaranteed-not-positive', 'guaranteed', '担保金额须大于零', fixBook));
  if (guaranteed > principal)
    problems.push(
      block(
        'guaranteed-above-principal',
        'guaranteed',
        `担保金额 ${formatYuan(guaranteed)} 元超过主债权金额 ${formatYuan(principal)} 元`,
        fixBook,
      ),
    );
  if (disbursed > principal)
    problems.push(
      block(
        'disbursed-above-principal',
        'disbursed',
        `放款金额 ${formatYuan(disbursed)} 元超过主债权金额 ${formatYuan(principal)} 元`,
        fixBook,
      ),
    );
  const bank = ratioOf(content, 'bankShare');
  if (bank && principal > 0n && guaranteed > 0n) {
    const expected = minus(principal, share(principal, bank, 'half-up'));
    const gap = minus(guaranteed, expected);
    // 1 元: what the filing rules of a neighbouring province tolerate on amounts.
    if (gap >= 100n || gap <= -100n)
      problems.push(
        warn(
          'guaranteed-not-by-split',
          'guaranteed',
          `担保金额 ${formatYuan(guaranteed)} 元与按分险比例推算的 ${formatYuan(expected)} 元相差 1 元以上`,
          '请核对担保责任比例与协议',
        ),
      );
  }
  return problems;
}

function checkDays({ kind, content, detail, occurredOn }: FilingFacts, asOf: Day): Problem[] {
  const [startsOn, endsOn, disbursedOn] = ['startsOn', 'endsOn', 'disbursedOn'].map((key) => text(content, key)) as [
    string,
    string,
    string,
  ];
  const problems: Problem[] = [];
  if (endsOn < startsOn)
    problems.push(block('ends-before-start', 'endsOn', `到期日 ${endsOn} 早于起始日 ${startsOn}`, fixBook));
  if (occurredOn > asOf)
    problems.push(block('in-the-future', 'disbursedOn', `发生日 ${occurredOn} 晚于今天 ${asOf}`, '请在发生后申报'));
  if (kind === 'new' && disbursedOn === '')
    problems.push(
      block('not-disbursed', 'disbursedOn', '尚未放款，或放款已冲正', '放款入账后再申报；不再放款的请撤下'),
    );
  if (disbursedOn !== '' && (disbursedOn < startsOn || disbursedOn > endsOn))
    problems.push(
      warn(
        'disbursed-outside-term',
        'disbursedOn',
        `放款日 ${disbursedOn} 不在合同期限 ${startsOn} 至 ${endsOn} 内`,
        '请核对借据',
      ),
    );
  if (kind === 'extend' && text(detail, 'extendedTo') <= endsOn)
    problems.push(
      block(
        'extension-not-later',
        'extendedTo',
        `展期到期日 ${text(detail, 'extendedTo')} 不晚于原到期日 ${endsOn}`,
        fixBook,
      ),
    );
  if (kind === 'new' && disbursedOn !== '' && daysBetween(disbursedOn as Day, asOf) > lateDays)
    problems.push(
      warn(
        'filed-late',
        'disbursedOn',
        `放款已 ${daysBetween(disbursedOn as Day, asOf)} 天才申报`,
        '补备案须由再担保机构人工确认',
      ),
    );
  return problems;
}

// Two whole months: the first batch that could have taken it and the next one are over.
const lateDays = 92;

function checkFollowUp({ kind, initial, detail }: FilingFacts): Problem[] {
  if (kind === 'new') return [];
  if (initial === null || initial === 'withdrawn')
    return [block('initial-missing', 'businessNo', '没有首次备案，变更不能单独申报', '请先申报这笔业务的新增备案')];
  if (initial !== 'confirmed')
    return [block('initial-not-confirmed', 'businessNo', '首次备案尚未确认', '首次备案确认后，本笔随下一批申报')];
  if (kind === 'change' && text(detail, 'changeText') === '')
    return [block('change-unsaid', 'changeText', '没有写明变更内容', '请写明变更前后的内容')];
  return [];
}

function checkDuplicates({ kind, sameLoan }: FilingFacts): Problem[] {
  if (kind !== 'new' || sameLoan === 0) return [];
  return [
    warn('same-loan', 'loanContractNo', `同一借款合同号另有 ${sameLoan} 笔备案`, '如为联合担保请说明；否则只保留一笔'),
  ];
}
