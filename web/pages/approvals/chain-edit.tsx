import { PlusOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { Button, Form, Input, Select } from 'antd';
import { useState } from 'react';
import { api } from '../../api.ts';
import { DayField, RefusalList, requiredRule, useFilters, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { draftsOf, gapsOf, moved, type NodeDraft, newDraft, nodesOf } from './chain-draft.ts';
import { NodeRow } from './chain-node-row.tsx';
import { ChainPicture } from './chain-picture.tsx';
import { type ChainsAnswer, planOf } from './chain-plan.ts';

/** 另存版本: the chain as rows of fields, its picture drawn as one types, saved as a dated version of the province or of one institution. */
export default function ChainEditPage() {
  const { chain: code } = useParams({ strict: false }) as { chain: string };
  const [{ guarantorId }] = useFilters();
  const query = useQuery({
    queryKey: ['approvals', 'chains', guarantorId, 'edit'],
    queryFn: ({ signal }) => api.get<ChainsAnswer>('/api/approvals/chains', { guarantorId }, signal),
    // What is being typed must not be overtaken by a fresh answer.
    staleTime: Number.POSITIVE_INFINITY,
    refetchOnWindowFocus: false,
    gcTime: 0,
  });
  const found = query.data?.rows.find((each) => each.code === code);
  return (
    <Page
      title={`另存版本：${found?.title ?? '审批流程'}`}
      note={
        query.data &&
        `${query.data.guarantorName ?? '省级统一流程，适用于没有自定流程的机构'}　已发起的审批仍走原版本。`
      }
      trail={[
        { title: '审批', to: '/approvals' },
        { title: '审批流程', to: '/approvals/chains' },
      ]}
    >
      <QueryState query={query} rows={10}>
        {(answer) => <Editor key={code} code={code} answer={answer} />}
      </QueryState>
    </Page>
  );
}

type Fields = { from: string; source: string; cc?: string[] };

function Editor({ code, answer }: { readonly code: string; readonly answer: ChainsAnswer }) {
  const navigate = useNavigate();
  const { today } = useMe();
  const { guarantorId, roles } = answer;
  const chain = answer.rows.find((each) => each.code === code);
  const base = chain?.versions.find((each) => each.version === chain.current) ?? chain?.versions[0];
  const [drafts, setDrafts] = useState(() => draftsOf(base?.body.nodes ?? []));
  const change = (at: number, part: Partial<NodeDraft>) =>
    setDrafts(drafts.map((each, index) => (index === at ? { ...each, ...part } : each)));
  const save = useWrite(
    ({ from, source, cc }: Fields, options) =>
      api.post(
        `/api/approvals/chains/${code}/versions`,
        { guarantorId, from, source, body: { nodes: nodesOf(drafts), cc: cc ?? [] } },
        options,
      ),
    () => void navigate({ to: '/approvals/chains' as string, search: (guarantorId ? { guarantorId } : {}) as never }),
  );
  const gaps = gapsOf(drafts);
  return (
    <Form<Fields>
      className="chain-edit"
      layout="vertical"
      initialValues={{ from: today, cc: base?.body.cc ?? [] }}
      onFinish={(fields) => gaps.length === 0 && save.mutate(fields)}
    >
      <Panel title="流程图" note="随下面的修改重画" className="chain-edit-picture">
        <ChainPicture steps={planOf(nodesOf(drafts), roles)} />
      </Panel>
      <Panel title="节点" note="自上而下依次办理；政府部门岗位不得设在决策节点（指引第十一条）">
        {drafts.map((draft, at) => (
          <NodeRow
            key={draft.id}
            {...{ draft, at, roles, count: drafts.length }}
            change={(part) => change(at, part)}
            move={(by) => setDrafts(moved(drafts, at, by))}
            remove={() => setDrafts(drafts.filter((_, index) => index !== at))}
          />
        ))}
        <Button
          icon={<PlusOutlined />}
          disabled={drafts.length >= 20}
          onClick={() => setDrafts([...drafts, newDraft(drafts)])}
        >
          增加节点
        </Button>
      </Panel>
      <Panel title="抄送与生效">
        <EndFields today={today} roles={roles} />
        {gaps.map((gap) => (
          <div key={gap} className="field-hint figure-negative">
            请补齐{gap}
          </div>
        ))}
        {save.error && <RefusalList problem={save.error} />}
        <Button type="primary" htmlType="submit" disabled={gaps.length > 0} loading={save.isPending}>
          保存新版本
        </Button>
      </Panel>
    </Form>
  );
}

/** From when it counts, on whose authority, and who is told of the outcome. */
const EndFields = ({ today, roles }: { readonly today: string; readonly roles: ChainsAnswer['roles'] }) => (
  <div className="chain-edit-ends">
    <Form.Item name="from" label="生效日" rules={[requiredRule('生效日')]}>
      <DayField min={today} />
    </Form.Item>
    <Form.Item name="source" label="依据" rules={[requiredRule('依据')]}>
      <Input maxLength={200} placeholder="本单位制度的名称与文号" />
    </Form.Item>
    <Form.Item name="cc" label="办结后抄送">
      <Select
        mode="multiple"
        placeholder="不抄送"
        options={roles.filter((each) => !each.isGovernment).map((each) => ({ value: each.code, label: each.title }))}
      />
    </Form.Item>
  </div>
);
