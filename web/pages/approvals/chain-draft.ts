import type { ChainNode } from '../../../src/modules/approvals/contract.ts';

/** A node while it is typed: every field there is, in the form's own shape. `id` stays with the row as it moves. */
export type NodeDraft = {
  readonly id: string;
  readonly key: string;
  readonly title: string;
  /** A role's code, or `initiator`. */
  readonly who: string;
  readonly kind: ChainNode['kind'];
  readonly decides: boolean;
  readonly otherThanInitiator: boolean;
  readonly dueWorkingDays: number | null;
  readonly amountAbove: string | undefined;
  readonly amountUpTo: string | undefined;
  readonly fact: NonNullable<ChainNode['when']>['fact'];
  readonly committee: NonNullable<ChainNode['committee']>;
};

export const initiator = 'initiator';
const usualCommittee: NodeDraft['committee'] = {
  ...{ quorum: '2/3', atLeast: 3, majority: '2/3' },
  ...{ exceeds: false, of: 'present' },
};

/** The nodes of a version, ready to be changed. */
export const draftsOf = (nodes: readonly ChainNode[]): NodeDraft[] =>
  nodes.map((node) => ({
    id: node.key,
    ...{ key: node.key, title: node.title, kind: node.kind, decides: node.decides },
    who: 'role' in node.by ? node.by.role : initiator,
    otherThanInitiator: node.otherThanInitiator,
    dueWorkingDays: node.dueWorkingDays,
    ...{ amountAbove: node.when?.amountAbove, amountUpTo: node.when?.amountUpTo, fact: node.when?.fact },
    committee: node.committee ?? usualCommittee,
  }));

/** A new node under a code that no other has. */
export function newDraft(drafts: readonly NodeDraft[]): NodeDraft {
  let count = drafts.length + 1;
  while (drafts.some((each) => each.key === `node-${count}`)) count += 1;
  return {
    ...{ id: `node-${count}`, key: `node-${count}`, title: '', who: '', kind: 'single', decides: false },
    ...{ otherThanInitiator: false, dueWorkingDays: 2, amountAbove: undefined, amountUpTo: undefined, fact: undefined },
    committee: usualCommittee,
  };
}

/** What the server takes, and what the picture draws. The server says what is wrong with it. */
export const nodesOf = (drafts: readonly NodeDraft[]): ChainNode[] => drafts.map(nodeOf);

function nodeOf(draft: NodeDraft): ChainNode {
  const when = {
    ...(draft.amountAbove ? { amountAbove: draft.amountAbove } : {}),
    ...(draft.amountUpTo ? { amountUpTo: draft.amountUpTo } : {}),
    ...(draft.fact ? { fact: draft.fact } : {}),
  };
  return {
    ...{ key: draft.key, title: draft.title.trim(), kind: draft.kind, decides: draft.decides },
    by: draft.who === initiator ? { initiator: true } : { role: draft.who },
    otherThanInitiator: draft.otherThanInitiator,
    dueWorkingDays: draft.dueWorkingDays ?? 0,
    ...(Object.keys(when).length > 0 ? { when } : {}),
    ...(draft.kind === 'committee' ? { committee: draft.committee } : {}),
  };
}

/** The list with the row moved one place up (-1) or down (1). */
export function moved(drafts: readonly NodeDraft[], at: number, by: 1 | -1): NodeDraft[] {
  const next = [...drafts];
  const [row] = next.splice(at, 1);
  if (row) next.splice(at + by, 0, row);
  return next;
}

/** What is still to be filled in before the server can be asked. */
export const gapsOf = (drafts: readonly NodeDraft[]): string[] =>
  drafts.flatMap((draft, at) => {
    const gaps = [
      ...(draft.title.trim() ? [] : ['名称']),
      ...(draft.who ? [] : ['由谁办理']),
      ...(draft.dueWorkingDays ? [] : ['期限']),
      ...([draft.amountAbove, draft.amountUpTo].some((each) => each?.startsWith('?')) ? ['金额'] : []),
    ];
    return gaps.length > 0 ? [`第 ${at + 1} 个节点：${gaps.join('、')}`] : [];
  });
