import type { Day } from '../../kernel/day.ts';
import { fen, formatYuan, plus, yuan } from '../../kernel/money.ts';
import { formatDecimal, quotient } from '../../kernel/ratio.ts';
import { Refused } from '../../kernel/refusal.ts';
import { articleConcentration, articlePerCustomer } from '../../law/cbirc-2018-1-liability-balance.ts';
import { showRatio } from '../../law/parameter.ts';
import { article16, relatedGroupCap, singleCustomerCap } from '../../law/state-council-order-683.ts';
import type { Tx } from '../../platform/db.ts';
import type { Explain } from '../../wire/wire.ts';
import { type ExposurePart, exposureOf, exposureParts } from './exposure.ts';
import type { indicatorsOf } from './indicators.ts';
import { heldBalances } from './liability-store.ts';

type Asked = {
  readonly found: Awaited<ReturnType<typeof indicatorsOf>>;
  readonly netAssets: Explain['inputs'][number];
  readonly figure: 'concentration' | 'group-concentration';
  readonly of: string | undefined;
  readonly asOf: Day;
};

/**
 * 怎么算的 of one customer's or one related group's share (条16): each class with its weight, the 责任余额, the net assets; both bases
 * told. 404 when the customer or group has nothing outstanding or is not visible.
 */
export async function explainConcentration(tx: Tx, { found, netAssets, figure, of, asOf }: Asked): Promise<Explain> {
  const isGroup = figure === 'group-concentration';
  const id = of ?? (isGroup ? found.largestGroups[0]?.groupId : found.largestCustomers[0]?.customerId);
  const filter = { guarantorId: found.guarantorId, asOf };
  const held =
    id === undefined
      ? []
      : await heldBalances(tx, filter, isGroup ? { groupId: BigInt(id) } : { customerId: BigInt(id) });
  if (of !== undefined && held.length === 0) {
    const message = '没有这个客户或集团的在保业务，或不在您的权限范围内';
    throw new Refused({ code: 'nothing-outstanding', message }, 404);
  }
  const parts = exposureParts(held, 'contract', asOf);
  const exposure = exposureOf(parts);
  const counted = found.countedNetAssets === null ? fen(0n) : yuan(found.countedNetAssets);
  const share = counted > 0n ? quotient(exposure, counted) : null;
  const cap = showRatio((isGroup ? relatedGroupCap : singleCustomerCap).at(asOf));
  const name = isGroup ? found.largestGroups.find((row) => row.groupId === id)?.name : held[0]?.name;
  const marks = [...new Set([...parts.flatMap((each) => each.notes), found.unverified].filter(Boolean))];
  return {
    title: `${isGroup ? '关联方' : '单一客户'}集中度${name ? `（${name}）` : ''}`,
    value: share && formatDecimal(share),
    unit: '比例',
    formula: `${formulaOf(parts)} = ${formatYuan(exposure)}；÷ 计量净资产，不得超过 ${cap}`,
    articles: [article16, articleConcentration, articlePerCustomer],
    asOf,
    basis: '合同口径的责任余额（两种口径中较严者）；实际承担口径并列',
    ...(marks.length > 0 ? { unverified: marks.join('；') } : {}),
    inputs: [
      ...parts.slice(0, 50).map((part) => ({
        name: `${isGroup ? `${part.name}：` : ''}${part.title}在保余额 × ${showRatio(part.weight)}`,
        value: formatYuan(part.outstanding),
        unit: '元',
        source: part.reason,
      })),
      { name: '集中度责任余额（合同口径）', value: formatYuan(exposure), unit: '元' },
      {
        name: '集中度责任余额（实际承担口径）',
        value: formatYuan(exposureOf(exposureParts(held, 'borne', asOf))),
        unit: '元',
      },
      netAssets,
    ],
  };
}

/** Σ by weight, so that a group of many customers still reads as one line of arithmetic. */
function formulaOf(parts: readonly ExposurePart[]): string {
  if (parts.length === 0) return '没有在保业务：0.00';
  return [...Map.groupBy(parts, (part) => showRatio(part.weight))]
    .map(([weight, same]) => `${formatYuan(plus(...same.map((part) => part.outstanding)))}×${weight}`)
    .join(' + ');
}
