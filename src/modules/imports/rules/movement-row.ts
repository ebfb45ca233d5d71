import type { Day } from '../../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../../kernel/money.ts';
import type { Facts } from './facts.ts';
import type { Values } from './reader.ts';
import type { Reasons } from './reason.ts';
import {
  applyMovement,
  cashOf,
  checkMovement,
  contentOf,
  type ImportKind,
  importKinds,
  type NewMovement,
  type Running,
} from './running.ts';

const kindsByName = new Map<string, ImportKind>(
  Object.entries(importKinds).flatMap(([kind, { title }]) => [
    [kind, kind as ImportKind],
    [title, kind as ImportKind],
  ]),
);

/** The outcome of a movement row; `running` has already been brought past the movement. */
export type MovementDecision = {
  readonly already?: true;
  readonly movement?: NewMovement;
  readonly running?: Running;
};

/**
 * Judges one movement row against the contract's state and brings the state along when it may go in.
 * The same movement again (same reference, or same kind, day and amount) is 'already'; a reference with other content is refused.
 */
export function decideMovement(values: Values, facts: Facts, reasons: Reasons): MovementDecision {
  const contractNo = values.contractNo as string | undefined;
  const kind = kindOf(values, reasons);
  const occurredOn = values.occurredOn as Day | undefined;
  const amount = values.amount as Fen | undefined;
  if (!contractNo) return {};
  const running = facts.runningOf(contractNo);
  if (!running) {
    reasons.refuse('contract-unknown', 'contractNo', `账上没有合同号 ${contractNo}`, '请先导入保函，或更正合同号');
    return {};
  }
  if (!kind || occurredOn === undefined || amount === undefined || !reasons.isEmpty) return {};
  const stated = values.cash as Fen | undefined;
  const movement: NewMovement = {
    kind,
    amount: kind === 'extend' ? fen(0n) : amount,
    cash: stated ?? cashOf(kind, amount, running),
    occurredOn,
    extendedToOn: kind === 'extend' ? (values.extendedToOn as Day | undefined) : undefined,
    reference: values.reference as string | undefined,
    cause: values.cause as string | undefined,
  };
  const content = contentOf(movement);
  const before = running.seen.get(movement.reference ? `r|${movement.reference}` : content);
  if (before === content) return { already: true };
  if (before !== undefined) {
    const figures = { 在账: showContent(before), 文件: showContent(content) };
    const message = `流水号 ${movement.reference} 已用于内容不同的变动`;
    reasons.refuse('movement-differs', 'reference', message, '请核对流水号与金额；更正请用冲正', figures);
    return {};
  }
  checkMovement(running, movement, facts.today, reasons);
  checkCash(movement, stated, running, reasons);
  if (!reasons.isEmpty) return {};
  applyMovement(running, movement);
  return { movement, running };
}

function kindOf(values: Values, reasons: Reasons): ImportKind | undefined {
  const text = values.kind as string | undefined;
  if (text === undefined) return undefined;
  const kind = kindsByName.get(text);
  if (!kind) reasons.complete('kind-unknown', 'kind', `认不出变动类型“${text}”`, '请在映射的代码转换表中写明对应类型');
  return kind;
}

function checkCash(movement: NewMovement, stated: Fen | undefined, running: Running, reasons: Reasons): void {
  if (stated === undefined || movement.kind !== 'claim-paid') return;
  const expected = cashOf('claim-paid', movement.amount, running);
  if (stated === expected) return;
  const figures = { 文件: formatYuan(stated), 按责任比例: formatYuan(expected) };
  reasons.refuse(
    'cash-differs',
    'cash',
    '代偿支付额不等于代偿本金乘责任比例',
    '请核对代偿本金、支付额与责任比例',
    figures,
  );
}

const showContent = (content: string): string => {
  const [code, on, amount = '0'] = content.split('|');
  const title = Object.values(importKinds).find((each) => String(each.code) === code)?.title ?? '其他变动';
  return `${title} ${on} ${formatYuan(fen(BigInt(amount)))} 元`;
};
