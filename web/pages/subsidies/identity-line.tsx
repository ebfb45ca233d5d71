import type { ReactNode } from 'react';
import { parseMoney } from '../../../src/kernel/money.ts';
import { MoneyText, RatioText } from '../../fields/index.ts';
import { type AmountKey, type Amounts, amountTitles } from './looks.tsx';

type Term = { readonly key: AmountKey; readonly minus?: true };
const left: readonly Term[] = [
  { key: 'entitled' },
  { key: 'settledBefore', minus: true },
  { key: 'restatement' },
  { key: 'carriedIn' },
  { key: 'prepaid', minus: true },
];
const right: readonly Term[] = [
  { key: 'payable' },
  { key: 'clawBack', minus: true },
  { key: 'shortfall' },
  { key: 'credit', minus: true },
];

type IdentityLineProps = {
  readonly amounts: Amounts;
  /** The share of the estimate that a prepayment pays; null for a settlement. */
  readonly prepayRatio: string | null;
  readonly explain?: (key: AmountKey) => string;
};

/**
 * 应补 − 已清算 + 更正 + 结转 − 已预拨 = 应拨 = 拨付 − 收回 + 结转待补 − 结转抵扣, as a line that adds up. Both sums are checked here,
 * to the 分, and said in red where they fail.
 */
export function IdentityLine({ amounts, prepayRatio, explain }: IdentityLineProps) {
  const isLeftExact = prepayRatio !== null || sumOf(left, amounts) === fenOf(amounts.net);
  const isExact = isLeftExact && sumOf(right, amounts) === fenOf(amounts.net);
  const shown = (key: AmountKey) => <MoneyText value={amounts[key]} {...(explain ? { explain: explain(key) } : {})} />;
  return (
    <div>
      <div className="subsidy-identity">
        {prepayRatio === null ? (
          <Sum terms={left} amounts={amounts} show={shown} />
        ) : (
          <>
            <Part title="应补（按已定稿季度测算）">{shown('entitled')}</Part>
            <i>×</i>
            <Part title="预拨比例">
              <RatioText value={prepayRatio} />
            </Part>
          </>
        )}
        <i>=</i>
        <Part title={amountTitles.net} isTotal>
          {shown('net')}
        </Part>
        <i>=</i>
        <Sum terms={right} amounts={amounts} show={shown} />
      </div>
      {isExact ? (
        <div className="foot-line">
          {prepayRatio === null
            ? '两边相等，分毫不差：应补 = 已预拨 + 已清算 + 本次应拨（计结转与更正）'
            : '逐户按比例取整到分后相加；下年清算时多退少补，应补 = 预拨 + 清算，分毫不差'}
        </div>
      ) : (
        <div className="figure-negative" role="alert">
          两边不相等，请停止拨付并告知平台管理员。
        </div>
      )}
    </div>
  );
}

type SumProps = { terms: readonly Term[]; amounts: Amounts; show: (key: AmountKey) => ReactNode };

/** The first term always; others only where they are not zero, so that a simple case reads simply. */
const Sum = ({ terms, amounts, show }: SumProps) => (
  <>
    {terms
      .filter(({ key }, index) => index === 0 || key === 'prepaid' || fenOf(amounts[key]) !== 0n)
      .map(({ key, minus }, index) => (
        <span key={key} className="subsidy-term">
          {index > 0 && <i>{minus ? '−' : '+'}</i>}
          <Part title={amountTitles[key]}>{show(key)}</Part>
        </span>
      ))}
  </>
);

const Part = ({ title, isTotal, children }: { title: string; isTotal?: boolean; children: ReactNode }) => (
  <span className={`subsidy-part${isTotal ? ' subsidy-total' : ''}`}>
    <small>{title}</small>
    {children}
  </span>
);

const fenOf = (text: string): bigint => parseMoney(text, '元') ?? 0n;
const sumOf = (terms: readonly Term[], amounts: Amounts): bigint =>
  terms.reduce((sum, { key, minus }) => (minus ? sum - fenOf(amounts[key]) : sum + fenOf(amounts[key])), 0n);
