import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Alert, Button, Form } from 'antd';
import { useEffect, useRef, useState } from 'react';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import type { CaseDraft } from '../../../src/modules/cases/contract.ts';
import { ApiProblem, api } from '../../api.ts';
import { AttachmentList } from '../../fields/attachment-list.tsx';
import { RefusalList, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import './cases.css';
import { CheckPanel, useCheck } from './check-panel.tsx';
import { FormParts } from './form-parts.tsx';
import { sharedWith } from './looks.ts';

/** 填写申请: one page, kept as it is typed, with everything that can be said of it so far at the side. */
export default function EditCasePage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const url = `/api/cases/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['case', guarantorId, id, 'edit'],
    queryFn: ({ signal }) => api.get<CaseDetail>(url, {}, signal),
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    refetchOnMount: 'always',
    gcTime: 0,
  });
  return (
    <Page
      title="填写申请"
      note={query.data && `${query.data.number}　${query.data.guarantorName}　${query.data.bankName ?? ''}`}
      trail={[
        { title: '担保项目', to: '/cases' },
        { title: '项目详情', to: `/cases/${guarantorId}/${id}` },
      ]}
    >
      <QueryState query={query} rows={12}>
        {(found) =>
          found.verbs.includes('save') ? (
            <Editor of={found} url={url} key={found.id} />
          ) : (
            <Alert type="info" showIcon title="这项申请现在不能修改" />
          )
        }
      </QueryState>
    </Page>
  );
}

const saveAfterMs = 700;

/** Saves what is typed a moment after the last key, one request at a time, under the version it was read with. */
function useAutosave(url: string, first: CaseDetail) {
  const [draft, setDraft] = useState<CaseDraft>(first.draft);
  const [problem, setProblem] = useState<unknown>();
  const [saved, setSaved] = useState(true);
  const version = useRef(first.version);
  const queue = useRef<Promise<void>>(Promise.resolve());
  const waiting = useRef<CaseDraft | undefined>(undefined);
  const flush = (): Promise<void> => {
    queue.current = queue.current.then(async () => {
      const next = waiting.current;
      if (!next) return;
      waiting.current = undefined;
      const bankId = first.bankId === null ? {} : { bankId: first.bankId };
      try {
        const etag = `"${version.current}"`;
        const answer = await api.put<{ version: number }>(`${url}/draft`, { ...bankId, draft: next }, { etag });
        version.current = answer.version;
        setProblem(undefined);
        if (!waiting.current) setSaved(true);
      } catch (caught) {
        // What was typed stays here; the next change tries again.
        waiting.current ??= next;
        setProblem(caught);
      }
    });
    return queue.current;
  };
  const change = (next: CaseDraft) => {
    waiting.current = next;
    setSaved(false);
    setDraft(next);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: the timer follows what is typed, nothing else.
  useEffect(() => {
    if (!waiting.current) return;
    const timer = setTimeout(() => void flush(), saveAfterMs);
    return () => clearTimeout(timer);
  }, [draft]);
  return { draft, change, flush, problem, saved };
}

function Editor({ of, url }: { of: CaseDetail; url: string }) {
  const navigate = useNavigate();
  const [form] = Form.useForm<CaseDraft>();
  const { draft, change, flush, problem, saved } = useAutosave(url, of);
  const check = useCheck(of, draft);
  const submit = useWrite(
    async (_: CaseDraft, options) => {
      await flush();
      return api.post(`${url}/submit`, {}, options);
    },
    () => void navigate({ to: `/cases/${of.guarantorId}/${of.id}` as string }),
  );
  const changedByOther = problem instanceof ApiProblem && problem.status === 412;
  return (
    <div className="cols case-edit">
      <Form<CaseDraft>
        form={form}
        layout="vertical"
        initialValues={of.draft}
        onValuesChange={(changed, all) => {
          const next = followKind(changed, all);
          if (next !== all) form.setFieldsValue(next);
          change(tidy(next));
        }}
      >
        {of.state === 'returned' && <ReturnedAlert of={of} />}
        <FormParts productCode={draft.productCode} tags={draft.tags ?? []} />
        <Panel title="资料清单" note="按产品版本列出；必备资料齐全才能提交">
          <AttachmentList
            subject={`case:${of.guarantorId}/${of.id}`}
            checklist={check.checklist}
            fields={sharedWith(of.bankId)}
          />
        </Panel>
        <div className="case-submit">
          <Button type="primary" size="large" loading={submit.isPending} onClick={() => submit.mutate(draft)}>
            提交申请
          </Button>
          <span className="muted" role="status">
            {problem ? '未能保存' : saved ? '已自动保存' : '正在保存…'}
          </span>
        </div>
        {changedByOther && (
          <Alert
            type="warning"
            showIcon
            title="他人已先行修改这份草稿"
            description="您填写的内容还在本页。请先复制要保留的内容，再刷新页面取得最新草稿。"
          />
        )}
        {Boolean(problem) && !changedByOther && <RefusalList problem={problem} />}
        {submit.error && <RefusalList problem={submit.error} />}
      </Form>
      <CheckPanel of={of} draft={draft} check={check} />
    </div>
  );
}

function ReturnedAlert({ of }: { of: CaseDetail }) {
  const last = of.events.find((each) => each.kind === 'send-back');
  return <Alert type="warning" showIcon title="申请被退回补正" description={last?.note} style={{ marginBottom: 12 }} />;
}

/** A person has a resident ID, anybody else a credit code: follows the kind unless a foreign document was chosen. */
function followKind(changed: Partial<CaseDraft>, all: CaseDraft): CaseDraft {
  if (!changed.customerKind || all.identityKind === 'foreign-id') return all;
  const isPerson = changed.customerKind === 'farmer' || changed.customerKind === 'business-owner';
  return { ...all, identityKind: isPerson ? 'resident-id' : 'uscc' };
}

/** What the wire takes: no undefined, text as typed. */
const tidy = (values: CaseDraft): CaseDraft => JSON.parse(JSON.stringify(values)) as CaseDraft;
