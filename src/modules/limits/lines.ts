import { type Article, cite } from '../../kernel/article.ts';
import type { Day } from '../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, plus, share, zeroFen } from '../../kernel/money.ts';
import { percent, type Ratio } from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type GuaranteedParty, guaranteedKind } from '../../law/guaranteed-kind.ts';
import { countedNetAssets, leverageCap } from '../../law/leverage.ts';
import { liabilityOfCustomer } from '../../law/liability.ts';
import { type Parameter, showLimit, showRatio } from '../../law/parameter.ts';
import { articleRiskShares } from '../../law/state-council-2019-6.ts';
import {
  article15,
  ordinaryLeverageCap,
  relatedGroupCap,
  singleCustomerCap,
} from '../../law/state-council-order-683.ts';
import { exposureOf, exposureParts, type HeldBalance } from '../guarantees/index.ts';
import type { Asked, Facts, GuarantorLineFact } from './facts.ts';
import { type LineGroup, lineGroupOf } from './line-group.ts';

/** One limit, before and after the case at hand; amounts in 分. */
export type HeadroomLine = {
  readonly code: string;
  readonly title: string;
  readonly article?: Article;
  /** What the limit rests on, in words. */
  readonly source: string;
  readonly unverified?: string;
  /** Null: no limit is set or it cannot be worked out; `note` says which. */
  readonly limit: Fen | null;
  readonly used: Fen;
  /** Held by other cases under way. */
  readonly reserved: Fen;
  readonly after: Fen;
  /** What is left before this case, on the limit's own basis; null where there is no limit. */
  readonly room: Fen | null;
  readonly isBreached: boolean;
  /** A breach refuses the case; where not, it is told only. */
  readonly binds: boolean;
  /** What would cure a breach; '' where there is none. */
  readonly cure: string;
  readonly note?: string;
};

/** Every limit that the facts allow to ask about, and what the case adds to the 责任余额. Pure. */
export function headroomLines(facts: Facts, asked: Asked): { lines: HeadroomLine[]; liability: Fen } {
  const added = addedOf(facts, asked);
  const liability = added ? liabilityAdded(facts, added, asked.on) : asked.amount;
  return {
    liability,
    lines: [
      ...(added ? concentrationLines(facts, added, asked) : []),
      leverageLine(facts, liability, asked.on),
      ...productLines(facts, asked),
      ...bankLines(facts, asked),
      ...yearlyLines(facts, asked),
      ...claimLine(facts),
      ...countyLine(facts, asked),
    ],
  };
}

/** The breaches that refuse, as refusals with the figures that decided. */
export const refusalsOf = (lines: readonly HeadroomLine[]): Refusal[] =>
  lines
    .filter((each) => each.isBreached && each.binds)
    .map((each) => ({
      code: each.code,
      field: 'amount',
      message: `超过${each.title}：${each.cure}`,
      ...(each.article ? { article: each.article } : {}),
      figures: {
        上限: each.limit === null ? '—' : formatYuan(each.limit),
        已用: formatYuan(each.used),
        其他在办占用: formatYuan(each.reserved),
        本笔之后: formatYuan(each.after),
      },
      ...(each.unverified ? { unverified: each.unverified } : {}),
    }));

type Made = Pick<HeadroomLine, 'code' | 'title' | 'source' | 'used' | 'reserved' | 'after'> &
  Partial<Pick<HeadroomLine, 'article' | 'unverified' | 'binds' | 'note'>> & {
    readonly limit: Fen;
    /** Said only where the limit is breached. */
    readonly cure?: (room: Fen) => string;
  };

function line({ cure = roomText, ...made }: Made): HeadroomLine {
  const isBreached = made.after > made.limit && made.after > 0n;
  const room = larger(zeroFen, minus(made.limit, plus(made.used, made.reserved)));
  return { ...made, room, isBreached, binds: made.binds ?? true, cure: isBreached ? cure(room) : '' };
}

const roomText = (room: Fen) => `本次不超过${showLimit(room)}，或等其他在办业务释放、存量压降`;

/** The case as a balance of its customer; undefined when no customer is asked about. */
function addedOf({ customer, product }: Facts, asked: Asked): HeldBalance | undefined {
  if (!customer) return undefined;
  const amounts = { contract: asked.amount, borne: asked.guaranteed ?? asked.amount };
  return { ...customer, ...amounts, guaranteeClass: product?.class ?? 'loan' };
}

/** Balances of the same customer and class added up: the weights look at the whole customer. */
function merged(...all: readonly HeldBalance[]): HeldBalance[] {
  return [...Map.groupBy(all, (each) => `${each.customerId} ${each.guaranteeClass}`).values()].map((same) => ({
    ...(same[0] as HeldBalance),
    contract: plus(...same.map((each) => each.contract)),
    borne: plus(...same.map((each) => each.borne)),
  }));
}

function concentrationLines(facts: Facts, added: HeldBalance, { on }: Asked): HeadroomLine[] {
  const counted = countedOf(facts, on);
  const stages = [
    facts.held,
    merged(...facts.held, ...facts.reserved),
    merged(...facts.held, ...facts.reserved, added),
  ].map((held) => exposureParts(held, 'contract', on)) as [
    ReturnType<typeof exposureParts>,
    ReturnType<typeof exposureParts>,
    ReturnType<typeof exposureParts>,
  ];
  const of = (code: string, title: string, cap: Parameter<Ratio>, customerId?: bigint): HeadroomLine => {
    if (!cap.isInForce(on) || !counted)
      return unlimited(code, title, counted ? '条例尚未施行' : '没有净资产数据，无法计算');
    const [used, held, after] = stages.map((parts) => exposureOf(parts, customerId)) as [Fen, Fen, Fen];
    const limit = share(larger(zeroFen, counted.amount), cap.at(on), 'down');
    const own = stages[2].filter((each) => customerId === undefined || each.customerId === customerId);
    const marks = [...new Set([counted.unverified, ...own.flatMap((each) => each.notes)].filter(Boolean))].join('；');
    const { numerator, denominator } = cap.at(on);
    const needed = () => minus(fen(divide(after * denominator, numerator, 'up')), counted.amount);
    return line({
      code,
      title: `${title}（净资产的${showRatio(cap.at(on))}）`,
      article: cap.versionAt(on).source,
      source: cite(cap.versionAt(on).source),
      ...(marks ? { unverified: marks } : {}),
      limit,
      used,
      reserved: minus(held, used),
      after,
      cure: (room) =>
        `本次最多可新增责任余额${showLimit(room)}，或压降存量${showLimit(minus(after, limit))}，或增加净资产${showLimit(larger(zeroFen, needed()))}`,
      note: own.map((each) => `${each.title} ${showLimit(each.outstanding)}×${showRatio(each.weight)}`).join(' + '),
    });
  };
  return [
    of('single-customer-cap', '同一被担保人集中度', singleCustomerCap, added.customerId),
    ...(facts.customer?.groupId ? [of('related-group-cap', '被担保人及其关联方集中度', relatedGroupCap)] : []),
  ];
}

/** What the case adds to the 责任余额: the whole group weighed with it less the group without it (the 单户 limits are a cliff). */
function liabilityAdded(facts: Facts, added: HeldBalance, on: Day): Fen {
  const own = [...facts.held, ...facts.reserved].filter((each) => each.customerId === added.customerId);
  return larger(zeroFen, minus(liabilityOf(merged(...own, added), on), liabilityOf(merged(...own), on)));
}

function liabilityOf(own: readonly HeldBalance[], on: Day): Fen {
  const first = own[0];
  if (!first) return zeroFen;
  const { kind } = guaranteedKind(first as GuaranteedParty, on);
  const balances = own.map((each) => ({ ...each, issuerRating: each.issuerRating ?? undefined }));
  const parts = liabilityOfCustomer({ customer: String(first.customerId), kind, balances }, 'contract', on);
  return plus(...parts.map((each) => each.liability));
}

function countedOf({ capital }: Facts, on: Day): { amount: Fen; unverified?: string } | undefined {
  if (!capital) return undefined;
  const { counted, unverified } = countedNetAssets(
    { netAssets: capital.netAssets, stakesInGuarantors: capital.stakes },
    on,
  );
  return { amount: counted, ...(unverified ? { unverified } : {}) };
}

function leverageLine(facts: Facts, added: Fen, on: Day): HeadroomLine {
  const counted = countedOf(facts, on);
  if (!counted || !ordinaryLeverageCap.isInForce(on))
    return unlimited('leverage-cap', '放大倍数', '没有净资产数据，无法计算');
  const { base } = facts;
  const cap = leverageCap(base, on);
  const limit = share(larger(zeroFen, counted.amount), cap.cap, 'down');
  const used = plus(base.liability, ...facts.issued.map((each) => each.principal));
  const reserved = plus(...facts.promised.map((each) => each.liability));
  const after = plus(used, reserved, added);
  const unverified = [cap.unverified, counted.unverified].filter(Boolean).join('；');
  return line({
    code: 'leverage-cap',
    title: `放大倍数（净资产的${showRatio(cap.cap)}）`,
    article: article15,
    source: `${cite(article15)}：${cap.reason}`,
    ...(unverified ? { unverified } : {}),
    limit,
    used,
    reserved,
    after,
    cure: () => `压降责任余额${showLimit(minus(after, limit))}或补充资本`,
    note: '按合同口径；当日新登记的按全额计，从严',
  });
}

/** The caps of the product, each on its own basis. */
function productLines({ product, standing, reserved, customer }: Facts, asked: Asked): HeadroomLine[] {
  if (!product) return [];
  if (product.version === null)
    return [unlimited('product-cap', `产品「${product.name}」`, '产品当日没有有效版本，无法核对上限')];
  const own = plus(...reserved.filter((each) => each.customerId === customer?.customerId).map((each) => each.contract));
  return product.caps
    .filter((cap) => cap.basis === '单笔担保金额' || standing !== null)
    .map((cap) => {
      const isSingle = cap.basis === '单笔担保金额';
      const used =
        isSingle || !standing ? zeroFen : cap.basis === '单户在保余额' ? standing.balance : standing.committed;
      const held = isSingle ? zeroFen : own;
      return line({
        code: `product-cap-${bases[cap.basis]}`,
        title: `产品「${product.name}」${cap.basis}上限${showLimit(moneyOf(cap.amount))}`,
        source: cap.source,
        ...(cap.unverified ? { unverified: cap.unverified } : {}),
        limit: moneyOf(cap.amount),
        used,
        reserved: held,
        after: plus(used, held, asked.amount),
        note: basisNotes[cap.basis],
      });
    });
}

const bases = {
  单户担保金额: 'guaranteed',
  单户在保余额: 'balance',
  单户授信担保额度: 'credit',
  单笔担保金额: 'single',
} as const;
const basisNotes = {
  单户担保金额: '客户在本机构有效合同的主债权金额合计，已还部分仍计，全部产品合并，从严',
  单户在保余额: '客户在本机构未还本金合计，待放款按合同全额，全部产品合并，从严',
  单户授信担保额度: '客户在本机构有效合同的主债权金额合计，已还部分仍占用，全部产品合并，从严',
  单笔担保金额: '只看本笔主债权金额',
} as const;
/** A wire amount in 元 as the product's version holds it. */
const moneyOf = (text: string): Fen => {
  const [whole = '0', fraction = ''] = text.split('.');
  return fen(BigInt(whole) * 100n + BigInt(fraction.padEnd(2, '0').slice(0, 2)));
};

/** 统一授信: the allocation a case falls under: the product's own, else the general one. */
function bankLines(facts: Facts, { bankId, productCode, amount }: Asked): HeadroomLine[] {
  if (bankId === undefined) return [];
  const { bankLine } = facts;
  if (!bankLine) return [unlimited('bank-line', '银行统一授信额度', '该银行当日没有核定统一授信额度，不作限制')];
  const special = bankLine.allocations.find((each) => productCode !== undefined && each.productCode === productCode);
  const found = special ?? bankLine.allocations.find((each) => each.productCode === null);
  const named = new Set(bankLine.allocations.map((each) => each.productCode));
  const covers = (code: string) => (special ? code === productCode : !named.has(code));
  const counts = (each: { bankId: number; productCode: string }) => each.bankId === bankId && covers(each.productCode);
  const used = plus(
    ...facts.base.lines.filter(counts).map((each) => each.outstanding),
    ...facts.issued.filter(counts).map((each) => each.principal),
  );
  const reserved = plus(...facts.promised.filter(counts).map((each) => each.amount));
  return [
    line({
      code: 'bank-line',
      title: `银行统一授信额度（分配给本机构${special ? '本产品' : ''}）`,
      source: `${bankLine.document}，有效至 ${bankLine.to}`,
      limit: found?.amount ?? zeroFen,
      used,
      reserved,
      after: plus(used, reserved, amount),
      ...(found ? {} : { cure: () => '该银行的统一授信没有分配给本机构，请再担保机构调整分配' }),
      note: '按主债权在保余额（合同口径）',
    }),
  ];
}

/** 年度额度: what was taken on this year with the province sharing the risk, and of it the group the case falls under. */
function yearlyLines(facts: Facts, { amount }: Asked): HeadroomLine[] {
  const { guarantorLine, agreement } = facts;
  if (agreement && percent(agreement.provinceShare).numerator === 0n) return [];
  if (!guarantorLine) return [unlimited('guarantor-line', '年度再担保额度', '当年额度尚未核定，不作限制')];
  const used = plus(
    ...facts.base.lines.map((each) => each.reguaranteed),
    ...facts.issued.filter((each) => each.isThisYear && each.lineGroup !== null).map((each) => each.principal),
  );
  const reserved = plus(...facts.promised.map((each) => each.amount));
  const { document: source, unverified } = guarantorLine;
  const whole = line({
    code: 'guarantor-line',
    title: '年度再担保额度',
    source,
    ...(unverified ? { unverified } : {}),
    limit: guarantorLine.amount,
    used,
    reserved,
    after: plus(used, reserved, amount),
    note: '当年起始、省级分险的业务的主债权金额',
  });
  const group = agreement && lineGroupOf(agreement, facts.customer?.isStateOwned ?? null);
  return group && guarantorLine.groups.length > 0
    ? [whole, ...groupLines(facts, guarantorLine, group, amount)]
    : [whole];
}

/** 分配组: the part with or without a bank share as a whole, and within it the sub-limit of state-owned borrowers. */
function groupLines(facts: Facts, of: GuarantorLineFact, group: LineGroup, amount: Fen): HeadroomLine[] {
  const isSharing = group.startsWith('sharing');
  const part = isSharing ? '银担分险额度' : '非银担分险额度';
  const [state, other]: [LineGroup, LineGroup] = isSharing
    ? ['sharing-state', 'sharing-other']
    : ['non-sharing-state', 'non-sharing-other'];
  const bounded = (code: string, title: string, groups: readonly LineGroup[], note: string) => {
    const parts = of.groups.filter((each) => groups.includes(each.code));
    const [used, reserved] = [groupUsed(facts, groups), groupReserved(facts, groups)];
    return line({
      code,
      title,
      source: of.document,
      unverified: groupMark,
      limit: plus(...parts.map((each) => each.amount)),
      used,
      reserved,
      after: plus(used, reserved, amount),
      binds: of.groupBreach === 'refuse',
      note,
    });
  };
  const ownership = facts.customer?.isStateOwned ?? null;
  const shared = isSharing ? '银行分担不低于20%的业务' : '银行分担低于20%的业务';
  return [
    bounded(
      `line-group-${isSharing ? 'sharing' : 'non-sharing'}`,
      `年度额度分配组：${part}`,
      [state, other],
      ownership === null && facts.customer ? `${shared}；客户是否国有未登记，按非国有计` : shared,
    ),
    ...(group === state
      ? [
          bounded(
            'line-group-state',
            `年度额度分配组：${part}（国企子限额）`,
            [state],
            `${shared}中的国有及国有控股客户`,
          ),
        ]
      : []),
  ];
}

const groupMark = '分组及其子限额的形式参考外省公开资料，山西省办法未见原文；超出时拒绝还是提示由额度公式规定';
const groupUsed = ({ base, issued }: Facts, groups: readonly LineGroup[]): Fen =>
  plus(
    ...base.lines.flatMap((each) => groups.map((group) => each.groups[group] ?? zeroFen)),
    ...issued
      .filter((each) => each.isThisYear && each.lineGroup !== null && groups.includes(each.lineGroup))
      .map((each) => each.principal),
  );
const groupReserved = ({ promised }: Facts, groups: readonly LineGroup[]): Fen =>
  plus(
    ...promised.filter((each) => each.lineGroup !== null && groups.includes(each.lineGroup)).map((each) => each.amount),
  );

/** 代偿率上限 of bank × product × agreement version: claims against what the released amount allows. A case changes neither. */
function claimLine({ agreement, product, base }: Facts): HeadroomLine[] {
  const term = product?.claimRatioCap;
  const ratio = agreement?.claimRatioCap ?? term?.ratio;
  if (!agreement || !ratio) return [];
  const found = base.claims.find(
    (each) => each.agreementId === agreement.agreementId && each.version === agreement.version,
  );
  const [paid, released] = [found?.paid ?? zeroFen, found?.released ?? zeroFen];
  if (released === 0n && paid === 0n)
    return [
      unlimited('claim-ratio-cap', `代偿率上限${showRatio(percent(ratio))}（本协议本版）`, '尚无解除，没有代偿率'),
    ];
  const binds = term?.whenReached === 'suspend';
  return [
    line({
      code: 'claim-ratio-cap',
      title: `代偿率上限${showRatio(percent(ratio))}（本协议本版）`,
      article: articleRiskShares,
      source: agreement.claimRatioCap ? agreement.document : (term?.source ?? ''),
      ...(term?.unverified ? { unverified: term.unverified } : {}),
      limit: share(released, percent(ratio), 'down'),
      used: paid,
      reserved: zeroFen,
      after: paid,
      binds,
      cure: () =>
        binds ? '代偿率已超上限，按约定暂停新增，待追偿或解保使代偿率回落' : '超出上限的代偿不予补偿，新增不受限',
      note: `累计解除 ${showLimit(released)} × ${showRatio(percent(ratio))}，累计代偿 ${showLimit(paid)}`,
    }),
  ];
}

/** 县域政策目标: information only; there is no harm in passing it. */
function countyLine(facts: Facts, { county, amount }: Asked): HeadroomLine[] {
  if (county === undefined || !facts.target) return [];
  const { target } = facts;
  const used = plus(
    facts.base.counties.find((each) => each.county === county)?.volume ?? zeroFen,
    ...facts.issued.filter((each) => each.isThisYear && each.county === county).map((each) => each.principal),
  );
  const reserved = plus(...facts.promised.filter((each) => each.county === county).map((each) => each.amount));
  const after = plus(used, reserved, amount);
  const left = larger(zeroFen, minus(target.amount, after));
  return [
    {
      ...line({
        code: 'county-target',
        title: '县域政策目标（只作提示）',
        source: target.document,
        limit: target.amount,
        used,
        reserved,
        after,
      }),
      isBreached: false,
      binds: false,
      cure: '',
      note: left > 0n ? `本笔之后距目标还差${showLimit(left)}` : '本笔之后已达到目标',
    },
  ];
}

const unlimited = (code: string, title: string, note: string): HeadroomLine => ({
  code,
  title,
  source: '—',
  limit: null,
  used: zeroFen,
  reserved: zeroFen,
  after: zeroFen,
  room: null,
  isBreached: false,
  binds: false,
  cure: '',
  note,
});
