import type { Day } from '../../kernel/day.ts';
import type { Refusal } from '../../kernel/refusal.ts';

const levels = ['', '省级', '市级', '县级'];

/** May an institution of this level stand in this region? It stands where its own level is. */
export function placeRefusals(level: number, region: { name: string; level: number } | undefined): Refusal[] {
  if (!region) return [{ code: 'region-unknown', message: '没有这个行政区划代码', field: 'regionCode' }];
  if (region.level === level) return [];
  return [
    {
      code: 'region-level',
      message: `${levels[level]}机构的区划须为${levels[level]}，「${region.name}」是${levels[region.level]}`,
      field: 'regionCode',
    },
  ];
}

/** What is asked before one institution is written down as the successor of another. */
export type LineageFacts = {
  readonly predecessor: { readonly id: number; readonly name: string; readonly kind: string; readonly status: string };
  readonly successor: { readonly id: number; readonly name: string; readonly kind: string; readonly status: string };
  readonly kind: string;
  readonly happenedOn: Day;
  readonly asOf: Day;
  /** The successor already stands before the predecessor. */
  readonly wouldLoop: boolean;
};

/** Every reason against the succession; empty when it may be recorded. */
export function lineageRefusals(facts: LineageFacts): Refusal[] {
  const { predecessor, successor } = facts;
  const checks: readonly (readonly [boolean, string, string, string])[] = [
    [predecessor.id === successor.id, 'same-institution', '机构不能是自己的后继', 'successorId'],
    [
      predecessor.kind !== successor.kind,
      'lineage-kind',
      `前身「${predecessor.name}」与后继「${successor.name}」须为同类机构`,
      'successorId',
    ],
    [
      facts.wouldLoop,
      'lineage-loop',
      `「${successor.name}」已是「${predecessor.name}」的前身，不能又作其后继`,
      'successorId',
    ],
    [predecessor.status === 'absorbed', 'already-absorbed', `「${predecessor.name}」已被吸收合并`, 'id'],
    [successor.status !== 'active', 'successor-inactive', `后继「${successor.name}」不在营业`, 'successorId'],
    [facts.happenedOn > facts.asOf, 'not-happened', '发生日期不能晚于今天', 'happenedOn'],
  ];
  return checks.filter(([is]) => is).map(([, code, message, field]) => ({ code, message, field }));
}
