import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import type { ReportAnswer } from '../../../src/modules/bankreports/contract.ts';
import { withQuery } from '../../api.ts';
import { DayField, InstitutionField, UploadBox } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';

type UploadDialogProps = { readonly day: string; readonly close: () => void };

/** Takes a bank's file of one day and shows the receipt: what was taken, what was given back and why, what is still missing. */
export function UploadDialog({ day: first, close }: UploadDialogProps) {
  const me = useMe();
  const queries = useQueryClient();
  const [day, setDay] = useState(first);
  const [bankId, setBank] = useState<string>();
  const [answer, setAnswer] = useState<ReportAnswer>();
  const isProvince = me.scope.bank === null;
  const fields = { businessDay: day, ...(bankId ? { bankId } : {}) };
  return (
    <Modal title="报送逐笔状态" open footer={null} width={640} onCancel={close}>
      {answer ? (
        <Receipt of={answer} again={() => setAnswer(undefined)} close={close} />
      ) : (
        <div className="care-receipt">
          <div style={{ display: 'flex', gap: 10, alignItems: 'center', flexWrap: 'wrap' }}>
            业务日
            <DayField value={day} max={me.today} allowClear={false} onChange={(value) => value && setDay(value)} />
            {isProvince && <InstitutionField kind="bank" value={bankId} onChange={setBank} placeholder="选择银行" />}
            <Button href={withQuery('/api/bank-reports/template', fields)}>下载模板（已预填全部在保）</Button>
          </div>
          <UploadBox<ReportAnswer>
            url="/api/bank-reports/files"
            accept=".csv,.xlsx"
            maxMegabytes={200}
            fields={fields}
            hint="按模板填写后上传 CSV 或 XLSX；坏行退回，好行照收，改好后只送退回的行"
            onUploaded={(found) => {
              setAnswer(found);
              void queries.invalidateQueries();
            }}
          />
        </div>
      )}
    </Modal>
  );
}

function Receipt({ of, again, close }: { of: ReportAnswer; again: () => void; close: () => void }) {
  const tone = of.refused > 0 || of.missing > 0 ? 'warning' : 'success';
  return (
    <div className="care-receipt" aria-live="polite">
      <Alert
        type={tone}
        showIcon
        title={of.isRepeat ? `这份内容已经收到过，回执 ${of.receipt}，未重复记入` : `已收到，回执 ${of.receipt}`}
        description={
          <>
            收 {of.taken} 行，退 {of.refused} 行；登记变动 {of.moved} 笔，疑问 {of.questions} 项；当日应报 {of.expected}{' '}
            笔，已报 {of.reported} 笔，<b>应报未报 {of.missing} 笔</b>
          </>
        }
      />
      {of.badRows.length > 0 && (
        <>
          <ul className="care-bad-rows">
            {of.badRows.map((row) => (
              <li key={row.line}>
                第 {row.line} 行 {row.contractNo}：{row.reasons.map((reason) => reason.message).join('；')}
              </li>
            ))}
          </ul>
          {of.fileName && <Button href={`/api/bank-reports/${of.bankId}/${of.id}/bad-rows`}>下载退回行</Button>}
        </>
      )}
      <div className="form-foot">
        <Button type="primary" onClick={close}>
          完成
        </Button>
        <Button onClick={again}>再送一份</Button>
      </div>
    </div>
  );
}
