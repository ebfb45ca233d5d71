/** How risky a row is for the audit after the fact. */
export type Stratum = 'high' | 'middle' | 'low';
export const stratumTitles: Readonly<Record<Stratum, string>> = { high: '高风险', middle: '中风险', low: '低风险' };

/** What of each stratum is drawn: a part per thousand, and no fewer than so many. */
export type Rates = Readonly<Record<Stratum, { readonly perThousand: number; readonly atLeast: number }>>;

/** Ours, for want of a rule: 20%, 5%, 1%, and five of each. */
export const defaultRates: Rates = {
  high: { perThousand: 200, atLeast: 5 },
  middle: { perThousand: 50, atLeast: 5 },
  low: { perThousand: 10, atLeast: 5 },
};

/** 抽样数：How many of `population` rows are drawn: the rate rounded up, no fewer than `atLeast`, no more than there are. */
export const sampleSize = (population: number, { perThousand, atLeast }: Rates[Stratum]): number =>
  Math.min(population, Math.max(atLeast, Math.ceil((population * perThousand) / 1000)));

/** What puts a row into its stratum, for the page. Ours, for want of a rule. */
export const strataText =
  '高风险：贷款金额超过500万元，或期限超过24个月；中风险：超过100万元，或借款人首次进入本机构；其余为低风险';
