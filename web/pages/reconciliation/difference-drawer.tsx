import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Button, Drawer, Input, Select } from 'antd';
import { useState } from 'react';
import type { DifferenceDetail, OwnersAnswer } from '../../../src/modules/reconciliation/contract.ts';
import { api } from '../../api.ts';
import { MoneyText, RefusalList, StatusBadge, showInstant, useWrite } from '../../fields/index.ts';
import { useMe } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { ExplainInline } from './explain-inline.tsx';
import { causeLooks, differenceLooks } from './looks.ts';
import { type Resolution, ResolveForm } from './resolve-dialog.tsx';
import { SideText } from './side-text.tsx';

type DifferenceDrawerProps = {
  readonly id: string | undefined;
  readonly close: () => void;
  readonly mayResolve: boolean;
};

/** One difference: both records side by side, why the cause was guessed, its history, and its resolution. */
export function DifferenceDrawer({ id, close, mayResolve }: DifferenceDrawerProps) {
  const url = `/api/reconciliation/differences/${id}`;
  const query = useQuery({
    queryKey: ['reconciliation', 'difference', id],
    queryFn: ({ signal }) => api.get<DifferenceDetail>(url, {}, signal),
    enabled: id !== undefined,
  });
  return (
    <Drawer title="差异" open={id !== undefined} onClose={close} size={720} destroyOnHidden>
      <QueryState query={query} rows={10}>
        {(found) => (
          <>
            <Head found={found} />
            <SideBySide found={found} />
            <Guess found={found} />
            {mayResolve && <Resolve key={found.version} found={found} url={url} />}
            <History found={found} url={url} mayComment={mayResolve} />
          </>
        )}
      </QueryState>
    </Drawer>
  );
}

function Head({ found }: { found: DifferenceDetail }) {
  const look = differenceLooks[found.status];
  return (
    <div className="recon-head">
      <b>
        {found.guaranteeId ? (
          <Link to={`/guarantees/${found.guarantorId}/${found.guaranteeId}` as string}>{found.contractNo}</Link>
        ) : (
          (found.contractNo ?? '无合同号')
        )}
      </b>
      <span>{found.guarantorName}</span>
      <span>{found.kind === 'different' ? found.fieldTitle : found.kindTitle}</span>
      {found.delta !== null && (
        <span>
          差额 <MoneyText value={found.delta} withUnit />
        </span>
      )}
      <StatusBadge tone={look.tone}>{look.title}</StatusBadge>
      <span className="muted">
        {found.firstSeenOn} 首次发现，{found.ageWorkingDays} 个工作日
      </span>
    </div>
  );
}

const SideBySide = ({ found }: { found: DifferenceDetail }) => (
  <section className="explain-block">
    <h3>两边记录（不一致的标出）</h3>
    <table className="dense recon-sides">
      <thead>
        <tr>
          <th style={{ width: 150 }}>字段</th>
          <th>我方</th>
          <th>对方</th>
        </tr>
      </thead>
      <tbody>
        {found.record.map((each) => (
          <tr key={each.field} className={each.same ? '' : 'recon-differs'}>
            <td>{each.title}</td>
            <td>
              <SideText text={each.ours} withUnit />
            </td>
            <td>
              <SideText text={each.theirs} withUnit />
            </td>
          </tr>
        ))}
        {found.record.length === 0 && (
          <tr>
            <td>{found.fieldTitle}</td>
            <td>
              <SideText text={found.ours} withUnit />
            </td>
            <td>
              <SideText text={found.theirs} withUnit />
            </td>
          </tr>
        )}
      </tbody>
    </table>
  </section>
);

const Guess = ({ found }: { found: DifferenceDetail }) => (
  <section className="explain-block">
    <h3>推测原因：{found.causeTitle}</h3>
    <div>
      {found.reason} <span className="muted">（{causeLooks[found.cause].meaning}；推测仅供参考，以处理说明为准）</span>
    </div>
    {found.evidence.length > 0 && (
      <dl className="recon-list">
        {found.evidence.map((each) => (
          <div key={each.name + each.value} className="recon-pair">
            <dt>{each.name}</dt>
            <dd>{each.value}</dd>
          </div>
        ))}
      </dl>
    )}
    <ExplainInline explain={found.explain} />
  </section>
);

function Resolve({ found, url }: { found: DifferenceDetail; url: string }) {
  const me = useMe();
  const resolve = useWrite((resolution: Resolution, options) =>
    api.post(`${url}/resolve`, resolution, { ...options, etag: etagOf(found) }),
  );
  const assign = useWrite((ownerUserId: number | null, options) =>
    api.post(`${url}/assign`, { ownerUserId }, { ...options, etag: etagOf(found) }),
  );
  const owners = useQuery({
    queryKey: ['reconciliation', 'owners', found.id],
    queryFn: ({ signal }) => api.get<OwnersAnswer>(`${url}/owners`, {}, signal),
  });
  const isMine = found.ownerUserId === Number(me.user.id);
  return (
    <section className="explain-block">
      <h3>处理</h3>
      <div className="recon-owner">
        <label htmlFor="difference-owner">经办</label>
        <Select<number>
          id="difference-owner"
          aria-label="经办人"
          size="small"
          style={{ width: 260 }}
          allowClear
          showSearch
          optionFilterProp="label"
          placeholder="未分派"
          loading={owners.isPending || assign.isPending}
          value={found.ownerUserId}
          options={ownerOptions(owners.data, found)}
          onChange={(chosen: number | undefined) => assign.mutate(chosen ?? null)}
        />
        <Button
          size="small"
          loading={assign.isPending}
          onClick={() => assign.mutate(isMine ? null : Number(me.user.id))}
        >
          {isMine ? '退回待分派' : '由我经办'}
        </Button>
      </div>
      {assign.error && <RefusalList problem={assign.error} />}
      <ResolveForm
        button="提交处理"
        isPending={resolve.isPending}
        problem={resolve.error}
        submit={(resolution) => resolve.mutate(resolution)}
      />
    </section>
  );
}

const etagOf = (found: DifferenceDetail): string => `"${found.version}"`;

/** Those who may be chosen, and whoever it is now, also when that person no longer may. */
function ownerOptions(answer: OwnersAnswer | undefined, found: DifferenceDetail) {
  const options = (answer?.rows ?? []).map((each) => ({
    value: each.id,
    label: `${each.name}（${each.institutionName}）`,
  }));
  const now = found.ownerUserId;
  return now === null || options.some((each) => each.value === now)
    ? options
    : [...options, { value: now, label: found.ownerUserName ?? `用户 ${now}` }];
}

function History({ found, url, mayComment }: { found: DifferenceDetail; url: string; mayComment: boolean }) {
  const [text, setText] = useState('');
  const comment = useWrite(
    (body: string, options) => api.post(`${url}/comments`, { body }, options),
    () => setText(''),
  );
  return (
    <section className="explain-block">
      <h3>经过</h3>
      {found.history.length === 0 && <div className="muted">还没有人处理过。</div>}
      <ul className="recon-history">
        {found.history.map((each) => (
          <li key={each.recordedAt + each.kind}>
            <b>{each.kindTitle}</b> {each.userName} {showInstant(each.recordedAt)}
            <div>
              {each.body}
              {each.evidenceReference && <span className="muted">　依据：{each.evidenceReference}</span>}
            </div>
          </li>
        ))}
      </ul>
      {mayComment && (
        <Input.Search
          value={text}
          placeholder="加一条备注"
          enterButton="备注"
          loading={comment.isPending}
          onChange={(event) => setText(event.target.value)}
          onSearch={(value) => value.trim() && comment.mutate(value.trim())}
        />
      )}
      {comment.error && <RefusalList problem={comment.error} />}
    </section>
  );
}
