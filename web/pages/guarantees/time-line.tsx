import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { GuaranteeDetail } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import { DayText, FootLine, MoneyText, RefusalList, showInstant, useWrite } from '../../fields/index.ts';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState } from '../../shell/states.tsx';
import type { Movement } from './titles.ts';

/** Every movement in the order it was entered, with the balance after it. A reversed one is struck out, never gone. */
export function TimeLine({ of }: { of: GuaranteeDetail }) {
  const me = useMe();
  const mayWrite = useMay('book.write');
  const [reversing, setReversing] = useState<Movement>();
  if (of.movements.length === 0) {
    return (
      <EmptyState title="还没有变动" next={mayWrite ? '点「登记变动」登记第一笔放款。' : '等待业务人员登记放款。'} />
    );
  }
  const reversed = new Map(of.movements.map((each) => [each.reversesSeq, each.seq]));
  return (
    <div style={{ overflowX: 'auto', padding: '4px 6px 10px' }}>
      <table className="dense" aria-label="时间线">
        <thead>
          <tr>
            <th className="num">序号</th>
            <th>发生日</th>
            <th>变动</th>
            <th className="num">本金／金额</th>
            <th className="num">收付现金</th>
            <th className="num">余额变化</th>
            <th className="num">变动后余额</th>
            <th>说明</th>
            <th>登记时间</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {of.movements.map((each) => {
            const by = reversed.get(each.seq);
            const isDone = by !== undefined || each.reversesSeq !== null;
            return (
              <tr key={each.seq}>
                <td className="num">{each.seq}</td>
                <td className="nowrap">
                  <DayText value={each.occurredOn} />
                </td>
                <td className="nowrap">
                  <span className={by === undefined ? '' : 'struck'}>{each.title}</span>
                </td>
                <td className="num">
                  <MoneyText value={each.amount} />
                </td>
                <td className="num">
                  <MoneyText value={each.cash} />
                </td>
                <td className="num">
                  <MoneyText value={each.delta} />
                </td>
                <td className="num">
                  <MoneyText value={each.outstandingAfter} />
                </td>
                <td>
                  <Remark of={each} reversedBy={by} />
                </td>
                <td className="muted nowrap">{showInstant(each.recordedAt)}</td>
                <td className="nowrap">
                  {mayWrite && !isDone && (
                    <button type="button" className="text-button" onClick={() => setReversing(each)}>
                      冲正
                    </button>
                  )}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <div style={{ padding: '0 8px' }}>
        <FootLine asOf={me.today} basis="合同口径；收付现金按实际金额" />
      </div>
      <ReversalForm of={of} movement={reversing} close={() => setReversing(undefined)} />
    </div>
  );
}

function Remark({ of, reversedBy }: { of: Movement; reversedBy: number | undefined }) {
  const parts = [
    of.extendedToOn && `展期至 ${of.extendedToOn}`,
    of.reversesSeq !== null && `冲正第 ${of.reversesSeq} 笔`,
    reversedBy !== undefined && `已由第 ${reversedBy} 笔冲正`,
    of.cause && `原因：${of.cause}`,
    of.reference && `凭证 ${of.reference}`,
  ].filter(Boolean);
  return <>{parts.join('　')}</>;
}

type ReversalProps = { of: GuaranteeDetail; movement: Movement | undefined; close: () => void };

function ReversalForm({ of, movement, close }: ReversalProps) {
  const [form] = Form.useForm<{ cause: string }>();
  const write = useWrite(
    (input: { seq: number; cause: string }, options) =>
      api.post(
        `/api/guarantees/${of.guarantorId}/${of.id}/movements/${input.seq}/reversal`,
        { cause: input.cause },
        options,
      ),
    () => leave(),
  );
  const leave = () => {
    write.reset();
    form.resetFields();
    close();
  };
  return (
    <Modal
      open={movement !== undefined}
      title={movement ? `冲正第 ${movement.seq} 笔：${movement.title}` : ''}
      onCancel={leave}
      footer={
        <>
          <Button onClick={leave}>取消</Button>
          <Button type="primary" danger loading={write.isPending} onClick={() => form.submit()}>
            确认冲正
          </Button>
        </>
      }
    >
      <p className="muted" style={{ marginBottom: 12 }}>
        原记录保留不动；将以今天为发生日登记一笔方向相反的变动并同步记账，须写明原因。
      </p>
      <Form
        form={form}
        layout="vertical"
        onFinish={({ cause }) => movement && write.mutate({ seq: movement.seq, cause })}
      >
        <Form.Item
          name="cause"
          label="冲正原因"
          rules={[{ required: true, min: 2, message: '请写明冲正原因（至少两个字）' }]}
        >
          <Input.TextArea
            rows={3}
            maxLength={500}
            showCount
            placeholder="例如：还款金额录入有误，银行回单为 200 万元"
          />
        </Form.Item>
      </Form>
      <RefusalList problem={write.error} />
    </Modal>
  );
}
