import { expect, it } from 'vitest';
import type { ChainNode } from '../../../src/modules/approvals/contract.ts';
import { draftsOf, gapsOf, moved, newDraft, nodesOf } from './chain-draft.ts';

const nodes: ChainNode[] = [
  {
    ...{ key: 'risk', title: '风控', by: { role: 'r02-risk' }, kind: 'single', decides: false, dueWorkingDays: 3 },
    ...{ otherThanInitiator: true, when: { amountUpTo: '3000000.00', fact: { name: '类别', is: '农户' } } },
  },
  {
    ...{ key: 'committee', title: '评审会', by: { role: 'r03-committee' }, kind: 'committee', decides: true },
    ...{ dueWorkingDays: 5, otherThanInitiator: false, when: { amountAbove: '5000000.00' } },
    committee: { quorum: '1/2', atLeast: 2, majority: '1/2', exceeds: true, of: 'members' },
  },
  {
    ...{ key: 'again', title: '发起人确认', by: { initiator: true }, kind: 'single', decides: false },
    ...{ dueWorkingDays: 1, otherThanInitiator: false },
  },
];

it('读入再写出，一字不变', () => expect(nodesOf(draftsOf(nodes))).toEqual(nodes));
it('上移、下移；新节点的代码不与已有的重复', () => {
  const drafts = draftsOf(nodes);
  expect(moved(drafts, 2, -1).map((each) => each.key)).toEqual(['risk', 'again', 'committee']);
  expect(moved(drafts, 0, 1).map((each) => each.key)).toEqual(['committee', 'risk', 'again']);
  const added = [...drafts, newDraft(drafts)];
  const fewer = added.slice(1);
  expect([added.at(-1)?.key, newDraft(fewer).key]).toEqual(['node-4', 'node-5']);
});
it('还缺什么，逐个节点说', () => {
  const drafts = draftsOf(nodes);
  expect(gapsOf(drafts)).toEqual([]);
  expect(gapsOf([...drafts, { ...newDraft(drafts), amountAbove: '?五百' }])).toEqual([
    '第 4 个节点：名称、由谁办理、金额',
  ]);
});
