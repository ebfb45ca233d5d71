import { Button, Form, Modal } from 'antd';
import type { z } from 'zod';
import { addDays, type Day } from '../../../src/kernel/day.ts';
import type { submitReport } from '../../../src/modules/exchange/contract.ts';
import { api } from '../../api.ts';
import { DayField, InstitutionField, RefusalList, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type Report = z.infer<typeof submitReport>;
type Fields = { day: string; guarantorId?: string };

/** Builds and sends the packages of one day now, instead of waiting for the morning's run. */
export function SubmitDialog({ close }: { close: () => void }) {
  const me = useMe();
  const yesterday = addDays(me.today as Day, -1);
  const submit = useWrite((fields: Fields, options) =>
    api.post<Report>(
      '/api/exchange/submissions',
      { day: fields.day, ...(fields.guarantorId ? { guarantorId: Number(fields.guarantorId) } : {}) },
      options,
    ),
  );
  const report = submit.data;
  return (
    <Modal title="立即报送" open footer={null} onCancel={close}>
      {report ? (
        <ReportView report={report} close={close} />
      ) : (
        <Form<Fields> layout="vertical" initialValues={{ day: yesterday }} onFinish={(fields) => submit.mutate(fields)}>
          <p className="muted">生成并发送这一天的数据包；已被接收的不会重发。平时每天 06:00 自动报送前一日。</p>
          <Form.Item name="day" label="业务日" rules={[{ required: true, message: '请选择业务日' }]}>
            <DayField max={yesterday} allowClear={false} />
          </Form.Item>
          {me.institution?.kind !== 'guarantor' && (
            <Form.Item name="guarantorId" label="机构">
              <InstitutionField kind="guarantor" placeholder="全部机构" width={320} />
            </Form.Item>
          )}
          {submit.error && <RefusalList problem={submit.error} />}
          <Button type="primary" htmlType="submit" loading={submit.isPending}>
            报送
          </Button>
        </Form>
      )}
    </Modal>
  );
}

function ReportView({ report, close }: { report: Report; close: () => void }) {
  const parts = [
    ['已接收', report.accepted],
    ['其中零报告', report.zero],
    ['已发出待回执', report.sent],
    ['被退回', report.refused],
    ['对方无应答', report.unanswered],
  ] as const;
  return (
    <>
      <p>
        业务日 {report.day}：{report.guarantors} 家机构
      </p>
      <ul className="exchange-report">
        {parts.map(([title, count]) => (
          <li key={title}>
            {title} <b className="figure">{count}</b> 家
          </li>
        ))}
      </ul>
      {report.problems.length > 0 && (
        <ul className="exchange-problems">
          {report.problems.map((problem) => (
            <li key={problem.guarantorId}>
              {problem.name}：{problem.message}
            </li>
          ))}
        </ul>
      )}
      <Button type="primary" onClick={close}>
        知道了
      </Button>
    </>
  );
}
