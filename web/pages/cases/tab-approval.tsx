import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import type { CaseDetail } from '../../../src/modules/cases/contract/detail.ts';
import { StatusBadge, type StatusTone, showInstant } from '../../fields/index.ts';

const titles = { open: '审批中', approved: '已批准', rejected: '未通过', withdrawn: '已撤回', returned: '退回发起人' };
const tones: Record<keyof typeof titles, StatusTone> = {
  open: 'busy',
  approved: 'good',
  rejected: 'bad',
  withdrawn: 'mute',
  returned: 'warn',
};
const stepTitles = {
  done: '已办',
  skipped: '自动跳过',
  current: '办理中',
  ahead: '未到',
  'off-path': '不经过',
  rejected: '未通过',
  returned: '已退回',
};

/** 审批: where it stands, who said what; deciding is done on the approval's own page. */
export function ApprovalTab({ of }: { of: CaseDetail; url: string }) {
  const { approval } = of;
  if (!approval) return <p className="muted">还没有提交审批。评审齐备后由A角提交。</p>;
  return (
    <>
      <p>
        {approval.chainTitle} <StatusBadge tone={tones[approval.status]}>{titles[approval.status]}</StatusBadge>{' '}
        <Link to={`/approvals/${approval.instanceId}` as string}>
          <Button size="small" type={approval.status === 'open' ? 'primary' : 'default'}>
            打开审批
          </Button>
        </Link>
      </p>
      <ul className="case-files">
        {approval.steps
          .filter((step) => step.state !== 'off-path')
          .map((step) => (
            <li key={step.key}>
              <div>
                <b>{step.title}</b>　<span className="muted">{step.who}</span>
                {step.people.map((person) => (
                  <div key={person.seq} className="field-hint">
                    {person.name}
                    {person.verb && `　${person.verb}`}
                    {person.opinion && `：${person.opinion}`}　{person.at && showInstant(person.at)}
                  </div>
                ))}
              </div>
              <StatusBadge tone={step.state === 'current' ? 'busy' : step.state === 'done' ? 'good' : 'mute'}>
                {stepTitles[step.state]}
              </StatusBadge>
            </li>
          ))}
      </ul>
    </>
  );
}
