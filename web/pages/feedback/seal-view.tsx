import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { CertificateDetail } from '../../../src/modules/feedback/contract.ts';
import { showInstant } from '../../fields/index.ts';

/** Hash, signature, code, and what the figures rest on. */
export function SealView({ certificate }: { certificate: CertificateDetail }) {
  return (
    <div className="pad feedback-seal">
      <dl className="feedback-list">
        <Line name="出具">{`${certificate.issuer}　${certificate.sealedBy}　${showInstant(certificate.sealedAt)}`}</Line>
        <Line name="定稿">{certificate.finalisedAt ? showInstant(certificate.finalisedAt) : '—'}</Line>
        <Line name="数据所知时点">{showInstant(certificate.knownAt)}</Line>
        <Line name="核验码">
          <b className="feedback-code">{certificate.verificationCode}</b>{' '}
          <a href={`/verify?code=${encodeURIComponent(certificate.verificationCode)}`} target="_blank" rel="noreferrer">
            打开公开验证页
          </a>
        </Line>
        <Line name="内容摘要（SM3）">
          <span className="feedback-hash">{certificate.contentHash}</span>
        </Line>
        <Line name="明细摘要（SM3）">
          <span className="feedback-hash">{certificate.rowsHash}</span>
        </Line>
        <Line name="签名（SM2）">
          <span className="feedback-hash">{certificate.signature}</span>
        </Line>
      </dl>
      <h3>依据的核对批次</h3>
      <div className="feedback-sources">
        {certificate.sources.map((source) => (
          <Link key={source.guarantorId} to={`/reconciliation/${source.runId}` as string}>
            {source.guarantorName} · 第 {source.runId} 批
          </Link>
        ))}
      </div>
      {certificate.parts.length > 0 && (
        <>
          <h3>由下级凭证汇成</h3>
          <div className="feedback-sources">
            {certificate.parts.map((part) => (
              <Link key={part.id} to={`/feedback/${part.id}` as string}>
                {part.regionName} {part.number}
              </Link>
            ))}
          </div>
        </>
      )}
    </div>
  );
}

const Line = ({ name, children }: { name: string; children: ReactNode }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
