import { useQuery } from '@tanstack/react-query';
import { Button, Input } from 'antd';
import { useState } from 'react';
import type { DeskWire } from '../../../src/modules/portal/contract.ts';
import { api } from '../../api.ts';
import { RefusalList, useWrite } from '../../fields/index.ts';
import { Panel } from '../../shell/page.tsx';
import { QueryState } from '../../shell/states.tsx';
import './portal.css';

/** 咨询电话: what customers see on the public page to call the guarantor by. */
export function DeskPanel({ guarantorId, mayEdit }: { readonly guarantorId: string; readonly mayEdit: boolean }) {
  const url = `/api/portal/desk?guarantorId=${guarantorId}`;
  const query = useQuery({
    queryKey: ['portal', 'desk', guarantorId],
    queryFn: ({ signal }) => api.get<DeskWire>(url, {}, signal),
  });
  return (
    <Panel title="对客户公布的电话" note="显示在客户的公开页面上">
      <QueryState query={query} rows={1}>
        {(desk) => <DeskForm key={JSON.stringify(desk)} {...{ url, desk, mayEdit }} />}
      </QueryState>
    </Panel>
  );
}

function DeskForm({ url, desk, mayEdit }: { url: string; desk: DeskWire; mayEdit: boolean }) {
  const [phone, setPhone] = useState(desk.phone ?? '');
  const [hours, setHours] = useState(desk.hours);
  const save = useWrite((body: { phone: string; hours: string }, options) => api.put(url, body, options));
  const isSame = phone === (desk.phone ?? '') && hours === desk.hours;
  return (
    <div className="desk-form">
      <Input
        aria-label="咨询电话"
        placeholder="如 0351-1234567"
        value={phone}
        disabled={!mayEdit}
        onChange={(event) => setPhone(event.target.value)}
      />
      <Input
        aria-label="接听时间"
        placeholder="如 工作日 9:00—17:30"
        value={hours}
        maxLength={60}
        disabled={!mayEdit}
        onChange={(event) => setHours(event.target.value)}
      />
      {mayEdit && (
        <Button
          type="primary"
          disabled={isSame || phone.trim() === ''}
          loading={save.isPending}
          onClick={() => save.mutate({ phone: phone.trim(), hours: hours.trim() })}
        >
          保存
        </Button>
      )}
      {desk.phone === null && <span className="muted">还没有设置，客户看不到电话。</span>}
      {save.error && <RefusalList problem={save.error} />}
    </div>
  );
}
