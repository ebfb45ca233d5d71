import type { MemoSection } from '../contract/detail.ts';
import { applicantTitles, type CaseState, counterKinds, findingTitles, verdictTitles } from '../contract.ts';

type Piece = MemoSection['lines'][number][number];

/** Everything the memo says; money, ratios and days as people read them. */
export type MemoFacts = {
  readonly href: string;
  readonly customerHref: string | null;
  readonly state: CaseState;
  readonly number: string;
  readonly applicantKind: keyof typeof applicantTitles;
  readonly customer: {
    name: string;
    kind: string;
    sizeClass: string;
    sizeReason: string;
    address: string;
    industryCode: string;
  };
  readonly bankName: string;
  readonly productName: string;
  readonly productVersion: number;
  readonly askedAmount: string;
  readonly amount: string;
  readonly guaranteed: string;
  readonly termMonths: number;
  readonly feeRate: string;
  readonly purpose: string;
  readonly repayment: string;
  readonly eligibility: readonly { title: string; passes: boolean; message: string; clause: string }[];
  readonly elsewhere: readonly { message: string }[];
  readonly related: readonly { relation: string; name: string }[];
  readonly items: readonly {
    title: string;
    finding: keyof typeof findingTitles | null;
    note: string;
    clause: string;
  }[];
  readonly visits: readonly { at: string; place: string; met: string; note: string; by: string; photos: number }[];
  readonly conclusions: readonly { part: 'A' | 'B'; name: string; agrees: boolean; opinion: string }[];
  readonly counters: readonly {
    kind: number;
    provider: string;
    title: string;
    appraised: string | null;
    verdict: string | null;
    opinion: string | null;
  }[];
  readonly score: { model: string; score: number; grade: string; unverified: string } | null;
  readonly review: { verdict: keyof typeof verdictTitles; opinion: string; conditions: string; name: string } | null;
  readonly headroom: readonly { title: string; limit: string; after: string; isBreached: boolean; source: string }[];
};

/**
 * 评审报告：assembled from what was entered, nothing written twice. Each figure leads to the tab it was entered on. Sections without
 * content say so: a reader must see what nobody looked at.
 */
export function memoOf(facts: MemoFacts): MemoSection[] {
  const at = (tab: string, text: string): Piece => ({ text, href: `${facts.href}?tab=${tab}` });
  return [
    { title: '一、项目概况', lines: overview(facts, at) },
    { title: '二、借款人', lines: borrower(facts) },
    {
      title: '三、准入条件',
      lines: facts.eligibility.map((each) => [
        `${each.passes ? '符合' : '不符合'}　${each.title}：${each.message}（${each.clause}）`,
      ]),
    },
    { title: '四、尽职调查', lines: diligence(facts, at) },
    { title: '五、反担保', lines: counters(facts, at) },
    { title: '六、评分与风险意见', lines: judgement(facts, at) },
    {
      title: '七、额度',
      lines: orNone(
        facts.headroom.map((each) => [
          `${each.isBreached ? '超限' : '未超'}　${each.title}：上限 `,
          at('application', each.limit),
          '，本笔之后 ',
          at('application', each.after),
          `（${each.source}）`,
        ]),
        '提交审批时计算。',
      ),
    },
  ].map((each) => ({ ...each, lines: orNone(each.lines, '（无记录）') }));
}

const orNone = (lines: Piece[][], text: string): Piece[][] => (lines.length > 0 ? lines : [[text]]);

function overview(facts: MemoFacts, at: (tab: string, text: string) => Piece): Piece[][] {
  const cut = facts.askedAmount === facts.amount ? [] : ['（申请 ', at('application', `${facts.askedAmount} 元`), '）'];
  return [
    [
      `${applicantTitles[facts.applicantKind]}，项目编号 ${facts.number}。${facts.bankName}拟向${facts.customer.name}发放贷款 `,
      at('application', `${facts.amount} 元`),
      ...cut,
      '，担保责任金额 ',
      at('application', `${facts.guaranteed} 元`),
      '，期限 ',
      at('application', `${facts.termMonths} 个月`),
      '，年担保费率 ',
      at('review', facts.feeRate),
      `。产品为${facts.productName}第 ${facts.productVersion} 版。`,
    ],
    [`贷款用途：${facts.purpose}`],
    [`还款来源：${facts.repayment}`],
  ];
}

function borrower({ customer, customerHref, related, elsewhere }: MemoFacts): Piece[][] {
  const name: Piece = customerHref ? { text: customer.name, href: customerHref } : customer.name;
  return [
    [name, `，${customer.kind}，行业代码 ${customer.industryCode || '未填'}，住所${customer.address}。`],
    [`划型：${customer.sizeClass}（${customer.sizeReason}）`],
    [
      related.length === 0
        ? '未登记关联方。'
        : `关联方：${related.map((each) => `${each.name}（${each.relation}）`).join('、')}`,
    ],
    ...(elsewhere.length === 0
      ? [['全省其他机构未见在办申请与在保业务。']]
      : elsewhere.map((each) => [`跨机构查重：${each.message}`])),
  ];
}

const diligence = (facts: MemoFacts, at: (tab: string, text: string) => Piece): Piece[][] => [
  ...facts.items.map((each): Piece[] => [
    at('diligence', each.finding ? findingTitles[each.finding] : '未填'),
    `　${each.title}${each.note ? `：${each.note}` : ''}（${each.clause}）`,
  ]),
  ...facts.visits.map((each): Piece[] => [
    at('diligence', each.at),
    `　走访${each.place}${each.met ? `，会见${each.met}` : ''}：${each.note}（${each.by}，照片 ${each.photos} 份）`,
  ]),
  ...facts.conclusions.map((each): Piece[] => [
    `${each.part}角${each.name}：${each.agrees ? '同意' : '不同意'}。${each.opinion}`,
  ]),
];

const counters = (facts: MemoFacts, at: (tab: string, text: string) => Piece): Piece[][] =>
  facts.counters.map((each) => [
    `${counterKinds[String(each.kind)] ?? each.kind}　${each.provider}：${each.title}`,
    ...(each.appraised === null ? [] : ['，评估价值 ', at('review', `${each.appraised} 元`)]),
    each.verdict === null
      ? '；法务尚未审查'
      : `；法务${each.verdict === 'passed' ? '审查通过' : '审查不通过'}：${each.opinion ?? ''}`,
  ]);

function judgement({ score, review }: MemoFacts, at: (tab: string, text: string) => Piece): Piece[][] {
  return [
    ...(score
      ? [[`评分模型 ${score.model}（${score.unverified}）：`, at('review', `${score.score} 分，${score.grade} 级`)]]
      : []),
    ...(review
      ? [
          [`风险意见（${review.name}）：${verdictTitles[review.verdict]}。${review.opinion}`],
          ...(review.conditions ? [[`附加条件：${review.conditions}`]] : []),
        ]
      : []),
  ];
}

/** The memo as plain lines, for paper. */
export const plainLines = (section: MemoSection): string[] =>
  section.lines.map((line) => line.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join(''));
