import type { z } from 'zod';
import type {
  BatchWire,
  ExclusionLine,
  PickupLine,
  profileWire,
  Verdict,
  VisitLine,
} from '../../../src/modules/batches/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export type ProfileWire = z.infer<typeof profileWire>;
type Look = { readonly title: string; readonly tone: StatusTone };

/** What the verdicts are called and how they look. */
export const verdictLooks: Readonly<Record<Verdict, Look & { meaning: string }>> = {
  accepted: { title: '接受', tone: 'good', meaning: '各项规则与额度通过，已承保' },
  already: { title: '已受理', tone: 'mute', meaning: '此前已受理同样的一行，没有重复承保' },
  'needs-completing': { title: '待补正', tone: 'warn', meaning: '缺项或认不出，补齐后重送' },
  refused: { title: '拒绝', tone: 'bad', meaning: '与规则或额度不符，须更正' },
};
export const phaseLooks: Readonly<Record<BatchWire['phase'], Look>> = {
  trying: { title: '试算中', tone: 'busy' },
  tried: { title: '已试算，未承保', tone: 'warn' },
  running: { title: '处理中', tone: 'busy' },
  stalled: { title: '中断，待续', tone: 'bad' },
  done: { title: '已处理', tone: 'good' },
  failed: { title: '未完成', tone: 'bad' },
};
/** Is somebody at it, so that its progress should be asked again? */
export const isUnderWay = (phase: BatchWire['phase'] | undefined): boolean => phase === 'running' || phase === 'trying';
export const channelTitles = { web: '页面', api: '接口（文件）', rows: '接口（逐笔）', sftp: 'SFTP' } as const;
export const stratumTitles = { high: '高风险', middle: '中风险', low: '低风险' } as const;
export const resultLooks: Readonly<Record<'open' | 'pass' | 'fail' | 'doubt', Look>> = {
  open: { title: '待查', tone: 'mute' },
  pass: { title: '合格', tone: 'good' },
  fail: { title: '不合格', tone: 'bad' },
  doubt: { title: '存疑', tone: 'warn' },
};
export const exclusionLooks: Readonly<Record<ExclusionLine['status'], Look>> = {
  proposed: { title: '剔除审批中', tone: 'warn' },
  approved: { title: '已剔除', tone: 'bad' },
  rejected: { title: '未剔除', tone: 'mute' },
  withdrawn: { title: '已撤回', tone: 'mute' },
};

export const pickupLooks: Readonly<Record<PickupLine['state'], Look>> = {
  seen: { title: '还没写完', tone: 'mute' },
  taken: { title: '已取走，处理中', tone: 'busy' },
  answered: { title: '已答复', tone: 'busy' },
  done: { title: '已处理', tone: 'good' },
  refused: { title: '整份退回', tone: 'bad' },
};
export const visitLooks: Readonly<Record<VisitLine['state'], Look>> = {
  running: { title: '取件中', tone: 'busy' },
  done: { title: '完毕', tone: 'good' },
  failed: { title: '没有取成', tone: 'bad' },
  broken: { title: '中断', tone: 'bad' },
};

/** Whole numbers as people read them. */
export const showCount = (count: number): string => count.toLocaleString('en-US');
