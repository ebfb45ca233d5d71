import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { RunDetail, verifyAnswer } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { StatusBadge, showInstant } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';

/** What stands in the way of sealing, or the seal with a check of it. */
export function SealPanel({ run, url }: { run: RunDetail; url: string }) {
  const maySeal = useMay('reconciliation.seal');
  const [isAsked, setAsked] = useState(false);
  const check = useQuery({
    queryKey: ['reconciliation', 'verify', run.id],
    queryFn: ({ signal }) => api.get<z.infer<typeof verifyAnswer>>(`${url}/verify`, {}, signal),
    enabled: isAsked,
  });
  if (!run.seal) {
    if (run.sealBlockers.length === 0) return null;
    return (
      <Panel title="还不能封存">
        <ul className="recon-blockers">
          {run.sealBlockers.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      </Panel>
    );
  }
  return (
    <Panel
      title="封存"
      extra={
        maySeal && (
          <Button size="small" onClick={() => setAsked(true)}>
            验证未被改动
          </Button>
        )
      }
    >
      <dl className="recon-list">
        <dt>封存</dt>
        <dd>
          {run.seal.sealedByName}　{showInstant(run.seal.sealedAt)}
        </dd>
        <dt>内容摘要（SM3）</dt>
        <dd className="recon-hash">{run.seal.contentHash}</dd>
        <dt>签名（SM2）</dt>
        <dd className="recon-hash">{run.seal.signature}</dd>
      </dl>
      {isAsked && (
        <QueryState query={check} rows={2}>
          {(found) => (
            <ul className="recon-checks">
              {found.checks.map((each) => (
                <li key={each.name}>
                  <StatusBadge tone={each.ok ? 'good' : 'bad'}>{each.name}</StatusBadge> {each.detail}
                </li>
              ))}
            </ul>
          )}
        </QueryState>
      )}
    </Panel>
  );
}
