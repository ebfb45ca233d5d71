import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Select, Table } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { peopleAnswer, unattendedAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { requiredRule } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { FormDialog } from './form-dialog.tsx';

type Row = z.infer<typeof unattendedAnswer>['rows'][number];

/** 无人可办: open tasks that nobody can do, for administrators; each may be given to somebody who can. */
export default function UnattendedPage() {
  const { permissions } = useMe();
  const mayAssign = ['users.manage', 'approvals.configure'].some((each) => permissions.includes(each));
  const [assigning, setAssigning] = useState<Row>();
  const query = useQuery({
    queryKey: ['approvals', 'unattended'],
    queryFn: ({ signal }) => api.get<z.infer<typeof unattendedAnswer>>('/api/approvals/unattended', {}, signal),
  });
  return (
    <Page
      title="无人可办"
      note="岗位上没有可用的人员。在“用户与岗位”启用账号或补授岗位，事项会自动回到他们的待办；也可以指派给能办理这一节点的人。"
    >
      <Panel flush>
        <QueryState query={query} rows={6}>
          {({ rows }) => (
            <Table
              size="small"
              rowKey={(row) => `${row.instanceId}/${row.seq}`}
              pagination={false}
              dataSource={rows}
              locale={{ emptyText: '没有无人可办的审批' }}
              columns={[
                { title: '编号', width: 80, dataIndex: 'instanceId' },
                { title: '机构', width: 140, dataIndex: 'institution' },
                { title: '流程', width: 140, dataIndex: 'chainTitle' },
                { title: '节点', width: 160, dataIndex: 'nodeTitle' },
                { title: '缺少的岗位', width: 120, dataIndex: 'role' },
                { title: '等待自', width: 110, dataIndex: 'openedOn' },
                { title: '期限', width: 110, dataIndex: 'dueOn' },
                { title: '', render: (_, row) => mayAssign && <Assign row={row} choose={setAssigning} /> },
              ]}
            />
          )}
        </QueryState>
      </Panel>
      {assigning && <AssignDialog row={assigning} close={() => setAssigning(undefined)} />}
    </Page>
  );
}

const Assign = ({ row, choose }: { readonly row: Row; readonly choose: (row: Row) => void }) =>
  row.kind === 'committee' ? (
    <span className="muted">请补授评审委员</span>
  ) : (
    <Button size="small" onClick={() => choose(row)}>
      指派
    </Button>
  );

function AssignDialog({ row, close }: { readonly row: Row; readonly close: () => void }) {
  const url = `/api/approvals/unattended/${row.instanceId}/${row.seq}`;
  const people = useQuery({
    queryKey: ['approvals', 'assignable', row.instanceId, row.seq],
    queryFn: ({ signal }) => api.get<z.infer<typeof peopleAnswer>>(`${url}/people`, {}, signal),
  });
  const options = (people.data?.rows ?? []).map((each) => ({
    value: each.userId,
    label: `${each.name}（${each.institution} ${each.roles.join('、')}）`,
  }));
  return (
    <FormDialog<{ to: number; reason: string }>
      title={`指派：${row.institution} ${row.nodeTitle}`}
      note="只列出能办理这一节点的人；指派记入审批经过与审计日志。"
      confirm="确定指派"
      send={(fields, options) => api.post(`${url}/assign`, fields, options)}
      close={close}
    >
      <Form.Item name="to" label="人员" rules={[requiredRule('人员')]}>
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          loading={people.isPending}
          options={options}
          notFoundContent="没有能办理的人，请先补授岗位"
        />
      </Form.Item>
      <Form.Item name="reason" label="理由" rules={[{ required: true, min: 2, message: '请写明理由' }]}>
        <Input.TextArea rows={2} maxLength={2000} />
      </Form.Item>
    </FormDialog>
  );
}
