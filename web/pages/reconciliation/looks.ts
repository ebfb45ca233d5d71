import type {
  Cause,
  ComparedField,
  DifferenceKind,
  DifferenceStatus,
  RunStatus,
} from '../../../src/modules/reconciliation/contract.ts';
import type { StatusTone } from '../../fields/index.ts';

export const runLooks: Readonly<Record<RunStatus, { title: string; tone: StatusTone }>> = {
  open: { title: '有差异', tone: 'warn' },
  clean: { title: '一致', tone: 'good' },
  sealed: { title: '已封存', tone: 'mute' },
};

export const differenceLooks: Readonly<Record<DifferenceStatus, { title: string; tone: StatusTone }>> = {
  open: { title: '待处理', tone: 'bad' },
  explained: { title: '已说明', tone: 'good' },
  fixed: { title: '已改正待复核', tone: 'busy' },
};

export const kindTitles: Readonly<Record<DifferenceKind, string>> = {
  different: '字段不一致',
  'only-ours': '仅我方有',
  'only-theirs': '仅对方有',
  'duplicate-key': '对方主键重复',
  'null-key': '对方主键为空',
};

/** Causes in the order of the waterfall, each with its colour and what it means. */
export const causeLooks: Readonly<Record<Cause, { title: string; color: string; meaning: string }>> = {
  timing: { title: '时间差', color: '#6f8fb8', meaning: '一方早记、一方晚记，隔几日会自己消失' },
  basis: { title: '口径差', color: '#3d8b83', meaning: '两边算法不同，如合同口径与实际承担口径' },
  entry: { title: '录入差', color: '#c8922b', meaning: '一方录错' },
  omission: { title: '遗漏', color: '#b5523b', meaning: '一方没有这笔' },
};

export const fieldTitles: Readonly<Record<ComparedField, string>> = {
  outstanding: '在保余额',
  principal: '主债权金额',
  guaranteed: '担保责任金额',
  claims: '累计代偿',
  recoveries: '累计追偿回收',
  county: '业务所在县区',
  primary_tag: '主标签',
  status: '状态',
  starts_on: '起始日',
  ends_on: '到期日（展期后）',
  identity_hash: '客户证件摘要',
};

export const timeBasisTitles = { value: '发生日', entry: '登记日' } as const;
export const amountBasisTitles = { contract: '合同口径', actual: '实际承担口径' } as const;
