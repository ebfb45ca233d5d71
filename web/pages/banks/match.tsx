import { useMutation } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { matchWire } from '../../../src/modules/banks/contract.ts';
import { api } from '../../api.ts';
import { InstitutionField, RefusalList, StatusBadge, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';

type Matched = z.infer<typeof matchWire>;

/** Names pasted from a file, each with what it stands for or the likeliest bank, to be confirmed by a person once. */
export function MatchPanel() {
  const [text, setText] = useState('');
  const match = useMutation({
    mutationFn: (names: readonly string[]) => api.post<Matched>('/api/banks/match', { names }),
  });
  const names = [...new Set(text.split(/\r?\n/).map((each) => each.trim()))].filter(Boolean).slice(0, 500);
  return (
    <Panel title="待确认的名称" note="一行一个，最多 500 个；程序只建议，确认由人作出">
      <div className="cols" style={{ gridTemplateColumns: 'minmax(220px, 1fr) minmax(0, 3fr)' }}>
        <div style={{ display: 'grid', gap: 8, alignContent: 'start' }}>
          <Input.TextArea
            rows={10}
            value={text}
            aria-label="文件里的银行名称"
            placeholder={'工行并州路支行\n晋商银行小店支行'}
            onChange={(event) => setText(event.target.value)}
          />
          <Button
            type="primary"
            disabled={names.length === 0}
            loading={match.isPending}
            onClick={() => match.mutate(names)}
          >
            识别 {names.length > 0 ? `${names.length} 个名称` : ''}
          </Button>
          <RefusalList problem={match.error} />
        </div>
        <div>
          {match.data ? (
            <table className="dense" aria-label="识别结果">
              <thead>
                <tr>
                  <th>文件里的名称</th>
                  <th>结果</th>
                  <th>对应银行</th>
                  <th />
                </tr>
              </thead>
              <tbody>
                {match.data.rows.map((row) => (
                  <MatchRow key={row.given} row={row} again={() => match.mutate(names)} />
                ))}
              </tbody>
            </table>
          ) : (
            <p className="muted">从导入文件的银行列复制名称，粘贴到左边，点「识别」。</p>
          )}
        </div>
      </div>
    </Panel>
  );
}

function MatchRow({ row, again }: { row: Matched['rows'][number]; again: () => void }) {
  const [bankId, setBankId] = useState<string | undefined>(row.match?.bankId ?? row.suggestions[0]?.bankId);
  const write = useWrite(
    (body: { alias: string; bankId: number; branchId?: number }, options) =>
      api.post('/api/bank-aliases', body, options),
    again,
  );
  const suggested = row.suggestions.find((each) => each.bankId === bankId);
  return (
    <tr>
      <td>{row.given}</td>
      <td className="nowrap">
        {row.match ? (
          <StatusBadge tone="good">已识别</StatusBadge>
        ) : (
          <StatusBadge tone="warn">{row.suggestions.length > 0 ? '请确认建议' : '请指定'}</StatusBadge>
        )}
      </td>
      <td>
        <InstitutionField kind="bank" placeholder="选择银行" value={bankId} onChange={setBankId} width={260} />
        <RefusalList problem={write.error} />
      </td>
      <td>
        {!row.match && (
          <Button
            size="small"
            disabled={!bankId}
            loading={write.isPending}
            onClick={() =>
              write.mutate({
                alias: row.given,
                bankId: Number(bankId),
                ...(suggested?.branchId ? { branchId: Number(suggested.branchId) } : {}),
              })
            }
          >
            确认
          </Button>
        )}
      </td>
    </tr>
  );
}
