/** The kinds of movement, as stored in guarantees.movement_kind (movement-kinds.test.ts holds them together). */
export const movementKinds = {
  disburse: { code: 1, title: '放款', balance: 1 },
  repay: { code: 2, title: '还款', balance: -1 },
  extend: { code: 3, title: '展期', balance: 0 },
  release: { code: 4, title: '解保', balance: -1 },
  'claim-paid': { code: 5, title: '代偿', balance: -1 },
  recovery: { code: 6, title: '追偿回收', balance: 0 },
  fee: { code: 7, title: '收取担保费', balance: 0 },
  refund: { code: 8, title: '退费', balance: 0 },
  'write-off': { code: 9, title: '核销', balance: 0 },
  'transfer-out': { code: 10, title: '合并转出', balance: -1 },
  'transfer-in': { code: 11, title: '合并转入', balance: 1 },
  'reverse-up': { code: 12, title: '冲正（增加余额）', balance: 1 },
  'reverse-down': { code: 13, title: '冲正（减少余额）', balance: -1 },
  'reverse-neutral': { code: 14, title: '冲正（不涉余额）', balance: 0 },
} as const;

export type MovementKind = keyof typeof movementKinds;

/** The kind that a stored code stands for. Throws on a code the chart does not know: a bug or tampering. */
export function kindOfCode(code: number): MovementKind {
  for (const [kind, each] of Object.entries(movementKinds)) if (each.code === code) return kind as MovementKind;
  throw new RangeError(`未知的变动类型代码：${code}`);
}
