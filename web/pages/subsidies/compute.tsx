import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Button, Checkbox, Form, InputNumber, Radio } from 'antd';
import { useState } from 'react';
import type { z } from 'zod';
import type { CertificateListRow } from '../../../src/modules/feedback/contract.ts';
import type { ComputeRun, computed, RunKind, schemeList } from '../../../src/modules/subsidies/contract.ts';
import { api, type Listing, withQuery } from '../../api.ts';
import {
  CountText,
  FootLine,
  MoneyField,
  moneyRule,
  RefusalList,
  RegionField,
  showWireQuarter,
  useWrite,
} from '../../fields/index.ts';
import { Page, Panel } from '../../shell/page.tsx';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { BreakdownTable } from './breakdown-table.tsx';
import { IdentityLine } from './identity-line.tsx';
import { Placeholder, payerTitles } from './looks.tsx';
import './subsidies.css';

type Computed = z.infer<typeof computed>;
/** What was tried, with the share paid now where it is a prepayment. */
type Tried = Computed & { readonly prepayRatio: string | null };
type Fields = {
  kind: RunKind;
  regionCode: string;
  year: number;
  schemeIds: number[];
  prepayPercent: number;
  overpaid: 'claw-back' | 'carry-over';
  budgets: Partial<Record<keyof typeof payerTitles, string>>;
};

/** 测算: what is computed for whom, by which schemes, on which final certificates; tried first, kept only when asked. */
export default function ComputePage() {
  const me = useMe();
  const router = useRouter();
  const [form] = Form.useForm<Fields>();
  const kind = Form.useWatch('kind', form);
  const regionCode = Form.useWatch('regionCode', form);
  const year = Form.useWatch('year', form);
  const [tried, setTried] = useState<Tried>();
  const url = '/api/subsidies/runs';
  const attempt = useWrite(
    (fields: Fields, options) => api.post<Computed>(withQuery(url, { dryRun: true }), bodyOf(fields), options),
    (answer, fields) => setTried({ ...answer, prepayRatio: bodyOf(fields).prepayRatio ?? null }),
  );
  const keep = useWrite(
    (fields: Fields, options) => api.post<Computed>(url, bodyOf(fields), options),
    (run) => router.history.push(`/subsidies/${run.id}`),
  );
  return (
    <Page
      title="测算"
      trail={[{ title: '补偿补贴', to: '/subsidies' }]}
      note="先试算看结果，不留痕迹；满意后保存为草稿，再提交，由另一人核定。"
    >
      <Panel>
        <Form<Fields>
          form={form}
          layout="vertical"
          className="subsidy-form"
          initialValues={{
            kind: 'prepay',
            regionCode: me.institution?.regionCode,
            year: Number(me.today.slice(0, 4)),
            prepayPercent: 70,
            overpaid: 'claw-back',
          }}
          onValuesChange={() => setTried(undefined)}
          onFinish={(fields) => attempt.mutate(fields)}
        >
          <div className="subsidy-form-row">
            <Form.Item name="kind" label="做什么">
              <Radio.Group
                options={[
                  { value: 'prepay', label: '预拨（当年）' },
                  { value: 'settle', label: '清算（年度终了后）' },
                ]}
              />
            </Form.Item>
            <Form.Item name="regionCode" label="地区" rules={[{ required: true, message: '请选择地区' }]}>
              <RegionField width={220} placeholder="选择地区" />
            </Form.Item>
            <Form.Item name="year" label="年度" rules={[{ required: true, message: '请填写年度' }]}>
              <InputNumber min={2000} max={2199} precision={0} />
            </Form.Item>
            {kind === 'prepay' && (
              <Form.Item name="prepayPercent" label="预拨比例（%）">
                <InputNumber min={1} max={100} precision={0} />
              </Form.Item>
            )}
            {kind === 'settle' && (
              <Form.Item name="overpaid" label="多拨的">
                <Radio.Group
                  options={[
                    { value: 'claw-back', label: '收回' },
                    { value: 'carry-over', label: '结转抵扣' },
                  ]}
                />
              </Form.Item>
            )}
          </div>
          <SchemeChoice />
          <div className="subsidy-form-row">
            {(Object.keys(payerTitles) as (keyof typeof payerTitles)[]).map((payer) => (
              <Form.Item
                key={payer}
                name={['budgets', payer]}
                label={`${payerTitles[payer]}预算上限`}
                rules={[moneyRule]}
              >
                <MoneyField placeholder="不填为不设上限" />
              </Form.Item>
            ))}
          </div>
          <CertificatesOffered kind={kind} regionCode={regionCode} year={year} />
          {(attempt.error ?? keep.error) && <RefusalList problem={attempt.error ?? keep.error} />}
          <Button type={tried ? 'default' : 'primary'} htmlType="submit" loading={attempt.isPending}>
            试算
          </Button>
        </Form>
      </Panel>
      {tried && (
        <TriedPanel
          tried={tried}
          isKeeping={keep.isPending}
          keep={() => keep.mutate(form.getFieldsValue(true) as Fields)}
        />
      )}
    </Page>
  );
}

function bodyOf(fields: Fields): z.input<typeof import('../../../src/modules/subsidies/contract.ts').computeRun> {
  const regionCode = Number(fields.regionCode);
  const regionOf = {
    province: Math.floor(regionCode / 10_000) * 10_000,
    city: Math.floor(regionCode / 100) * 100,
    county: regionCode,
  };
  const budgets: ComputeRun['budgets'] = (Object.keys(payerTitles) as (keyof typeof payerTitles)[]).flatMap((payer) => {
    const amount = fields.budgets?.[payer];
    return amount ? [{ payer, regionCode: regionOf[payer], amount }] : [];
  });
  return {
    kind: fields.kind,
    regionCode,
    year: fields.year,
    ...(fields.schemeIds?.length ? { schemeIds: fields.schemeIds } : {}),
    ...(fields.kind === 'prepay'
      ? { prepayRatio: `${fields.prepayPercent === 100 ? '1' : `0.${String(fields.prepayPercent).padStart(2, '0')}`}` }
      : { overpaid: fields.overpaid }),
    budgets,
  };
}

function SchemeChoice() {
  const query = useQuery({
    queryKey: ['subsidies', 'schemes'],
    queryFn: ({ signal }) => api.get<z.infer<typeof schemeList>>('/api/subsidies/schemes', {}, signal),
  });
  return (
    <QueryState query={query} rows={1}>
      {({ rows }) => (
        <Form.Item name="schemeIds" label="办法" extra="不选为本地区已采用的全部办法">
          <Checkbox.Group className="subsidy-schemes">
            {rows.map((scheme) => (
              <Checkbox key={scheme.id} value={scheme.id}>
                {scheme.title} <Placeholder when={scheme.placeholder} />
              </Checkbox>
            ))}
          </Checkbox.Group>
        </Form.Item>
      )}
    </QueryState>
  );
}

type OfferedProps = {
  readonly kind: RunKind | undefined;
  readonly regionCode: string | undefined;
  readonly year: number | undefined;
};

/** Which certificates of the year are final: only these count; the others are named with why not. */
function CertificatesOffered({ kind, regionCode, year }: OfferedProps) {
  const query = useQuery({
    queryKey: ['subsidies', 'certificates', regionCode],
    queryFn: ({ signal }) =>
      api.get<Listing<CertificateListRow>>(
        '/api/feedback/certificates',
        { region: regionCode, level: 3, limit: 500 },
        signal,
      ),
    enabled: regionCode !== undefined,
  });
  if (!query.data) return null;
  const isPrepay = kind === 'prepay';
  const all = query.data.rows.filter((row) => isPrepay || row.quarter.startsWith(String(year)));
  const finals = all.filter((row) => row.status === 'final');
  const quarters = [...new Set(finals.map((row) => row.quarter))].sort().slice(-4);
  const used = finals.filter((row) => quarters.includes(row.quarter)).length;
  const waiting = all.filter((row) => row.status === 'published').length;
  return (
    <div className="subsidy-offered">
      {isPrepay ? '依据的凭证：最近已定稿的季度（至多四个）' : `依据的凭证：${year} 年四个季度`}，县级 <b>{used}</b> 份
      {quarters.length > 0 && `（${quarters.map((quarter) => showWireQuarter(quarter)).join('、')}）`}
      {waiting > 0 && <span className="subsidy-warn">{`　另有 ${waiting} 份还在异议期，不能用`}</span>}
    </div>
  );
}

type TriedPanelProps = { readonly tried: Tried; readonly isKeeping: boolean; readonly keep: () => void };

function TriedPanel({ tried, isKeeping, keep }: TriedPanelProps) {
  return (
    <Panel
      title={
        <>
          试算结果 <Placeholder when={tried.placeholder} />
        </>
      }
      note={`逐笔 ${tried.rowCount.toLocaleString('en-US')} 笔，其中应补 ${tried.eligibleCount.toLocaleString('en-US')} 笔；还没有保存`}
      extra={
        <Button type="primary" loading={isKeeping} onClick={keep}>
          保存为草稿
        </Button>
      }
    >
      <IdentityLine amounts={tried.totals} prepayRatio={tried.prepayRatio} />
      <h3 className="subsidy-heading">按县区</h3>
      <BreakdownTable heading="县区" rows={tried.byCounty} totals={tried.totals} />
      <h3 className="subsidy-heading">按办法</h3>
      <BreakdownTable heading="办法" rows={tried.byScheme} totals={tried.totals} />
      <FootLine basis="已定稿的季度反馈凭证，合同口径" />
      <div className="muted">
        应补 <CountText value={tried.eligibleCount} /> 笔；同样的输入再算一遍，结果摘要 {tried.resultHash.slice(0, 16)}{' '}
        不变
      </div>
    </Panel>
  );
}
