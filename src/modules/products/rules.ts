import { type Fen, plus, smaller, yuan, zeroFen } from '../../kernel/money.ts';
import { compareRatio, percent } from '../../kernel/ratio.ts';
import { showLimit, showRatio } from '../../law/parameter.ts';
import type {
  CapBasis,
  Condition,
  EligibilityFacts,
  EligibilityFinding,
  ProductTerms,
  TermDifference,
} from './contract.ts';

/** What a customer has before the case: outstanding principal, and the principal of its contracts in force, in 分. */
export type CustomerStanding = { readonly balance: Fen; readonly committed: Fen };

/**
 * What a case of `amount` brings a customer to on a basis. 在保余额 counts what is still outstanding; 担保金额 and 授信担保额度 count
 * the contracts in force in full, repaid or not; 单笔 counts the case alone. All on 合同口径, the heavier reading.
 */
export function measured(basis: CapBasis, standing: CustomerStanding, amount: Fen): Fen {
  if (basis === '单笔担保金额') return amount;
  return plus(basis === '单户在保余额' ? standing.balance : standing.committed, amount);
}

/**
 * 准入模拟：Does a case fit a product? One finding per clause, passed or not; of those that fail, what would pass. The product fits when
 * all pass.
 */
export function eligibility(facts: EligibilityFacts, terms: ProductTerms): EligibilityFinding[] {
  return [
    ...terms.conditions.map((each) => conditionFinding(facts, each)),
    termFinding(facts, terms),
    ...capFindings(facts, terms),
    ...feeFinding(facts, terms),
  ];
}

type Found = { passes: boolean; message: string; wouldPass?: string };

function conditionFinding(facts: EligibilityFacts, condition: Condition): EligibilityFinding {
  const { passes, message, wouldPass } = meets(facts, condition);
  return {
    code: `condition-${condition.kind}`,
    title: condition.title,
    passes,
    message,
    clause: condition.source,
    unverified: condition.unverified,
    wouldPass: passes ? null : (wouldPass ?? null),
  };
}

function meets(facts: EligibilityFacts, condition: Condition): Found {
  const among = (allowed: readonly string[], actual: string, name: string): Found => ({
    passes: allowed.includes(actual),
    message: `${name}为${actual}`,
    wouldPass: `${name}须为${allowed.join('、')}`,
  });
  switch (condition.kind) {
    case 'customer-kind':
      return among(
        condition.allowed.map((each) => kindTitles[each] ?? each),
        kindTitles[facts.customerKind] ?? facts.customerKind,
        '客户类别',
      );
    case 'size-class':
      // The size standard is about enterprises; others are small by what they are.
      return facts.customerKind === 'enterprise'
        ? among(condition.allowed, facts.sizeClass, '企业划型')
        : { passes: true, message: `${kindTitles[facts.customerKind]}不作企业划型` };
    case 'tag':
      return {
        passes: (facts.tags & condition.anyOf) !== 0,
        message: `业务标签：${tagText(facts.tags)}`,
        wouldPass: `须属于${tagText(condition.anyOf).replaceAll('、', '或')}业务并有依据`,
      };
    case 'tier':
      return {
        passes: facts.tier !== null && condition.allowed.includes(facts.tier),
        message: facts.tier === null ? '未指明科创企业档次' : '科创企业档次已指明',
        wouldPass: '须由科技或工信部门认定名单确认，并指明档次',
      };
    case 'industry': {
      const hit = condition.banned.find((code) => facts.industryCode !== '' && facts.industryCode.startsWith(code));
      return {
        passes: hit === undefined,
        message: hit === undefined ? '行业不在限制之列' : `行业 ${facts.industryCode} 属于限制范围 ${hit}`,
        wouldPass: '须为限制范围以外的行业',
      };
    }
    case 'county':
      return {
        passes: facts.county !== null && condition.allowed.includes(facts.county),
        message: facts.county === null ? '未指明业务所在县' : `业务所在县 ${facts.county}`,
        wouldPass: `须在 ${condition.allowed.join('、')}`,
      };
    case 'no-flag':
      return {
        passes: !facts.flags.includes(condition.flag),
        message: facts.flags.includes(condition.flag) ? `借款人${condition.title}` : `未申明${condition.title}`,
        wouldPass: `须消除：${condition.title}`,
      };
    case 'needs-flag':
      return {
        passes: facts.flags.includes(condition.flag),
        message: facts.flags.includes(condition.flag) ? `已申明${condition.title}` : `未申明${condition.title}`,
        wouldPass: `须符合并提供依据：${condition.title}`,
      };
  }
}

function termFinding(facts: EligibilityFacts, { termMonths }: ProductTerms): EligibilityFinding {
  const { least, most } = termMonths;
  const passes = facts.termMonths >= least && facts.termMonths <= most;
  const nearest = facts.termMonths < least ? least : most;
  return {
    code: 'term',
    title: '期限',
    passes,
    message: `期限 ${facts.termMonths} 个月，产品为 ${least}–${most} 个月`,
    clause: termMonths.source,
    unverified: termMonths.unverified,
    wouldPass: passes ? null : `期限改为 ${nearest} 个月`,
  };
}

function capFindings(facts: EligibilityFacts, { caps }: ProductTerms): EligibilityFinding[] {
  const amount = yuan(facts.amount);
  const standing = { balance: yuan(facts.balance), committed: yuan(facts.committed) };
  return caps.map((cap) => {
    const limit = yuan(cap.amount);
    const after = measured(cap.basis, standing, amount);
    const room = after > limit ? smaller(amount, (limit - (after - amount)) as Fen) : amount;
    return {
      code: `cap-${cap.basis}`,
      title: cap.basis,
      passes: after <= limit,
      message: `${cap.basis}将为${showLimit(after)}，上限${showLimit(limit)}`,
      clause: cap.source,
      unverified: cap.unverified,
      wouldPass: after <= limit ? null : room > zeroFen ? `本次不超过${showLimit(room)}` : '须先压降存量业务',
    };
  });
}

/** The ceiling is chosen by what the customer's guarantees come to, as GOV-4 does. */
function feeFinding(facts: EligibilityFacts, { feeCeilings, feeRate }: ProductTerms): EligibilityFinding[] {
  const total = plus(yuan(facts.committed), yuan(facts.amount));
  const ceiling = feeCeilings.find((each) => each.upTo === null || total <= yuan(each.upTo));
  if (!ceiling) return [];
  const rate = percent(facts.feeRate ?? feeRate.rate);
  const passes = compareRatio(rate, percent(ceiling.ceiling)) <= 0;
  return [
    {
      code: 'fee-ceiling',
      title: '担保费率上限',
      passes,
      message: `年化担保费率${showRatio(rate)}${facts.feeRate === null ? '（产品惯常费率）' : ''}，上限${showRatio(percent(ceiling.ceiling))}`,
      clause: ceiling.source,
      unverified: ceiling.unverified,
      wouldPass: passes ? null : `费率降至${showRatio(percent(ceiling.ceiling))}`,
    },
  ];
}

const kindTitles: Readonly<Record<string, string>> = {
  enterprise: '企业',
  'individual-business': '个体工商户',
  farmer: '农户',
  'business-owner': '小微企业主',
};

/** The Chinese of a tags bitmask: 支小、支农; 无 for none. */
export function tagText(tags: number): string {
  const found = [
    [1, '支小'],
    [2, '支农'],
    [4, '支新'],
    [8, '支创'],
  ].filter(([bit]) => (tags & (bit as number)) !== 0);
  return found.length === 0 ? '无' : found.map(([, title]) => title).join('、');
}

/** 版本差异：What changed from one version to the next, line by line; lines that say the same are left out. */
export function differencesOf(before: ProductTerms, after: ProductTerms): TermDifference[] {
  const [old, fresh] = [linesOf(before), linesOf(after)];
  return [...new Set([...old.keys(), ...fresh.keys()])]
    .map((title) => ({ title, before: old.get(title) ?? null, after: fresh.get(title) ?? null }))
    .filter((each) => each.before !== each.after);
}

const partyTitles = {
  bank: '银行',
  guarantor: '担保机构',
  province: '省级再担保',
  fund: '国担基金',
  system: '担保体系',
} as const;

/** A version as named lines of text: what people compare. */
export function linesOf(terms: ProductTerms): Map<string, string> {
  const rate = (text: string) => showRatio(percent(text));
  const marked = (text: string, each: { source: string; unverified: string | null }) =>
    `${text}（${each.source}${each.unverified ? `；未核实：${each.unverified}` : ''}）`;
  return new Map([
    ['惯常费率', marked(rate(terms.feeRate.rate), terms.feeRate)],
    ...terms.feeCeilings.map(
      (each) =>
        [
          `费率上限 ${each.upTo === null ? '其他' : `${showLimit(yuan(each.upTo))}以内`}`,
          marked(rate(each.ceiling), each),
        ] as const,
    ),
    ['期限', marked(`${terms.termMonths.least}–${terms.termMonths.most} 个月`, terms.termMonths)],
    ...terms.caps.map((each) => [`上限 ${each.basis}`, marked(showLimit(yuan(each.amount)), each)] as const),
    ...terms.shares.map(
      (each) =>
        [
          `${partyTitles[each.party]}分担${each.bound === 'floor' ? '下限' : '上限'}${each.tier ? `（${each.tier}）` : ''}`,
          marked(rate(each.ratio), each),
        ] as const,
    ),
    [
      '代偿率上限',
      terms.claimRatioCap
        ? marked(
            `${rate(terms.claimRatioCap.ratio)}，达到后${terms.claimRatioCap.whenReached === 'suspend' ? '暂停新增' : '超出部分不补偿'}`,
            terms.claimRatioCap,
          )
        : '无',
    ],
    ...terms.conditions.map((each) => [`条件 ${each.title}`, marked(conditionText(each), each)] as const),
    ...terms.checklist.map(
      (each) => [`资料 ${each.title}`, `${each.required ? '必备' : '可选'}（${each.clause}）`] as const,
    ),
    ['反担保', marked(terms.counterGuarantee.text, terms.counterGuarantee)],
    ['审批流程', terms.approvalChain],
  ]);
}

function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case 'customer-kind':
      return condition.allowed.map((each) => kindTitles[each] ?? each).join('、');
    case 'size-class':
    case 'tier':
      return condition.allowed.join('、');
    case 'tag':
      return tagText(condition.anyOf);
    case 'industry':
      return `不含 ${condition.banned.join('、')}`;
    case 'county':
      return condition.allowed.join('、');
    case 'no-flag':
      return '不得有';
    case 'needs-flag':
      return '须具备';
  }
}
