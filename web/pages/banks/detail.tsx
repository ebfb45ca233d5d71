import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { z } from 'zod';
import type { institutionDetailWire } from '../../../src/modules/institutions/contract.ts';
import { api } from '../../api.ts';
import { Page } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import { BranchTable } from './branches.tsx';

/** One bank and its branches. */
export default function BankPage() {
  const { bankId } = useParams({ strict: false }) as { bankId: string };
  const query = useQuery({
    queryKey: ['institution', bankId],
    queryFn: ({ signal }) => api.get<z.infer<typeof institutionDetailWire>>(`/api/institutions/${bankId}`, {}, signal),
  });
  return (
    <Page
      title={query.data?.name ?? '银行'}
      note={
        query.data && (
          <>
            代码 {query.data.code}　{query.data.regionName}
            {'　'}
            <Link to={`/agreements?bankId=${bankId}` as string}>合作协议</Link>
            {'　'}
            <Link to={`/guarantees?bankId=${bankId}` as string}>保函</Link>
          </>
        )
      }
      trail={[{ title: '银行与网点', to: '/banks' }]}
    >
      <QueryState query={query} rows={4}>
        {() => <BranchTable bankId={bankId} />}
      </QueryState>
    </Page>
  );
}
