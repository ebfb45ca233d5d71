import { type Fen, showMoney } from '../../../kernel/money.ts';
import { quotient, type Ratio, showPercent } from '../../../kernel/ratio.ts';
import { type Cause, causeTitles } from '../contract.ts';

/** What 对账小结 and the seal look at. Counts are of records for the match, of differences for their state. */
export type RunFigures = {
  readonly scope: string;
  readonly asOf: string;
  readonly sourceName: string;
  readonly ours: number;
  readonly theirs: number;
  readonly matched: number;
  readonly open: number;
  readonly explained: number;
  readonly fixed: number;
  readonly oursOutstanding: Fen;
  readonly theirsOutstanding: Fen;
  readonly byCause: Readonly<Record<Cause, Fen>>;
  readonly countByCause: Readonly<Record<Cause, number>>;
  readonly tolerated: Fen;
  readonly carried: { readonly gone: number; readonly unchanged: number; readonly changed: number };
};

/** Matched records ÷ the longer of the two sides; null when both are empty. */
export const matchRate = (matched: number, ours: number, theirs: number): Ratio | null =>
  quotient(BigInt(matched), BigInt(Math.max(ours, theirs)));

/** 对账小结: the run in four sentences, each with its figures. Amounts in 万元. */
export function summarise(run: RunFigures): string {
  const rate = matchRate(run.matched, run.ours, run.theirs);
  const difference = run.oursOutstanding - run.theirsOutstanding;
  const wan = (amount: bigint): string => `${showMoney(amount as Fen, '万元')} 万元`;
  const causes = (Object.keys(causeTitles) as Cause[])
    .filter((cause) => run.countByCause[cause] > 0)
    .map((cause) => `${causeTitles[cause]} ${run.countByCause[cause]} 条、${wan(run.byCause[cause])}`);
  const tolerated = run.tolerated === 0n ? [] : [`容差内 ${wan(run.tolerated)}`];
  const count = run.open + run.explained + run.fixed;
  const sentences = [
    `${run.scope}截至 ${run.asOf} 与${run.sourceName}逐笔核对：我方 ${run.ours} 笔，对方 ${run.theirs} 笔，一致 ${run.matched} 笔，一致率 ${rate ? showPercent(rate) : '—'}。`,
    `在保余额我方 ${wan(run.oursOutstanding)}，对方 ${wan(run.theirsOutstanding)}，相差 ${wan(difference)}。`,
    count === 0
      ? '没有差异。'
      : `差异 ${count} 条，按原因分为：${[...causes, ...tolerated].join('；')}，合计与差额相等。`,
    ...(count === 0 ? [] : [`已说明 ${run.explained} 条，已改正待复核 ${run.fixed} 条，待处理 ${run.open} 条。`]),
  ];
  const { gone, unchanged, changed } = run.carried;
  if (gone + unchanged + changed > 0)
    sentences.push(`上次的差异中 ${gone} 条已消失，${unchanged} 条未变，${changed} 条有变化。`);
  return sentences.join('');
}

/** Why the run cannot be sealed; empty: it can. */
export function sealBlockers(run: {
  readonly status: string;
  readonly open: number;
  readonly fixed: number;
}): string[] {
  if (run.status === 'sealed') return ['本批次已封存'];
  return [
    ...(run.open > 0 ? [`还有 ${run.open} 条差异待处理，请逐条说明或改正`] : []),
    ...(run.fixed > 0 ? [`有 ${run.fixed} 条已改正待复核，请重新核对，在新批次中封存`] : []),
  ];
}
