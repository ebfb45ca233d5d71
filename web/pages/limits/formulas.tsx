import { useQuery } from '@tanstack/react-query';
import type { FormulaRow } from '../../../src/modules/limits/contract.ts';
import { api } from '../../api.ts';
import { FootLine, UnverifiedMark } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { NewFormula } from './formula-form.tsx';
import { FormulaView } from './formula-view.tsx';
import { Proposals } from './proposals.tsx';

/** 额度公式: every version, and what waits for a second person. */
export function Formulas() {
  const me = useMe();
  const mayWrite = useMay('limits.write');
  const query = useQuery({
    queryKey: ['limits', 'formulas'],
    queryFn: ({ signal }) => api.get<{ rows: FormulaRow[] }>('/api/limits/formulas', {}, signal),
  });
  return (
    <QueryState query={query} rows={8}>
      {({ rows }) => (
        <>
          {rows.map((row, at) => (
            <Panel
              key={row.version}
              title={`第 ${row.version} 版，自 ${row.from} 起`}
              note={row.source}
              extra={
                <>
                  {row.unverified && <UnverifiedMark reason={row.unverified} />}{' '}
                  {at === 0 && mayWrite && <NewFormula previous={row} />}
                </>
              }
            >
              <FormulaView terms={row.terms} />
              <FootLine asOf={me.today} unit={null} basis="按年度第一天有效的一版测算" />
            </Panel>
          ))}
          {rows.length === 0 && <p className="muted">还没有登记额度公式，由系统实施人员装载首版后可在此拟定新版。</p>}
          <Proposals />
        </>
      )}
    </QueryState>
  );
}
