import { useMutation } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Form, Input, Select } from 'antd';
import { useRef, useState } from 'react';
import type { z } from 'zod';
import type { changeEffect, Dossier } from '../../../src/modules/aftercare/contract/change.ts';
import {
  type ChangeKind,
  chainKinds,
  changeKinds,
  contentKinds,
} from '../../../src/modules/aftercare/contract/titles.ts';
import { api } from '../../api.ts';
import { DayField, RefusalList, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { EffectTable, NeedList } from './change-parts.tsx';
import { type ChangeEntry, KindFields, required } from './kind-fields.tsx';

type Foreseen = z.infer<typeof changeEffect>;
type ChangeFormProps = { readonly of: Dossier; readonly first: ChangeKind; readonly close: () => void };

const optionsOf = (titles: Readonly<Record<string, string>>) =>
  Object.entries(titles).map(([value, label]) => ({ value, label }));

/** Asks for an extension, a renewal or a change: first what it would mean, then the request itself. */
export function ChangeForm({ of, first, close }: ChangeFormProps) {
  const me = useMe();
  const { message } = App.useApp();
  const [form] = Form.useForm<ChangeEntry>();
  const [foreseen, setForeseen] = useState<Foreseen>();
  const tried = useRef('');
  const kind = Form.useWatch('kind', form) ?? first;
  const url = `/api/aftercare/guarantees/${of.guarantorId}/${of.guaranteeId}/changes`;
  const trial = useMutation({
    mutationFn: (entry: ChangeEntry) => api.post<Foreseen>(`${url}/foresee`, sentOf(entry)),
    onSuccess: setForeseen,
  });
  const write = useWrite(
    (entry: ChangeEntry, options) => api.post<{ id: string }>(url, sentOf(entry), options),
    () => {
      void message.success('已登记申请，请登记各方同意后提交审批');
      close();
    },
  );
  return (
    <Drawer title={`${changeKinds[kind]} · ${of.contractNo}`} open onClose={close} size={560}>
      <Form<ChangeEntry>
        form={form}
        layout="vertical"
        initialValues={{
          ...{ kind: first, effectiveOn: me.today },
          renewal: { startsOn: me.today, principal: of.outstanding },
        }}
        onValuesChange={(_, now) => {
          // A date field gives its day once more when it is left: what was tried still stands.
          if (JSON.stringify(now) === tried.current) return;
          setForeseen(undefined);
          trial.reset();
          write.reset();
        }}
        onFinish={(entry) => {
          tried.current = JSON.stringify(form.getFieldsValue());
          if (foreseen) write.mutate(entry);
          else trial.mutate(entry);
        }}
      >
        <Form.Item name="kind" label="种类" rules={required('种类')}>
          <Select
            // Fourteen lines: all of them to be seen at once.
            virtual={false}
            listHeight={480}
            options={[
              { label: '展期与续贷', options: optionsOf(chainKinds) },
              { label: '内容变更', options: optionsOf(contentKinds) },
            ]}
          />
        </Form.Item>
        <KindFields kind={kind} of={of} />
        {kind in contentKinds && (
          <Form.Item
            name="effectiveOn"
            label="自哪一日起生效"
            extra="合同约定的生效日，可早于今天；得知日为审批办结日，两个日期都留存"
            rules={required('生效日')}
          >
            <DayField max={me.today} />
          </Form.Item>
        )}
        <Form.Item name="reason" label="原因" rules={required('原因')}>
          <Input.TextArea rows={2} maxLength={500} />
        </Form.Item>
        <div style={{ display: 'grid', gap: 12 }} aria-live="polite">
          <RefusalList problem={trial.error ?? write.error} />
          {foreseen && <Prospect of={foreseen} />}
          <div className="form-foot">
            <Button type="primary" htmlType="submit" loading={trial.isPending || write.isPending}>
              {foreseen ? '确认申请' : '试算'}
            </Button>
            <Button onClick={close}>取消</Button>
          </div>
        </div>
      </Form>
    </Drawer>
  );
}

/** What goes to the server: the half-filled new counter-guarantee of a release alone is left out. */
function sentOf({ counters, ...entry }: ChangeEntry): object {
  if (!counters) return entry;
  const { add, release = [] } = counters;
  return { ...entry, counters: { release, ...(add?.title ? { add } : {}) } };
}

function Prospect({ of }: { of: Foreseen }) {
  return (
    <>
      {of.warnings.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title="反担保须留意"
          description={of.warnings.map((text) => <div key={text}>{text}</div>)}
        />
      )}
      <Alert
        type="info"
        title={
          <>
            <div>变更前：{of.before}</div>
            <div>变更后：{of.after}</div>
          </>
        }
        description={
          <>
            <NeedList needs={of.needs} />
            <EffectTable lines={of.effect} />
          </>
        }
      />
    </>
  );
}
