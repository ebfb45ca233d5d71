import type { Day } from '../../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../../kernel/money.ts';
import type { Reasons } from './reason.ts';

/** Kinds of movement a file can bring, their codes in the book, titles, and what each does to the balance. */
export const importKinds = {
  disburse: { code: 1, title: '放款', balance: 1n },
  repay: { code: 2, title: '还款', balance: -1n },
  extend: { code: 3, title: '展期', balance: 0n },
  release: { code: 4, title: '解保', balance: -1n },
  'claim-paid': { code: 5, title: '代偿', balance: -1n },
  recovery: { code: 6, title: '追偿回收', balance: 0n },
  fee: { code: 7, title: '收取担保费', balance: 0n },
  refund: { code: 8, title: '退费', balance: 0n },
  'write-off': { code: 9, title: '核销', balance: 0n },
} as const;
export type ImportKind = keyof typeof importKinds;

/** A movement on its way into the book. */
export type NewMovement = {
  readonly kind: ImportKind;
  readonly amount: Fen;
  readonly cash: Fen;
  readonly occurredOn: Day;
  readonly extendedToOn?: Day | undefined;
  readonly reference?: string | undefined;
  readonly cause?: string | undefined;
};

/** A guarantee as it stands while rows are applied to it one after another. Amounts in 分; reversed movements left out. */
export type Running = {
  status: string;
  readonly principal: Fen;
  readonly guaranteed: Fen;
  readonly startsOn: Day;
  dueOn: Day;
  outstanding: Fen;
  disbursed: Fen;
  claimed: Fen;
  recovered: Fen;
  writtenOff: Fen;
  fees: Fen;
  refunded: Fen;
  lastSeq: number;
  /** The newest day any movement has; and every movement's day and effect, to judge one that comes late. */
  lastOn: string;
  readonly history: { readonly on: Day; readonly delta: bigint }[];
  /** Natural keys: reference, or kind, day and amount → what stands under it. */
  readonly seen: Map<string, string>;
};

/** A guarantee nothing has happened to yet. */
export const freshRunning = (facts: { principal: Fen; guaranteed: Fen; startsOn: Day; dueOn: Day }): Running => {
  const none = fen(0n);
  return {
    ...facts,
    status: 'pending',
    outstanding: none,
    disbursed: none,
    claimed: none,
    recovered: none,
    writtenOff: none,
    fees: none,
    refunded: none,
    lastSeq: 0,
    lastOn: '',
    history: [],
    seen: new Map(),
  };
};

/** Money that changed hands: for a claim the guaranteed part of the principal (half-up to the 分), else the money itself. */
export function cashOf(kind: ImportKind, amount: Fen, facts: { principal: Fen; guaranteed: Fen }): Fen {
  if (kind === 'claim-paid') return fen((amount * facts.guaranteed * 2n + facts.principal) / (facts.principal * 2n));
  return kind === 'recovery' || kind === 'fee' || kind === 'refund' || kind === 'write-off' ? amount : fen(0n);
}

/** What two movements must share to be the same one where no reference tells. */
export const contentOf = (movement: { kind: ImportKind; occurredOn: Day; amount: Fen }): string =>
  `${importKinds[movement.kind].code}|${movement.occurredOn}|${movement.amount}`;

/** May this movement follow what is there? Adds every reason why not. Same limits as a movement entered by hand. */
export function checkMovement(running: Running, movement: NewMovement, today: Day, reasons: Reasons): void {
  const { kind, amount, occurredOn } = movement;
  const { title } = importKinds[kind];
  if (kind !== 'extend' && amount <= 0n)
    reasons.refuse('amount-not-positive', 'amount', `${title}金额须大于零`, '零金额的变动请删去本行');
  if (occurredOn < running.startsOn) {
    const figures = { 发生日: occurredOn, 起始日: running.startsOn };
    reasons.refuse('before-start', 'occurredOn', `${title}日早于保函起始日`, '请核对发生日与起始日', figures);
  }
  if (occurredOn > today)
    reasons.refuse('in-the-future', 'occurredOn', `${title}日 ${occurredOn} 晚于今天`, '请在发生后导入，或更正日期');
  if (running.status === 'transferred')
    reasons.refuse('already-transferred', 'contractNo', '该保函已随合并转出', '请到承接机构导入');
  const limit = limitOf(kind, running);
  if (limit && amount > limit.amount) {
    const figures = { 本次: formatYuan(amount), [limit.title]: formatYuan(limit.amount) };
    reasons.refuse(limit.code, 'amount', `${title}金额超过${limit.title}`, limit.remedy, figures);
  } else if (
    importKinds[kind].balance < 0n &&
    occurredOn < running.lastOn &&
    lowestFrom(running, occurredOn) < amount
  ) {
    const figures = { 本次: formatYuan(amount), 该日起最低余额: formatYuan(fen(lowestFrom(running, occurredOn))) };
    reasons.refuse(
      'above-outstanding-then',
      'amount',
      `${title}会使 ${occurredOn} 起的余额为负`,
      '请核对发生日',
      figures,
    );
  }
  if (kind === 'extend' && running.outstanding === 0n)
    reasons.refuse('nothing-outstanding', 'amount', '在保余额为零，无可展期', '请核对合同号');
  if (kind === 'extend' && (!movement.extendedToOn || movement.extendedToOn <= running.dueOn)) {
    const message = `展期到期日须晚于现到期日 ${running.dueOn}`;
    reasons.refuse('extension-not-later', 'extendedToOn', message, '请填写新的到期日');
  }
}

/** Brings the guarantee's state past a movement that may follow; changes `running`. */
export function applyMovement(running: Running, movement: NewMovement): void {
  const { kind, amount } = movement;
  const delta = importKinds[kind].balance * amount;
  running.outstanding = fen(running.outstanding + delta);
  running.lastSeq += 1;
  if (kind === 'disburse') running.disbursed = fen(running.disbursed + amount);
  if (kind === 'claim-paid') running.claimed = fen(running.claimed + movement.cash);
  if (kind === 'recovery') running.recovered = fen(running.recovered + amount);
  if (kind === 'write-off') running.writtenOff = fen(running.writtenOff + amount);
  if (kind === 'fee') running.fees = fen(running.fees + amount);
  if (kind === 'refund') running.refunded = fen(running.refunded + amount);
  if (movement.extendedToOn) running.dueOn = movement.extendedToOn;
  running.status = statusAfter(kind, running.status, running.outstanding);
  remember(running, movement, delta);
}

/** Notes a movement's day, effect and natural keys, without changing any balance. */
export function remember(
  running: Running,
  movement: { kind: ImportKind; occurredOn: Day; amount: Fen; reference?: string | undefined },
  delta: bigint,
): void {
  running.history.push({ on: movement.occurredOn, delta });
  if (movement.occurredOn > running.lastOn) running.lastOn = movement.occurredOn;
  const content = contentOf(movement);
  running.seen.set(content, content);
  if (movement.reference) running.seen.set(`r|${movement.reference}`, content);
}

function statusAfter(kind: ImportKind, before: string, outstanding: Fen): string {
  if (kind === 'write-off') return 'written-off';
  if (outstanding > 0n) return 'in-force';
  if (kind === 'claim-paid') return 'claimed';
  if (kind === 'repay' || kind === 'release') return 'released';
  return before;
}

function limitOf(kind: ImportKind, running: Running) {
  const of = (code: string, title: string, amount: bigint, remedy: string) => ({
    code,
    title,
    amount: fen(amount),
    remedy,
  });
  const { claimed, recovered, writtenOff } = running;
  switch (kind) {
    case 'disburse':
      return of(
        'above-principal',
        '未放款本金',
        running.principal - running.disbursed,
        '请核对放款额，或先补录合同增额',
      );
    case 'repay':
    case 'release':
      return of('above-outstanding', '在保余额', running.outstanding, '请核对金额；变动须按发生先后排列');
    case 'claim-paid':
      return of('claim-above-outstanding', '在保余额', running.outstanding, '请核对代偿本金与此前还款');
    case 'recovery':
      return of('above-claim', '未收回代偿额', claimed - recovered, '回收不得超过已代偿未收回的金额');
    case 'write-off':
      return of('above-unrecovered', '未收回代偿额', claimed - recovered - writtenOff, '核销不得超过未收回的代偿额');
    case 'refund':
      return of('above-fee', '已收未退担保费', running.fees - running.refunded, '退费不得超过已收担保费');
    default:
      return undefined;
  }
}

/** The lowest end-of-day balance on and after a day. */
function lowestFrom(running: Running, from: Day): bigint {
  const days = [...running.history].sort((a, b) => (a.on < b.on ? -1 : a.on > b.on ? 1 : 0));
  let balance = 0n;
  for (const { on, delta } of days) if (on <= from) balance += delta;
  let lowest = balance;
  let index = 0;
  const later = days.filter(({ on }) => on > from);
  for (const { on, delta } of later) {
    balance += delta;
    index += 1;
    if (later[index]?.on !== on && balance < lowest) lowest = balance;
  }
  return lowest;
}
