import type { Step } from '../../../src/modules/approvals/contract.ts';
import { StatusBadge, showInstant } from '../../fields/index.ts';
import { stepLooks } from './looks.ts';
import './approvals.css';

type PictureStep = Pick<Step, 'key' | 'title' | 'who' | 'kind' | 'decides' | 'dueWorkingDays' | 'condition'> &
  Partial<Pick<Step, 'state' | 'people'>>;
const kinds = { single: '单人办理', all: '会签', committee: '评审会' } as const;

/** A chain drawn from left to right: the nodes, their conditions, and who did what when. */
export const ChainPicture = ({ steps }: { readonly steps: readonly PictureStep[] }) => (
  <ol className="chain" aria-label="审批流程图">
    <li className="chain-node chain-start">发起</li>
    {steps.map((step) => (
      <li key={step.key} className={`chain-node chain-${step.state ?? 'plan'}`}>
        {step.condition && <div className="chain-when">{step.condition}</div>}
        <div className="chain-title">
          {step.title} {step.decides && <span className="mark">决策</span>}
        </div>
        <div className="muted">
          {step.who} · {kinds[step.kind]} · {step.dueWorkingDays} 个工作日
        </div>
        {step.state && <StatusBadge tone={stepLooks[step.state].tone}>{stepLooks[step.state].title}</StatusBadge>}
        {step.people?.map((each) => (
          <div key={each.seq} className="chain-person">
            {each.name}
            {each.onBehalfOf && `（代${each.onBehalfOf}）`} {each.isExtra && '加签 '}
            {each.verb ?? (each.status === 'waiting' ? '等加签' : `期限 ${each.dueOn}`)}
            {each.at && <span className="muted"> {showInstant(each.at)}</span>}
            {each.opinion && <div className="muted">“{each.opinion}”</div>}
          </div>
        ))}
      </li>
    ))}
    <li className="chain-node chain-start">办结</li>
  </ol>
);
