import type { ChangeRow, ReleaseRow } from '../../../src/modules/aftercare/contract/change.ts';
import type { InspectionRow, Level, WarningRow } from '../../../src/modules/aftercare/contract/watch.ts';
import type { CellState, LineRow, QuestionRow } from '../../../src/modules/bankreports/contract.ts';
import { StatusBadge, type StatusTone, UnverifiedMark } from '../../fields/index.ts';

type Look = { readonly title: string; readonly tone: StatusTone };
const badge = ({ title, tone }: Look) => <StatusBadge tone={tone}>{title}</StatusBadge>;

export const cellLooks: Readonly<Record<CellState, { title: string; letter: string; className: string }>> = {
  complete: { title: '已报全', letter: '全', className: 'care-complete' },
  partial: { title: '部分未报', letter: '缺', className: 'care-partial' },
  missing: { title: '未报', letter: '未', className: 'care-missing' },
  'not-due': { title: '未到期', letter: '', className: 'care-not-due' },
  'not-required': { title: '不需报送', letter: '', className: 'care-not-required' },
};
export const lineLooks: Readonly<Record<LineRow['status'], Look>> = {
  normal: { title: '正常', tone: 'good' },
  disbursed: { title: '放款', tone: 'good' },
  repaid: { title: '还款', tone: 'good' },
  overdue: { title: '逾期', tone: 'bad' },
  extended: { title: '展期', tone: 'warn' },
  settled: { title: '结清', tone: 'mute' },
};
export const LineStatus = ({ of }: { of: LineRow['status'] }) => badge(lineLooks[of]);
const questionLooks: Readonly<Record<QuestionRow['status'], Look>> = {
  open: { title: '待核实', tone: 'bad' },
  'asked-bank': { title: '已退银行', tone: 'warn' },
  entered: { title: '已登记', tone: 'good' },
  explained: { title: '已说明', tone: 'mute' },
  agreed: { title: '已一致', tone: 'good' },
};
export const QuestionStatus = ({ of }: { of: QuestionRow['status'] }) => badge(questionLooks[of]);

const levelLooks: Readonly<Record<Level, string>> = { yellow: '黄色', orange: '橙色', red: '红色' };
/** The level of a warning: its colour and the word for it. */
export const LevelMark = ({ of }: { of: Level }) => <span className={`care-level care-${of}`}>{levelLooks[of]}</span>;
const warningLooks: Readonly<Record<WarningRow['status'], Look>> = {
  open: { title: '待定方案', tone: 'bad' },
  planned: { title: '方案执行中', tone: 'busy' },
  closed: { title: '已关闭', tone: 'mute' },
};
export const WarningStatus = ({ of }: { of: WarningRow['status'] }) => badge(warningLooks[of]);
const inspectionLooks: Readonly<Record<InspectionRow['status'], Look>> = {
  open: { title: '待检查', tone: 'warn' },
  done: { title: '已检查', tone: 'good' },
  cancelled: { title: '已取消', tone: 'mute' },
};
export const InspectionStatus = ({ of }: { of: InspectionRow['status'] }) => badge(inspectionLooks[of]);
const changeLooks: Readonly<Record<ChangeRow['status'], Look>> = {
  draft: { title: '待同意', tone: 'warn' },
  approving: { title: '审批中', tone: 'busy' },
  approved: { title: '已批准待执行', tone: 'warn' },
  rejected: { title: '已否决', tone: 'bad' },
  withdrawn: { title: '已撤回', tone: 'mute' },
  returned: { title: '退回补正', tone: 'warn' },
  done: { title: '已执行', tone: 'good' },
};
export const ChangeStatus = ({ of }: { of: ChangeRow['status'] }) => badge(changeLooks[of]);
const releaseLooks: Readonly<Record<ReleaseRow['status'], Look>> = {
  draft: { title: '待提交', tone: 'warn' },
  approving: { title: '审批中', tone: 'busy' },
  approved: { title: '已解保', tone: 'good' },
  rejected: { title: '已否决', tone: 'bad' },
  withdrawn: { title: '已撤回', tone: 'mute' },
  returned: { title: '退回补正', tone: 'warn' },
};
export const ReleaseStatus = ({ of }: { of: ReleaseRow['status'] }) => badge(releaseLooks[of]);

type ClockProps = { readonly dueOn: string; readonly left: number | null; readonly unverified?: string | null };
/** What is left of a clock in working days, with the mark of an unverified rule. */
export const Clock = ({ dueOn, left, unverified }: ClockProps) => (
  <span className="care-clock">
    {left === null ? (
      dueOn
    ) : (
      <b className={left < 0 ? 'care-late' : left <= 1 ? 'care-near' : ''}>
        {left < 0 ? `逾期 ${-left} 个工作日` : left === 0 ? '今日到期' : `剩 ${left} 个工作日`}
      </b>
    )}
    {left !== null && <small>{dueOn}</small>}
    {unverified && <UnverifiedMark reason={unverified} />}
  </span>
);
