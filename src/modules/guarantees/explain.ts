import type { Day } from '../../kernel/day.ts';
import { fen, formatYuan, share } from '../../kernel/money.ts';
import { ratio } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import {
  articleBondWeights,
  articleLoanWeights,
  articleNetAssets,
  articleOtherWeights,
  articlePerCustomer,
  articleRaisedCap,
} from '../../law/cbirc-2018-1-liability-balance.ts';
import { article15 } from '../../law/state-council-order-683.ts';
import type { Tx } from '../../platform/db.ts';
import type { Explain } from '../../wire/wire.ts';
import { explainConcentration } from './explain-concentration.ts';
import { indicatorsOf } from './indicators.ts';
import { guaranteeById } from './list-store.ts';
import { movementsOf } from './store.ts';

/** Figures of one guarantee that can be explained. */
export const guaranteeFigures = ['outstanding', 'outstanding-borne', 'guaranteed'] as const;
export type GuaranteeFigure = (typeof guaranteeFigures)[number];

/** 怎么算的 of one figure of a guarantee as the book stands now. 404 when it is not visible. */
export async function explainGuarantee(
  tx: Tx,
  key: { guarantorId: number; id: bigint },
  figure: GuaranteeFigure,
  today: Day,
): Promise<Explain> {
  const row = await guaranteeById(tx, key.guarantorId, key.id);
  if (!row) throw new Refused({ code: 'guarantee-unknown', message: '没有这笔保函，或不在您的权限范围内' }, 404);
  const place = `/api/guarantees/${key.guarantorId}/${key.id}/explain`;
  const agreement = `协议 ${row.agreementNo} 第 ${row.agreementVersion} 版`;
  if (figure === 'guaranteed') {
    return {
      title: '担保责任金额',
      value: formatYuan(row.guaranteed),
      unit: '元',
      formula: '担保责任金额 = 主债权金额 − 银行自担部分；登记时另有约定的，从约定',
      articles: [],
      asOf: row.startsOn,
      basis: '合同约定',
      inputs: [
        { name: '主债权金额', value: formatYuan(row.principal), unit: '元', source: `合同 ${row.contractNo}` },
        { name: '银行分担比例', value: row.bankShare, unit: '比例', source: agreement },
      ],
    };
  }
  if (figure === 'outstanding-borne') {
    return {
      title: '在保余额（实际承担口径）',
      value: formatYuan(share(row.outstanding, ratio(row.guaranteed, row.principal), 'half-up')),
      unit: '元',
      formula: '在保余额（合同口径）× 担保责任金额 ÷ 主债权金额，四舍五入到分',
      articles: [],
      asOf: today,
      basis: '实际承担口径',
      inputs: [
        {
          name: '在保余额（合同口径）',
          value: formatYuan(row.outstanding),
          unit: '元',
          explain: `${place}/outstanding`,
        },
        { name: '担保责任金额', value: formatYuan(row.guaranteed), unit: '元', explain: `${place}/guaranteed` },
        { name: '主债权金额', value: formatYuan(row.principal), unit: '元', source: `合同 ${row.contractNo}` },
      ],
    };
  }
  return explainOutstanding(tx, key, formatYuan(row.outstanding), today);
}

async function explainOutstanding(tx: Tx, key: { guarantorId: number; id: bigint }, value: string, today: Day) {
  const movements = await movementsOf(tx, key.guarantorId, key.id);
  const byTitle = new Map<string, { total: bigint; count: number }>();
  for (const each of movements) {
    if (each.delta === 0n) continue;
    const sum = byTitle.get(each.title) ?? { total: 0n, count: 0 };
    byTitle.set(each.title, { total: sum.total + each.delta, count: sum.count + 1 });
  }
  return {
    title: '在保余额（合同口径）',
    value,
    unit: '元',
    formula: `在保余额 = Σ 各笔变动对余额的影响（${movements.length} 笔；更正以冲正计入，不改原记录）`,
    articles: [],
    asOf: today,
    basis: '合同口径（主债权本金）',
    inputs: [...byTitle].map(([name, { total, count }]) => ({
      name: `${name}合计`,
      value: formatYuan(fen(total)),
      unit: '元',
      source: `${count} 笔，逐笔见「时间线」`,
    })),
  } satisfies Explain;
}

/** Figures of a guarantor that can be explained. */
export const indicatorFigures = [
  'liability',
  'multiple',
  'cap',
  'net-assets',
  'concentration',
  'group-concentration',
] as const;
export type IndicatorFigure = (typeof indicatorFigures)[number];

type Found = Awaited<ReturnType<typeof indicatorsOf>>;
type Part = Omit<Explain, 'asOf' | 'basis' | 'unverified'>;
type ConcentrationFigure = 'concentration' | 'group-concentration';

/**
 * 怎么算的 of 责任余额, 放大倍数, its cap, counted net assets, or the share of a customer or a related group in one guarantor's net
 * assets: `of` names the customer or group; without it, the largest.
 */
export async function explainIndicator(
  tx: Tx,
  guarantorId: number,
  figure: IndicatorFigure,
  asOf: Day,
  of?: string,
): Promise<Explain> {
  const found = await indicatorsOf(tx, guarantorId, asOf);
  const at = (name: IndicatorFigure) => `/api/indicators/${guarantorId}/explain/${name}?asOf=${asOf}`;
  if (figure === 'concentration' || figure === 'group-concentration') {
    return explainConcentration(tx, { found, netAssets: assetsOf(found, at), figure, of, asOf });
  }
  return {
    ...indicatorParts[figure](found, at),
    asOf,
    basis: '合同口径（主债权本金）',
    ...(found.unverified ? { unverified: found.unverified } : {}),
  };
}

type Address = (name: IndicatorFigure) => string;
const assetsOf = (found: Found, at: Address): Explain['inputs'][number] => ({
  name: '计量净资产',
  value: found.countedNetAssets,
  unit: '元',
  explain: at('net-assets'),
});

const indicatorParts: Record<Exclude<IndicatorFigure, ConcentrationFigure>, (found: Found, at: Address) => Part> = {
  liability: (found) => ({
    title: '融资担保责任余额',
    value: found.liability,
    unit: '元',
    formula: 'Σ 各类在保余额 × 权重；单户限额按客户全部融资担保在保余额判断，各客户各类分别四舍五入到分',
    articles: [articleLoanWeights, articleBondWeights, articleOtherWeights, articlePerCustomer],
    inputs: found.lines.map((line) => ({
      name: `${line.title}（权重 ${weightText(line.weight)}）`,
      value: line.outstanding,
      unit: '元',
      source: line.unverified ? `${line.rule}　${line.unverified}` : line.rule,
    })),
  }),
  'net-assets': (found) => ({
    title: '计量净资产',
    value: found.countedNetAssets,
    unit: '元',
    formula: '净资产 − 对其他融资担保公司和再担保公司的股权投资',
    articles: [articleNetAssets],
    inputs: [{ name: '净资产', value: found.netAssets, unit: '元', source: '机构资本事实，取截至日前最近一期' }],
  }),
  cap: (found) => ({
    title: '放大倍数上限',
    value: found.cap,
    unit: '倍',
    formula: `一般 10 倍；主要服务小微企业和三农的 15 倍。${found.capReason ?? ''}`,
    articles: [article15, articleRaisedCap],
    inputs: [],
  }),
  multiple: (found, at) => ({
    title: '放大倍数',
    value: found.multiple,
    unit: '倍',
    formula: '融资担保责任余额 ÷ 计量净资产；净资产不为正时不适用',
    articles: [article15],
    inputs: [
      { name: '融资担保责任余额', value: found.liability, unit: '元', explain: at('liability') },
      assetsOf(found, at),
      { name: '放大倍数上限', value: found.cap, unit: '倍', explain: at('cap') },
    ],
  }),
};

const weightText = (weight: string): string => weight.replace(/(\.\d*?)0+$/, '$1').replace(/\.$/, '');
