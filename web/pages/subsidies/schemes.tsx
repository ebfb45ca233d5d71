import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { schemeList, schemeRow, versionWire } from '../../../src/modules/subsidies/contract.ts';
import { api } from '../../api.ts';
import {
  ArticleTag,
  DayField,
  MoneyText,
  RatioText,
  RefusalList,
  RegionField,
  StatusBadge,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMay, useMe } from '../../shell/session.ts';
import { EmptyState, QueryState } from '../../shell/states.tsx';
import { Placeholder } from './looks.tsx';
import './subsidies.css';

type Scheme = z.infer<typeof schemeRow>;
type Version = z.infer<typeof versionWire>;

/** 补偿补贴办法: one standard for the province, readable as it is computed; a region adopts it and cannot alter it. */
export default function SchemesPage() {
  const query = useQuery({
    queryKey: ['subsidies', 'schemes'],
    queryFn: ({ signal }) => api.get<z.infer<typeof schemeList>>('/api/subsidies/schemes', {}, signal),
  });
  const [adopting, setAdopting] = useState<Scheme>();
  const mayAdopt = useMay('subsidies.adopt');
  return (
    <Page
      title="补偿补贴办法"
      trail={[{ title: '补偿补贴', to: '/subsidies' }]}
      note="全省一个标准：市县只能采用，不能改动。标“占位”的数值未经核实，只供演示。"
    >
      <QueryState query={query} rows={10}>
        {({ rows, inputs }) => (
          <>
            {rows.length === 0 && (
              <Panel>
                <EmptyState title="还没有办法" next="由省级制定办法后，市县在这里采用。" />
              </Panel>
            )}
            {rows.map((scheme) => (
              <SchemePanel key={scheme.id} scheme={scheme} adopt={mayAdopt ? () => setAdopting(scheme) : undefined} />
            ))}
            <Panel title="公式里可用的数" note="全部取自已定稿凭证的逐笔明细">
              <div className="subsidy-inputs">
                {inputs.map((input) => (
                  <span key={input.name} title={input.title}>
                    <b>{input.name}</b> <small>{input.unit}</small> {input.title}
                  </span>
                ))}
              </div>
            </Panel>
          </>
        )}
      </QueryState>
      {adopting && <AdoptDialog scheme={adopting} close={() => setAdopting(undefined)} />}
    </Page>
  );
}

function SchemePanel({ scheme, adopt }: { scheme: Scheme; adopt: (() => void) | undefined }) {
  return (
    <Panel
      title={
        <>
          {scheme.title} <Placeholder when={scheme.placeholder} />
        </>
      }
      note={`${scheme.kindTitle}　用途：${scheme.purpose}（同一笔、同一用途不重复补助）`}
      extra={
        adopt && (
          <Button size="small" onClick={adopt}>
            采用
          </Button>
        )
      }
    >
      {scheme.versions.map((version) => (
        <VersionView key={version.id} version={version} />
      ))}
      <div className="subsidy-adoptions">
        {scheme.adoptions.length === 0
          ? '还没有地区采用。'
          : adoptedTogether(scheme).map(([how, names]) => (
              <div key={how}>
                已采用（{how}）：{names.join('、')}
              </div>
            ))}
      </div>
    </Panel>
  );
}

/** Regions that adopted by the same document from the same day, named together. */
const adoptedTogether = ({ adoptions }: Scheme): [how: string, names: string[]][] => [
  ...adoptions.reduce((all, { from, document, regionName }) => {
    const how = `${from} 起，${document}`;
    return all.set(how, [...(all.get(how) ?? []), regionName]);
  }, new Map<string, string[]>()),
];

function VersionView({ version }: { version: Version }) {
  return (
    <section className="subsidy-version">
      <div className="subsidy-version-head">
        <b>
          {version.from} 起{version.to ? `至 ${version.to}` : ''}
        </b>
        <StatusBadge tone={version.inForce ? 'good' : 'mute'}>{version.inForce ? '现行' : '不在有效期'}</StatusBadge>
        <Placeholder when={version.placeholder} />
        <ArticleTag article={version.article} />
        <span className="muted">{version.document}</span>
      </div>
      <div className="formula">{version.formula}</div>
      <div className="subsidy-facts">
        {version.constants.map((each) => (
          <span key={each.name}>
            {each.name} <b>{each.value}</b>
          </span>
        ))}
        <span>
          单笔年度上限 <b>{version.loanCap === null ? '不设' : <MoneyText value={version.loanCap} withUnit />}</b>
        </span>
        <span>
          机构年度上限{' '}
          <b>{version.guarantorCap === null ? '不设' : <MoneyText value={version.guarantorCap} withUnit />}</b>
        </span>
        <span>
          分担 省 <RatioText value={version.shares.province} /> 市 <RatioText value={version.shares.city} /> 县{' '}
          <RatioText value={version.shares.county} />
        </span>
        <span>{version.overlap === 'refuse' ? '已有同用途补助的不补' : '已有同用途补助的只补差额'}</span>
      </div>
      <ol className="subsidy-conditions">
        {version.conditions.map((condition) => (
          <li key={condition.title}>
            {condition.title}
            <span className="muted">
              ：{condition.kind === 'expression' ? condition.expression : condition.anyOf.join('、')}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

type Fields = { regionCode: string; from: string; document: string };

function AdoptDialog({ scheme, close }: { scheme: Scheme; close: () => void }) {
  const me = useMe();
  const adopt = useWrite(
    ({ regionCode, ...rest }: Fields, options) =>
      api.post(`/api/subsidies/schemes/${scheme.id}/adoptions`, { ...rest, regionCode: Number(regionCode) }, options),
    close,
  );
  return (
    <Modal title={`采用“${scheme.title}”`} open footer={null} onCancel={close}>
      <p className="muted subsidy-dialog-note">
        采用即执行全省统一标准，比例、上限都不能改。 <Placeholder when={scheme.placeholder} />
      </p>
      <Form<Fields>
        layout="vertical"
        initialValues={{ from: `${me.today.slice(0, 4)}-01-01`, regionCode: me.institution?.regionCode }}
        onFinish={(fields) => adopt.mutate(fields)}
      >
        <Form.Item name="regionCode" label="地区" rules={[{ required: true, message: '请选择地区' }]}>
          <RegionField width={260} placeholder="选择地区" />
        </Form.Item>
        <Form.Item name="from" label="自何日起" rules={[{ required: true, message: '请选择日期' }]}>
          <DayField allowClear={false} />
        </Form.Item>
        <Form.Item name="document" label="采用文件（文号）" rules={[{ required: true, message: '请填写文号' }]}>
          <Input maxLength={200} />
        </Form.Item>
        {adopt.error && <RefusalList problem={adopt.error} />}
        <Button type="primary" htmlType="submit" loading={adopt.isPending}>
          采用
        </Button>
      </Form>
    </Modal>
  );
}
