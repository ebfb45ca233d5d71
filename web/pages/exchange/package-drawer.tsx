import { DownloadOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Drawer, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import type { PackageDetail } from '../../../src/modules/exchange/contract.ts';
import { api } from '../../api.ts';
import { CountText, MoneyText, RefusalList, StatusBadge, showInstant, useWrite } from '../../fields/index.ts';
import { useMay } from '../../shell/session.ts';
import { QueryState } from '../../shell/states.tsx';
import { kindTitles, packageLooks } from './looks.ts';

type PackageDrawerProps = {
  /** 'guarantorId/id', or nothing to stay closed. */
  readonly packageKey: string | undefined;
  readonly close: () => void;
  readonly open: (packageKey: string) => void;
};

/** One package: what it says, how it was sent, what the other side answered, and what may be done. */
export function PackageDrawer({ packageKey, close, open }: PackageDrawerProps) {
  const url = `/api/exchange/packages/${packageKey}`;
  const query = useQuery({
    queryKey: ['exchange', 'package', url],
    queryFn: ({ signal }) => api.get<PackageDetail>(url, {}, signal),
    enabled: packageKey !== undefined,
  });
  return (
    <Drawer title="数据包" open={packageKey !== undefined} onClose={close} size={720} destroyOnHidden>
      <QueryState query={query} rows={10}>
        {(found) => (
          <>
            <Head found={found} />
            <Actions found={found} url={url} open={open} />
            <Contents found={found} />
            <Attempts found={found} />
            <Receipts found={found} />
            <Versions found={found} open={open} />
          </>
        )}
      </QueryState>
    </Drawer>
  );
}

function Head({ found }: { found: PackageDetail }) {
  const look = packageLooks[found.status];
  return (
    <>
      <div className="exchange-head">
        <b>{found.guarantorName}</b>
        <span>业务日 {found.businessDay}</span>
        <span>
          {kindTitles[found.kind]} · 第 {found.version} 版
        </span>
        <StatusBadge tone={look.tone}>{look.title}</StatusBadge>
      </div>
      {found.cause && <div className="exchange-cause">重报原因：{found.cause}</div>}
      <div className="exchange-figures">
        <div>
          <small>期末在保笔数</small>
          <b>
            <CountText value={found.guarantees} />
          </b>
        </div>
        <div>
          <small>期末在保余额</small>
          <b>
            <MoneyText value={found.outstanding} withUnit />
          </b>
        </div>
        <div>
          <small>变动笔数</small>
          <b>
            <CountText value={found.movements} />
          </b>
        </div>
        <div>
          <small>其中补登以前</small>
          <b>
            <CountText value={found.late} />
          </b>
        </div>
      </div>
      <div className="foot-line">
        口径：合同口径（主债权本金），按发生日；数据截至 {showInstant(found.knownAt)} 所知
      </div>
    </>
  );
}

/** Download, send again, restate with a cause. */
function Actions({ found, url, open }: { found: PackageDetail; url: string; open: (key: string) => void }) {
  const [isRestating, setRestating] = useState(false);
  const maySend = useMay('exchange.submit') && found.status !== 'refused' && found.status !== 'accepted';
  const mayRestate = useMay('exchange.restate');
  const send = useWrite((_: undefined, options) => api.post<{ status: string }>(`${url}/sendings`, {}, options));
  const restate = useWrite(
    (cause: string, options) => api.post<{ id: string }>(`${url}/restatements`, { cause }, options),
    (answer) => {
      setRestating(false);
      open(`${found.guarantorId}/${answer.id}`);
    },
  );
  return (
    <div className="exchange-actions">
      <Button icon={<DownloadOutlined />} href={`${url}/content`}>
        下载数据包
      </Button>
      {maySend && (
        <Button loading={send.isPending} onClick={() => send.mutate(undefined)}>
          再次发送
        </Button>
      )}
      {mayRestate && <Button onClick={() => setRestating(true)}>重报本日</Button>}
      {send.error && <RefusalList problem={send.error} />}
      <Modal title={`重报 ${found.businessDay}`} open={isRestating} footer={null} onCancel={() => setRestating(false)}>
        <p className="muted">按现在的数据重新生成本日数据包，作为新版本报送；原包保留，不覆盖。</p>
        <Form layout="vertical" onFinish={({ cause }: { cause: string }) => restate.mutate(cause.trim())}>
          <Form.Item
            name="cause"
            label="重报原因"
            rules={[{ required: true, min: 4, message: '请写明原因（至少 4 个字），对方会看到' }]}
          >
            <Input.TextArea rows={3} maxLength={500} placeholder="例如：3 月 5 日一笔还款录错金额，已冲正" />
          </Form.Item>
          {restate.error && <RefusalList problem={restate.error} />}
          <Button type="primary" htmlType="submit" loading={restate.isPending}>
            重报并发送
          </Button>
        </Form>
      </Modal>
    </div>
  );
}

type Sections = Record<string, { rows: number; totals: Record<string, string>; sm3: string }>;
const sectionTitles: Record<string, string> = {
  master: '主数据（新增、变更）',
  movements: '当日变动',
  closing: '期末余额',
};
const totalTitles: Record<string, string> = {
  principal: '主债权',
  guaranteed: '担保责任',
  amount: '金额',
  cash: '收付',
  outstanding: '余额',
  outstandingActual: '余额（实际承担）',
  delta: '余额增减',
  claims: '代偿',
  recoveries: '追偿',
};

/** The manifest as people read it: rows and sums of each section, hash, signature. */
function Contents({ found }: { found: PackageDetail }) {
  const manifest = found.manifest as { sections?: Sections; sequence?: number; previousHash?: string | null };
  return (
    <section className="explain-block">
      <h3>清单（随包签名）</h3>
      <table className="dense">
        <thead>
          <tr>
            <th>部分</th>
            <th className="num">行数</th>
            <th>合计</th>
          </tr>
        </thead>
        <tbody>
          {Object.entries(manifest.sections ?? {}).map(([name, section]) => (
            <tr key={name}>
              <td>{sectionTitles[name] ?? name}</td>
              <td className="num">
                <CountText value={section.rows} />
              </td>
              <td>
                {Object.entries(section.totals).map(([key, value]) => (
                  <span key={key} className="exchange-total">
                    {totalTitles[key] ?? key} <MoneyText value={value} withUnit />
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <dl className="exchange-list">
        <dt>序号</dt>
        <dd>{found.sequence}</dd>
        <dt>内容摘要（SM3）</dt>
        <dd className="exchange-hash">{found.contentHash}</dd>
        <dt>签名（SM2）</dt>
        <dd>
          <StatusBadge tone={found.signatureValid ? 'good' : 'bad'}>
            {found.signatureValid ? '有效' : '无效，请勿使用'}
          </StatusBadge>
        </dd>
      </dl>
    </section>
  );
}

function Attempts({ found }: { found: PackageDetail }) {
  if (found.attempts.length === 0) return null;
  return (
    <section className="explain-block">
      <h3>发送经过</h3>
      <table className="dense">
        <tbody>
          {found.attempts.map((attempt) => (
            <tr key={attempt.number}>
              <td>第 {attempt.number} 次</td>
              <td>{showInstant(attempt.startedAt)}</td>
              <td>{attempt.link === 'folder' ? '投递文件夹' : 'HTTPS'}</td>
              <td>
                {outcomeTitles[attempt.outcome ?? ''] ?? attempt.outcome ?? '进行中'} {attempt.detail}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const outcomeTitles: Record<string, string> = {
  receipt: '收到回执',
  delivered: '已投递，待回执',
  unanswered: '对方无应答',
  'no-answer': '对方无应答',
  rejected: '对方拒收',
  failed: '发送失败',
};

function Receipts({ found }: { found: PackageDetail }) {
  return (
    <section className="explain-block">
      <h3>回执</h3>
      {found.receipts.length === 0 && <div className="muted">还没有回执。</div>}
      {found.receipts.map((receipt) => (
        <div key={receipt.receiptNo} className="exchange-receipt">
          <StatusBadge tone={receipt.verdict === 'accepted' ? 'good' : 'bad'}>
            {receipt.verdict === 'accepted' ? '接收' : '退回'}
          </StatusBadge>
          {`　回执号 ${receipt.receiptNo}　${showInstant(receipt.receivedAt)}`}
          {receipt.missing.length > 0 && (
            <div className="exchange-cause">对方称缺序号：{receipt.missing.join('、')}</div>
          )}
          <ul>
            {receipt.reasons.map((reason) => (
              <li key={`${reason.code}${reason.section}${reason.line}${reason.contractNo}`}>
                {reason.section && `${sectionTitles[reason.section] ?? reason.section} `}
                {reason.line !== undefined && `第 ${reason.line} 行 `}
                {reason.contractNo} {reason.message}
              </li>
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function Versions({ found, open }: { found: PackageDetail; open: (key: string) => void }) {
  if (found.versions.length < 2) return null;
  return (
    <section className="explain-block">
      <h3>本日各版</h3>
      <table className="dense">
        <tbody>
          {found.versions.map((version) => (
            <tr key={version.id}>
              <td>
                <button
                  type="button"
                  className="text-button"
                  onClick={() => open(`${found.guarantorId}/${version.id}`)}
                >
                  第 {version.version} 版
                </button>
              </td>
              <td>{kindTitles[version.kind]}</td>
              <td>{packageLooks[version.status].title}</td>
              <td>{version.cause}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
