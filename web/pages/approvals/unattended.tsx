import { useQuery } from '@tanstack/react-query';
import { Table } from 'antd';
import type { z } from 'zod';
import type { unattendedAnswer } from '../../../src/modules/approvals/contract.ts';
import { api } from '../../api.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';

/** 无人可办: open tasks whose role nobody holds any more, for administrators. */
export default function UnattendedPage() {
  const query = useQuery({
    queryKey: ['approvals', 'unattended'],
    queryFn: ({ signal }) => api.get<z.infer<typeof unattendedAnswer>>('/api/approvals/unattended', {}, signal),
  });
  return (
    <Page title="无人可办" note="岗位上没有可用的人员。请在“用户与岗位”启用账号或补授岗位，事项会自动回到他们的待办。">
      <Panel flush>
        <QueryState query={query} rows={6}>
          {({ rows }) => (
            <Table
              size="small"
              rowKey={(row) => `${row.instanceId}/${row.nodeTitle}`}
              pagination={false}
              dataSource={rows}
              locale={{ emptyText: '没有无人可办的审批' }}
              columns={[
                { title: '编号', width: 100, dataIndex: 'instanceId' },
                { title: '机构', width: 160, dataIndex: 'institution' },
                { title: '流程', width: 160, dataIndex: 'chainTitle' },
                { title: '节点', width: 180, dataIndex: 'nodeTitle' },
                { title: '缺少的岗位', width: 140, dataIndex: 'role' },
                { title: '等待自', width: 110, dataIndex: 'openedOn' },
                { title: '期限', dataIndex: 'dueOn' },
              ]}
            />
          )}
        </QueryState>
      </Panel>
    </Page>
  );
}
