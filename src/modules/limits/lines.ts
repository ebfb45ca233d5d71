import { cite } from '../../kernel/article.ts';
import type { Day } from '../../kernel/day.ts';
import { divide, type Fen, fen, formatYuan, larger, minus, plus, share, zeroFen } from '../../kernel/money.ts';
import type { Ratio } from '../../kernel/ratio.ts';
import type { Refusal } from '../../kernel/refusal.ts';
import { type GuaranteedParty, guaranteedKind } from '../../law/guaranteed-kind.ts';
import { countedNetAssets, leverageCap } from '../../law/leverage.ts';
import { liabilityOfCustomer } from '../../law/liability.ts';
import { type Parameter, showLimit, showRatio } from '../../law/parameter.ts';
import {
  article15,
  ordinaryLeverageCap,
  relatedGroupCap,
  singleCustomerCap,
} from '../../law/state-council-order-683.ts';
import { exposureOf, exposureParts, type HeldBalance } from '../guarantees/index.ts';
import type { Asked, Facts } from './facts.ts';
import { type HeadroomLine, line, unlimited } from './line.ts';
import { bankLines, claimLine, countyLine, yearlyLines } from './shared-lines.ts';

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
