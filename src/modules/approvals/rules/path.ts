import type { Article } from '../../../kernel/article.ts';
import { type Fen, yuan } from '../../../kernel/money.ts';
import type { Refusal } from '../../../kernel/refusal.ts';
import type { ChainBody, ChainNode } from '../contract.ts';

/** What branches are taken by. */
export type Facts = { readonly amount: Fen | null; readonly facts: Readonly<Record<string, string>> };

/** The nodes that apply to an amount and facts, in order. A node asking for an amount does not apply where there is none. */
export const pathOf = (body: ChainBody, given: Facts): string[] =>
  body.nodes.filter((node) => applies(node, given)).map((node) => node.key);

function applies({ when }: ChainNode, { amount, facts }: Facts): boolean {
  if (!when) return true;
  if (when.amountAbove !== undefined && !(amount !== null && amount > yuan(when.amountAbove))) return false;
  if (when.amountUpTo !== undefined && !(amount === null || amount <= yuan(when.amountUpTo))) return false;
  return when.fact === undefined || facts[when.fact.name] === when.fact.is;
}

/** The condition of a node in words; null when it always applies. */
export function conditionText({ when }: ChainNode): string | null {
  if (!when) return null;
  const all = [
    ...(when.amountAbove === undefined ? [] : [`金额超过${wanText(when.amountAbove)}`]),
    ...(when.amountUpTo === undefined ? [] : [`金额不超过${wanText(when.amountUpTo)}`]),
    ...(when.fact === undefined ? [] : [`${when.fact.name}为“${when.fact.is}”`]),
  ];
  return all.length === 0 ? null : all.join('，且');
}

/** '5000000.00' → '500万元'; anything that is no whole 万 stays 元. */
function wanText(amount: string): string {
  const fen = yuan(amount);
  return fen % 1_000_000n === 0n ? `${fen / 1_000_000n}万元` : `${amount}元`;
}

/** What is known of a role when a chain is saved. */
export type ChainRole = {
  readonly code: string;
  readonly title: string;
  readonly isGovernment: boolean;
  readonly permissions: readonly string[];
};

/** Every reason why a version may not be saved; `field` names the node at fault. `permission`: what deciders must hold. */
export function chainRefusals(
  body: ChainBody,
  permission: string,
  roles: readonly ChainRole[],
  article11: Article,
): Refusal[] {
  const refusals = body.nodes.flatMap((node, at) => nodeRefusals(node, at, permission, roles, article11));
  const keys = body.nodes.map((node) => node.key);
  const twice = keys.find((key, at) => keys.indexOf(key) !== at);
  if (twice) refusals.push({ code: 'node-twice', field: 'nodes', message: `节点代码“${twice}”重复，请改为不同的代码` });
  for (const code of body.cc) {
    const role = roles.find((each) => each.code === code);
    if (!role?.permissions.includes('approvals.read')) {
      refusals.push({
        code: 'copied-cannot-read',
        field: 'cc',
        message: `抄送岗位“${role?.title ?? code}”没有查看审批的权限，收到也打不开，请去掉`,
      });
    }
  }
  const gap = uncovered(body);
  if (gap) {
    const message = `${gap}时流程没有决策节点，事项会无人决定就办结；请加上无条件的决策节点`;
    refusals.push({ code: 'nobody-decides', field: 'nodes', message });
  }
  return refusals;
}

function nodeRefusals(
  node: ChainNode,
  at: number,
  permission: string,
  roles: readonly ChainRole[],
  article11: Article,
): Refusal[] {
  const refusals: Refusal[] = [];
  const refuse = (code: string, message: string, article?: Article) =>
    refusals.push({
      code,
      field: `nodes.${at}`,
      message: `节点“${node.title}”：${message}`,
      ...(article ? { article } : {}),
    });
  if ((node.kind === 'committee') !== (node.committee !== undefined))
    refuse('committee-rule', node.committee ? '不是评审会，请去掉表决规则' : '评审会须写明法定人数与通过比例');
  for (const share of node.committee ? [node.committee.quorum, node.committee.majority] : []) {
    const [part = 0, whole = 1] = share.split('/').map(Number);
    if (part > whole) refuse('share-above-one', `比例 ${share} 大于一，永远达不到`);
  }
  if ('initiator' in node.by) {
    if (node.decides) refuse('initiator-decides', '发起人不能决定自己发起的事项，请改为其他岗位');
    if (node.kind !== 'single') refuse('initiator-single', '由发起人办理的节点只能是单人办理');
    return refusals;
  }
  const { role: code } = node.by;
  const role = roles.find((each) => each.code === code);
  if (!role) {
    refuse('role-unknown', `没有岗位“${code}”`);
    return refusals;
  }
  if (role.isGovernment && node.decides) {
    refuse(
      'government-decides',
      `政企分开：“${role.title}”是政府部门岗位，不得设在决策节点上，请改为担保机构的岗位`,
      article11,
    );
  } else if (!role.permissions.includes('approvals.act')) {
    refuse('role-cannot-act', `岗位“${role.title}”没有办理审批的权限，请换一个岗位`);
  } else if (node.decides && !role.permissions.includes(permission)) {
    refuse('role-may-not-decide', `岗位“${role.title}”没有这项决策权限，请换一个岗位，或改为不作决定的节点`);
  }
  return refusals;
}

/** The first kind of amount at which no node decides, in words. Nodes that ask for a fact are never counted on. */
function uncovered(body: ChainBody): string | undefined {
  const limits = body.nodes
    .flatMap(({ when }) => [when?.amountAbove, when?.amountUpTo])
    .filter((each) => each !== undefined);
  const tried: { readonly text: string; readonly amount: Fen | null }[] = [
    { text: '没有金额', amount: null },
    { text: '金额为零', amount: yuan('0') },
    ...limits.flatMap((limit) => [
      { text: `金额为${wanText(limit)}`, amount: yuan(limit) },
      { text: `金额超过${wanText(limit)}`, amount: (yuan(limit) + 1n) as Fen },
    ]),
  ];
  return tried.find(
    ({ amount }) =>
      !body.nodes.some((node) => node.decides && !node.when?.fact && applies(node, { amount, facts: {} })),
  )?.text;
}
