import type { z } from 'zod';
import type { amountsWire, Payer, RunKind, RunStatus } from '../../../src/modules/subsidies/contract.ts';
import { type StatusTone, UnverifiedMark } from '../../fields/index.ts';

export type Amounts = z.infer<typeof amountsWire>;
export type AmountKey = keyof Amounts;

export const runLooks: Readonly<Record<RunStatus, { title: string; tone: StatusTone }>> = {
  draft: { title: '草稿', tone: 'mute' },
  submitted: { title: '待核定', tone: 'warn' },
  approved: { title: '已核定', tone: 'good' },
  void: { title: '已作废', tone: 'mute' },
};
export const runKindTitles: Readonly<Record<RunKind, string>> = { prepay: '预拨', settle: '清算' };
export const payerTitles: Readonly<Record<Payer, string>> = { province: '省级', city: '市级', county: '县级' };

export const amountTitles: Readonly<Record<AmountKey, string>> = {
  entitled: '应补',
  settledBefore: '已清算',
  restatement: '以前年度更正',
  carriedIn: '上期结转',
  prepaid: '已预拨',
  net: '应拨',
  payable: '本次拨付',
  clawBack: '收回',
  shortfall: '预算不足结转',
  credit: '多拨结转抵扣',
};

/** 占位: stands beside every amount that rests on a scheme nobody has confirmed. */
export const Placeholder = ({ when }: { when: boolean }) =>
  when ? <UnverifiedMark placeholder reason="占位：办法的比例、标准未经核实，仅供演示，不能作为拨付依据" /> : null;
