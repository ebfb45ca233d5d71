import { useQuery } from '@tanstack/react-query';
import { Alert } from 'antd';
import { useEffect, useState } from 'react';
import { parseMoney } from '../../../src/kernel/money.ts';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import type { CaseCheck, CaseDraft } from '../../../src/modules/cases/contract.ts';
import type { ProductListRow } from '../../../src/modules/products/contract.ts';
import { api } from '../../api.ts';
import type { ChecklistItem } from '../../fields/attachment-list.tsx';
import { Headroom } from '../../fields/headroom.tsx';
import { StatusBadge, UnverifiedMark } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';

/** Products in force today with their terms. */
export const useProducts = () =>
  useQuery({
    queryKey: ['products', 'in-force'],
    queryFn: ({ signal }) => api.get<{ rows: readonly ProductListRow[] }>('/api/products/in-force', {}, signal),
    staleTime: 5 * 60_000,
  });

const askAfterMs = 500;

/** Asks the server about the draft a moment after the last key. */
export function useCheck(of: CaseDetail, draft: CaseDraft) {
  const [asked, setAsked] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(draft), askAfterMs);
    return () => clearTimeout(timer);
  }, [draft]);
  const products = useProducts().data?.rows;
  const query = useQuery({
    queryKey: ['cases', 'check', of.id, asked],
    queryFn: ({ signal }) =>
      api.post<CaseCheck>(
        '/api/cases/check',
        {
          guarantorId: of.guarantorId,
          ...(of.bankId === null ? {} : { bankId: of.bankId }),
          caseId: of.id,
          draft: asked,
        },
        { signal },
      ),
    placeholderData: (previous) => previous,
  });
  const terms = products?.find((each) => each.code === draft.productCode)?.current?.terms;
  return { answer: query.data, problem: query.error, checklist: (terms?.checklist ?? []) as readonly ChecklistItem[] };
}

const tones = { green: 'good', amber: 'warn', red: 'bad' } as const;
const words = { green: '有余量', amber: '余量不多', red: '超限' } as const;

/** What can be said of the draft as it stands: identity, size, twins, clauses, room, what is missing. */
export function CheckPanel({
  of,
  draft,
  check,
}: {
  of: CaseDetail;
  draft: CaseDraft;
  check: ReturnType<typeof useCheck>;
}) {
  const { answer } = check;
  if (!answer) return <aside />;
  const failing = answer.eligibility.filter((each) => !each.passes);
  return (
    <aside className="case-side">
      <Panel title="即时核验">
        <Identity answer={answer} />
        {[...answer.own, ...answer.elsewhere].map((each) => (
          <Alert key={each.message} type="warning" showIcon title={each.message} style={{ marginTop: 6 }} />
        ))}
      </Panel>
      <Panel
        title="准入条件"
        note={answer.product ? `${answer.product.name}第 ${answer.product.version} 版` : undefined}
      >
        {answer.eligibility.length === 0 && <p className="muted">填完必填项后逐条判断。</p>}
        {answer.eligibility.length > 0 && failing.length === 0 && (
          <StatusBadge tone="good">{`${answer.eligibility.length} 条全部符合`}</StatusBadge>
        )}
        {failing.map((each) => (
          <div key={each.code + each.title} className="case-finding">
            <StatusBadge tone="bad">{each.title}</StatusBadge> {each.message}
            {each.unverified && <UnverifiedMark reason={each.unverified} />}
            <div className="field-hint">
              {each.clause}
              {each.wouldPass ? `；${each.wouldPass}即可` : ''}
            </div>
          </div>
        ))}
      </Panel>
      <Panel title="额度">
        <Room of={of} draft={draft} answer={answer} />
      </Panel>
      <Panel title="尚缺内容" note={`${answer.missing.length} 项`}>
        {answer.missing.length === 0 ? (
          <StatusBadge tone="good">可以提交</StatusBadge>
        ) : (
          <ol className="case-missing">
            {answer.missing.map((each) => (
              <li key={`${each.code}${each.field ?? ''}${each.message}`}>{each.message}</li>
            ))}
          </ol>
        )}
      </Panel>
    </aside>
  );
}

function Identity({ answer }: { answer: CaseCheck }) {
  return (
    <>
      <div className="case-finding">
        证件号码{' '}
        {answer.identity === null ? (
          <span className="muted">未填</span>
        ) : answer.identity.ok ? (
          <StatusBadge tone="good">校验通过</StatusBadge>
        ) : (
          <>
            <StatusBadge tone="bad">校验不通过</StatusBadge>
            {answer.identity.messages.map((message) => (
              <div key={message} className="field-hint">
                {message}
              </div>
            ))}
          </>
        )}
      </div>
      <div className="case-finding">
        企业划型 {answer.size ? <b>{answer.size.size}</b> : <span className="muted">未填</span>}
        {answer.size?.reason && <div className="field-hint">{answer.size.reason}</div>}
      </div>
    </>
  );
}

/** The guarantor's people see the instrument; a bank sees its colours. */
function Room({ of, draft, answer }: { of: CaseDetail; draft: CaseDraft; answer: CaseCheck }) {
  const amount = draft.amount && parseMoney(draft.amount, '元') !== undefined ? draft.amount : undefined;
  if (!amount) return <p className="muted">填写申请金额后显示。</p>;
  if (of.isOwnSide)
    return (
      <Headroom
        asked={{
          guarantorId: of.guarantorId,
          bankId: of.bankId ?? undefined,
          productCode: draft.productCode,
          county: draft.county,
          amount,
          subject: `case:${of.guarantorId}/${of.id}`,
        }}
      />
    );
  return (
    <>
      {answer.headroom.map((each) => (
        <div key={each.code} className="case-finding">
          <StatusBadge tone={tones[each.level]}>{words[each.level]}</StatusBadge> {each.title}
          {each.cure && <div className="field-hint">{each.cure}</div>}
        </div>
      ))}
    </>
  );
}
