import { App, Button, Modal } from 'antd';
import { useState } from 'react';
import type { Overview } from '../../../src/modules/filings/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';

type Prepared = { readonly prepared: number; readonly ready: number; readonly blocked: number };
type Submitted = { readonly number: string; readonly submitted: number; readonly held: number };

/** Takes the month from the book, and hands it in. */
export function MonthActions({ guarantorId, overview }: { readonly guarantorId: number; readonly overview: Overview }) {
  const { message } = App.useApp();
  const [isAsking, setAsking] = useState(false);
  const { month } = overview;
  const prepare = useWrite(
    (_: string, options) => api.post<Prepared>('/api/filings/preparations', { guarantorId, month }, options),
    (done) => void message.success(`取数 ${done.prepared} 笔；可申报 ${done.ready} 笔，未通过 ${done.blocked} 笔`),
  );
  const submit = useWrite(
    (_: string, options) => api.post<Submitted>('/api/filings/batches', { guarantorId, month }, options),
    (done) => {
      setAsking(false);
      void message.success(`已申报 ${done.submitted} 笔，批次 ${done.number}`);
    },
  );
  return (
    <>
      {prepare.error && <RefusalList problem={prepare.error} />}
      <Button loading={prepare.isPending} onClick={() => prepare.mutate(month)}>
        从台账取数{overview.unprepared > 0 ? `（${overview.unprepared} 笔未取）` : ''}
      </Button>
      <Button type="primary" disabled={overview.ready === 0} onClick={() => setAsking(true)}>
        申报 {month}
      </Button>
      <Modal
        title={`申报 ${month} 再担保备案`}
        open={isAsking}
        okText="确认申报"
        cancelText="取消"
        confirmLoading={submit.isPending}
        onCancel={() => {
          setAsking(false);
          submit.reset();
        }}
        onOk={() => submit.mutate(month)}
      >
        <p>
          将 {month} 及以前可申报的 <b>{overview.ready}</b> 笔作为一批申报给省级再担保，申报前再校验一次。
          {overview.blocked > 0 && `未通过校验的 ${overview.blocked} 笔留下，更正后随下一批申报。`}
        </p>
        <RefusalList problem={submit.error} />
      </Modal>
    </>
  );
}
