import type { AdmissionState } from '../../../src/modules/admissions/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

/** A state as shown and how it looks. */
export const stateLooks: Readonly<Record<AdmissionState, { readonly title: string; readonly tone: StatusTone }>> = {
  applied: { title: '受理', tone: 'busy' },
  evaluated: { title: '已评估', tone: 'busy' },
  approving: { title: '审批中', tone: 'busy' },
  'in-force': { title: '有效', tone: 'good' },
  'not-yet': { title: '未生效', tone: 'busy' },
  suspended: { title: '暂停', tone: 'bad' },
  expired: { title: '已到期', tone: 'warn' },
  refused: { title: '未通过', tone: 'mute' },
  exited: { title: '已退出', tone: 'mute' },
};

/** What happened to an admission, in words. */
export const eventTitles: Readonly<Record<string, string>> = {
  apply: '受理申请',
  document: '收到资料',
  evaluate: '评分',
  submit: '提交审批',
  return: '退回补充',
  refuse: '未通过',
  admit: '准入',
  renew: '由新一期接替',
  review: '年度复审',
  suspend: '暂停',
  resume: '恢复',
  exit: '退出',
};
