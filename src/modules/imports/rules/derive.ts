import type { Day } from '../../../kernel/day.ts';
import { type Fen, fen, formatYuan } from '../../../kernel/money.ts';
import type { DerivedMovement, ImportProfile } from '../contract.ts';
import type { Values } from './reader.ts';
import type { Reasons } from './reason.ts';
import { applyMovement, cashOf, checkMovement, type NewMovement, type Running } from './running.ts';

/** The movements that follow from a guarantee row, in the profile's order; `running` is brought past them. Stops at the first that may not be. */
export function deriveMovements(
  values: Values,
  profile: ImportProfile,
  span: { startsOn: Day; endsOn: Day },
  running: Running,
  today: Day,
  reasons: Reasons,
): NewMovement[] {
  const days: Values = { ...values, ...span };
  const movements: NewMovement[] = [];
  for (const rule of profile.derive) {
    if (!matches(values, rule.when ?? {})) continue;
    const movement = derivedMovement(rule, days, profile, running, reasons);
    if (!movement) continue;
    checkMovement(running, movement, today, reasons);
    if (!reasons.isEmpty) return movements;
    applyMovement(running, movement);
    movements.push(movement);
  }
  const declared = values.outstanding as Fen | undefined;
  if (declared !== undefined && declared !== running.outstanding && reasons.isEmpty) {
    const figures = { 文件: formatYuan(declared), 按变动推算: formatYuan(running.outstanding) };
    reasons.refuse(
      'outstanding-differs',
      'outstanding',
      '期末在保余额与变动推算的不符',
      '请核对放款、还款、代偿与余额',
      figures,
    );
  }
  return movements;
}

function derivedMovement(
  rule: DerivedMovement,
  values: Values,
  profile: ImportProfile,
  running: Running,
  reasons: Reasons,
): NewMovement | undefined {
  const found = rule.on.map((field) => values[field] as Day | undefined).find((each) => each !== undefined);
  const on = found !== undefined && rule.notAfter && found > rule.notAfter ? rule.notAfter : found;
  const field = rule.amount.replace(/^rest-less:/, '');
  const stated = values[field] as Fen | undefined;
  let amount = stated;
  if (rule.amount === 'rest') amount = running.outstanding;
  else if (rule.amount !== field) amount = stated === undefined ? undefined : fen(running.outstanding - stated);
  if (rule.kind === 'disburse' && amount !== undefined && amount > running.principal) {
    const isRevolving = ['是', 'yes', 'true'].includes(String(values.revolving ?? ''));
    const figures = { 放款金额: formatYuan(amount), 主债权金额: formatYuan(running.principal) };
    if (isRevolving) {
      const cause = `循环额度：累计发放 ${formatYuan(amount)} 元，按额度入账`;
      return { kind: 'disburse', amount: running.principal, cash: fen(0n), occurredOn: on!, cause };
    }
    const say = profile.disbursedAbovePrincipal === 'refused' ? 'refuse' : 'complete';
    reasons[say](
      'disbursed-above-principal',
      field,
      '放款金额超过主债权金额',
      '请补录合同增额，或更正放款金额',
      figures,
    );
    return undefined;
  }
  if (amount !== undefined && amount < 0n && rule.kind === 'repay') {
    const figures = { 在保余额: formatYuan(running.outstanding), [field]: formatYuan(stated!) };
    reasons.refuse('claim-above-outstanding', field, '代偿本金超过当时在保余额', '请核对放款与代偿金额', figures);
    return undefined;
  }
  if (on === undefined || amount === undefined || amount <= 0n) {
    if (rule.whenBlank === 'needs-completing') {
      const at = on === undefined ? rule.on[0]! : field;
      reasons.complete(
        `${rule.kind}-incomplete`,
        at,
        on === undefined ? '缺少日期' : '金额缺失或为零',
        '请补填后重送本行',
      );
    }
    return undefined;
  }
  return { kind: rule.kind, amount, cash: cashOf(rule.kind, amount, running), occurredOn: on };
}

/** Do the fields hold one of the listed values? '' stands for blank. */
export const matches = (values: Values, when: Readonly<Record<string, readonly string[]>>): boolean =>
  Object.entries(when).every(([field, allowed]) => allowed.includes(String(values[field] ?? '')));
