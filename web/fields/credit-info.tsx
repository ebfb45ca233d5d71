import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { useState } from 'react';
import type { Platform, Purpose, QueryDetail, QueryRow } from '../../src/modules/creditinfo/contract.ts';
import { api, type Listing, newIntent } from '../api.ts';
import { useMay } from '../shell/session.ts';
import { EmptyState, QueryState } from '../shell/states.tsx';
import { StatusBadge, type StatusTone, UnverifiedMark } from './marks.tsx';
import { RefusalList } from './refusal-list.tsx';
import { showInstant } from './show.ts';
import { useWrite } from './use-write.ts';
import './credit-info.css';

export const purposeTitles: Readonly<Record<Purpose, string>> = {
  admission: '保前审查',
  aftercare: '保后管理',
  claim: '代偿与追偿',
};
export const queryLooks: Readonly<Record<QueryRow['status'], { readonly title: string; readonly tone: StatusTone }>> = {
  asked: { title: '查询中', tone: 'busy' },
  answered: { title: '已取得', tone: 'good' },
  'no-record': { title: '查无记录', tone: 'mute' },
  failed: { title: '未取得', tone: 'bad' },
};

type CreditInfoProps = {
  readonly guarantorId: number;
  readonly customerId: string;
  /** What it is asked for first; others may be chosen. */
  readonly purpose?: Purpose;
  /** For which matter, e.g. 'case:1/7'. */
  readonly subject?: string;
};

/**
 * Credit information of one customer, for the page of a case, a customer or an inspection: what was asked, what came back (masked), and
 * asking now. Without an authorisation on file the server refuses and says what to do.
 */
export function CreditInfo({ guarantorId, customerId, purpose = 'admission', subject }: CreditInfoProps) {
  const mayAsk = useMay('credit-info.query');
  const [wanted, setWanted] = useState<Purpose>(purpose);
  const [shown, setShown] = useState<string>();
  const platforms = useQuery({
    queryKey: ['credit-info', 'platforms'],
    queryFn: ({ signal }) => api.get<{ rows: readonly Platform[] }>('/api/credit-info/platforms', {}, signal),
    enabled: mayAsk,
  });
  const queries = useQuery({
    queryKey: ['credit-info', 'queries', guarantorId, customerId],
    queryFn: ({ signal }) =>
      api.get<Listing<QueryRow>>('/api/credit-info/queries', { guarantorId, customerId, limit: 20 }, signal),
    enabled: mayAsk,
  });
  const platform = platforms.data?.rows[0];
  const ask = useWrite(
    (queryKey: string, options) =>
      api.post<QueryDetail>(
        '/api/credit-info/queries',
        {
          guarantorId,
          customerId,
          purpose: wanted,
          platform: platform?.code,
          queryKey,
          ...(subject ? { subject } : {}),
        },
        options,
      ),
    (answer) => setShown(answer.id),
  );
  if (!mayAsk) return null;
  const rows = queries.data?.rows ?? [];
  const current = shown ?? rows.find((row) => row.status === 'answered' && !row.isExpired)?.id;
  return (
    <div className="credit-info">
      <div className="credit-info-ask">
        <Select
          aria-label="查询用途"
          value={wanted}
          style={{ width: 130 }}
          options={Object.entries(purposeTitles).map(([value, label]) => ({ value: value as Purpose, label }))}
          onChange={setWanted}
        />
        <Button
          type="primary"
          disabled={!platform?.isReachable}
          loading={ask.isPending}
          onClick={() => ask.mutate(`web-${newIntent()}`)}
        >
          查询信用信息
        </Button>
        <span className="muted">
          {platform?.name}
          {platform?.isStandIn && <UnverifiedMark reason="演示：这是信用平台替身，报告内容为编造" placeholder />}
          {platform && !platform.isReachable && '　尚未接通'}
        </span>
      </div>
      <RefusalList problem={ask.error} />
      {queries.isSuccess && rows.length === 0 && (
        <EmptyState title="还没有查询过" next="须先有客户书面授权，登记在「信用信息授权」，再点「查询信用信息」。" />
      )}
      {rows.length > 0 && (
        <div className="credit-info-body">
          <ul className="credit-info-list">
            {rows.map((row) => (
              <li key={row.id}>
                <button type="button" aria-pressed={row.id === current} onClick={() => setShown(row.id)}>
                  <StatusBadge tone={queryLooks[row.status].tone}>{queryLooks[row.status].title}</StatusBadge>
                  <span>{purposeTitles[row.purpose]}</span>
                  <small>
                    {showInstant(row.askedAt)}　{row.askedBy}
                  </small>
                </button>
              </li>
            ))}
          </ul>
          {current && <CreditReport guarantorId={guarantorId} id={current} />}
        </div>
      )}
    </div>
  );
}

/** One answer of a platform, masked, with its hash, signature and expiry. */
export function CreditReport({ guarantorId, id }: { readonly guarantorId: number; readonly id: string }) {
  const query = useQuery({
    queryKey: ['credit-info', 'query', guarantorId, id],
    queryFn: ({ signal }) => api.get<QueryDetail>(`/api/credit-info/queries/${guarantorId}/${id}`, {}, signal),
  });
  return (
    <QueryState query={query} rows={5}>
      {(found) => (
        <div className="credit-report">
          <p className="muted">
            {found.platformName}　{purposeTitles[found.purpose]}　{showInstant(found.askedAt)}　{found.askedBy}
            {found.expiresOn && `　有效至 ${found.expiresOn}`}
          </p>
          {found.status === 'failed' && (
            <p>
              <StatusBadge tone="bad">未取得</StatusBadge>　{found.failure}，试了 {found.attempts}{' '}
              次；可稍后再查，不会重复计费。
            </p>
          )}
          {found.status === 'no-record' && <p>平台没有该客户的记录。</p>}
          {found.isExpired && <p>结果已过有效期，不再显示；需要请重新查询。</p>}
          <div className="credit-sections">
            {found.sections.map((section) => (
              <section key={section.title}>
                <h4>{section.title}</h4>
                <dl>
                  {section.lines.map((line) => (
                    <div key={line.name}>
                      <dt>{line.name}</dt>
                      <dd className={`credit-${line.tone}`}>{line.value}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
          {found.reportHash && !found.isExpired && (
            <p className="field-hint">
              {`内容摘要 ${found.reportHash.slice(0, 16)}…；平台签名${found.isSignatureValid === null ? '无法验证（平台未接通）' : found.isSignatureValid ? '有效' : '无效'}；名称与号码已脱敏`}
            </p>
          )}
        </div>
      )}
    </QueryState>
  );
}
