import { Button, Form, Input, Modal, Table } from 'antd';
import { useState } from 'react';
import type { AdmissionDetail } from '../../../src/modules/admissions/contract.ts';
import { api } from '../../api.ts';
import { DayField, RefusalList, requiredRule, StatusBadge, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';

type Item = AdmissionDetail['documents'][number];

/** The checklist of the admission with what came in; a required item that is missing blocks the submission by name. */
export function DocumentTable({ admission, url }: { admission: AdmissionDetail; url: string }) {
  const me = useMe();
  const isOpen = ['applied', 'evaluated'].includes(admission.state);
  const mayWrite = useMay('admissions.write') && isOpen;
  const [item, setItem] = useState<Item>();
  const write = useWrite(
    (body: unknown, options) => api.post(`${url}/documents`, body, options),
    () => setItem(undefined),
  );
  const missing = admission.documents.filter((each) => each.required && each.reference === null).length;
  return (
    <Panel title="资料清单" note={missing === 0 ? '必备资料齐全' : `缺 ${missing} 项必备资料`}>
      <Table<Item>
        size="small"
        pagination={false}
        rowKey={(row) => row.code}
        dataSource={admission.documents}
        columns={[
          {
            title: '资料',
            render: (_, row) => (
              <>
                {row.title}
                <div className="muted">{row.reference ?? row.clause}</div>
              </>
            ),
          },
          {
            title: '状态',
            width: 92,
            render: (_, row) =>
              row.reference === null ? (
                <StatusBadge tone={row.required ? 'bad' : 'mute'}>{row.required ? '缺' : '可选'}</StatusBadge>
              ) : (
                <StatusBadge tone="good">已收</StatusBadge>
              ),
          },
          ...(mayWrite
            ? [
                {
                  title: '',
                  width: 62,
                  render: (_: unknown, row: Item) => (
                    <button type="button" className="text-button" onClick={() => setItem(row)}>
                      登记
                    </button>
                  ),
                },
              ]
            : []),
        ]}
      />
      <Modal
        title={item && `登记资料：${item.title}`}
        open={item !== undefined}
        footer={null}
        onCancel={() => setItem(undefined)}
        destroyOnHidden
      >
        <Form<{ reference: string; receivedOn: string }>
          layout="vertical"
          initialValues={{ receivedOn: me.today }}
          onFinish={(entry) => item && write.mutate({ code: item.code, ...entry })}
        >
          <Form.Item name="reference" label="文件名或文号" rules={[requiredRule('文件名或文号')]}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="receivedOn" label="收到日" rules={[requiredRule('收到日')]}>
            <DayField />
          </Form.Item>
          <div style={{ display: 'grid', gap: 12 }}>
            <RefusalList problem={write.error} />
            <Button type="primary" htmlType="submit" loading={write.isPending}>
              登记
            </Button>
          </div>
        </Form>
      </Modal>
    </Panel>
  );
}
