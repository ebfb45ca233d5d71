import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { Button, Drawer, Timeline } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { agreementDetail, agreementVersion } from '../../../src/modules/agreements/contract.ts';
import { api } from '../../api.ts';
import { Facts, FootLine, RatioText, SplitBar, StatusBadge, useWrite } from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { VersionForm } from './version-form.tsx';

type Agreement = z.infer<typeof agreementDetail>;
type Version = z.infer<typeof agreementVersion>;

/** One agreement and all its versions, newest first. A version is never edited: the next one ends it. */
export default function AgreementPage() {
  const { guarantorId, agreementId } = useParams({ strict: false }) as { guarantorId: string; agreementId: string };
  const me = useMe();
  const mayWrite = useMay('agreements.write');
  const [isAdding, setAdding] = useState(false);
  const url = `/api/agreements/${guarantorId}/${agreementId}`;
  const query = useQuery({
    queryKey: ['agreement', guarantorId, agreementId],
    queryFn: ({ signal }) => api.get<Agreement>(url, {}, signal),
  });
  const write = useWrite(
    (body: unknown, options) => api.post<{ version: number }>(`${url}/versions`, body, options),
    () => setAdding(false),
  );
  const found = query.data;
  return (
    <Page
      title={found ? `协议 ${found.contractNo}` : '协议详情'}
      note={found && `${found.guarantorName}　×　${found.bankName}　×　${found.productName}`}
      trail={[{ title: '合作协议', to: '/agreements' }]}
      actions={
        mayWrite && (
          <Button type="primary" onClick={() => setAdding(true)}>
            新增版本
          </Button>
        )
      }
    >
      <QueryState query={query} rows={8}>
        {(agreement) => (
          <Panel title={`版本（${agreement.versions.length}）`} note="已登记的保函仍按登记时锁定的版本">
            <Timeline
              style={{ paddingTop: 8 }}
              items={[...agreement.versions].reverse().map((version) => ({
                key: version.version,
                color: isInForce(version, me.today) ? 'green' : version.from > me.today ? 'blue' : 'gray',
                content: <VersionCard version={version} today={me.today} />,
              }))}
            />
            <FootLine asOf={me.today} unit={null} basis="各方分担比例合计100%" />
          </Panel>
        )}
      </QueryState>
      <Drawer title="新增协议版本" open={isAdding} onClose={() => setAdding(false)} size={560} destroyOnHidden>
        <VersionForm
          previous={found?.versions.at(-1)}
          problem={write.error}
          isPending={write.isPending}
          submit={(version) => write.mutate(version)}
          label="登记新版本"
        />
      </Drawer>
    </Page>
  );
}

const isInForce = (version: Version, today: string) =>
  version.from <= today && (version.to === null || version.to >= today);

function VersionCard({ version, today }: { version: Version; today: string }) {
  const state = isInForce(version, today)
    ? ({ tone: 'good', text: '有效' } as const)
    : version.from > today
      ? ({ tone: 'busy', text: '尚未生效' } as const)
      : ({ tone: 'mute', text: '已结束' } as const);
  return (
    <div style={{ display: 'grid', gap: 8, maxWidth: 980, paddingBottom: 8 }}>
      <div>
        <b>第 {version.version} 版</b>
        {'　'}
        {version.from} 至 {version.to ?? '今后'}
        {'　'}
        <StatusBadge tone={state.tone}>{state.text}</StatusBadge>
      </div>
      <SplitBar shares={version} />
      <Facts
        facts={[
          { name: '年化担保费率', value: <RatioText value={version.feeRate} /> },
          { name: '代偿率上限', value: <RatioText value={version.claimRatioCap} /> },
          { name: '依据文件', value: version.document, wide: true },
        ]}
      />
    </div>
  );
}
