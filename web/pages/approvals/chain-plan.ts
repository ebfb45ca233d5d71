import type { z } from 'zod';
import { parseMoney, showMoney } from '../../../src/kernel/money.ts';
import type { ChainNode, ChainWire, chainsAnswer } from '../../../src/modules/approvals/contract.ts';

export type ChainsAnswer = z.infer<typeof chainsAnswer>;
export type ChainVersion = ChainWire['versions'][number];
export type ChainRoles = ChainsAnswer['roles'];

/** The nodes of a version as the picture shows them: who in words, conditions in 万元. */
export const planOf = (nodes: readonly ChainNode[], roles: ChainRoles) =>
  nodes.map((node) => ({ ...node, who: whoText(node.by, roles), condition: conditionText(node) }));

const whoText = (by: ChainNode['by'], roles: ChainRoles): string =>
  'role' in by ? (roles.find((each) => each.code === by.role)?.title ?? by.role) : '发起人';

/** When the node applies, in words; null when it always does. */
function conditionText({ when }: Pick<ChainNode, 'when'>): string | null {
  const all = [
    ...(when?.amountAbove ? [`金额超过 ${wanText(when.amountAbove)}`] : []),
    ...(when?.amountUpTo ? [`金额不超过 ${wanText(when.amountUpTo)}`] : []),
    ...(when?.fact ? [`${when.fact.name}为“${when.fact.is}”`] : []),
  ];
  return all.length > 0 ? all.join('，且') : null;
}

/** '5000000.00' → '500 万元'; what is no amount yet stays as typed. */
function wanText(amount: string): string {
  const fen = parseMoney(amount, '元');
  return fen === undefined ? amount : `${showMoney(fen, '万元', 6).replace(/\.?0+$/, '')} 万元`;
}

/** Does the version decide for the institution that is looked at, or does the province's? In words for its badge. */
export const originText = (version: Pick<ChainVersion, 'isOwn' | 'followsProvince'>): string =>
  !version.isOwn ? '省级统一流程' : version.followsProvince ? '恢复省级统一流程' : '本机构自定';
