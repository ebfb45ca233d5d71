import { type Article, cite } from '../../kernel/article.ts';
import { type Day, day } from '../../kernel/day.ts';
import { formatYuan } from '../../kernel/money.ts';
import { formatDecimal } from '../../kernel/ratio.ts';
import { marks } from '../../law/document.ts';
import { articleSciTechEligibility, type SciTechTier, sciTechFundShareCeiling } from '../../law/mof-2024-60.ts';
import { article2, article6, smallMicroScope } from '../../law/mof-2025-11.ts';
import { articlePrivateEligibility } from '../../law/mof-2026-6.ts';
import { articleBatchTerms } from '../../law/national-fund-2020-23.ts';
import { type Programme, programmeTerms, type Term, termOf } from '../../law/programme.ts';
import {
  articleAims,
  articleFees,
  articleProhibitions,
  fundShareFloor,
  largeTicketFeeCeiling,
  smallTicketFeeCeiling,
  smallTicketLimit,
} from '../../law/state-council-2019-6.ts';
import type { ChecklistItem, Condition, ProductTerms } from './contract.ts';

/** One version to ship: code of the product, day, terms, document and mark. */
export type BaselineVersion = {
  readonly code: string;
  readonly from: Day;
  readonly terms: ProductTerms;
  readonly document: string;
  readonly unverified: string | null;
};

const placeholder = '占位：未见文件规定，由机构按实际办法修改';
const of = (article: Article, unverified: string | undefined | null = null) => ({
  source: cite(article),
  unverified: unverified ?? null,
});
const ofTerm = (term: Term<unknown>) => of(term.article, term.unverified);
const own = { source: '机构业务办法', unverified: placeholder } as const;

const item = (code: string, title: string, clause: string, required = true): ChecklistItem => ({
  code,
  title,
  required,
  clause,
});
const fullList: readonly ChecklistItem[] = [
  item('identity', '营业执照或身份证明', '主体资格（占位清单）'),
  item('articles', '公司章程及决议', '主体资格（占位清单）', false),
  item('size', '划型资料（从业人员、营业收入、资产总额）', '工信部联企业〔2011〕300号'),
  item('statements', '近两年及最近一期财务报表', '尽职调查（占位清单）'),
  item('purpose', '贷款用途证明', '《关于有效发挥政府性融资担保基金作用…的指导意见》不得从事的业务'),
  item('credit', '征信报告及查询授权书', '征信查询授权（占位清单）'),
  item('counter', '反担保资料', '反担保措施（占位清单）', false),
];
const shortList = [
  item('identity', '营业执照或身份证明', '主体资格（占位清单）'),
  item('loan', '银行贷款批准资料', '见贷即担，银行尽职调查'),
];

const banned: readonly Condition[] = [
  { kind: 'no-flag', title: '为政府债券发行提供担保', flag: 'government-bond', ...of(articleProhibitions) },
  { kind: 'no-flag', title: '为政府融资平台融资提供增信', flag: 'financing-platform', ...of(articleProhibitions) },
];
const smallMicro = (on: Day): Condition => ({
  kind: 'size-class',
  title: '小微企业',
  allowed: ['小型', '微型'],
  ...of(smallMicroScope.versionAt(on).source),
});
const parties = (on: Day): Condition => ({
  kind: 'customer-kind',
  title: '小微企业、三农主体',
  allowed:
    on < '2025-03-01'
      ? ['enterprise', 'farmer', 'individual-business']
      : ['enterprise', 'farmer', 'individual-business', 'business-owner'],
  ...of(article2, on < '2025-03-01' ? '2025年以前按划型标准，个体工商户为从宽理解' : null),
});

/** What the programme's law demands on a day, as terms of a product. */
function fromLaw(programme: Programme, on: Day, tiers: readonly (SciTechTier | undefined)[] = [undefined]) {
  const law = programmeTerms(programme, on, tiers[0]);
  const fund = termOf(fundShareFloor, on);
  const decimal = (term: Term<Parameters<typeof formatDecimal>[0]>) => formatDecimal(term.value);
  return {
    programme,
    feeCeilings: [
      {
        upTo: formatYuan(smallTicketLimit.at(on)),
        ceiling: formatDecimal(smallTicketFeeCeiling.at(on)),
        ...of(articleFees, smallTicketFeeCeiling.unverifiedOn(on)),
      },
      {
        upTo: null,
        ceiling: formatDecimal(largeTicketFeeCeiling.at(on)),
        ...of(articleFees, largeTicketFeeCeiling.unverifiedOn(on)),
      },
    ],
    caps: [{ basis: law.customerCap.basis, amount: formatYuan(law.customerCap.value), ...ofTerm(law.customerCap) }],
    shares: [
      {
        party: 'bank' as const,
        bound: 'floor' as const,
        ratio: decimal(law.bankShareFloor),
        tier: null,
        ...ofTerm(law.bankShareFloor),
      },
      { party: 'fund' as const, bound: 'floor' as const, ratio: decimal(fund), tier: null, ...ofTerm(fund) },
      ...tiers.map((tier) => {
        const { fundShareCeiling } = programmeTerms(programme, on, tier);
        return {
          party: 'fund' as const,
          bound: 'ceiling' as const,
          ratio: decimal(fundShareCeiling),
          tier: tier ?? null,
          ...ofTerm(fundShareCeiling),
        };
      }),
      ...(law.provinceShareFloor
        ? [
            {
              party: 'province' as const,
              bound: 'floor' as const,
              ratio: decimal(law.provinceShareFloor),
              tier: null,
              ...ofTerm(law.provinceShareFloor),
            },
          ]
        : []),
    ],
    claimRatioCap: {
      ratio: decimal(law.claimRatioCap),
      whenReached: programme === 'batch' ? ('suspend' as const) : ('tell' as const),
      ...ofTerm(law.claimRatioCap),
    },
  };
}

const fee = (rate: string) => ({ rate, ...own });
const term = (least: number, most: number) => ({ least, most, ...own });
const reduced = (text: string) => ({
  policy: 'reduced' as const,
  text,
  ...of(articleAims, marks.recalled),
});

function ordinary(code: string, on: Day): BaselineVersion {
  const law = fromLaw('ordinary', on);
  const isFarm = code === 'agri';
  return {
    code,
    from: on,
    document:
      on < '2024-07-24' ? '国办发〔2019〕6号' : on < '2025-03-01' ? '财金〔2024〕60号（基准）' : '财金〔2025〕11号',
    unverified: null,
    terms: {
      ...law,
      feeRate: fee(isFarm ? '0.005' : '0.01'),
      termMonths: term(1, 36),
      caps: [
        ...law.caps,
        ...(on >= '2025-03-01'
          ? [
              {
                basis: '单笔担保金额' as const,
                amount: law.caps[0]!.amount,
                ...of(article6, '第六条为重点服务的额度，按上限从严'),
              },
            ]
          : []),
      ],
      conditions: [
        ...(isFarm ? [] : [smallMicro(on)]),
        isFarm ? { kind: 'tag', title: '支农业务', anyOf: 2, ...of(article2) } : parties(on),
        ...banned,
      ],
      checklist: [...fullList],
      counterGuarantee: reduced('逐步减少、取消反担保要求'),
      approvalChain: 'case',
    },
  };
}

const sciTech = (on: Day): BaselineVersion => {
  const tiers = Object.keys(sciTechFundShareCeiling.at(on)) as SciTechTier[];
  return {
    code: 'tech',
    from: on,
    document: '财金〔2024〕60号',
    unverified: null,
    terms: {
      ...fromLaw('sci-tech', on, tiers),
      feeRate: fee('0.01'),
      termMonths: term(1, 60),
      conditions: [
        { kind: 'customer-kind', title: '企业', allowed: ['enterprise'], ...of(articleSciTechEligibility) },
        {
          kind: 'size-class',
          title: '中小微企业（中型须支小支农占比达标）',
          allowed: ['中型', '小型', '微型'],
          ...of(articleSciTechEligibility),
        },
        { kind: 'tier', title: '科技创新企业名单', allowed: tiers, ...of(articleSciTechEligibility) },
        ...banned,
      ],
      checklist: [...fullList, item('tech', '科创资质认定文件', '财金〔2024〕60号支持对象')],
      counterGuarantee: reduced('除利息和担保费外不得收取保证金、承诺费等'),
      approvalChain: 'case',
    },
  };
};

const privateLine = (on: Day): BaselineVersion => ({
  code: 'private',
  from: on,
  document: '财金〔2026〕6号',
  unverified: null,
  terms: {
    ...fromLaw('private-investment', on),
    feeRate: fee('0.01'),
    termMonths: { least: 13, most: 60, ...of(articlePrivateEligibility, '“中长期”按超过一年理解，上限为占位') },
    conditions: [
      {
        kind: 'customer-kind',
        title: '民营主体',
        allowed: ['enterprise', 'individual-business'],
        ...of(articlePrivateEligibility, marks.partlySeen),
      },
      smallMicro(on),
      { kind: 'no-flag', title: '列入经营异常名录', flag: 'abnormal', ...of(articlePrivateEligibility) },
      { kind: 'no-flag', title: '列入严重失信名单', flag: 'dishonest', ...of(articlePrivateEligibility) },
      {
        kind: 'no-flag',
        title: '禁止、限制或淘汰类项目',
        flag: 'restricted-industry',
        ...of(articlePrivateEligibility),
      },
      {
        kind: 'no-flag',
        title: '近3年有重大安全、质量、环保或税务违法',
        flag: 'major-violation',
        ...of(articlePrivateEligibility),
      },
      ...banned,
    ],
    checklist: [...fullList, item('investment', '固定资产投资或技改用途资料', '财金〔2026〕6号支持对象条件')],
    counterGuarantee: { policy: 'reduced', text: '所购固定资产可追加为反担保', ...of(articlePrivateEligibility) },
    approvalChain: 'case',
  },
});

const batch = (on: Day): BaselineVersion => ({
  code: 'batch',
  from: on,
  document: '国融担〔2020〕23号',
  unverified: '条款凭记忆，未见原文',
  terms: {
    ...fromLaw('batch', on),
    feeRate: fee('0.008'),
    termMonths: term(1, 36),
    conditions: [{ ...smallMicro(on), unverified: marks.recalledDoubtful, source: cite(articleBatchTerms) }, ...banned],
    checklist: shortList,
    counterGuarantee: {
      policy: 'none',
      text: '担保机构不另行要求反担保、保证金',
      ...of(articleBatchTerms, marks.recalledDoubtful),
    },
    approvalChain: 'case',
  },
});

const startUpSource = '山西2025年创业担保贷款服务平台公开信息';
const startUp = (on: Day): BaselineVersion => {
  const law = fromLaw('ordinary', on);
  const told = { source: startUpSource, unverified: '公开信息只见分担模式，其余为占位' };
  return {
    code: 'startup',
    from: on,
    document: startUpSource,
    unverified: '起始日与额度待核实',
    terms: {
      ...law,
      programme: null,
      feeRate: { rate: '0', ...told },
      caps: [{ basis: '单户在保余额', amount: '5000000.00', ...told }],
      shares: law.shares.filter((each) => each.party === 'bank'),
      termMonths: { least: 1, most: 36, ...told },
      conditions: [
        { kind: 'needs-flag', title: '创业担保贷款十类人员或其小微企业', flag: 'startup-group', ...told },
        ...banned,
      ],
      checklist: [...shortList, item('group', '十类人员资格证明', '创业担保贷款政策')],
      counterGuarantee: { policy: 'none', text: '免反担保', ...told },
      approvalChain: 'case',
    },
  };
};

/**
 * The shipped lines, each version in order: ordinary business from 2019, the batch scheme from 2020, 科创专项 from 2024, 2025年办法 for
 * the ordinary lines, 民间投资专项 from 2026, 创业担保. Figures of law come from src/law with their marks; the rest says 占位.
 */
export const baselineVersions = (): readonly BaselineVersion[] => [
  ...['ordinary', 'agri'].flatMap((code) =>
    ['2019-01-22', '2024-07-24', '2025-03-01'].map((from) => ordinary(code, day(from))),
  ),
  batch(day('2020-04-16')),
  sciTech(day('2024-07-24')),
  startUp(day('2025-01-01')),
  privateLine(day('2026-01-20')),
];
