import { type Fen, larger, minus, plus, share, zeroFen } from '../../kernel/money.ts';
import { percent } from '../../kernel/ratio.ts';
import { showLimit, showRatio } from '../../law/parameter.ts';
import { articleRiskShares } from '../../law/state-council-2019-6.ts';
import type { Asked, Facts, GuarantorLineFact } from './facts.ts';
import { type HeadroomLine, line, unlimited } from './line.ts';
import { type LineGroup, lineGroupOf } from './line-group.ts';

/** 统一授信: the allocation a case falls under: the product's own, else the general one. */
export function bankLines(facts: Facts, { bankId, productCode, amount }: Asked): HeadroomLine[] {
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
export function yearlyLines(facts: Facts, { amount }: Asked): HeadroomLine[] {
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
export function claimLine({ agreement, product, base }: Facts): HeadroomLine[] {
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
export function countyLine(facts: Facts, { county, amount }: Asked): HeadroomLine[] {
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
