import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Matter } from '../../../src/modules/portal/contract.ts';
import { StatusBadge } from '../../fields/marks.tsx';
import { showWireMoney, showWireRatio } from '../../fields/show.ts';
import { portalFile } from './portal-api.ts';

const yuan = (value: string | null): string => (value === null ? '—' : `${showWireMoney(value, '元')} 元`);

/** One guarantee in plain words: what its state means, what to do, the figures, the fee. */
export function MatterCard({ of }: { readonly of: Matter }) {
  return (
    <article className="matter">
      <header>
        <h3>{of.title}</h3>
        <StatusBadge tone={of.tone}>{of.status}</StatusBadge>
      </header>
      <p className="matter-next">{of.next}</p>
      <dl>
        <Line name="担保机构">{of.guarantor}</Line>
        {of.guarantorPhone && (
          <Line name="咨询电话">
            <a href={`tel:${of.guarantorPhone.replaceAll(' ', '')}`}>{of.guarantorPhone}</a>
            {of.guarantorHours ? `　${of.guarantorHours}` : ''}
          </Line>
        )}
        {of.bank && <Line name="贷款银行">{of.bank}</Line>}
        {of.number && <Line name="保证合同号">{of.number}</Line>}
        <Line name="贷款金额">{yuan(of.amount)}</Line>
        {of.outstanding !== null && <Line name="尚未还清">{yuan(of.outstanding)}</Line>}
        {of.dueOn && <Line name="到期日">{of.dueOn}</Line>}
      </dl>
      {(of.feePaid !== null || of.letters.length > 0) && (
        <footer>
          {of.feePaid !== null && (
            <span>
              担保费：年费率 {showWireRatio(of.feeRate)}，已缴 {yuan(of.feePaid)}。
            </span>
          )}
          {of.letters.map((letter) => (
            <Letter key={letter.number} of={letter} />
          ))}
        </footer>
      )}
    </article>
  );
}

/** A paper to take home, with the way to check it; the code printed on it says the same. */
function Letter({ of }: { readonly of: Matter['letters'][number] }) {
  const download = useMutation({ mutationFn: () => portalFile(`/letters/${of.guarantorId}/${of.id}`) });
  return (
    <span className={of.kind === 'fee-notice' ? 'matter-letter matter-due' : 'matter-letter'}>
      {of.title}（{of.number}）
      <button type="button" className="text-button" disabled={download.isPending} onClick={() => download.mutate()}>
        下载
      </button>
      <a href={`/verify-letter?d=${encodeURIComponent(of.payload)}`}>查验真伪</a>
      {download.error && <small className="matter-bad">{download.error.message}</small>}
    </span>
  );
}

const Line = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
);
