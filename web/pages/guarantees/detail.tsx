import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { Button, Dropdown, Tabs } from 'antd';
import { useState } from 'react';
import type { GuaranteeDetail } from '../../../src/modules/guarantees/contract.ts';
import { api } from '../../api.ts';
import {
  DayText,
  type Fact,
  Facts,
  FootLine,
  MoneyText,
  RatioText,
  SplitBar,
  StatusBadge,
  showInstant,
  TagBadges,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { useUnit } from '../../shell/unit.tsx';
import { BalanceChart } from './balance-chart.tsx';
import { MovementForm } from './movement-form.tsx';
import { Postings } from './postings.tsx';
import { TimeLine } from './time-line.tsx';
import { sourceTitles, statuses } from './titles.ts';

const trail = [{ title: '保函台账', to: '/guarantees' }];

/** One guarantee: its contract, the split pinned to it, every movement with the balance after it, and its postings. */
export default function GuaranteePage() {
  const { guarantorId, id } = useParams({ strict: false }) as { guarantorId: string; id: string };
  const [isEntering, setEntering] = useState(false);
  const mayWrite = useMay('book.write');
  const mayCare = useMay('aftercare.read');
  const url = `/api/guarantees/${guarantorId}/${id}`;
  const query = useQuery({
    queryKey: ['guarantee', guarantorId, id],
    queryFn: ({ signal }) => api.get<GuaranteeDetail>(url, {}, signal),
  });
  const found = query.data;
  return (
    <Page
      title={
        found ? (
          <>
            {found.contractNo}{' '}
            <small style={{ fontSize: 13, fontWeight: 400 }}>
              <StatusBadge tone={statuses[found.status].tone}>{statuses[found.status].title}</StatusBadge>
            </small>
          </>
        ) : (
          '保函详情'
        )
      }
      note={
        found && (
          <>
            <Link to={`/customers/${found.guarantorId}/${found.customerId}` as string}>{found.customerName}</Link>
            {'　'}
            {found.guarantorName}　<TagBadges tags={found.tags} primaryTag={found.primaryTag} />
          </>
        )
      }
      trail={trail}
      actions={
        found && (
          <>
            {mayCare && <CareLinks at={`/aftercare/guarantees/${guarantorId}/${id}`} />}
            {mayWrite && (
              <Button type="primary" disabled={found.status === 'transferred'} onClick={() => setEntering(true)}>
                登记变动
              </Button>
            )}
          </>
        )
      }
    >
      <QueryState query={query} rows={12}>
        {(guarantee) => (
          <>
            <Amounts of={guarantee} url={url} />
            <div className="cols" style={{ gridTemplateColumns: 'minmax(0, 5fr) minmax(0, 4fr)' }}>
              <Panel title="合同要素">
                <Facts facts={factsOf(guarantee)} />
              </Panel>
              <Panel
                title="风险分担"
                note={`协议 ${guarantee.agreement.contractNo} 第 ${guarantee.agreement.version} 版，登记时锁定`}
              >
                <SplitBar shares={guarantee.agreement} />
                <div className="field-hint" style={{ marginTop: 8 }}>
                  代偿率上限：
                  <RatioText value={guarantee.agreement.claimRatioCap} />
                  ；协议之后的新版本不影响本笔。
                </div>
              </Panel>
            </div>
            <Records of={guarantee} />
          </>
        )}
      </QueryState>
      {found && <MovementForm of={found} isOpen={isEntering} close={() => setEntering(false)} />}
    </Page>
  );
}

const carePlaces = [
  { tab: 'changes', title: '展期、续贷与变更' },
  { tab: 'releases', title: '解保' },
  { tab: 'counters', title: '反担保' },
  { tab: 'inspections', title: '检查' },
  { tab: 'warnings', title: '预警' },
  { tab: 'lines', title: '银行逐笔状态' },
] as const;

/** The ways into the aftercare of this guarantee. */
const CareLinks = ({ at }: { at: string }) => (
  <Dropdown
    menu={{
      items: carePlaces.map(({ tab, title }) => ({
        key: tab,
        label: <Link to={`${at}?tab=${tab}` as string}>{title}</Link>,
      })),
    }}
  >
    <Link to={at as string}>
      <Button>保后档案</Button>
    </Link>
  </Dropdown>
);

function Amounts({ of, url }: { of: GuaranteeDetail; url: string }) {
  const me = useMe();
  const unit = useUnit();
  const figures = [
    { name: '在保余额（合同口径）', value: of.outstanding, explain: `${url}/explain/outstanding` },
    { name: '在保余额（实际承担口径）', value: of.outstandingBorne, explain: `${url}/explain/outstanding-borne` },
    { name: '主债权金额', value: of.principal },
    { name: '担保责任金额', value: of.guaranteed, explain: `${url}/explain/guaranteed` },
  ];
  return (
    <div>
      <div className="key-row" data-testid="amounts">
        {figures.map(({ name, value, explain }) => (
          <div key={name}>
            <div className="key-name">{name}</div>
            <div className="key-figure">
              <MoneyText value={value} explain={explain} />
              <small>{unit}</small>
            </div>
          </div>
        ))}
      </div>
      <FootLine asOf={me.today} basis="默认合同口径（主债权本金）；实际承担口径扣除银行自担部分" />
    </div>
  );
}

function Records({ of }: { of: GuaranteeDetail }) {
  return (
    <Panel flush>
      <Tabs
        tabBarStyle={{ padding: '0 14px', marginBottom: 0 }}
        items={[
          { key: 'time', label: `时间线（${of.movements.length}）`, children: <TimeLine of={of} /> },
          { key: 'chart', label: '余额走势', children: <BalanceChart of={of} /> },
          { key: 'postings', label: `记账（${of.postings.length}）`, children: <Postings of={of} /> },
        ]}
      />
    </Panel>
  );
}

const factsOf = (of: GuaranteeDetail): readonly Fact[] => [
  { name: '借款合同号', value: of.loanContractNo ?? '—', wide: true },
  { name: '合作银行', value: of.bankName },
  { name: '产品', value: of.productName },
  { name: '业务所在县', value: of.countyName },
  { name: '起始日', value: <DayText value={of.startsOn} /> },
  {
    name: of.dueOn === of.endsOn ? '到期日' : `到期日（原 ${of.endsOn}）`,
    value: <DayText value={of.dueOn} />,
  },
  { name: '年化担保费率', value: <RatioText value={of.feeRate} /> },
  { name: '企业划型（登记时）', value: of.sizeClass },
  { name: '行业代码', value: of.industryCode ?? '—' },
  {
    name: '登记',
    value: `${sourceTitles[of.source] ?? of.source}，${showInstant(of.recordedAt)}`,
    wide: true,
  },
];
