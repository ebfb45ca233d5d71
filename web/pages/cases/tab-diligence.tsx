import { Link } from '@tanstack/react-router';
import { Button, Form, Input, Radio } from 'antd';
import { useState } from 'react';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { findingTitles } from '../../../src/modules/cases/contract/titles.ts';
import { api } from '../../api.ts';
import { UploadButton, useAttachments } from '../../fields/attachment-list.tsx';
import {
  CreditInfo,
  RefusalList,
  requiredRule,
  StatusBadge,
  showInstant,
  UnverifiedMark,
  useWrite,
} from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { Act } from './act.tsx';

type Item = CaseDetail['diligence']['items'][number];
type Typed = Record<string, { finding?: string | null; note: string; attachments: string[] }>;
const tones = { pass: 'good', fail: 'bad', 'not-applicable': 'mute' } as const;

/** 尽调: the checklist with its clauses, visits with place and photographs, what A角 and B角 conclude. */
export function DiligenceTab({ of, url }: { of: CaseDetail; url: string }) {
  const may = (verb: string) => of.verbs.includes(verb);
  return (
    <div style={{ display: 'grid', gap: 16 }}>
      <section>
        <h3>尽调清单</h3>
        {may('check') ? <Checklist of={of} url={url} /> : <Findings items={of.diligence.items} />}
      </section>
      <CreditSection of={of} />
      <section>
        <h3>现场走访</h3>
        {of.diligence.visits.length === 0 && <p className="muted">还没有走访记录。</p>}
        {of.diligence.visits.map((visit) => (
          <div key={visit.seq} className="case-finding">
            <b>{showInstant(visit.visitedAt)}</b>　{visit.place}
            {visit.lat && <span className="muted">（{`${visit.lat}，${visit.lng}`}）</span>}　{visit.recordedBy}
            <div>
              {visit.met && `会见${visit.met}。`}
              {visit.note}
              {visit.attachments.map((id, at) => (
                <a key={id} href={`/api/attachments/${of.guarantorId}/${id}/content`} style={{ marginLeft: 8 }}>
                  照片 {at + 1}
                </a>
              ))}
            </div>
          </div>
        ))}
        {may('visit') && <VisitAct of={of} url={url} />}
      </section>
      <section>
        <h3>尽调结论</h3>
        {of.diligence.conclusions.map((each) => (
          <div key={each.part + each.recordedAt} className="case-finding">
            {each.part}角 {each.name}{' '}
            <StatusBadge tone={each.agrees ? 'good' : 'bad'}>{each.agrees ? '同意' : '不同意'}</StatusBadge>{' '}
            {each.opinion}　<span className="muted">{showInstant(each.recordedAt)}</span>
          </div>
        ))}
        {may('conclude') && (
          <Act<{ agrees: boolean; opinion: string }>
            label="出具尽调结论"
            url={`${url}/conclusions`}
            isPrimary
            initialValues={{ agrees: true }}
            note={<p className="muted">A角、B角都出具结论后，项目转入评审。</p>}
          >
            <Form.Item name="agrees" label="结论">
              <Radio.Group
                options={[
                  { value: true, label: '同意担保' },
                  { value: false, label: '不同意担保' },
                ]}
              />
            </Form.Item>
            <Form.Item name="opinion" label="意见" rules={[requiredRule('意见')]}>
              <Input.TextArea rows={4} maxLength={2000} />
            </Form.Item>
          </Act>
        )}
      </section>
    </div>
  );
}

/** What the credit platforms say of the borrower; asked only under an authorisation on file. */
function CreditSection({ of }: { of: CaseDetail }) {
  const mayAsk = useMay('credit-info.query');
  if (!mayAsk || of.customerId === null) return null;
  return (
    <section>
      <h3>信用信息</h3>
      <p className="field-hint">
        须有客户书面授权（谁、用途、有效期）才能查询，授权登记在
        <Link to={'/credit-info' as string}>信用信息授权</Link>；每次查询都留痕。
      </p>
      <CreditInfo
        guarantorId={of.guarantorId}
        customerId={of.customerId}
        purpose="admission"
        subject={`case:${of.guarantorId}/${of.id}`}
      />
    </section>
  );
}

const Head = ({ item }: { item: Item }) => (
  <div>
    <b>{item.title}</b> {item.binds && <span className="muted">（不符合即不能转评审）</span>}
    <div className="field-hint">
      {item.clause} {item.unverified && <UnverifiedMark reason={item.unverified} />}
    </div>
  </div>
);

const Findings = ({ items }: { items: readonly Item[] }) => (
  <ul className="case-files">
    {items.map((item) => (
      <li key={item.code}>
        <Head item={item} />
        <div style={{ minWidth: 240 }}>
          {item.finding ? (
            <StatusBadge tone={tones[item.finding]}>{findingTitles[item.finding]}</StatusBadge>
          ) : (
            <span className="muted">未填</span>
          )}{' '}
          {item.note}
          {item.recordedBy && <div className="field-hint">{item.recordedBy}</div>}
        </div>
      </li>
    ))}
  </ul>
);

function Checklist({ of, url }: { of: CaseDetail; url: string }) {
  const [typed, setTyped] = useState<Typed>({});
  const files = useAttachments(`case:${of.guarantorId}/${of.id}`).data?.rows ?? [];
  const save = useWrite(
    (items: readonly object[], options) => api.post(`${url}/findings`, { items }, options),
    () => setTyped({}),
  );
  const now = (item: Item) =>
    typed[item.code] ?? { finding: item.finding, note: item.note, attachments: [...item.attachments] };
  const change = (item: Item, part: Partial<Typed[string]>) =>
    setTyped({ ...typed, [item.code]: { ...now(item), ...part } });
  const items = Object.entries(typed)
    .filter(([, each]) => each.finding)
    .map(([code, each]) => ({ code, ...each }));
  const allPass = () =>
    setTyped(
      Object.fromEntries(
        of.diligence.items
          .filter((item) => item.finding === null)
          .map((item) => [item.code, { ...now(item), finding: 'pass' }]),
      ),
    );
  return (
    <>
      <ul className="case-files">
        {of.diligence.items.map((item) => (
          <li key={item.code} data-testid={`item-${item.code}`}>
            <Head item={item} />
            <div style={{ minWidth: 380 }}>
              <Radio.Group
                aria-label={item.title}
                value={now(item).finding ?? null}
                options={Object.entries(findingTitles).map(([value, label]) => ({ value, label }))}
                onChange={(event) => change(item, { finding: event.target.value as string })}
              />
              <Input
                value={now(item).note}
                aria-label={`${item.title}说明`}
                placeholder="说明"
                onChange={(event) => change(item, { note: event.target.value })}
              />
              <div className="field-hint">
                {now(item).attachments.length > 0 &&
                  `证据：${now(item)
                    .attachments.map((id) => files.find((file) => file.id === id)?.name ?? id)
                    .join('、')}`}
                <UploadButton
                  subject={`case:${of.guarantorId}/${of.id}`}
                  item={{ code: 'evidence', title: `${item.title}证据` }}
                  then={(id) => change(item, { attachments: [...now(item).attachments, id] })}
                />
              </div>
            </div>
          </li>
        ))}
      </ul>
      <div className="case-submit">
        <Button onClick={allPass}>其余各项均符合</Button>
        <Button
          type="primary"
          disabled={items.length === 0}
          loading={save.isPending}
          onClick={() => save.mutate(items)}
        >
          保存清单
        </Button>
        <span className="muted">{items.length > 0 ? `${items.length} 项未保存` : ''}</span>
      </div>
      {save.error && <RefusalList problem={save.error} />}
    </>
  );
}

type Visit = { day: string; time: string; place: string; lat?: string; lng?: string; met?: string; note: string };

function VisitAct({ of, url }: { of: CaseDetail; url: string }) {
  const [photos, setPhotos] = useState<string[]>([]);
  return (
    <Act<Visit>
      label="登记走访"
      url={`${url}/visits`}
      bodyOf={({ day, time, ...rest }) => ({
        ...clean(rest),
        visitedAt: `${day}T${time}:00+08:00`,
        attachments: photos,
      })}
    >
      <div className="case-fields">
        <Form.Item name="day" label="走访日期" rules={[requiredRule('走访日期')]}>
          <Input type="date" />
        </Form.Item>
        <Form.Item name="time" label="时间" rules={[requiredRule('时间')]}>
          <Input type="time" />
        </Form.Item>
        <Form.Item name="met" label="会见人">
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="place" label="地点" rules={[requiredRule('地点')]} className="wide">
          <Input maxLength={200} />
        </Form.Item>
        <Form.Item name="lat" label="纬度">
          <Input maxLength={12} placeholder="37.870000" />
        </Form.Item>
        <Form.Item name="lng" label="经度">
          <Input maxLength={12} placeholder="112.550000" />
        </Form.Item>
        <Form.Item label={`照片（${photos.length}）`}>
          <UploadButton
            subject={`case:${of.guarantorId}/${of.id}`}
            item={{ code: 'visit-photo', title: '走访照片' }}
            then={(id) => setPhotos([...photos, id])}
          />
        </Form.Item>
        <Form.Item name="note" label="走访情况" rules={[requiredRule('走访情况')]} className="wide">
          <Input.TextArea rows={4} maxLength={2000} />
        </Form.Item>
      </div>
    </Act>
  );
}

const clean = (values: object): object =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== ''));
