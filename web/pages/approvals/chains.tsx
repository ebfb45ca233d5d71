import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Modal, Select } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { ChainNode, ChainWire, chainsAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { DayField, RefusalList, UnverifiedMark, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ChainPicture } from './chain-picture.tsx';

type Answer = z.infer<typeof chainsAnswer>;
type Version = ChainWire['versions'][number];

/** 审批流程: every chain as a picture, its versions, and saving another one. */
export default function ChainsPage() {
  const mayConfigure = useMay('approvals.configure');
  const [editing, setEditing] = useState<ChainWire>();
  const query = useQuery({
    queryKey: ['approvals', 'chains'],
    queryFn: ({ signal }) => api.get<Answer>('/api/approvals/chains', {}, signal),
  });
  return (
    <Page
      title="审批流程"
      trail={[{ title: '审批', to: '/approvals' }]}
      note="流程按生效日分版本，已发起的审批仍走原版本。政府部门岗位不得设在决策节点（指引第十一条），程序与数据库都会拒绝。"
    >
      <QueryState query={query} rows={10}>
        {({ rows, roles }) => (
          <>
            {rows.map((chain) => (
              <ChainPanel
                key={chain.code}
                chain={chain}
                roles={roles}
                edit={mayConfigure ? () => setEditing(chain) : undefined}
              />
            ))}
            {editing && <VersionDialog chain={editing} roles={roles} close={() => setEditing(undefined)} />}
          </>
        )}
      </QueryState>
    </Page>
  );
}

type ChainPanelProps = {
  readonly chain: ChainWire;
  readonly roles: Answer['roles'];
  readonly edit: (() => void) | undefined;
};

function ChainPanel({ chain, roles, edit }: ChainPanelProps) {
  const [chosen, setChosen] = useState<number>();
  const shown = chain.versions.find((each) => each.version === (chosen ?? chain.current)) ?? chain.versions[0];
  if (!shown) return null;
  return (
    <Panel
      title={chain.title}
      note={
        <>
          决策权限：{chain.permissionTitle}　自 {shown.from} 起　{shown.source}{' '}
          {shown.unverified && <UnverifiedMark reason={shown.unverified} />}
        </>
      }
      extra={
        <>
          <Select
            aria-label={`${chain.title}的版本`}
            value={shown.version}
            onChange={setChosen}
            options={chain.versions.map((each) => ({
              value: each.version,
              label: `第 ${each.version} 版${each.version === chain.current ? '（在用）' : ''}`,
            }))}
          />{' '}
          {edit && <Button onClick={edit}>另存版本</Button>}
        </>
      }
    >
      <ChainPicture steps={picture(shown.body.nodes, roles)} />
    </Panel>
  );
}

/** The nodes as the picture shows them, conditions in words. */
function picture(nodes: Version['body']['nodes'], roles: Answer['roles']) {
  return nodes.map((node) => {
    const { by } = node;
    return { ...node, who: 'role' in by ? titleOf(by.role, roles) : '发起人', condition: condition(node) };
  });
}

const titleOf = (code: string, roles: Answer['roles']) => roles.find((each) => each.code === code)?.title ?? code;

function condition({ when }: ChainNode): string | null {
  const all = [
    ...(when?.amountAbove ? [`金额超过 ${when.amountAbove} 元`] : []),
    ...(when?.amountUpTo ? [`金额不超过 ${when.amountUpTo} 元`] : []),
    ...(when?.fact ? [`${when.fact.name}为“${when.fact.is}”`] : []),
  ];
  return all.length > 0 ? all.join('，且') : null;
}

type Fields = { from: string; source: string; text: string };
type DialogProps = { readonly chain: ChainWire; readonly roles: Answer['roles']; readonly close: () => void };

function VersionDialog({ chain, roles, close }: DialogProps) {
  const current = chain.versions.find((each) => each.version === chain.current) ?? chain.versions[0];
  const [text, setText] = useState(JSON.stringify(current?.body ?? { nodes: [], cc: [] }, null, 2));
  const body = parsed(text);
  const save = useWrite(
    (fields: Fields, options) =>
      api.post(
        `/api/approvals/chains/${chain.code}/versions`,
        { from: fields.from, source: fields.source, body },
        options,
      ),
    close,
  );
  return (
    <Modal title={`${chain.title}：另存版本`} open footer={null} onCancel={close} width={1080}>
      <Form<Fields> layout="vertical" onFinish={(fields) => save.mutate(fields)}>
        <div style={{ display: 'flex', gap: 12 }}>
          <Form.Item name="from" label="生效日" rules={[{ required: true, message: '请选择生效日' }]}>
            <DayField />
          </Form.Item>
          <Form.Item
            name="source"
            label="依据"
            style={{ flex: 1 }}
            rules={[{ required: true, min: 2, message: '请写明制度名称与文号' }]}
          >
            <Input maxLength={200} placeholder="本单位制度的名称与文号" />
          </Form.Item>
        </div>
        <Form.Item
          label="节点（JSON）"
          validateStatus={body ? '' : 'error'}
          help={body ? `岗位代码：${roles.map((each) => `${each.title} ${each.code}`).join('，')}` : '不是有效的 JSON'}
        >
          <Input.TextArea
            aria-label="节点"
            rows={12}
            value={text}
            onChange={({ target }) => setText(target.value)}
            style={{ fontFamily: 'monospace' }}
          />
        </Form.Item>
        {body && <ChainPicture steps={picture(body.nodes, roles)} />}
        {save.error && <RefusalList problem={save.error} />}
        <Button type="primary" htmlType="submit" disabled={!body} loading={save.isPending} style={{ marginTop: 12 }}>
          保存新版本
        </Button>
      </Form>
    </Modal>
  );
}

/** The nodes as typed; undefined while they cannot be drawn. The server says what else is wrong. */
function parsed(text: string): Version['body'] | undefined {
  try {
    const body = JSON.parse(text) as Version['body'];
    return body.nodes.every((each) => each.key && each.by && each.kind) ? body : undefined;
  } catch {
    return undefined;
  }
}
